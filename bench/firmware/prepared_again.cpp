// A prepared transfer that is started twice in a row, with marks around the second start.
#include "bench/firmware/start_twice.hpp"
#include <ferry/ferry.hpp>

#include <cstdint>

volatile ferry::bench::Job job;

namespace dma = ferry::dma;

int main() {
  auto chip = ferry::take();
  FERRY_MARK("boot");

  dma::Dma controller{std::move(chip.dma)};
  auto channel = std::move(controller.channel0);
  auto [rx_memory, rx_list, tx_memory, tx_list] = ferry::dma_buffers<ferry::bench::most_bytes>();
  dma::RxBuffer rx{std::move(rx_memory)};
  dma::TxBuffer tx{std::move(tx_memory)};
  tx.with(ferry::bench::fill);

  const auto frequency = ferry::spi::Frequency::at_run_time(ferry::Hertz{job.hertz});
  auto spi = ferry::spi::Master{std::move(chip.spi2), {.frequency = *frequency}}
                 .with_sck(std::move(chip.gpio0))
                 .with_mosi(std::move(chip.gpio4))
                 .with_miso(std::move(chip.gpio2))
                 .with_cs(std::move(chip.gpio5))
                 .with_dma(std::move(channel).configure({}, std::move(rx_list), std::move(tx_list)));
  ferry::bench::start_twice(spi, rx, tx, [](std::uint32_t length) {
    return dma::Lengths{.rx_length = length, .tx_length = length};
  });
}
