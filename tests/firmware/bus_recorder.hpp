// What is on an SPI bus, recorded by the program itself: an interrupt for each edge of the clock and of chip
// select, on the pads that SPI2 drives. For clocks of up to 100 kHz, which leave the handler its time.
#pragma once

#include "chip/esp32c3/registers/gpio.hpp"
#include "chip/esp32c3/registers/io_mux.hpp"
#include "ferry/ferry.hpp"
#include "ferry/mmio.hpp"

#include <array>
#include <cstdint>
#include <span>

namespace bus {

// The pins that the tests use.
inline constexpr std::uint32_t sck = 0, cs0 = 5, cs1 = 6, cs2 = 7;
inline constexpr std::array<std::uint32_t, 4> sio{4, 2, 1, 3};

inline constexpr std::uint32_t most_samples = 2000;
inline std::array<std::uint8_t, most_samples> samples;  // SIO0 to SIO3 at each sampling edge
inline volatile std::uint32_t clocks = 0;
inline std::array<volatile std::uint32_t, 22> selected{};  // edges towards active, by pin
inline std::array<volatile std::uint32_t, 22> released{};
inline std::uint32_t sampling_edge_is_rising = 1;
inline std::uint32_t active_high = 0;  // CS pins, as bits
inline ferry::Instant selected_at = ferry::Instant::from_ticks(0), first_clock = selected_at,
                      last_clock = selected_at, released_at = selected_at;

inline void on_edge() {
  using namespace ferry;
  using namespace ferry::chip::gpio;
  const Instant now = time::now();
  const std::uint32_t levels = mmio::read<In>(base);
  const std::uint32_t status = mmio::read<Status>(base);
  mmio::write_word<StatusW1tc>(base, status);
  for (const std::uint32_t pin : {cs0, cs1, cs2}) {
    if ((status >> pin & 1) == 0) continue;
    if ((levels >> pin & 1) == (active_high >> pin & 1)) {
      selected[pin] = selected[pin] + 1;
      selected_at = now;
    } else {
      released[pin] = released[pin] + 1;
      released_at = now;
    }
  }
  if ((status >> sck & 1) != 0 && (levels >> sck & 1) == sampling_edge_is_rising) {
    std::uint32_t sample = 0;
    for (std::uint32_t line = 0; line < sio.size(); ++line) sample |= (levels >> sio[line] & 1) << line;
    if (clocks < most_samples) samples[clocks] = static_cast<std::uint8_t>(sample);
    if (clocks == 0) first_clock = now;
    last_clock = now;
    clocks = clocks + 1;
  }
}

inline void watch(std::uint32_t pin) {
  using namespace ferry;
  mmio::modify(chip::io_mux::base, chip::io_mux::Gpio::fun_ie(1), pin);
  mmio::modify(chip::gpio::base, chip::gpio::Pin::int_type(3) | chip::gpio::Pin::int_ena(1), pin);
}

/// To be called when the pins are routed. Later calls are for more pins.
inline void record(std::span<const std::uint32_t> pins) {
  using namespace ferry;
  for (const std::uint32_t pin : pins) watch(pin);
  for (const std::uint32_t pin : sio) mmio::modify(chip::io_mux::base, chip::io_mux::Gpio::fun_ie(1), pin);
  interrupt::attach(interrupt::Source::gpio, 5, on_edge);
}

/// Forgets what there was, and waits for what is still on its way.
inline void start_over() {
  using namespace ferry::literals;
  ferry::delay(100_us);
  clocks = 0;
  for (volatile std::uint32_t& count : selected) count = 0;
  for (volatile std::uint32_t& count : released) count = 0;
}

/// What the mode is in, for the right edge.
inline void expect_mode(ferry::spi::Mode mode) {
  sampling_edge_is_rising = mode == ferry::spi::Mode::_0 || mode == ferry::spi::Mode::_3;
}

inline bool level(std::uint32_t pin) {
  return (ferry::mmio::read<ferry::chip::gpio::In>(ferry::chip::gpio::base) >> pin & 1) != 0;
}

/// Takes bits of one phase from the recording, the first one uppermost.
class Reader {
 public:
  std::uint32_t bits(std::uint32_t count, std::uint32_t lines) {
    std::uint32_t value = 0;
    for (std::uint32_t done = 0; done < count; done += lines)
      value = value << lines | (samples[at_++] & ((1u << lines) - 1));
    return value;
  }
  void skip(std::uint32_t count) { at_ += count; }
  std::uint32_t position() const { return at_; }

 private:
  std::uint32_t at_ = 0;
};

}  // namespace bus
