// The firmware's arena as the test sees it, and what of it an operation may change.
#pragma once

#include "tests/conformance/properties/request.hpp"

#include <rapidcheck.h>

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace properties {

using Bytes = std::vector<std::uint8_t>;

inline constexpr std::uint32_t whole = 0xFFFF'FFFF;

// By number, as dma::Error has them; the firmware's header is not for the host.
inline constexpr std::string_view error_names[] = {"",
                                                   "length_beyond_buffer",
                                                   "too_few_descriptors",
                                                   "outside_dma_memory",
                                                   "in_flash",
                                                   "misaligned",
                                                   "value_too_large",
                                                   "partial_clock",
                                                   "line_not_routed",
                                                   "lengths_differ",
                                                   "start_failed",
                                                   "rx_descriptor_error",
                                                   "tx_descriptor_error",
                                                   "rx_list_too_short",
                                                   "rx_overflow",
                                                   "tx_underflow",
                                                   "timed_out",
                                                   "cancelled",
                                                   "engine_stopped",
                                                   "clock_off",
                                                   "in_reset"};
std::string_view error_name(std::uint32_t succeeded, std::uint32_t error);

// What a device sends, by the number of the byte; and what is on MISO where that is the inverse of MOSI.
std::uint8_t device_byte(std::size_t index);
Bytes inverse(Bytes bytes);

Bytes random_looking(std::uint32_t seed, std::size_t size = sizeof(Arena));

// The bytes that pieces have to send, and the places that pieces receive into.
Bytes taken(const Bytes& arena, const std::array<Piece, 3>& pieces);
std::vector<std::size_t> places(const std::array<Piece, 3>& pieces);
std::vector<std::size_t> places_in_place(std::size_t length);
// With bursts every piece starts on a word, is filled by whole words, and the last one has room for that.
bool misaligned(const std::array<Piece, 3>& pieces, std::uint32_t length);

struct Reception {
  std::vector<std::size_t> where;  // the places, in the order of the bytes
  Bytes bytes;                     // what comes there, as far as it does
  std::size_t rounding = 0;        // bytes behind the last place that a burst may write
};

// Whether `after` is `before` with the first `count` bytes received, perhaps some more of them, and nothing
// else changed.
void check_memory(const Bytes& before, const Bytes& after, const Reception& reception, std::size_t count);

// Small lengths, those around a word, SPI's buffer, a descriptor and SPI's longest pieces, and any.
inline constexpr std::uint32_t usually_longest = 4200;
rc::Gen<std::uint32_t> length_up_to(std::uint32_t most);
rc::Gen<Piece> piece_of(std::uint32_t size);
// Of a transfer: the whole, any part of it, and now and then too much.
rc::Gen<std::uint32_t> part_of(std::uint32_t all);

}  // namespace properties
