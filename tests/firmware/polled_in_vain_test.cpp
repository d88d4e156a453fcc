// run: --wire GPIO4:GPIO2
// unwatched: it turns clocks off and stops channels
// A loop that asks is_done() and nothing else ends, whatever somebody does to SPI2 or GDMA; the wait behind
// it tells what that was.
#include "check.hpp"
#include "chip/esp32c3/registers/dma.hpp"
#include "chip/esp32c3/registers/spi2.hpp"
#include "chip/esp32c3/registers/system.hpp"
#include "ferry/ferry.hpp"
#include "ferry/mmio.hpp"
#include "spi_loopback.hpp"

#include <cstdint>
#include <string_view>

using namespace ferry;
using namespace ferry::literals;
using namespace loopback;

namespace {

namespace system = chip::system;

void stop_spi() { mmio::modify(system::base, system::PeripClkEn0::spi2_clk_en(0)); }
void stop_bus_clock() { mmio::write(chip::spi2::base, chip::spi2::ClkGate::clk_en(1)); }
void hold_spi_in_reset() { mmio::modify(system::base, system::PeripRstEn0::spi2_rst(1)); }
void reset_spi() {
  hold_spi_in_reset();
  mmio::modify(system::base, system::PeripRstEn0::spi2_rst(0));
}
void stop_gdma() { mmio::modify(system::base, system::PeripClkEn1::dma_clk_en(0)); }
void reset_gdma() {
  mmio::modify(system::base, system::PeripRstEn1::dma_rst(1));
  mmio::modify(system::base, system::PeripRstEn1::dma_rst(0));
}

struct Cause {
  void (*deed)();
  std::string_view name;
  bool of_spi = true;
};
constexpr Cause causes[] = {{stop_spi, "clock_off"},         {stop_bus_clock, "clock_off"},
                            {hold_spi_in_reset, "in_reset"}, {reset_spi, "in_reset"},
                            {stop_gdma, "clock_off", false}, {reset_gdma, "in_reset", false}};

// Two looks apart: what is under way may end the first one with "not yet". A call takes two microseconds.
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

void spoil(auto& transfer FERRY_BORROWS, const Cause& cause) {
  delay(300_us);
  cause.deed();
  ends(transfer);
}

void buffers(spi::MasterDma& spi FERRY_BORROWS, dma::RxBuffer& rx FERRY_BORROWS,
             dma::TxBuffer& tx FERRY_BORROWS, const Cause& cause) {
  {
    auto transfer = std::move(spi).transfer(std::move(rx), std::move(tx));
    spoil(transfer, cause);
    is_called(std::move(transfer).wait_into(spi, rx, tx), cause.name);
  }
  {
    auto transfer = std::move(spi).write(std::move(tx));
    spoil(transfer, cause);
    is_called(std::move(transfer).wait_into(spi, tx, Deadline::after(1_s)), cause.name);
  }
  {
    auto transfer = std::move(spi).read(std::move(rx));
    spoil(transfer, cause);
    is_called(std::move(transfer).cancel_into(spi, rx), cause.name);
  }
}

void other_forms(spi::MasterDma& spi FERRY_BORROWS, dma::RxBuffer& rx FERRY_BORROWS,
                 dma::TxBuffer& tx FERRY_BORROWS, const Cause& cause) {
  if (cause.of_spi) {  // phases alone, for which GDMA is not needed
    auto transfer =
        std::move(spi).half_duplex_write({.command = {0, 16}, .dummy_cycles = 256}, std::move(tx), 0);
    delay(10_us);
    cause.deed();
    ends(transfer);
    is_called(std::move(transfer).wait_into(spi, tx), cause.name);
  }
  {
    auto prepared = spi::prepare(std::move(spi), std::move(rx), std::move(tx));
    auto started = std::move(prepared).start();
    spoil(started, cause);
    is_called(std::move(started).wait_into(prepared), cause.name);
    std::move(prepared).release_into(spi, rx, tx);
  }
  {
    auto endless = dma::loop(std::move(tx));
    auto transfer = std::move(spi).write(std::move(endless), 0x1000'0000);
    spoil(transfer, cause);
    is_called(std::move(transfer).wait_into(spi, endless), cause.name);
    tx = std::move(endless).release();
  }
}

void master(spi::MasterDma& spi FERRY_BORROWS, dma::RxBuffer& rx FERRY_BORROWS,
            dma::TxBuffer& tx FERRY_BORROWS, const Cause& cause) {
  buffers(spi, rx, tx, cause);
  other_forms(spi, rx, tx, cause);
  FERRY_CHECK(std::move(spi).transfer(std::move(rx), std::move(tx)).wait_into(spi, rx, tx).has_value());
}

// What comes back in the meantime does not bring the transfer back.
void once_lost(spi::MasterDma& spi FERRY_BORROWS, dma::TxBuffer& tx FERRY_BORROWS) {
  auto write = std::move(spi).write(std::move(tx));
  delay(300_us);
  stop_spi();
  ends(write);
  mmio::modify(system::base, system::PeripClkEn0::spi2_clk_en(1));
  for (int i = 0; i < 3; ++i) FERRY_CHECK(write.is_done());
  is_called(std::move(write).wait_into(spi, tx), "clock_off");
}

}  // namespace

int main() {
  auto chip = take();
  dma::Dma dma{std::move(chip.dma)};
  auto [rx_memory, rx_list, tx_memory, tx_list] = dma_buffers<4000>();
  dma::RxBuffer rx{std::move(rx_memory)};
  dma::TxBuffer tx{std::move(tx_memory)};
  auto channel = std::move(dma.channel0);
  auto spi = make_master(chip, {.frequency = 10_MHz})
                 .with_dma(std::move(channel).configure({}, std::move(rx_list), std::move(tx_list)));
  for (const Cause& cause : causes) master(spi, rx, tx, cause);
  once_lost(spi, tx);
  return check::result();
}
