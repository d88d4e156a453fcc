// How an SPI slave listens, and what it says of a transfer.
#pragma once

#include "ferry/dma/transfer.hpp"
#include "ferry/spi/config.hpp"

#include <cstdint>
#include <expected>

namespace ferry::spi {

/// Settings of a slave: those of its master, but for the frequency, which is the master's alone.
///
/// All four modes work with DMA on this chip (some of its relatives have quirks there). Modes 0 and 2 put the
/// first bit on MISO when CS becomes active, modes 1 and 3 with the first clock edge.
struct SlaveConfig {
  Mode mode = Mode::_0;
  BitOrder write_bit_order = BitOrder::msb_first;  ///< on MISO
  BitOrder read_bit_order = BitOrder::msb_first;   ///< on MOSI
};

/// What the master made of a transfer that succeeded.
///
/// SPI2 counts up to 32,767 bytes, of the last chip select alone. Bytes that are received GDMA counts as
/// well, so with a receive buffer these numbers are right whatever the master does. A transfer that only
/// sends knows from GDMA which descriptor the bytes came from, and with that, too, its `sent` is right
/// however long it is; but
///  * of a master that selects again before the end was looked at, it does not know what the earlier selects
///    took. Where that may happen, transfer() with a receive buffer tells.
///  * `length` is right up to 32,767 bytes behind the end of what was sent, and too small by a multiple of
///    32,768 above that.
///  * of dma::loop(), whose bytes all look the same, `length` and `sent` are counted modulo 32,768.
struct Exchanged {
  /// Whole bytes that the master clocked.
  std::uint32_t length;
  /// Bytes that were written to the receive buffer, from its start: `length`, or 0 without one.
  std::uint32_t received;
  /// Bytes of the transmit buffer that the master took. If `length` is larger, it got zeros behind them.
  std::uint32_t sent;
  /// Bits beyond the last whole byte, 0 to 7; they are dropped. Any at all means that a clock edge was lost
  /// or made up, or that the master breaks off inside a byte.
  std::uint32_t extra_bits;
};

/// How a transfer of the slave ended. Whichever it is, nothing touches the buffers any more. A failure tells
/// what is in the receive buffer for certain: all of it after rx_list_too_short, else whole descriptors, up
/// to 4095 bytes less than there are.
///
/// Of a transfer that only sends it tells how many bytes the master has taken for certain. SPI counts them,
/// but writes the number down when the master deselects, and a transfer that is ended before that has only
/// what tells which descriptor GDMA is at: up to 4095 bytes of this one and 128 in FIFOs less than were
/// taken, which makes 0 of anything in a single descriptor. Several small pieces, dma::gather(), tell more.
/// Of dma::loop() nothing is known then.
using SlaveOutcome = std::expected<Exchanged, dma::Failure>;

/// Bytes that arrived, whether the transfer went well or not; of one that only sends 0 if it did, and if not
/// those that the master has taken.
constexpr std::uint32_t received(const SlaveOutcome& outcome) {
  return outcome ? outcome->received : outcome.error().length;
}

}  // namespace ferry::spi
