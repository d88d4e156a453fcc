/// Sends four bytes and receives twelve in one transfer, then the other way round.
// run: --wire GPIO4:GPIO2
// expect-text: Sent 4, received 12: 01 02 03 04 00 00 00 00 00 00 00 00.*Sent 12, received 4: 01 02 03 04 ee
#include <ferry/ferry.hpp>

#include <cstddef>
#include <cstdint>
#include <span>

using namespace ferry::literals;

namespace {

template <ferry::dma::Target Rx>
void show(std::uint32_t sent, const Rx& rx FERRY_BORROWS) {
  ferry::print("Sent {}, received {}:", sent, rx.received());
  rx.with([](std::span<const std::byte> bytes) {
    for (const std::byte byte : bytes) ferry::print(" {:02x}", std::to_integer<unsigned>(byte));
  });
  ferry::print("\n");
}

}  // namespace

int main() {
  auto chip = ferry::take();
  ferry::dma::Dma dma{std::move(chip.dma)};
  auto [rx_memory, rx_descriptors, tx_memory, tx_descriptors] = ferry::dma_buffers<12>();
  // The compiler knows the sizes of these two: with Clang, a length of 13 would be an error at the call.
  ferry::dma::SizedBuffer rx{std::move(rx_memory)};
  ferry::dma::SizedBuffer tx{std::move(tx_memory)};
  auto channel = std::move(dma.channel0);
  auto spi =
      ferry::spi::Master{std::move(chip.spi2), {.frequency = 1_MHz}}
          .with_sck(std::move(chip.gpio0))
          .with_mosi(std::move(chip.gpio4))
          .with_miso(std::move(chip.gpio2))
          .with_cs(std::move(chip.gpio5))
          .with_dma(std::move(channel).configure({}, std::move(rx_descriptors), std::move(tx_descriptors)));
  for (std::uint32_t i = 0; i < tx.size(); ++i) tx[i] = static_cast<std::byte>(i + 1);

  //! [lengths]
  // The clock runs for the longer direction: zeros follow what is sent...
  auto request = std::move(spi).transfer(std::move(rx), std::move(tx), {.rx_length = 12, .tx_length = 4});
  if (!std::move(request).wait_into(spi, rx, tx)) return 1;
  show(4, rx);

  // ...and what comes behind the receive length is dropped, so that the buffer keeps what it had there.
  rx.fill(0xEE_b);
  auto order = std::move(spi).transfer(std::move(rx), std::move(tx), {.rx_length = 4, .tx_length = 12});
  if (!std::move(order).wait_into(spi, rx, tx)) return 1;
  show(12, rx);
  //! [lengths]
  return 0;
}
