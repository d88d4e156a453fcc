// Ferry's ways to transfer, one after the other, with a mark in front of each call.
#include "bench/firmware/bench.hpp"
#include <ferry/ferry.hpp>

#include <algorithm>
#include <array>

volatile ferry::bench::Job job;

namespace {

using namespace ferry::literals;
using ferry::bench::Form;

constexpr std::uint32_t most = 64;
std::array<std::byte, most> cpu_rx, cpu_tx;

constexpr ferry::spi::Phases phases{.command = {0x02, 8}, .address = {0x123456, 24}};

std::uint32_t checked(bool complete, ferry::dma::RxBuffer& rx FERRY_BORROWS, std::uint32_t length) {
  std::uint32_t received = ferry::bench::failed;
  if (complete) rx.with_first(length, [&](auto bytes) { received = ferry::bench::check(bytes); });
  return received;
}

}  // namespace

int main() {
  auto chip = ferry::take();
  FERRY_MARK("boot");

  ferry::dma::Dma dma{std::move(chip.dma)};
  auto channel = std::move(dma.channel0);
  auto [rx_memory, rx_descriptors, tx_memory, tx_descriptors] = ferry::dma_buffers<most>();
  ferry::dma::RxBuffer rx{std::move(rx_memory)};
  ferry::dma::TxBuffer tx{std::move(tx_memory)};
  tx.with(ferry::bench::fill);
  ferry::bench::fill(cpu_tx);

  const auto frequency = ferry::spi::Frequency::at_run_time(ferry::Hertz{job.hertz});
  auto spi = ferry::spi::Master{std::move(chip.spi2), {.frequency = *frequency}}
                 .with_sck(std::move(chip.gpio0))
                 .with_mosi(std::move(chip.gpio4))
                 .with_miso(std::move(chip.gpio2))
                 .with_cs(std::move(chip.gpio5))
                 .with_dma(std::move(channel).configure(
                     {.burst = false, .priority = 0}, std::move(rx_descriptors), std::move(tx_descriptors)));

  for (;;) {
    FERRY_MARK("ready");
    const std::uint32_t length = job.length;
    std::uint32_t received = ferry::bench::failed;
    rx.fill(std::byte{0});
    cpu_rx.fill(std::byte{0});
    switch (static_cast<Form>(job.form)) {
      case Form::blocking: {
        const auto into = std::span{cpu_rx}.first(length);
        const auto from = std::span<const std::byte>{cpu_tx}.first(length);
        FERRY_MARK("begin");
        const auto outcome = spi.transfer(into, from);
        if (outcome) received = ferry::bench::check(into);
        break;
      }
      case Form::dma: {
        FERRY_MARK("begin");
        auto transfer =
            std::move(spi).transfer(std::move(rx), std::move(tx), {.rx_length = length, .tx_length = length});
        const auto outcome = std::move(transfer).wait_into(spi, rx, tx);
        received = checked(outcome && outcome->length == length, rx, length);
        break;
      }
      case Form::prepared: {
        auto prepared = ferry::spi::prepare(std::move(spi), std::move(rx), std::move(tx),
                                            {.rx_length = length, .tx_length = length});
        ferry::dma::Outcome outcome;
        // The first start is like the others; the second one shows that the first left nothing behind.
        for (int turn = 0; turn < 2; ++turn) {
          prepared.with<0>([](auto bytes) { std::ranges::fill(bytes, std::byte{0}); });
          FERRY_MARK("begin");
          auto started = std::move(prepared).start();
          outcome = std::move(started).wait_into(prepared);
        }
        std::move(prepared).release_into(spi, rx, tx);
        received = checked(outcome && outcome->length == length, rx, length);
        break;
      }
      case Form::half_duplex: {
        const auto from = std::span<const std::byte>{cpu_tx}.first(length);
        FERRY_MARK("begin");
        if (spi.half_duplex_write(phases, from)) received = length;
        break;
      }
      case Form::half_duplex_dma: {
        FERRY_MARK("begin");
        auto transfer = std::move(spi).half_duplex_write(phases, std::move(tx), length);
        if (std::move(transfer).wait_into(spi, tx)) received = length;
        break;
      }
      case Form::half_duplex_prepared: {
        auto prepared = ferry::spi::prepare_half_duplex_write(std::move(spi), phases, std::move(tx), length);
        ferry::dma::Outcome outcome;
        for (int turn = 0; turn < 2; ++turn) {
          FERRY_MARK("begin");
          auto started = std::move(prepared).start();
          outcome = std::move(started).wait_into(prepared);
        }
        std::move(prepared).release_into(spi, tx);
        if (outcome) received = length;
        break;
      }
    }
    job.received = received;
  }
}
