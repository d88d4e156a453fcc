// run: --diagram {here}/diagrams/display.json --screenshot display1={build}/display.png
// A picture on an ILI9341, row by row. What is seen of it is compared by picture.py.
#include "check.hpp"
#include "ferry/ferry.hpp"

#include <array>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <utility>

using namespace ferry;
using namespace ferry::literals;

namespace {

constexpr std::uint32_t width = 240, height = 320;
std::array<std::byte, 2 * width> row;

// Told to picture.py as well: red goes right, green goes down, blue is a board of 16-pixel squares.
std::uint32_t colour(std::uint32_t x, std::uint32_t y) {
  const std::uint32_t red = x * 31 / (width - 1), green = y * 63 / (height - 1);
  const std::uint32_t blue = ((x ^ y) & 16) != 0 ? 31 : 0;
  return red << 11 | green << 5 | blue;
}

class Display {
 public:
  Display(spi::Master& spi, gpio::Output& data_command) : spi_(spi), data_command_(data_command) {}

  void command(std::uint32_t code, std::initializer_list<std::uint32_t> parameters = {}) {
    data_command_.set_low();
    send({code});
    data_command_.set_high();
    send(parameters);
  }
  void data(std::span<const std::byte> bytes) { FERRY_CHECK(spi_.write(bytes).has_value()); }

 private:
  void send(std::initializer_list<std::uint32_t> bytes) {
    std::array<std::byte, 16> buffer{};
    std::uint32_t length = 0;
    for (const std::uint32_t byte : bytes) buffer[length++] = static_cast<std::byte>(byte);
    data(std::span{buffer}.first(length));
  }

  spi::Master& spi_;
  gpio::Output& data_command_;
};

}  // namespace

int main() {
  auto chip = take();
  gpio::Output data_command{std::move(chip.gpio3)};
  gpio::Output reset{std::move(chip.gpio8), gpio::Level::low};
  auto spi = spi::Master{std::move(chip.spi2), {.frequency = 40_MHz}}
                 .with_sck(std::move(chip.gpio6))
                 .with_mosi(std::move(chip.gpio7))
                 .with_miso(std::move(chip.gpio2))
                 .with_cs(std::move(chip.gpio10));
  delay(10_us);
  reset.set_high();
  delay(6_ms);

  Display display{spi, data_command};
  display.command(0x11);  // sleep out
  delay(6_ms);
  display.command(0x3A, {0x55});  // 16 bits a pixel
  display.command(0x36, {0x48});  // upright on a usual panel
  display.command(0x2A, {0, 0, 0, width - 1});
  display.command(0x2B, {0, 0, (height - 1) >> 8, (height - 1) & 0xFF});
  display.command(0x2C);
  for (std::uint32_t y = 0; y < height; ++y) {
    for (std::uint32_t x = 0; x < width; ++x) {
      row[2 * x] = static_cast<std::byte>(colour(x, y) >> 8);
      row[2 * x + 1] = static_cast<std::byte>(colour(x, y));
    }
    display.data(row);
  }
  display.command(0x29);  // on
  return check::result();
}
