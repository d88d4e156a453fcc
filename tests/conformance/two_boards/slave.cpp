// The board that is clocked. GPIO6 is high while it is armed.
#include "ferry/ferry.hpp"
#include "tests/conformance/two_boards/rounds.hpp"
#include "tests/firmware/check.hpp"

#include <algorithm>
#include <cstdint>

using namespace ferry;
using namespace two_boards;

namespace {

void run(std::uint32_t index, gpio::Output& ready, spi::SlaveDma& spi FERRY_BORROWS,
         dma::RxBuffer& rx FERRY_BORROWS, dma::TxBuffer& tx FERRY_BORROWS) {
  const Round& round = rounds[index];
  // The master changes its clock's idle level meanwhile.
  delay(500_us);
  spi.apply_config({.mode = round.mode});
  rx.fill(0xEE_b);
  tx.with([&](std::span<std::byte> bytes) { fill(bytes, From::slave, index); });

  auto transfer = std::move(spi).transfer(std::move(rx), std::move(tx),
                                          {.rx_length = round.rx_length, .tx_length = round.tx_length});
  ready.set_high();
  if (sleeps(round)) delay(duration(round) + 300_us);
  const auto outcome = std::move(transfer).wait_into(spi, rx, tx, Deadline::after(1_s));
  ready.set_low();

  const std::uint32_t stored = std::min(round.clocked, round.rx_length);
  if (round.rx_length != 0 && round.clocked > round.rx_length) {
    FERRY_CHECK(!outcome && outcome.error() == dma::Error::rx_list_too_short);
  } else {
    FERRY_CHECK(outcome && outcome->length == round.clocked && outcome->received == stored &&
                outcome->sent == std::min(round.clocked, round.tx_length) && outcome->extra_bits == 0);
  }
  const std::uint32_t good =
      rx.with([&](std::span<std::byte> bytes) { return matching(bytes.first(stored), From::master, index); });
  if (good != stored) print("round {}: ", index);
  FERRY_CHECK_EQUAL(good, stored);
  FERRY_CHECK_EQUAL(rx.received(), stored);
  FERRY_CHECK(rx.with([&](std::span<std::byte> bytes) {
    return std::ranges::all_of(bytes.subspan(stored), [](std::byte byte) { return byte == std::byte{0xEE}; });
  }));
}

}  // namespace

int main() {
  auto chip = take();
  gpio::Output ready{std::move(chip.gpio6)};
  dma::Dma dma{std::move(chip.dma)};
  auto [rx_memory, rx_descriptors, tx_memory, tx_descriptors] = dma_buffers<largest>();
  dma::RxBuffer rx{std::move(rx_memory)};
  dma::TxBuffer tx{std::move(tx_memory)};
  auto channel = std::move(dma.channel0);
  auto spi =
      spi::Slave{std::move(chip.spi2), {}}
          .with_sck(std::move(chip.gpio0))
          .with_mosi(std::move(chip.gpio4))
          .with_miso(std::move(chip.gpio2))
          .with_cs(std::move(chip.gpio5))
          .with_dma(std::move(channel).configure({}, std::move(rx_descriptors), std::move(tx_descriptors)));
  for (std::uint32_t index = 0; index < std::size(rounds); ++index) run(index, ready, spi, rx, tx);
  return check::result();
}
