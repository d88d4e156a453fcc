/// Looks at bytes while they are being received, and says to DMA watch that it means to: a progress bar.
// run: --wire GPIO4:GPIO2
// expect-text: Seen 1000.*Seen 2000.*Seen 8000.*All 8000 bytes are there
#include <ferry/ferry.hpp>
#include <ferry/watch.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

using namespace ferry::literals;

namespace {

// A variable with a name can be reached while a transfer has it, so here no compiler helps.
std::array<std::byte, 8000> picture;

// Bytes are zero until they arrive.
bool is_there(std::uint32_t index) {
  return *static_cast<const volatile std::byte*>(&picture[index]) != std::byte{0};
}

}  // namespace

int main() {
  auto chip = ferry::take();
  ferry::dma::Dma dma{std::move(chip.dma)};
  auto [unused_memory, rx_descriptors, tx_memory, tx_descriptors] = ferry::dma_buffers<8000>();
  ferry::dma::RxBuffer rx{ferry::dma::RxMemory::of<picture>()};
  ferry::dma::TxBuffer tx{std::move(tx_memory)};
  tx.fill(0x42_b);
  auto channel = std::move(dma.channel0);
  auto spi =
      ferry::spi::Master{std::move(chip.spi2), {.frequency = 10_MHz}}
          .with_sck(std::move(chip.gpio0))
          .with_mosi(std::move(chip.gpio4))
          .with_miso(std::move(chip.gpio2))
          .with_dma(std::move(channel).configure({}, std::move(rx_descriptors), std::move(tx_descriptors)));

  //! [on-purpose]
  auto transfer = std::move(spi).transfer(std::move(rx), std::move(tx));
  ferry::watch::on_purpose(picture.data());  // without this line --watch reports rx-read
  std::uint32_t seen = 0;
  while (seen < picture.size()) {
    const bool done = transfer.is_done();
    // A thousand bytes have arrived when the last of them has.
    if (is_there(seen + 999)) {
      seen += 1000;
      ferry::print("Seen {}\n", seen);
    } else if (done) {
      break;
    }
  }
  //! [on-purpose]
  const auto outcome = std::move(transfer).wait_into(spi, rx, tx);
  if (!outcome || seen != rx.received()) return 1;
  ferry::print("All {} bytes are there\n", seen);
  return 0;
}
