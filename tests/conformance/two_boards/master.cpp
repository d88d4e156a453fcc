// The board that clocks. It waits for the slave's sign before each transfer.
#include "ferry/ferry.hpp"
#include "tests/conformance/two_boards/rounds.hpp"
#include "tests/firmware/check.hpp"

#include <algorithm>
#include <cstdint>

using namespace ferry;
using namespace two_boards;

namespace {

void wait_for(const gpio::Input& ready, gpio::Level level) {
  const Deadline deadline = Deadline::after(1_s);
  while (ready.read() != level && !deadline.has_passed()) {
  }
  FERRY_CHECK(ready.read() == level);
}

void run(std::uint32_t index, const gpio::Input& ready, spi::MasterDma& spi FERRY_BORROWS,
         dma::RxBuffer& rx FERRY_BORROWS, dma::TxBuffer& tx FERRY_BORROWS) {
  const Round& round = rounds[index];
  spi.apply_config({.frequency = round.frequency, .mode = round.mode});
  std::byte quiet{};
  // The clock takes its new idle level before the slave looks; with one byte that nobody is armed for.
  FERRY_CHECK(spi.write({&quiet, 1}).has_value());
  tx.with([&](std::span<std::byte> bytes) { fill(bytes, From::master, index); });
  rx.fill(0xEE_b);

  wait_for(ready, gpio::Level::high);
  delay(30_us);
  auto transfer = std::move(spi).transfer(std::move(rx), std::move(tx),
                                          {.rx_length = round.clocked, .tx_length = round.clocked});
  if (sleeps(round)) delay(duration(round) + 50_us);
  const auto outcome = std::move(transfer).wait_into(spi, rx, tx);
  FERRY_CHECK(outcome.has_value());

  const std::uint32_t sent = std::min(round.clocked, round.tx_length);
  const std::uint32_t good =
      rx.with([&](std::span<std::byte> bytes) { return matching(bytes.first(sent), From::slave, index); });
  if (good != sent) print("round {}: ", index);
  FERRY_CHECK_EQUAL(good, sent);
  // The slave had no more.
  FERRY_CHECK(rx.with([&](std::span<std::byte> bytes) {
    return std::ranges::all_of(bytes.subspan(sent, round.clocked - sent),
                               [](std::byte byte) { return byte == std::byte{0}; });
  }));
  wait_for(ready, gpio::Level::low);
}

}  // namespace

int main() {
  auto chip = take();
  const gpio::Input ready{std::move(chip.gpio6), gpio::Pull::down};
  dma::Dma dma{std::move(chip.dma)};
  auto [rx_memory, rx_descriptors, tx_memory, tx_descriptors] = dma_buffers<largest>();
  dma::RxBuffer rx{std::move(rx_memory)};
  dma::TxBuffer tx{std::move(tx_memory)};
  auto channel = std::move(dma.channel0);
  auto spi =
      spi::Master{std::move(chip.spi2), {}}
          .with_sck(std::move(chip.gpio0))
          .with_mosi(std::move(chip.gpio4))
          .with_miso(std::move(chip.gpio2))
          .with_cs(std::move(chip.gpio5))
          .with_dma(std::move(channel).configure({}, std::move(rx_descriptors), std::move(tx_descriptors)));
  for (std::uint32_t index = 0; index < std::size(rounds); ++index) run(index, ready, spi, rx, tx);
  return check::result();
}
