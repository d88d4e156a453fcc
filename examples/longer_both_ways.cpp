/// Makes a transfer in both directions longer while it runs: a buffer more for each of the two lists.
// run: --wire GPIO4:GPIO2
// expect-text: 400 and 300 bytes, both as they were sent
#include <ferry/ferry.hpp>

#include <cstddef>

using namespace ferry::literals;

int main() {
  auto chip = ferry::take();
  ferry::dma::Dma dma{std::move(chip.dma)};
  auto one = ferry::dma_buffers<400>();
  auto two = ferry::dma_buffers<300>();
  auto lists = ferry::dma_descriptors<2>();  // in both directions one for each buffer
  auto channel = std::move(dma.channel0);
  auto spi = ferry::spi::Master{std::move(chip.spi2), {.frequency = 10_MHz}}
                 .with_sck(std::move(chip.gpio0))
                 .with_mosi(std::move(chip.gpio4))
                 .with_miso(std::move(chip.gpio2))
                 .with_cs(std::move(chip.gpio5))
                 .with_dma(std::move(channel).configure({}, std::move(lists.rx), std::move(lists.tx)));
  ferry::dma::RxBuffer rx{std::move(one.rx_memory)}, more_rx{std::move(two.rx_memory)};
  ferry::dma::TxBuffer tx{std::move(one.tx_memory)}, more_tx{std::move(two.tx_memory)};

  //! [longer]
  spi.hold_cs();  // active over both parts
  tx.fill(0x11_b);
  auto transfer = std::move(spi).transfer(std::move(rx), std::move(tx));
  // 400 bytes are on their way both ways, and there is time to make what follows them.
  more_tx.fill(0x22_b);
  auto longer = std::move(transfer).append(std::move(more_rx), std::move(more_tx));
  auto outcome = std::move(longer).wait_into(spi, rx, tx, more_rx, more_tx);
  spi.release_cs();
  //! [longer]
  if (!outcome) {
    ferry::print("failed: {}\n", outcome.error());
    return 1;
  }
  const bool same = rx[0] == 0x11_b && rx[399] == 0x11_b && more_rx[0] == 0x22_b && more_rx[299] == 0x22_b;
  ferry::print("{} and {} bytes, {}\n", rx.received(), more_rx.received(),
               same ? "both as they were sent" : "but different");
  return 0;
}
