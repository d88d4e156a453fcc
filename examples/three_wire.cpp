/// Reads a register of a device that has one data line for both ways: SPI on three wires.
// expect-text: The register reads ff
#include <ferry/ferry.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>

using namespace ferry::literals;

namespace {

//! [three-wires]
// The register's number goes out on SIO0, with the bit that says that it is read. Its content comes back on
// the same line, which the bus lets go of in the cycle in between.
std::expected<std::byte, ferry::spi::Error> read_register(ferry::spi::Master& spi FERRY_BORROWS,
                                                          std::uint8_t number) {
  std::array<std::byte, 1> content{};
  const auto result = spi.half_duplex_read({.command = {static_cast<std::uint16_t>(0x80u | number), 8},
                                            .dummy_cycles = 1,
                                            .data_lines = ferry::spi::Lines::one_both_ways},
                                           content);
  if (!result) return std::unexpected{result.error()};
  return content[0];
}
//! [three-wires]

}  // namespace

int main() {
  auto chip = ferry::take();
  // The pad's resistor holds the line while nobody drives it: it stands for the device here.
  auto spi = ferry::spi::Master{std::move(chip.spi2), {.frequency = 1_MHz, .mode = ferry::spi::Mode::_3}}
                 .with_sck(std::move(chip.gpio0))
                 .with_sio0(std::move(chip.gpio4), ferry::gpio::Pull::up)
                 .with_cs(std::move(chip.gpio5));
  const auto content = read_register(spi, 0x0F);
  if (!content) {
    ferry::print("failed: {}\n", content.error());
    return 1;
  }
  ferry::print("The register reads {:02x}\n", std::to_integer<unsigned>(*content));
  return 0;
}
