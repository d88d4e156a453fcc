/// The book, DMA 4: a question and its answer, a thousand times, set up once or each time.
// run: --wire GPIO4:GPIO2
// expect-text: Set up each time: [0-9]+ ns.*Lists of their own: [0-9]+ ns.*One, prepared: [0-9]+ ns
#include <ferry/ferry.hpp>

#include <cstddef>
#include <cstdint>
#include <span>

using namespace ferry::literals;
using ferry::dma::Prepared, ferry::dma::RxBuffer, ferry::dma::TxBuffer;

namespace {

constexpr int times = 500;
constexpr std::uint64_t bus_time = 1'600;  // ns that two bytes take at 10 MHz

std::uint64_t since(ferry::Instant start) { return (ferry::time::now() - start).in_microseconds() * 1000; }

bool once(ferry::spi::MasterDma& spi FERRY_BORROWS, RxBuffer& rx FERRY_BORROWS, TxBuffer& tx FERRY_BORROWS) {
  return std::move(spi).transfer(std::move(rx), std::move(tx)).wait_into(spi, rx, tx).has_value();
}
bool once(ferry::spi::MasterDma& spi FERRY_BORROWS, Prepared<RxBuffer>& rx FERRY_BORROWS,
          Prepared<TxBuffer>& tx FERRY_BORROWS) {
  return std::move(spi).transfer(std::move(rx), std::move(tx)).wait_into(spi, rx, tx).has_value();
}

// Two transfers in turn. Of plain buffers each is described anew, in the channel's lists.
template <class Rx, class Tx>
std::uint64_t in_turn(ferry::spi::MasterDma& spi FERRY_BORROWS, Rx& rx FERRY_BORROWS, Tx& tx FERRY_BORROWS,
                      Rx& other_rx FERRY_BORROWS, Tx& other_tx FERRY_BORROWS) {
  const ferry::Instant start = ferry::time::now();
  for (int i = 0; i < times; ++i) {
    if (!once(spi, rx, tx) || !once(spi, other_rx, other_tx)) return 0;
  }
  return since(start) / (2 * times) - bus_time;
}

// One transfer, of which a start has nothing left to do but to start.
std::uint64_t prepared(ferry::spi::MasterDma& spi FERRY_BORROWS, RxBuffer& rx FERRY_BORROWS,
                       TxBuffer& tx FERRY_BORROWS) {
  const ferry::Instant start = ferry::time::now();
  bool well = true;
  //! [prepared]
  auto sample = ferry::spi::prepare(std::move(spi), std::move(rx), std::move(tx));
  for (int i = 0; i < times; ++i) {
    auto running = std::move(sample).start();
    well &= std::move(running).wait_into(sample).has_value();
  }
  std::move(sample).release_into(spi, rx, tx);
  //! [prepared]
  return well ? since(start) / times - bus_time : 0;
}

}  // namespace

int main() {
  auto chip = ferry::take();
  ferry::dma::Dma dma{std::move(chip.dma)};
  auto channel = std::move(dma.channel0);
  auto one = ferry::dma_buffers<2>();
  auto two = ferry::dma_buffers<2>();
  auto lists = ferry::dma_descriptors<1>();
  RxBuffer rx{std::move(one.rx_memory)}, other_rx{std::move(two.rx_memory)};
  TxBuffer tx{std::move(one.tx_memory)}, other_tx{std::move(two.tx_memory)};
  tx.fill(0x11_b);
  other_tx.fill(0x22_b);
  auto spi = ferry::spi::Master{std::move(chip.spi2), {.frequency = 10_MHz}}
                 .with_sck(std::move(chip.gpio0))
                 .with_mosi(std::move(chip.gpio4))
                 .with_miso(std::move(chip.gpio2))
                 .with_cs(std::move(chip.gpio5))
                 .with_dma(std::move(channel).configure({}, std::move(lists.rx), std::move(lists.tx)));

  const std::uint64_t each_time = in_turn(spi, rx, tx, other_rx, other_tx);
  ferry::print("Set up each time: {} ns beside the bytes\n", each_time);
  const std::uint64_t once = prepared(spi, rx, tx);

  //! [lists]
  auto question = ferry::dma::prepare(std::move(tx), std::move(one.tx_descriptors));
  auto answer = ferry::dma::prepare(std::move(rx), std::move(one.rx_descriptors));
  //! [lists]
  auto other_question = ferry::dma::prepare(std::move(other_tx), std::move(two.tx_descriptors));
  auto other_answer = ferry::dma::prepare(std::move(other_rx), std::move(two.rx_descriptors));
  const std::uint64_t own_lists = in_turn(spi, answer, question, other_answer, other_question);
  ferry::print("Lists of their own: {} ns\n", own_lists);
  ferry::print("One, prepared: {} ns\n", once);
  return once != 0 && own_lists != 0 && once < each_time && once < own_lists ? 0 : 1;
}
