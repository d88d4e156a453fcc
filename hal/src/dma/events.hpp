// What a channel's INT_RAW says of a transfer, for the drivers that end one; how much of it may be under way;
// and the point where memory changes hands.
#pragma once

#include "chip/esp32c3/registers/dma.hpp"
#include "ferry/dma/error.hpp"
#include "ferry/time.hpp"

#include <cstdint>
#include <optional>

namespace ferry::dma::detail {

// What tells of failure. OUTFIFO_OVF and INFIFO_UDF are left out: only the CPU's own access to the FIFOs,
// which nobody makes, can cause them.
inline constexpr std::uint32_t receive_errors =
    chip::dma::IntRaw::in_dscr_err.mask | chip::dma::IntRaw::in_err_eof.mask |
    chip::dma::IntRaw::in_dscr_empty.mask | chip::dma::IntRaw::infifo_ovf.mask;
inline constexpr std::uint32_t transmit_errors =
    chip::dma::IntRaw::out_dscr_err.mask | chip::dma::IntRaw::outfifo_udf.mask;

// What tells of bytes that came and found no place.
inline constexpr std::uint32_t surplus_events =
    chip::dma::IntRaw::in_dscr_empty.mask | chip::dma::IntRaw::infifo_ovf.mask;

// Behind the end of a list that became longer GDMA goes on within some ten cycles of the bus, later when
// other channels are served first. So often a half that rests is looked at before it counts as stopped.
inline constexpr std::uint32_t restart_polls = 100;

// What `cause` finds of what was done behind the driver's back, nothing if it answers timed_out.
template <class Cause>
std::optional<Error> lasting(Cause cause) {
  for (std::uint32_t polls = 0; polls < restart_polls; ++polls) {
    const Error found = cause();
    if (found == Error::timed_out) return {};
    if (found != Error::engine_stopped) return found;
  }
  return Error::engine_stopped;
}

// Whether it is too late for what `has_ended` did not find at an end: it is asked once more behind the
// deadline, as an interrupt may have come in between, and its handler have taken longer than all of it.
template <class HasEnded>
bool is_too_late(Deadline deadline, HasEnded has_ended) {
  return deadline.has_passed() && !has_ended();
}

// Between memory and the wire bytes wait in the FIFO of GDMA, whose number of bytes has six bits, and in the
// peripheral's. How large that one is no document says; SPI's own buffer has 64 bytes, too.
inline constexpr std::uint32_t most_waiting = 128;

// The error that these events stand for, if any. The cause comes before what follows from it: a bad
// descriptor starves a FIFO.
inline std::optional<Error> decode(std::uint32_t events) {
  using chip::dma::IntRaw;
  if ((events & IntRaw::in_dscr_err.mask) != 0) return Error::rx_descriptor_error;
  if ((events & IntRaw::out_dscr_err.mask) != 0) return Error::tx_descriptor_error;
  if ((events & IntRaw::in_dscr_empty.mask) != 0) return Error::rx_list_too_short;
  if ((events & receive_errors) != 0) return Error::rx_overflow;
  if ((events & transmit_errors) != 0) return Error::tx_underflow;
  return {};
}

// Memory and hardware change hands here. The compiler must not move an access to the buffers or descriptors
// across, as it knows nothing of GDMA. The core itself needs no `fence`: it is in order, has no data cache,
// and a store to SRAM is complete before the following store reaches a peripheral.
inline void compiler_barrier() { asm volatile("" ::: "memory"); }

}  // namespace ferry::dma::detail
