// Ferry's ways to transfer, with marks around each call.
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

// Not known before the program runs, as where in a flash chip something lies.
volatile std::uint32_t data_address = 0x123456;

[[gnu::always_inline]] inline ferry::spi::Phases phases(std::uint32_t address) {
  return {.command = {0x02, 8}, .address = {address, 24}};
}

std::uint32_t checked(bool complete, ferry::dma::RxBuffer& rx FERRY_BORROWS, std::uint32_t length) {
  std::uint32_t received = ferry::bench::failed;
  if (complete) rx.with_first(length, [&](auto bytes) { received = ferry::bench::check(bytes); });
  return received;
}

using ferry::dma::RxBuffer;
using ferry::dma::TxBuffer;
using ferry::spi::MasterDma;

// Each form in a function of its own, so that the compiler's analysis finds its way. The number of bytes that
// came back, or that were sent where nothing comes back.
std::uint32_t blocking(MasterDma& spi FERRY_BORROWS, std::uint32_t length) {
  const auto into = std::span{cpu_rx}.first(length);
  const auto from = std::span<const std::byte>{cpu_tx}.first(length);
  FERRY_MARK("call");
  FERRY_MARK("begin");
  const bool well = spi.transfer(into, from).has_value();
  FERRY_MARK("back");
  return well ? ferry::bench::check(into) : ferry::bench::failed;
}

std::uint32_t dma(MasterDma& spi FERRY_BORROWS, RxBuffer& rx FERRY_BORROWS, TxBuffer& tx FERRY_BORROWS,
                  std::uint32_t length) {
  FERRY_MARK("call");
  FERRY_MARK("begin");
  auto transfer =
      std::move(spi).transfer(std::move(rx), std::move(tx), {.rx_length = length, .tx_length = length});
  ferry::bench::meanwhile();
  const auto outcome = std::move(transfer).wait_into(spi, rx, tx);
  FERRY_MARK("back");
  return checked(outcome && outcome->length == length, rx, length);
}

std::uint32_t prepared(MasterDma& spi FERRY_BORROWS, RxBuffer& rx FERRY_BORROWS, TxBuffer& tx FERRY_BORROWS,
                       std::uint32_t length) {
  FERRY_MARK("call");
  auto sample = ferry::spi::prepare(std::move(spi), std::move(rx), std::move(tx),
                                    {.rx_length = length, .tx_length = length});
  const auto first = std::move(sample).start().wait_into(sample);
  FERRY_MARK("begin");
  auto started = std::move(sample).start();
  ferry::bench::meanwhile();
  const auto outcome = std::move(started).wait_into(sample);
  FERRY_MARK("back");
  std::move(sample).release_into(spi, rx, tx);
  return checked(first && outcome && outcome->length == length, rx, length);
}

std::uint32_t half_duplex(MasterDma& spi FERRY_BORROWS, std::uint32_t length) {
  const auto from = std::span<const std::byte>{cpu_tx}.first(length);
  const std::uint32_t address = data_address;
  FERRY_MARK("call");
  FERRY_MARK("begin");
  const bool well = spi.half_duplex_write(phases(address), from).has_value();
  FERRY_MARK("back");
  return well ? length : ferry::bench::failed;
}

std::uint32_t half_duplex_dma(MasterDma& spi FERRY_BORROWS, TxBuffer& tx FERRY_BORROWS,
                              std::uint32_t length) {
  const std::uint32_t address = data_address;
  FERRY_MARK("call");
  FERRY_MARK("begin");
  auto transfer = std::move(spi).half_duplex_write(phases(address), std::move(tx), length);
  ferry::bench::meanwhile();
  const auto outcome = std::move(transfer).wait_into(spi, tx);
  FERRY_MARK("back");
  return outcome ? length : ferry::bench::failed;
}

std::uint32_t half_duplex_prepared(MasterDma& spi FERRY_BORROWS, TxBuffer& tx FERRY_BORROWS,
                                   std::uint32_t length) {
  FERRY_MARK("call");
  auto write =
      ferry::spi::prepare_half_duplex_write(std::move(spi), phases(data_address), std::move(tx), length);
  const auto first = std::move(write).start().wait_into(write);
  FERRY_MARK("begin");
  auto started = std::move(write).start();
  ferry::bench::meanwhile();
  const auto outcome = std::move(started).wait_into(write);
  FERRY_MARK("back");
  std::move(write).release_into(spi, tx);
  return first && outcome ? length : ferry::bench::failed;
}

std::uint32_t transfer(Form form, MasterDma& spi FERRY_BORROWS, RxBuffer& rx FERRY_BORROWS,
                       TxBuffer& tx FERRY_BORROWS, std::uint32_t length) {
  switch (form) {
    case Form::blocking:
      return blocking(spi, length);
    case Form::dma:
      return dma(spi, rx, tx, length);
    case Form::prepared:
      return prepared(spi, rx, tx, length);
    case Form::half_duplex:
      return half_duplex(spi, length);
    case Form::half_duplex_dma:
      return half_duplex_dma(spi, tx, length);
    case Form::half_duplex_prepared:
      return half_duplex_prepared(spi, tx, length);
  }
  return ferry::bench::failed;
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
    rx.fill(std::byte{0});
    cpu_rx.fill(std::byte{0});
    const auto form = static_cast<Form>(job.form);
    job.received = transfer(form, spi, rx, tx, length);
  }
}
