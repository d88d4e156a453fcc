// What the compiler knows of the size of a buffer, and what it refuses with that.
//
// For the functions that take a buffer and a length. Of a Buffer it is only known that it is not larger than
// GDMA's memory; of a SizedBuffer, all.
#pragma once

#include "ferry/dma/descriptor.hpp"
#include "ferry/dma/transfer.hpp"
#include "ferry/refuse.hpp"

#include <cstdint>
#include <type_traits>

namespace ferry::dma::detail {

/// A buffer of this kind has not more bytes than that, and not less. A kind that knows better says so where
/// it is declared.
template <class Kind>
inline constexpr std::uint32_t most_bytes = largest_buffer;
template <class Kind>
inline constexpr std::uint32_t least_bytes = 0;

/// For FERRY_REFUSES.
template <class Kind>
constexpr bool is_beyond(std::uint32_t length) {
  return length != whole_buffer && length > most_bytes<std::remove_cvref_t<Kind>>;
}
/// The same where the bytes come from a buffer, by default all of them.
template <class Kind, class From>
constexpr bool is_beyond(std::uint32_t length) {
  const bool is_whole = length == whole_buffer;
  return (is_whole ? least_bytes<std::remove_cvref_t<From>> : length) > most_bytes<std::remove_cvref_t<Kind>>;
}

/// Whether all of one buffer is certainly more or less than all of another.
template <class Kind, class Other>
constexpr bool differs(std::uint32_t length) {
  using First = std::remove_cvref_t<Kind>;
  using Second = std::remove_cvref_t<Other>;
  return length == whole_buffer &&
         (least_bytes<First> > most_bytes<Second> || least_bytes<Second> > most_bytes<First>);
}

}  // namespace ferry::dma::detail

/// Behind the declaration of a function that uses so much of a buffer of this kind; dma::whole_buffer is
/// never too much.
#define FERRY_REFUSES_BEYOND(length, Kind)                     \
  FERRY_REFUSES(::ferry::dma::detail::is_beyond<Kind>(length), \
                "this length is larger than the buffer it is for")
#define FERRY_REFUSES_LENGTHS(lengths, Rx, Tx)                            \
  FERRY_REFUSES(::ferry::dma::detail::is_beyond<Rx>((lengths).rx_length), \
                "rx_length is larger than the buffer to receive into")    \
  FERRY_REFUSES(::ferry::dma::detail::is_beyond<Tx>((lengths).tx_length), \
                "tx_length is larger than the buffer to send from")
#define FERRY_REFUSES_COPY(length, To, From)                          \
  FERRY_REFUSES(::ferry::dma::detail::is_beyond<From>(length),        \
                "this length is larger than the buffer to copy from") \
  FERRY_REFUSES((::ferry::dma::detail::is_beyond<To, From>(length)),  \
                "the buffer to copy to is smaller than what is copied")
#define FERRY_REFUSES_PAIR(length, Rx, Tx)                          \
  FERRY_REFUSES_BEYOND(length, Rx) FERRY_REFUSES_BEYOND(length, Tx) \
  FERRY_REFUSES((::ferry::dma::detail::differs<Rx, Tx>(length)),    \
                "as many bytes are sent as received, and these two buffers are not of one size")
