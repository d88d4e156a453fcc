// Ferry's DMA transfer, as the exercise does it, with marks around its parts.
#include "bench/firmware/bench.hpp"
#include <ferry/ferry.hpp>

volatile ferry::bench::Job job;

int main() {
  using ferry::bench::Meanwhile;
  auto chip = ferry::take();
  FERRY_MARK("boot");

  ferry::dma::Dma dma{std::move(chip.dma)};
  auto channel = std::move(dma.channel0);
  auto [rx_memory, rx_descriptors, tx_memory, tx_descriptors] =
      ferry::dma_buffers<ferry::bench::most_bytes>();
  ferry::dma::RxBuffer rx{std::move(rx_memory)};
  ferry::dma::TxBuffer tx{std::move(tx_memory)};

  const auto frequency = ferry::spi::Frequency::at_run_time(ferry::Hertz{job.hertz});
  auto spi = ferry::spi::Master{std::move(chip.spi2), {.frequency = *frequency}}
                 .with_sck(std::move(chip.gpio0))
                 .with_mosi(std::move(chip.gpio4))
                 .with_miso(std::move(chip.gpio2))
                 .with_cs(std::move(chip.gpio5))
                 .with_dma(std::move(channel).configure(
                     {.burst = false, .priority = 0}, std::move(rx_descriptors), std::move(tx_descriptors)));
  tx.with(ferry::bench::fill);

  for (;;) {
    FERRY_MARK("ready");
    const std::uint32_t length = job.length;
    const auto meanwhile = static_cast<Meanwhile>(job.meanwhile);
    rx.fill(std::byte{0});

    FERRY_MARK("begin");
    auto transfer =
        std::move(spi).transfer(std::move(rx), std::move(tx), {.rx_length = length, .tx_length = length});
    FERRY_MARK("started");
    if (meanwhile == Meanwhile::work) {
      while (job.released == 0) {
      }
    }
    FERRY_MARK("look");
    if (meanwhile != Meanwhile::wait) {
      while (!transfer.is_done()) {
      }
    }
    FERRY_MARK("wait");
    auto outcome = std::move(transfer).wait_into(spi, rx, tx);
    FERRY_MARK("back");

    const bool complete = outcome && outcome->length == length;
    std::uint32_t received = ferry::bench::failed;
    if (complete) rx.with_first(length, [&](auto bytes) { received = ferry::bench::check(bytes); });
    job.received = received;
  }
}
