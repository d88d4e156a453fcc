/// Sends a constant table by DMA without a copy, and shows what happens to one that lies in flash.
// run: --wire GPIO4:GPIO2
// expect-text: From RAM: 256 bytes.*From flash: in_flash. The bytes lie in flash, which DMA cannot read
#include <ferry/ferry.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

using namespace ferry::literals;

namespace {

constexpr auto squares = [] {
  std::array<std::uint8_t, 256> table{};
  for (std::uint32_t i = 0; i < table.size(); ++i) table[i] = static_cast<std::uint8_t>(i * i >> 8);
  return table;
}();

}  // namespace

// What a program that runs from flash has its constants in: the first bytes of the flash window.
asm(".global in_flash\n.set in_flash, 0x3C000000");
extern "C" const std::array<std::byte, 16> in_flash;

int main() {
  auto chip = ferry::take();
  ferry::dma::Dma dma{std::move(chip.dma)};
  auto [rx_memory, rx_descriptors, tx_memory, tx_descriptors] = ferry::dma_buffers<256>();
  ferry::dma::RxBuffer rx{std::move(rx_memory)};
  auto channel = std::move(dma.channel0);
  auto spi =
      ferry::spi::Master{std::move(chip.spi2), {.frequency = 10_MHz}}
          .with_sck(std::move(chip.gpio0))
          .with_mosi(std::move(chip.gpio4))
          .with_miso(std::move(chip.gpio2))
          .with_dma(std::move(channel).configure({}, std::move(rx_descriptors), std::move(tx_descriptors)));

  //! [const]
  const auto table = ferry::dma::ConstSource::of<squares>();
  ferry::dma::ConstSource sent;
  auto outcome = std::move(spi).transfer(std::move(rx), table).wait_into(spi, rx, sent);
  //! [const]
  if (!outcome || rx[255] != std::byte{squares[255]}) return 1;
  ferry::print("From RAM: {} bytes\n", outcome->length);

  const auto flash = ferry::dma::ConstSource::of<in_flash>();
  ferry::dma::ConstSource tried;
  outcome = std::move(spi).transfer(std::move(rx), flash).wait_into(spi, rx, tried);
  if (outcome) return 1;
  ferry::print("From flash: {}. {}\n", outcome.error(), ferry::dma::explain(outcome.error().reason));
  return 0;
}
