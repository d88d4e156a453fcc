// run: --wire GPIO4:GPIO0 --wire GPIO5:GPIO1 --wire GPIO6:GPIO2 --wire GPIO7:GPIO3
// unwatched: it turns clocks off and stops channels
// A loop that asks is_done() of a copy or a slave's transfer ends, whatever somebody does to GDMA or SPI2;
// and goes on where nobody did anything.
#include "bit_bang_master.hpp"
#include "check.hpp"
#include "chip/esp32c3/registers/dma.hpp"
#include "chip/esp32c3/registers/system.hpp"
#include "ferry/ferry.hpp"
#include "ferry/mmio.hpp"

#include <cstdint>
#include <string_view>

using namespace ferry;
using namespace ferry::literals;

namespace {

namespace system = chip::system;

void stop_receiving() { mmio::write(chip::dma::base, chip::dma::InLink::inlink_stop(1)); }
void stop_sending() { mmio::write(chip::dma::base, chip::dma::OutLink::outlink_stop(1)); }
void stop_gdma() { mmio::modify(system::base, system::PeripClkEn1::dma_clk_en(0)); }
void reset_gdma() {
  mmio::modify(system::base, system::PeripRstEn1::dma_rst(1));
  mmio::modify(system::base, system::PeripRstEn1::dma_rst(0));
}
void stop_spi() { mmio::modify(system::base, system::PeripClkEn0::spi2_clk_en(0)); }
void hold_spi_in_reset() { mmio::modify(system::base, system::PeripRstEn0::spi2_rst(1)); }
void reset_spi() {
  hold_spi_in_reset();
  mmio::modify(system::base, system::PeripRstEn0::spi2_rst(0));
}

struct Cause {
  void (*deed)();
  std::string_view name;
};
constexpr Cause of_gdma[] = {
    {stop_receiving, "engine_stopped"}, {stop_gdma, "clock_off"}, {reset_gdma, "in_reset"}};
constexpr Cause of_sending = {stop_sending, "engine_stopped"};
constexpr Cause of_spi[] = {
    {stop_spi, "clock_off"}, {hold_spi_in_reset, "in_reset"}, {reset_spi, "in_reset"}};

// Two looks apart: what is under way may end the first one with "not yet".
constexpr std::uint32_t most_polls = 2 * 1024;

void ends(auto& transfer FERRY_BORROWS) {
  std::uint32_t polls = 0;
  while (polls <= most_polls && !transfer.is_done()) ++polls;
  FERRY_CHECK(polls <= most_polls);
  FERRY_CHECK(transfer.is_done());
}
void is_called(const auto& outcome, std::string_view expected) {
  FERRY_CHECK(!outcome.has_value());
  if (!outcome) FERRY_CHECK_EQUAL(name(outcome.error()), expected);
}

constexpr std::uint32_t copied = 8000;

void copy(dma::Copier& copier FERRY_BORROWS, dma::RxBuffer& to FERRY_BORROWS,
          dma::TxBuffer& from FERRY_BORROWS, const Cause& cause) {
  auto copy = std::move(copier).copy(std::move(to), std::move(from), copied);
  delay(5_us);
  cause.deed();
  ends(copy);
  is_called(std::move(copy).wait_into(copier, to, from), cause.name);
  const auto good = copier.copy_and_wait(to, from, copied);
  FERRY_CHECK(good && good->length == copied);
}

// The end of the first part has come, and the second one is spoiled.
void appended_copy(dma::Copier& copier FERRY_BORROWS, dma::RxBuffer& to FERRY_BORROWS,
                   dma::TxBuffer& from FERRY_BORROWS, dma::RxBuffer& more_to FERRY_BORROWS,
                   dma::TxBuffer& more_from FERRY_BORROWS, const Cause& cause) {
  auto copy = std::move(copier).copy(std::move(more_to), std::move(more_from));
  delay(50_us);
  auto longer = std::move(copy).append(std::move(to), std::move(from), copied);
  delay(5_us);
  cause.deed();
  ends(longer);
  is_called(std::move(longer).wait_into(copier, more_to, more_from, to, from), cause.name);
}

void queue(dma::Copier& copier FERRY_BORROWS, dma::RxBuffer& to FERRY_BORROWS,
           dma::TxBuffer& from FERRY_BORROWS, dma::RxBuffer& more_to FERRY_BORROWS,
           dma::TxBuffer& more_from FERRY_BORROWS, const Cause& cause) {
  auto queue =
      std::move(copier).queue(std::move(more_to), std::move(more_from), std::move(to), std::move(from));
  delay(5_us);
  cause.deed();
  ends(queue);
  is_called(std::move(queue).wait_into(copier, more_to, more_from, to, from), cause.name);
}

void slave(spi::SlaveDma& spi FERRY_BORROWS, bit_bang::Master& master, dma::RxBuffer& rx FERRY_BORROWS,
           const Cause& cause) {
  auto read = std::move(spi).read(std::move(rx));
  for (std::uint32_t i = 0; i < 2 * most_polls; ++i) FERRY_CHECK(!read.is_done());  // the master may come yet
  cause.deed();
  master.select();
  for (int i = 0; i < 8; ++i) master.exchange_byte(0x55_b);
  master.deselect();
  ends(read);
  is_called(std::move(read).wait_into(spi, rx), cause.name);

  auto good = std::move(spi).read(std::move(rx));
  master.select();
  for (int i = 0; i < 8; ++i) master.exchange_byte(0x55_b);
  master.deselect();
  const auto outcome = std::move(good).wait_into(spi, rx);
  FERRY_CHECK(outcome && outcome->received == 8);
}

}  // namespace

int main() {
  auto chip = take();
  dma::Dma dma{std::move(chip.dma)};
  auto [rx_memory, rx_list, tx_memory, tx_list] = dma_buffers<12'000>();  // three descriptors
  auto [more_rx_memory, no_rx_list, more_tx_memory, no_tx_list] = dma_buffers<100>();
  dma::RxBuffer rx{std::move(rx_memory)}, more_rx{std::move(more_rx_memory)};
  dma::TxBuffer tx{std::move(tx_memory)}, more_tx{std::move(more_tx_memory)};
  auto [long_rx_memory, no_long_rx_list, long_tx_memory, no_long_tx_list] = dma_buffers<8000>();
  dma::RxBuffer long_rx{std::move(long_rx_memory)};
  dma::TxBuffer long_tx{std::move(long_tx_memory)};
  auto channel = std::move(dma.channel0);
  dma::Copier copier{std::move(channel).configure({}, std::move(rx_list), std::move(tx_list)),
                     std::move(chip.uhci0)};
  for (const Cause& cause : of_gdma) {
    copy(copier, rx, tx, cause);
    appended_copy(copier, rx, tx, more_rx, more_tx, cause);
  }
  for (const Cause& cause : of_gdma) queue(copier, long_rx, long_tx, more_rx, more_tx, cause);
  queue(copier, long_rx, long_tx, more_rx, more_tx, of_sending);
  copy(copier, rx, tx, of_sending);
  appended_copy(copier, rx, tx, more_rx, more_tx, of_sending);

  auto master = bit_bang::make_master(chip);
  auto spi = bit_bang::make_slave(chip).with_dma(std::move(copier).release());
  for (const Cause& cause : of_gdma) slave(spi, master, rx, cause);
  for (const Cause& cause : of_spi) slave(spi, master, rx, cause);
  return check::result();
}
