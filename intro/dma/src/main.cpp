/// The exercise's skeleton: four bytes over SPI by the CPU, every 2.5 seconds.
// run: --wire GPIO4:GPIO2 --for 10s
#include <ferry/ferry.hpp>

#include <array>

using namespace ferry::literals;

int main() {
  auto chip = ferry::take();

  auto spi = ferry::spi::Master{std::move(chip.spi2), {.frequency = 100_kHz, .mode = ferry::spi::Mode::_0}}
                 .with_sck(std::move(chip.gpio0))
                 .with_mosi(std::move(chip.gpio4))
                 .with_miso(std::move(chip.gpio2), ferry::gpio::Pull::down)
                 .with_cs(std::move(chip.gpio5));

  for (;;) {
    //! [transfer]
    std::array data{0x01_b, 0x02_b, 0x03_b, 0x04_b};
    auto outcome = spi.transfer_in_place(data);
    if (!outcome) ferry::print("failed: {}\n", name(outcome.error()));
    ferry::print("Received {}\n", data);
    //! [transfer]

    ferry::delay(2500_ms);
  }
}
