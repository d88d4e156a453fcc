// What the CPU can do with an SPI bus, whether or not the driver has a DMA channel.
#pragma once

#include "ferry/ownership.hpp"
#include "ferry/spi/config.hpp"
#include "ferry/spi/phases.hpp"
#include "ferry/spi/port.hpp"

#include <cstddef>
#include <expected>
#include <span>

namespace ferry::spi {

/// The blocking operations and the settings of Master and MasterDma.
///
/// Operations block while the bytes pass and use no memory but the caller's; any length, in pieces of 64
/// bytes through SPI's own buffer, with CS active from the first byte to the last. An empty operation does
/// nothing. What the CPU does between two pieces lengthens the pause between their clocks. Every wait is
/// bounded by a multiple of the time that length and clock ask for; after an error of a wait SPI has been
/// reset and set up anew, CS is inactive again, and how much was transferred is not known. Nothing cancels an
/// operation.
template <class Driver>
class FERRY_CONSUMABLE Operations {
 public:
  /// Sends `tx` and receives into `rx` at the same time. If `tx` is shorter, zeros follow it; if `rx` is
  /// shorter, what comes after it is full is dropped. The two may be the same memory but must not overlap
  /// otherwise.
  [[nodiscard, gnu::always_inline]] FERRY_NEEDS_LIVE std::expected<void, Error> transfer(
      std::span<std::byte> rx, std::span<const std::byte> tx) {
    return bus().exchange(rx, tx);
  }
  /// Sends `bytes` and puts what comes back in their place.
  [[nodiscard, gnu::always_inline]] FERRY_NEEDS_LIVE std::expected<void, Error> transfer_in_place(
      std::span<std::byte> bytes) {
    return bus().exchange(bytes, bytes);
  }
  /// Sends; what comes back is dropped.
  [[nodiscard, gnu::always_inline]] FERRY_NEEDS_LIVE std::expected<void, Error> write(
      std::span<const std::byte> bytes) {
    return bus().exchange({}, bytes);
  }
  /// Receives, with MOSI on the level of Config::idle_mosi.
  [[nodiscard, gnu::always_inline]] FERRY_NEEDS_LIVE std::expected<void, Error> read(
      std::span<std::byte> bytes) {
    return bus().exchange(bytes, {});
  }

  /// Sends the phases in front, then receives. With no bytes only the phases are sent.
  [[nodiscard, gnu::always_inline]] FERRY_NEEDS_LIVE std::expected<void, Error> half_duplex_read(
      const Phases& phases, std::span<std::byte> bytes) {
    detail::Port& port = bus();
    return port.read_half_duplex(
        detail::translate(phases, detail::DataPhase::receive, port.writes_lsb_first()), bytes);
  }
  /// Sends the phases in front, then the bytes, if there are any.
  [[nodiscard, gnu::always_inline]] FERRY_NEEDS_LIVE std::expected<void, Error> half_duplex_write(
      const Phases& phases, std::span<const std::byte> bytes = {}) {
    detail::Port& port = bus();
    return port.write_half_duplex(
        detail::translate(phases, detail::DataPhase::transmit, port.writes_lsb_first()), bytes);
  }

  /// Which CS line is active in the operations from now on; at first line 0. A line that is held is let go
  /// of, with the errors of release_cs().
  FERRY_NEEDS_LIVE std::expected<void, Error> select(Cs line) { return bus().select(line); }
  /// From the next operation on, CS stays active behind each one, until release_cs() or select(). An
  /// operation that fails and a transfer that is cancelled or late end it too; a stream that is stopped does
  /// not, unless it had failed. With Cs::none there is nothing to hold.
  FERRY_NEEDS_LIVE void hold_cs() { bus().hold_cs(); }
  /// CS becomes inactive, now and after each operation. Waits until it is, cs_hold and cs_setup at the most;
  /// there is no clock edge. Bounded as an operation is: an SPI2 that does not answer is
  /// reset and set up anew, which makes CS inactive, too. The error says why it did not (timed_out,
  /// clock_off, in_reset); what was asked for has happened in any case, so that it may be left alone.
  FERRY_NEEDS_LIVE std::expected<void, Error> release_cs() { return bus().release_cs(); }

  /// New settings from the next operation or transfer on. Does not block and does not fail, but for this:
  /// with another idle level of the clock (modes 0 and 1, 2 and 3) a device that is held is let go of first,
  /// as release_cs() does it and with its errors, as it would see a clock edge.
  FERRY_NEEDS_LIVE std::expected<void, Error> apply_config(const Config& config) {
    return bus().apply(config);
  }
  /// What the bus runs at.
  FERRY_NEEDS_LIVE Hertz frequency() const { return bus().frequency(); }

 private:
  friend Driver;

  Operations() = default;

  // Fatal if the driver has been moved away.
  [[gnu::always_inline]] detail::Port& bus() const { return static_cast<const Driver*>(this)->live_bus(); }
};

}  // namespace ferry::spi
