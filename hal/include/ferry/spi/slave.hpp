// SPI as the slave of somebody else's bus.
#pragma once

#include "chip/esp32c3/signals.hpp"
#include "ferry/dma/channel.hpp"
#include "ferry/gpio.hpp"
#include "ferry/ownership.hpp"
#include "ferry/peripherals.hpp"
#include "ferry/spi/slave_config.hpp"
#include "ferry/spi/slave_port.hpp"

#include <utility>

namespace ferry::spi {

class SlaveDma;

/// SPI2 as a slave, full duplex on one data line each way. Alone it only sets up; with a DMA channel it
/// transfers:
///
///   auto spi = ferry::spi::Slave{std::move(chip.spi2), {.mode = ferry::spi::Mode::_0}}
///                  .with_sck(std::move(chip.gpio6))
///                  .with_mosi(std::move(chip.gpio7))
///                  .with_miso(std::move(chip.gpio2))
///                  .with_cs(std::move(chip.gpio10))
///                  .with_dma(std::move(channel));
///
/// The chip has one general-purpose SPI controller, so a program is master or slave; a master in the same
/// program can be made of gpio::Output.
///
/// What the controller can do as a slave beyond that is not in this driver, as each needs a master that knows
/// of it: half duplex by the commands that the chip itself understands (reference manual, chapter 27), on up
/// to four lines, and with it transfers of several segments; and transfers of up to 64 bytes out of SPI's own
/// buffer, without DMA.
class [[nodiscard]] FERRY_CONSUMABLE Slave {
 public:
  /// A spent one, to be filled by an assignment.
  FERRY_MADE_SPENT Slave() = default;
  /// Opens SPI2's clock, resets it and makes it a slave. Does not block and cannot fail. Without with_…() no
  /// pin takes part: a slave without CS is never selected, one without SCK hears no clock.
  FERRY_MADE_LIVE Slave(peripheral::Spi2 token, const SlaveConfig& config);

  [[gnu::always_inline]] Slave(Slave&& other FERRY_TAKES_LIVE) : port_(other.give_away()) {}
  FERRY_NEEDS_SPENT FERRY_BECOMES_LIVE Slave& operator=(Slave&& other FERRY_TAKES_LIVE) {
    if (port_ != nullptr) ferry::detail::overwritten_while_live();
    port_ = other.give_away();
    return *this;
  }
  Slave* operator&() = delete;

  /// Routes a pin through the GPIO matrix. The pin stays with the bus. `pull` holds a line while nobody
  /// drives it.
  template <unsigned Number>
  FERRY_NEEDS_LIVE FERRY_BECOMES_SPENT FERRY_MADE_LIVE Slave with_sck(gpio::Gpio<Number> pin,
                                                                      gpio::Pull pull = gpio::Pull::none) && {
    static_cast<void>(pin);
    gpio::detail::route_input(Number, chip::signal::fspiclk, pull);
    return Slave{give_away()};
  }
  template <unsigned Number>
  FERRY_NEEDS_LIVE FERRY_BECOMES_SPENT FERRY_MADE_LIVE Slave
  with_mosi(gpio::Gpio<Number> pin, gpio::Pull pull = gpio::Pull::none) && {
    static_cast<void>(pin);
    gpio::detail::route_input(Number, chip::signal::fspid, pull);
    return Slave{give_away()};
  }
  /// Driven only while the slave is selected, so several slaves may share it.
  template <unsigned Number>
  FERRY_NEEDS_LIVE FERRY_BECOMES_SPENT FERRY_MADE_LIVE Slave with_miso(gpio::Gpio<Number> pin) && {
    static_cast<void>(pin);
    gpio::detail::route_output(Number, chip::signal::fspiq);
    return Slave{give_away()};
  }
  /// Active low. It is pulled up unless told otherwise: a master that is switched off selects nobody.
  template <unsigned Number>
  FERRY_NEEDS_LIVE FERRY_BECOMES_SPENT FERRY_MADE_LIVE Slave with_cs(gpio::Gpio<Number> pin,
                                                                     gpio::Pull pull = gpio::Pull::up) && {
    static_cast<void>(pin);
    gpio::detail::route_input(Number, chip::signal::fspics0, pull);
    return Slave{give_away()};
  }

  /// Hands transfers to a DMA channel.
  FERRY_NEEDS_LIVE FERRY_BECOMES_SPENT FERRY_MADE_LIVE SlaveDma
  with_dma(dma::ConfiguredChannel channel FERRY_TAKES_LIVE) &&;
  /// The same with the halves of two channels: one to receive by, one to send by.
  FERRY_NEEDS_LIVE FERRY_BECOMES_SPENT FERRY_MADE_LIVE SlaveDma
  with_dma(dma::ConfiguredHalves halves FERRY_TAKES_LIVE) &&;

 private:
  friend SlaveDma;

  FERRY_MADE_LIVE explicit Slave(detail::SlavePort* port) : port_(port) {}

  [[gnu::always_inline]] detail::SlavePort* give_away() {
    if (port_ == nullptr) ferry::detail::used_after_move();
    return std::exchange(port_, nullptr);
  }

  detail::SlavePort* port_ = nullptr;
};

}  // namespace ferry::spi
