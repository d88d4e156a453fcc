// Ferry's blocking transfer, through SPI's own 64 bytes.
#include "bench/firmware/bench.hpp"
#include <ferry/ferry.hpp>

#include <algorithm>
#include <array>

volatile ferry::bench::Job job;

namespace {

std::array<std::byte, ferry::bench::most_bytes> rx, tx;

}  // namespace

int main() {
  auto chip = ferry::take();
  FERRY_MARK("boot");

  const auto frequency = ferry::spi::Frequency::at_run_time(ferry::Hertz{job.hertz});
  auto spi = ferry::spi::Master{std::move(chip.spi2), {.frequency = *frequency}}
                 .with_sck(std::move(chip.gpio0))
                 .with_mosi(std::move(chip.gpio4))
                 .with_miso(std::move(chip.gpio2))
                 .with_cs(std::move(chip.gpio5));
  ferry::bench::fill(tx);

  for (;;) {
    FERRY_MARK("ready");
    const std::uint32_t length = job.length;
    const auto received = std::span{rx}.first(length);
    const auto sent = std::span<const std::byte>{tx}.first(length);
    std::ranges::fill(rx, std::byte{0});

    FERRY_MARK("begin");
    const auto outcome = spi.transfer(received, sent);
    FERRY_MARK("back");

    job.received = outcome ? ferry::bench::check(received) : ferry::bench::failed;
  }
}
