// run: --wire GPIO4:GPIO0 --wire GPIO5:GPIO1 --wire GPIO6:GPIO2 --wire GPIO7:GPIO3
// What a slave says of bytes that SPI2 does not count: it begins anew every 32,768 bytes, and with every chip
// select.
#include "bit_bang_master.hpp"
#include "check.hpp"
#include "ferry/ferry.hpp"
#include "spi_loopback.hpp"

#include <cstdint>

using namespace ferry;
using namespace ferry::literals;
using namespace loopback;

namespace {

constexpr std::uint32_t count_begins_anew = 32'768;

void clock(bit_bang::Master& master, std::uint32_t bytes) {
  master.select();
  for (std::uint32_t i = 0; i < bytes; ++i) master.exchange_byte(0x5A_b);
  master.deselect();
}

void writes(bit_bang::Master& master, spi::SlaveDma& spi FERRY_BORROWS, dma::TxBuffer& tx FERRY_BORROWS) {
  struct Case {
    std::uint32_t clocked, length;
  };
  constexpr Case cases[] = {
      // Up to the end and beyond, with a count that is 0, small, and on both sides of the end.
      {count_begins_anew, 40'000},
      {count_begins_anew + 1, 40'000},
      {40'000, 40'000},
      {39'990, 40'000},
      {40'001, 40'000},
      // Zeros behind the end: as many as FIFOs hold, and many.
      {250, 10},
      {count_begins_anew, 10},
      {count_begins_anew + 5, 10},
      {0, 40'000},
      {7, 40'000},
  };
  for (const auto [clocked, length] : cases) {
    auto write = std::move(spi).write(std::move(tx), length);
    clock(master, clocked);
    const auto outcome = std::move(write).wait_into(spi, tx, Deadline::after(1_ms));
    FERRY_CHECK(outcome.has_value());
    if (!outcome) continue;
    FERRY_CHECK_EQUAL(outcome->length, clocked);
    FERRY_CHECK_EQUAL(outcome->sent, std::min(clocked, length));
    FERRY_CHECK_EQUAL(outcome->extra_bits, 0u);
  }
}

// Several chip selects before the end is looked at: with a receive buffer all of them count. Where the last
// one alone cannot be what was taken, a write says at least how much it was.
void several_selects(bit_bang::Master& master, spi::SlaveDma& spi FERRY_BORROWS,
                     dma::RxBuffer& rx FERRY_BORROWS, dma::TxBuffer& tx FERRY_BORROWS) {
  auto both = std::move(spi).transfer(std::move(rx), std::move(tx), {.tx_length = 25});
  clock(master, 10);
  clock(master, 20);
  const auto outcome = std::move(both).wait_into(spi, rx, tx, Deadline::after(1_ms));
  FERRY_CHECK(outcome && outcome->length == 30 && outcome->received == 30 && outcome->sent == 25);

  auto write = std::move(spi).write(std::move(tx));
  clock(master, 10'000);
  clock(master, 20);
  const auto taken = std::move(write).wait_into(spi, tx, Deadline::after(1_ms));
  FERRY_CHECK(taken && taken->sent <= 10'020 && taken->sent >= 8190 - 128);
}

void reads(bit_bang::Master& master, spi::SlaveDma& spi FERRY_BORROWS, dma::RxBuffer& rx FERRY_BORROWS) {
  auto read = std::move(spi).read(std::move(rx));
  clock(master, count_begins_anew);
  const auto outcome = std::move(read).wait_into(spi, rx, Deadline::after(1_ms));
  FERRY_CHECK(outcome && outcome->length == count_begins_anew && rx.received() == count_begins_anew);
}

// A byte too many, for which a burst has a place, and of which SPI's count says nothing. And none.
void bursts(bit_bang::Master& master, spi::SlaveDma& spi FERRY_BORROWS, dma::RxBuffer& rx FERRY_BORROWS) {
  auto too_many = std::move(spi).read(std::move(rx), count_begins_anew - 1);
  clock(master, count_begins_anew);
  const auto outcome = std::move(too_many).wait_into(spi, rx, Deadline::after(1_ms));
  FERRY_CHECK(!outcome && outcome.error() == dma::Error::rx_list_too_short);
  FERRY_CHECK_EQUAL(rx.received(), count_begins_anew - 1);
  auto few = std::move(spi).read(std::move(rx), count_begins_anew);
  clock(master, 2);
  const auto fewer = std::move(few).wait_into(spi, rx, Deadline::after(1_ms));
  FERRY_CHECK(fewer && fewer->length == 2 && rx.received() == 2);
}

}  // namespace

int main() {
  auto chip = take();
  auto master = bit_bang::make_master(chip);
  dma::Dma dma{std::move(chip.dma)};
  auto [rx_memory, rx_descriptors, tx_memory, tx_descriptors] = dma_buffers<40'000>();
  dma::RxBuffer rx{std::move(rx_memory)};
  dma::TxBuffer tx{std::move(tx_memory)};
  auto channel = std::move(dma.channel0);
  auto spi = bit_bang::make_slave(chip).with_dma(
      std::move(channel).configure({}, std::move(rx_descriptors), std::move(tx_descriptors)));

  writes(master, spi, tx);
  several_selects(master, spi, rx, tx);
  reads(master, spi, rx);

  dma::ConfiguredChannel configured;
  auto slave = std::move(spi).without_dma(configured);
  auto whole = std::move(configured).release(rx_descriptors, tx_descriptors);
  spi = std::move(slave).with_dma(
      std::move(whole).configure({.burst = true}, std::move(rx_descriptors), std::move(tx_descriptors)));
  bursts(master, spi, rx);
  return check::result();
}
