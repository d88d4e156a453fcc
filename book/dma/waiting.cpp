/// The book, DMA 1: the CPU carries 2000 bytes over SPI, and has time for nothing else.
// run: --wire GPIO4:GPIO2
// expect-text: The CPU carried 2000 bytes in 16[0-9][0-9][0-9] us
#include <ferry/ferry.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

using namespace ferry::literals;

namespace {

std::array<std::byte, 2000> bytes;

}  // namespace

int main() {
  auto chip = ferry::take();
  //! [wires]
  auto spi = ferry::spi::Master{std::move(chip.spi2), {.frequency = 1_MHz}}
                 .with_sck(std::move(chip.gpio0))
                 .with_mosi(std::move(chip.gpio4))
                 .with_miso(std::move(chip.gpio2))
                 .with_cs(std::move(chip.gpio5));
  //! [wires]
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::byte>(i);

  const ferry::Instant start = ferry::time::now();
  //! [blocking]
  const auto result = spi.transfer_in_place(bytes);
  //! [blocking]
  const auto taken = (ferry::time::now() - start).in_microseconds();
  if (!result) {
    ferry::print("failed: {}\n", result.error());
    return 1;
  }
  ferry::print("The CPU carried {} bytes in {} us\n", bytes.size(), taken);
  return bytes[1999] == 0xCF_b ? 0 : 1;
}
