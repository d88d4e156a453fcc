// SPI as the master of a bus, by the CPU.
#pragma once

#include "chip/esp32c3/signals.hpp"
#include "ferry/dma/channel.hpp"
#include "ferry/gpio.hpp"
#include "ferry/ownership.hpp"
#include "ferry/peripherals.hpp"
#include "ferry/spi/config.hpp"
#include "ferry/spi/operations.hpp"
#include "ferry/spi/port.hpp"

#include <utility>

namespace ferry::spi {

class MasterDma;

/// The master of SPI2. What it does is in Operations; here are its pins.
///
///   auto spi = ferry::spi::Master{std::move(chip.spi2), {.frequency = 100_kHz}}
///                  .with_sck(std::move(chip.gpio0))
///                  .with_mosi(std::move(chip.gpio4))
///                  .with_miso(std::move(chip.gpio2))
///                  .with_cs(std::move(chip.gpio5));
///
/// A device that uses two or four data lines, or one for both ways, has with_sio0() to with_sio3() instead of
/// MOSI and MISO. SIO0 is MOSI and SIO1 is MISO where each has one direction, so a bus can have both kinds.
class [[nodiscard]] FERRY_CONSUMABLE Master : public Operations<Master> {
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
    route_sending(Number, chip::signal::fspid, mosi);
    return Master{give_away()};
  }
  /// `pull` holds the line while nobody drives it; without one, an open line reads noise.
  template <unsigned Number>
  FERRY_NEEDS_LIVE FERRY_BECOMES_SPENT FERRY_MADE_LIVE Master
  with_miso(gpio::Gpio<Number> pin, gpio::Pull pull = gpio::Pull::none) && {
    static_cast<void>(pin);
    route_receiving(Number, chip::signal::fspiq, miso, pull);
    return Master{give_away()};
  }

  /// Data lines that go both ways. A flash calls SIO2 WP and SIO3 HOLD; while an operation uses one or two
  /// lines, and between operations, both are driven high, which is inactive.
  template <unsigned Number>
  FERRY_NEEDS_LIVE FERRY_BECOMES_SPENT FERRY_MADE_LIVE Master
  with_sio0(gpio::Gpio<Number> pin, gpio::Pull pull = gpio::Pull::none) && {
    static_cast<void>(pin);
    route_both_ways(Number, chip::signal::fspid, mosi, pull);
    return Master{give_away()};
  }
  template <unsigned Number>
  FERRY_NEEDS_LIVE FERRY_BECOMES_SPENT FERRY_MADE_LIVE Master
  with_sio1(gpio::Gpio<Number> pin, gpio::Pull pull = gpio::Pull::none) && {
    static_cast<void>(pin);
    route_both_ways(Number, chip::signal::fspiq, miso, pull);
    return Master{give_away()};
  }
  template <unsigned Number>
  FERRY_NEEDS_LIVE FERRY_BECOMES_SPENT FERRY_MADE_LIVE Master
  with_sio2(gpio::Gpio<Number> pin, gpio::Pull pull = gpio::Pull::none) && {
    static_cast<void>(pin);
    route_both_ways(Number, chip::signal::fspiwp, sio2, pull);
    return Master{give_away()};
  }
  template <unsigned Number>
  FERRY_NEEDS_LIVE FERRY_BECOMES_SPENT FERRY_MADE_LIVE Master
  with_sio3(gpio::Gpio<Number> pin, gpio::Pull pull = gpio::Pull::none) && {
    static_cast<void>(pin);
    route_both_ways(Number, chip::signal::fspihd, sio3, pull);
    return Master{give_away()};
  }

  /// Chip select. There are six lines, `with_cs<1>(pin)`; select() says which of them is active, line 0 at
  /// first. Config says how long before the first edge and behind the last one. Active low unless `polarity`
  /// says otherwise; that is written here, and if SPI2 does not answer again by the first operation, which
  /// then fails if it still does not.
  template <unsigned Line = 0, unsigned Number>
  FERRY_NEEDS_LIVE FERRY_BECOMES_SPENT FERRY_MADE_LIVE Master with_cs(gpio::Gpio<Number> pin) && {
    static_assert(Line <= 5, "SPI2 has the CS lines 0 to 5");
    static_cast<void>(pin);
    gpio::detail::route_output(Number, chip::signal::fspics0 + Line);
    return Master{give_away()};
  }
  template <unsigned Line = 0, unsigned Number>
  FERRY_NEEDS_LIVE FERRY_BECOMES_SPENT FERRY_MADE_LIVE Master with_cs(gpio::Gpio<Number> pin,
                                                                      CsPolarity polarity) && {
    port()->set_polarity(Line, polarity);
    return std::move(*this).template with_cs<Line>(std::move(pin));
  }

  /// Hands transfers to a DMA channel. The result can do all that this class can, and DMA transfers.
  FERRY_NEEDS_LIVE FERRY_BECOMES_SPENT FERRY_MADE_LIVE MasterDma
  with_dma(dma::ConfiguredChannel channel FERRY_TAKES_LIVE) &&;
  /// The same with the halves of two channels: one to receive by, one to send by.
  FERRY_NEEDS_LIVE FERRY_BECOMES_SPENT FERRY_MADE_LIVE MasterDma
  with_dma(dma::ConfiguredHalves halves FERRY_TAKES_LIVE) &&;

 private:
  friend MasterDma;
  friend Operations<Master>;

  // Data lines as Port counts them.
  static constexpr std::uint32_t mosi = 1, miso = 2, sio2 = 4, sio3 = 8;

  FERRY_MADE_LIVE explicit Master(detail::Port* port) : port_(port) {}

  void route_sending(unsigned pin, std::uint32_t signal, std::uint32_t line) {
    gpio::detail::route_output(pin, signal);
    port()->add_outputs(line);
  }
  void route_receiving(unsigned pin, std::uint32_t signal, std::uint32_t line, gpio::Pull pull) {
    gpio::detail::route_input(pin, signal, pull);
    port()->add_inputs(line);
  }
  void route_both_ways(unsigned pin, std::uint32_t signal, std::uint32_t line, gpio::Pull pull) {
    route_sending(pin, signal, line);  // first, as it switches the pulls off
    route_receiving(pin, signal, line, pull);
  }

  [[gnu::always_inline]] detail::Port& live_bus() const { return *port(); }

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
