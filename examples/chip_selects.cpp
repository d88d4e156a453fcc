/// Two devices on one bus, each with its own chip select; one needs a pause that only a held select gives it.
// run: --wire GPIO4:GPIO2
// expect-text: Device 0 got 2 bytes.*Device 1 got 4 bytes in one selection
#include <ferry/ferry.hpp>

#include <array>
#include <cstddef>

using namespace ferry::literals;

int main() {
  auto chip = ferry::take();
  //! [two-lines]
  auto spi = ferry::spi::Master{std::move(chip.spi2), {.frequency = 1_MHz, .cs_setup = 4, .cs_hold = 4}}
                 .with_sck(std::move(chip.gpio0))
                 .with_mosi(std::move(chip.gpio4))
                 .with_miso(std::move(chip.gpio2))
                 .with_cs<0>(std::move(chip.gpio5))
                 .with_cs<1>(std::move(chip.gpio6), ferry::spi::CsPolarity::active_high);
  //! [two-lines]

  const std::array first{0x01_b, 0x02_b};
  if (!spi.write(first)) return 1;
  ferry::print("Device 0 got {} bytes\n", first.size());

  //! [held]
  // A command, some time for the device to find its answer, and the answer: one selection.
  spi.select(ferry::spi::Cs::_1);
  spi.hold_cs();
  if (!spi.write(first)) return 1;
  ferry::delay(20_us);
  std::array<std::byte, 2> answer{};
  if (!spi.read(answer)) return 1;
  spi.release_cs();
  //! [held]
  ferry::print("Device 1 got {} bytes in one selection\n", first.size() + answer.size());
  return 0;
}
