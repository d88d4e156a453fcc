/// Sends a header, a text and a checksum as one frame, straight from where each of them lies.
// run: --wire GPIO4:GPIO2
// expect-text: The frame: 2a 05 68 65 6c 6c 6f 4d
#include <ferry/ferry.hpp>

#include <array>
#include <cstddef>
#include <span>

using namespace ferry::literals;

namespace {

constexpr std::array<std::byte, 2> header{0x2A_b, 5_b};

}  // namespace

int main() {
  auto chip = ferry::take();
  ferry::dma::Dma dma{std::move(chip.dma)};
  auto [rx_memory, unused_list, text_memory, unused_list2] = ferry::dma_buffers<8, 5>();
  auto checksum_buffers = ferry::dma_buffers<1>();
  ferry::dma::RxBuffer rx{std::move(rx_memory)};
  ferry::dma::TxBuffer text{std::move(text_memory)};
  ferry::dma::TxBuffer checksum{std::move(checksum_buffers.tx_memory)};

  // Each piece takes a descriptor.
  auto lists = ferry::dma_descriptors<1, 3>();
  auto channel = std::move(dma.channel0);
  auto spi = ferry::spi::Master{std::move(chip.spi2), {.frequency = 1_MHz}}
                 .with_sck(std::move(chip.gpio0))
                 .with_mosi(std::move(chip.gpio4))
                 .with_miso(std::move(chip.gpio2))
                 .with_cs(std::move(chip.gpio5))
                 .with_dma(std::move(channel).configure({}, std::move(lists.rx), std::move(lists.tx)));

  std::byte sum{};
  text.with([&](std::span<std::byte> bytes) {
    const char* from = "hello";
    for (std::byte& byte : bytes) sum ^= byte = static_cast<std::byte>(*from++);
  });
  for (const std::byte byte : header) sum ^= byte;
  checksum[0] = sum;

  //! [gather]
  auto frame =
      ferry::dma::gather(ferry::dma::ConstSource::of<header>(), std::move(text), std::move(checksum));
  auto outcome = std::move(spi).transfer(std::move(rx), std::move(frame)).wait_into(spi, rx, frame);
  ferry::dma::ConstSource header_again;
  std::move(frame).release_into(header_again, text, checksum);
  //! [gather]
  if (!outcome) {
    ferry::print("failed: {}\n", ferry::dma::explain(outcome.error().reason));
    return 1;
  }
  ferry::print("The frame:");
  rx.with([](std::span<const std::byte> bytes) {
    for (const std::byte byte : bytes) ferry::print(" {:02x}", std::to_integer<unsigned>(byte));
  });
  ferry::print("\n");
  return 0;
}
