// SPI as the master of a bus, by the CPU.
#pragma once

#include "chip/esp32c3/signals.hpp"
#include "ferry/dma/channel.hpp"
#include "ferry/gpio.hpp"
#include "ferry/ownership.hpp"
#include "ferry/peripherals.hpp"
#include "ferry/spi/config.hpp"
#include "ferry/spi/port.hpp"

#include <cstddef>
#include <expected>
#include <span>
#include <utility>

namespace ferry::spi {

class MasterDma;

/// The master of SPI2, full duplex on one data line each way.
///
///   auto spi = ferry::spi::Master{std::move(chip.spi2), {.frequency = 100_kHz}}
///                  .with_sck(std::move(chip.gpio0))
///                  .with_mosi(std::move(chip.gpio4))
///                  .with_miso(std::move(chip.gpio2))
///                  .with_cs(std::move(chip.gpio5));
///
/// The operations block while the bytes pass and use no memory but the caller's; any length, in pieces of 64
/// bytes through SPI's own buffer, with CS active from the first byte to the last. An empty operation does
/// nothing. What the CPU does between two pieces lengthens the pause between their clocks. Every wait is
/// bounded by a multiple of the time that length and clock ask for; Error::timed_out means that SPI was reset
/// and set up anew, CS is inactive again, and how much was transferred is not known. Nothing cancels an
/// operation.
class [[nodiscard]] FERRY_CONSUMABLE Master {
 public:
  /// A spent one, to be filled by an assignment.
  FERRY_MADE_SPENT Master() = default;
  /// Opens SPI2's clock, resets it and sets it up. Does not block and cannot fail: a Config is valid by its
  /// types. Without with_…() no pin takes part; a MISO that is not routed reads 0.
  FERRY_MADE_LIVE Master(peripheral::Spi2 token, const Config& config);

  [[gnu::always_inline]] Master(Master&& other FERRY_TAKES_LIVE) : port_(other.give_away()) {}
  FERRY_NEEDS_SPENT FERRY_BECOMES_LIVE Master& operator=(Master&& other FERRY_TAKES_LIVE) {
    if (port_ != nullptr) ferry::detail::overwritten_while_live();
    port_ = other.give_away();
    return *this;
  }
  Master* operator&() = delete;

  /// Routes a pin through the GPIO matrix. The pin stays with the bus.
  template <unsigned Number>
  FERRY_NEEDS_LIVE FERRY_BECOMES_SPENT FERRY_MADE_LIVE Master with_sck(gpio::Gpio<Number> pin) && {
    static_cast<void>(pin);
    gpio::detail::route_output(Number, chip::signal::fspiclk);
    return Master{give_away()};
  }
  template <unsigned Number>
  FERRY_NEEDS_LIVE FERRY_BECOMES_SPENT FERRY_MADE_LIVE Master with_mosi(gpio::Gpio<Number> pin) && {
    static_cast<void>(pin);
    gpio::detail::route_output(Number, chip::signal::fspid);
    return Master{give_away()};
  }
  /// `pull` holds the line while nobody drives it; without one, an open line reads noise.
  template <unsigned Number>
  FERRY_NEEDS_LIVE FERRY_BECOMES_SPENT FERRY_MADE_LIVE Master
  with_miso(gpio::Gpio<Number> pin, gpio::Pull pull = gpio::Pull::none) && {
    static_cast<void>(pin);
    gpio::detail::route_input(Number, chip::signal::fspiq, pull);
    return Master{give_away()};
  }
  /// Active low, from half a clock before the first edge to behind the last one.
  template <unsigned Number>
  FERRY_NEEDS_LIVE FERRY_BECOMES_SPENT FERRY_MADE_LIVE Master with_cs(gpio::Gpio<Number> pin) && {
    static_cast<void>(pin);
    gpio::detail::route_output(Number, chip::signal::fspics0);
    return Master{give_away()};
  }

  /// Hands transfers to a DMA channel. The result can do all that this class can, and DMA transfers.
  FERRY_NEEDS_LIVE FERRY_BECOMES_SPENT FERRY_MADE_LIVE MasterDma
  with_dma(dma::ConfiguredChannel channel FERRY_TAKES_LIVE) &&;

  /// New settings from the next operation on. Does not block, cannot fail.
  FERRY_NEEDS_LIVE void apply_config(const Config& config) { port()->apply(config); }
  /// What the bus runs at.
  FERRY_NEEDS_LIVE Hertz frequency() const { return port()->frequency(); }

  /// Sends `tx` and receives into `rx` at the same time. If `tx` is shorter, zeros follow it; if `rx` is
  /// shorter, what comes after it is full is dropped. The two may be the same memory but must not overlap
  /// otherwise.
  [[nodiscard]] FERRY_NEEDS_LIVE std::expected<void, Error> transfer(std::span<std::byte> rx,
                                                                     std::span<const std::byte> tx) {
    return port()->exchange(rx, tx);
  }
  /// Sends `bytes` and puts what comes back in their place.
  [[nodiscard]] FERRY_NEEDS_LIVE std::expected<void, Error> transfer_in_place(std::span<std::byte> bytes) {
    return port()->exchange(bytes, bytes);
  }
  /// Sends; what comes back is dropped.
  [[nodiscard]] FERRY_NEEDS_LIVE std::expected<void, Error> write(std::span<const std::byte> bytes) {
    return port()->exchange({}, bytes);
  }
  /// Receives, with zeros on MOSI.
  [[nodiscard]] FERRY_NEEDS_LIVE std::expected<void, Error> read(std::span<std::byte> bytes) {
    return port()->exchange(bytes, {});
  }

 private:
  friend MasterDma;

  FERRY_MADE_LIVE explicit Master(detail::Port* port) : port_(port) {}

  [[gnu::always_inline]] detail::Port* port() const {
    if (port_ == nullptr) ferry::detail::used_after_move();
    return port_;
  }
  [[gnu::always_inline]] detail::Port* give_away() {
    port();
    return std::exchange(port_, nullptr);
  }

  detail::Port* port_ = nullptr;
};

}  // namespace ferry::spi
