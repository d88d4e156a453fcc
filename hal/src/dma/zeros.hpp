// What a transmit list goes on with where more is received than sent: zeros, for as long as the peripheral
// takes bytes.
#pragma once

#include "ferry/dma/descriptor.hpp"
#include "hal/src/dma/events.hpp"

#include <cstdint>
#include <span>

namespace ferry::dma::detail {

// Each descriptor of zeros has so many, and the last one follows itself.
inline constexpr std::uint32_t zeros_in_one = 64;
// When GDMA is at the last one, as many zeros came before it as may wait in FIFOs, so that everything in
// front of the zeros is on the wire.
inline constexpr std::uint32_t counted_zeros = most_waiting / zeros_in_one;

// The address of the first one. GDMA never writes to transmit descriptors without an end (OUT_AUTO_WRBACK
// stays off), so all channels may read the same ones.
std::uint32_t zeros_that_follow();
std::span<const Descriptor> zeros_list();

}  // namespace ferry::dma::detail
