// An SPI master made of four plain pins and the CPU, for tests of a slave on the same chip: as fast as
// register accesses are, some 700 kHz.
#pragma once

#include "ferry/ferry.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

namespace bit_bang {

class Master {
 public:
  Master(ferry::gpio::Output sck, ferry::gpio::Output mosi, ferry::gpio::Input miso, ferry::gpio::Output cs)
      : sck_(std::move(sck)), mosi_(std::move(mosi)), miso_(std::move(miso)), cs_(std::move(cs)) {
    cs_.set_high();
  }

  /// Between two transactions.
  void set_mode(ferry::spi::Mode mode) {
    using ferry::spi::Mode;
    idles_high_ = mode == Mode::_2 || mode == Mode::_3;
    shifts_first_ = mode == Mode::_1 || mode == Mode::_3;
    clock(idle());
  }
  void set_bit_order(ferry::spi::BitOrder order) { lsb_first_ = order == ferry::spi::BitOrder::lsb_first; }

  void select() { cs_.set_low(); }
  void deselect() { cs_.set_high(); }
  ferry::gpio::Level miso() const { return miso_.read(); }

  /// One period of the clock: sends a bit and gives what came back.
  bool exchange_bit(bool bit) {
    if (shifts_first_) clock(!idle());
    mosi_.set(bit ? ferry::gpio::Level::high : ferry::gpio::Level::low);
    const auto sample = [this] { return miso_.is_high(); };
    // Sampled just before the edge that samples: the slave has had half a period for it.
    const bool received = sample();
    clock(shifts_first_ ? idle() : !idle());
    if (!shifts_first_) clock(idle());
    return received;
  }
  std::byte exchange_byte(std::byte byte) {
    const auto out = std::to_integer<std::uint32_t>(byte);
    std::uint32_t in = 0;
    for (std::uint32_t i = 0; i < 8; ++i) {
      const std::uint32_t place = lsb_first_ ? i : 7 - i;
      in |= static_cast<std::uint32_t>(exchange_bit((out >> place & 1) != 0)) << place;
    }
    return static_cast<std::byte>(in);
  }
  /// A whole transaction. `in` may be shorter.
  void exchange(std::span<std::byte> in, std::span<const std::byte> out) {
    select();
    for (std::size_t i = 0; i < out.size(); ++i) {
      const std::byte byte = exchange_byte(out[i]);
      if (i < in.size()) in[i] = byte;
    }
    deselect();
  }

 private:
  bool idle() const { return idles_high_; }
  void clock(bool level) { sck_.set(level ? ferry::gpio::Level::high : ferry::gpio::Level::low); }

  ferry::gpio::Output sck_, mosi_;
  ferry::gpio::Input miso_;
  ferry::gpio::Output cs_;
  bool idles_high_ = false;
  bool shifts_first_ = false;
  bool lsb_first_ = false;
};

/// The master on GPIO4 to 7, for a slave on GPIO0 to 3 in the same order: wires 4:0, 5:1, 6:2, 7:3.
inline Master make_master(ferry::Peripherals& chip) {
  return Master{ferry::gpio::Output{std::move(chip.gpio4)}, ferry::gpio::Output{std::move(chip.gpio5)},
                ferry::gpio::Input{std::move(chip.gpio6)},
                ferry::gpio::Output{std::move(chip.gpio7), ferry::gpio::Level::high}};
}

FERRY_MADE_LIVE inline ferry::spi::Slave make_slave(ferry::Peripherals& chip,
                                                    const ferry::spi::SlaveConfig& config = {}) {
  return ferry::spi::Slave{std::move(chip.spi2), config}
      .with_sck(std::move(chip.gpio0))
      .with_mosi(std::move(chip.gpio1))
      .with_miso(std::move(chip.gpio2))
      .with_cs(std::move(chip.gpio3));
}

}  // namespace bit_bang
