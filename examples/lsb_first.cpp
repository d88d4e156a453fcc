/// Talks to a device that sends and receives the least significant bit first, by the CPU and by DMA.
// run: --wire GPIO4:GPIO2
// expect-text: Sent 01 02 04 80, by the CPU: 80 40 20 01, by DMA: 80 40 20 01
#include <ferry/ferry.hpp>

#include <array>
#include <cstddef>
#include <span>

using namespace ferry::literals;

namespace {

constexpr std::array<std::byte, 4> bytes{0x01_b, 0x02_b, 0x04_b, 0x80_b};

void show(std::string_view before, std::span<const std::byte> some) {
  ferry::print("{}", before);
  for (const std::byte byte : some) ferry::print(" {:02x}", std::to_integer<unsigned>(byte));
}

}  // namespace

int main() {
  auto chip = ferry::take();
  ferry::dma::Dma dma{std::move(chip.dma)};
  auto [rx_memory, rx_descriptors, tx_memory, tx_descriptors] = ferry::dma_buffers<4>();
  ferry::dma::RxBuffer rx{std::move(rx_memory)};
  auto channel = std::move(dma.channel0);
  //! [order]
  // Each direction has its own order. Only what is sent is turned round here, so that the wire shows it.
  const ferry::spi::Config config{.frequency = 1_MHz, .write_bit_order = ferry::spi::BitOrder::lsb_first};
  auto spi =
      ferry::spi::Master{std::move(chip.spi2), config}
          .with_sck(std::move(chip.gpio0))
          .with_mosi(std::move(chip.gpio4))
          .with_miso(std::move(chip.gpio2))
          .with_dma(std::move(channel).configure({}, std::move(rx_descriptors), std::move(tx_descriptors)));
  //! [order]
  std::array<std::byte, 4> back{};
  if (!spi.transfer(back, bytes)) return 1;
  const auto source = ferry::dma::ConstSource::of<bytes>();
  ferry::dma::ConstSource sent;
  const auto outcome = std::move(spi).transfer(std::move(rx), source).wait_into(spi, rx, sent);
  if (!outcome) return 1;
  show("Sent", bytes);
  show(", by the CPU:", back);
  rx.with_received([](std::span<const std::byte> received) { show(", by DMA:", received); });
  ferry::print("\n");

  // With both orders the bytes are what they were.
  spi.apply_config({.frequency = 1_MHz,
                    .write_bit_order = ferry::spi::BitOrder::lsb_first,
                    .read_bit_order = ferry::spi::BitOrder::lsb_first});
  return spi.transfer(back, bytes) && back == bytes ? 0 : 1;
}
