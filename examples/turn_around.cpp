/// Sends on what it has received, from the same memory: a buffer to receive becomes one to send, without a
/// copy.
// run: --wire GPIO4:GPIO2
// expect-text: The first transfer brought 01 02 03 04, the second sent them on and brought 01 02 03 04
#include <ferry/ferry.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

using namespace ferry::literals;

namespace {

void show(std::string_view before, const ferry::dma::RxBuffer& rx FERRY_BORROWS) {
  ferry::print("{}", before);
  rx.with_received([](std::span<const std::byte> bytes) {
    for (const std::byte byte : bytes) ferry::print(" {:02x}", std::to_integer<unsigned>(byte));
  });
}

}  // namespace

int main() {
  auto chip = ferry::take();
  ferry::dma::Dma dma{std::move(chip.dma)};
  auto [rx_memory, rx_descriptors, tx_memory, tx_descriptors] = ferry::dma_buffers<4>();
  ferry::dma::RxBuffer rx{std::move(rx_memory)};
  ferry::dma::TxBuffer tx{std::move(tx_memory)};
  for (std::uint32_t i = 0; i < tx.size(); ++i) tx[i] = static_cast<std::byte>(i + 1);
  auto channel = std::move(dma.channel0);
  auto spi =
      ferry::spi::Master{std::move(chip.spi2), {.frequency = 1_MHz}}
          .with_sck(std::move(chip.gpio0))
          .with_mosi(std::move(chip.gpio4))
          .with_miso(std::move(chip.gpio2))
          .with_cs(std::move(chip.gpio5))
          .with_dma(std::move(channel).configure({}, std::move(rx_descriptors), std::move(tx_descriptors)));
  if (!std::move(spi).transfer(std::move(rx), std::move(tx)).wait_into(spi, rx, tx)) return 1;
  show("The first transfer brought", rx);

  //! [turn]
  auto to_send = std::move(rx).turn_around();  // the bytes stay where they are
  auto to_receive = std::move(tx).turn_around();
  to_receive.fill(0_b);
  auto transfer = std::move(spi).transfer(std::move(to_receive), std::move(to_send));
  const auto outcome = std::move(transfer).wait_into(spi, to_receive, to_send);
  //! [turn]
  if (!outcome) return 1;
  show(", the second sent them on and brought", to_receive);
  ferry::print("\n");
  return 0;
}
