// What every DMA transfer is asked for and answers with, whichever peripheral is at the other end.
#pragma once

#include "ferry/dma/error.hpp"

#include <algorithm>
#include <cstdint>
#include <expected>
#include <string_view>

namespace ferry::dma {

/// Stands for the size of the buffer in Lengths.
inline constexpr std::uint32_t whole_buffer = 0xFFFF'FFFF;

/// How much of each buffer a transfer uses, counted from its start, in bytes. The buses run for the larger
/// one: where less is sent than received, zeros follow the transmit buffer's bytes; where less is received
/// than sent, the surplus is dropped. 0 leaves a direction out.
///
/// The receive buffer beyond `rx_length` stays as it is; with burst on, up to three bytes that complete a
/// word may be written.
struct Lengths {
  std::uint32_t rx_length = whole_buffer;
  std::uint32_t tx_length = whole_buffer;
};

namespace detail {
/// How often a driver is asked whether its transfer is over before it looks whether the end can still come:
/// in a loop that only asks, about a millisecond; where somebody asks once in a millisecond, a second.
inline constexpr std::uint32_t polls_per_look = 1024;
}  // namespace detail

/// A transfer that succeeded.
struct Received {
  std::uint32_t length;  ///< bytes that GDMA has written to the receive buffer
};

/// A transfer that did not succeed, and how far it came.
struct Failure {
  static constexpr std::uint32_t most = 0xFF'FFFF;  ///< that `length` tells

  constexpr Failure(Error why, std::uint32_t arrived)
      : reason(why), length(std::min(arrived, std::uint32_t{most}) & most) {}  // & says to GCC that it fits
  constexpr explicit Failure(Error why) : Failure(why, 0) {}

  Error reason : 8;  // 32 bits in all, so that an outcome is returned in registers
  /// Bytes that are in the receive buffer for certain, counted from its start. A deadline or cancel_into of
  /// an SPI transfer tells them exactly, as SPI ends behind a byte and GDMA then closes the descriptor at
  /// hand (if other channels keep it from that for some 50 µs, only whole descriptors count); after an error,
  /// and in a copy, only whole descriptors count, up to 4095 bytes less than there are.
  ///
  /// Of an SPI master's transfer that only sends, whatever buffers it owns: bytes that have left for certain.
  /// No register counts them. What is known is which pieces are over (32,736 bytes each, or what came before
  /// an append()), and which descriptor GDMA is at; so it is up to 4095 bytes of this one and 128 in FIFOs
  /// less than have left, which makes 0 of anything in a single descriptor. A piece that starved, which SPI
  /// ends and calls done, counts as one that is not over. Of a source that is sent over and over only whole
  /// pieces count. For a slave's see spi::SlaveOutcome.
  ///
  /// Never more than 2^24 - 1: of more bytes, which only a source that is sent over and over has, that many
  /// have left for certain, too. Streams have a count of their own, and tell here what is left of it modulo
  /// 2^24.
  std::uint32_t length : 24;

  friend constexpr bool operator==(const Failure&, const Failure&) = default;
  friend constexpr bool operator==(const Failure& failure, Error error) { return failure.reason == error; }
};

/// The name of its reason.
inline std::string_view name(const Failure& failure) { return name(failure.reason); }
/// For `ferry::print("{}", outcome.error())`: the name of its reason.
inline void format_value(Writer& writer, const Failure& failure) { format_value(writer, failure.reason); }

/// How a transfer ended. Whichever it is, nothing touches the buffers any more.
using Outcome = std::expected<Received, Failure>;

/// Bytes that arrived, whether the transfer went well or not; of one that only sends 0 if it did, and if not
/// those that have left.
constexpr std::uint32_t received(const Outcome& outcome) {
  return outcome ? outcome->length : outcome.error().length;
}

}  // namespace ferry::dma
