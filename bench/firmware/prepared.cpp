// Two prepared transfers in turn, with marks around the second one's start.
#include "bench/firmware/bench.hpp"
#include <ferry/ferry.hpp>

#include <algorithm>

volatile ferry::bench::Job job;

namespace {

namespace dma = ferry::dma;
using Rx = dma::Prepared<dma::RxBuffer>;
using Tx = dma::Prepared<dma::TxBuffer>;

[[gnu::always_inline]] inline void run(ferry::spi::MasterDma& spi FERRY_BORROWS, Rx& rx FERRY_BORROWS,
                                       Tx& tx FERRY_BORROWS, Rx& other_rx FERRY_BORROWS,
                                       Tx& other_tx FERRY_BORROWS) {
  for (;;) {
    FERRY_MARK("ready");
    const std::uint32_t length = job.length;
    rx.with([](std::span<std::byte> bytes) { std::ranges::fill(bytes, std::byte{0}); });
    const dma::Lengths lengths{.rx_length = length, .tx_length = length};

    FERRY_MARK("first");
    auto first = std::move(spi).transfer(std::move(other_rx), std::move(other_tx), lengths);
    const auto first_outcome = std::move(first).wait_into(spi, other_rx, other_tx);
    FERRY_MARK("begin");
    auto transfer = std::move(spi).transfer(std::move(rx), std::move(tx), lengths);
    FERRY_MARK("started");
    auto outcome = std::move(transfer).wait_into(spi, rx, tx);
    FERRY_MARK("back");

    const bool complete = first_outcome && outcome && outcome->length == length;
    std::uint32_t received = ferry::bench::failed;
    if (complete) {
      rx.with([&](std::span<std::byte> bytes) { received = ferry::bench::check(bytes.first(length)); });
    }
    job.received = received;
  }
}

}  // namespace

int main() {
  auto chip = ferry::take();
  FERRY_MARK("boot");

  using ferry::bench::most_bytes;
  dma::Dma controller{std::move(chip.dma)};
  auto channel = std::move(controller.channel0);
  auto [rx_memory, rx_list, tx_memory, tx_list] = ferry::dma_buffers<most_bytes>();
  auto [other_rx_memory, other_rx_list, other_tx_memory, other_tx_list] = ferry::dma_buffers<most_bytes>();
  auto rx = dma::prepare(dma::RxBuffer{std::move(rx_memory)}, std::move(rx_list));
  auto tx = dma::prepare(dma::TxBuffer{std::move(tx_memory)}, std::move(tx_list));
  auto other_rx = dma::prepare(dma::RxBuffer{std::move(other_rx_memory)}, std::move(other_rx_list));
  auto other_tx = dma::prepare(dma::TxBuffer{std::move(other_tx_memory)}, std::move(other_tx_list));
  auto lists = ferry::dma_descriptors<1>();

  const auto frequency = ferry::spi::Frequency::at_run_time(ferry::Hertz{job.hertz});
  auto spi = ferry::spi::Master{std::move(chip.spi2), {.frequency = *frequency}}
                 .with_sck(std::move(chip.gpio0))
                 .with_mosi(std::move(chip.gpio4))
                 .with_miso(std::move(chip.gpio2))
                 .with_cs(std::move(chip.gpio5))
                 .with_dma(std::move(channel).configure({}, std::move(lists.rx), std::move(lists.tx)));
  tx.with(ferry::bench::fill);

  run(spi, rx, tx, other_rx, other_tx);
}
