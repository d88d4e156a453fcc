// The same DMA transfer by hand: what remains when nothing is checked, nothing is owned and nothing may go
// wrong. The floor that Ferry's cost is measured against, not an example to follow.
//
// Every transfer is like the one before it, and that one went well. So it neither resets the channel nor
// empties SPI's FIFOs, does not have SPI take over settings that did not change, lets GDMA use descriptors
// again that it has closed (no owner check), and looks for no error.
#include "bench/firmware/bench.hpp"
#include "chip/esp32c3/registers/dma.hpp"
#include "chip/esp32c3/registers/spi2.hpp"
#include "chip/esp32c3/registers/system.hpp"
#include "chip/esp32c3/signals.hpp"
#include <ferry/ferry.hpp>
#include <ferry/mmio.hpp>

#include <algorithm>
#include <array>

volatile ferry::bench::Job job;

namespace {

namespace mmio = ferry::mmio;
namespace chip = ferry::chip;
using ferry::dma::Descriptor;

alignas(4) std::array<std::byte, ferry::bench::most_bytes> rx, tx;
std::array<Descriptor, ferry::dma::descriptors_for(ferry::bench::most_bytes)> rx_list, tx_list;

std::uint32_t address_of(const void* object) {
  return static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(object));
}

void route_pins() {
  using namespace ferry::gpio::detail;
  route_output(0, chip::signal::fspiclk);
  route_output(4, chip::signal::fspid);
  route_input(2, chip::signal::fspiq);
  route_output(5, chip::signal::fspics0);
}

void open_clocks() {
  using namespace chip::system;
  mmio::modify(base, PeripClkEn0::spi2_clk_en(1));
  mmio::modify(base, PeripRstEn0::spi2_rst(0));
  mmio::modify(base, PeripClkEn1::dma_clk_en(1));
  mmio::modify(base, PeripRstEn1::dma_rst(0));
}

void set_up_dma() {
  using namespace chip::dma;
  constexpr auto spi2 = static_cast<std::uint32_t>(chip::DmaPeripheral::spi2);
  mmio::write(base, MiscConf::clk_en(1));
  mmio::write(base, InConf0::indscr_burst_en(1));
  mmio::write(base, OutConf0::outdscr_burst_en(1) | OutConf0::out_eof_mode(1));
  mmio::write(base, InPeriSel::peri_in_sel(spi2));
  mmio::write(base, OutPeriSel::peri_out_sel(spi2));
}

void set_up_spi(ferry::Hertz hertz) {
  using namespace chip::spi2;
  const auto frequency = *ferry::spi::Frequency::at_run_time(hertz);
  mmio::write(base, ClkGate::clk_en(1) | ClkGate::mst_clk_active(1) |
                        ClkGate::mst_clk_sel.run_time(frequency.source() == ferry::spi::ClockSource::pll80));
  mmio::write_word<Clock>(base, frequency.clock_register());
  mmio::write(base, Ctrl::wp_pol(1) | Ctrl::hold_pol(1));
  mmio::write(
      base, User::doutdin(1) | User::cs_setup(1) | User::cs_hold(1) | User::usr_miso(1) | User::usr_mosi(1));
  mmio::write(base,
              Misc::cs1_dis(1) | Misc::cs2_dis(1) | Misc::cs3_dis(1) | Misc::cs4_dis(1) | Misc::cs5_dis(1));
  mmio::write(base, DmaConf::dma_rx_ena(1) | DmaConf::dma_tx_ena(1));
}

void prepare(std::uint32_t length) {
  using namespace chip::spi2;
  using ferry::dma::detail::ListBuilder;
  ListBuilder rx_builder{rx_list, address_of(rx_list.data()), {ferry::dma::largest_chunk}};
  ListBuilder tx_builder{tx_list, address_of(tx_list.data()), {ferry::dma::largest_chunk}};
  rx_builder.add_receiving(address_of(rx.data()), length);
  rx_builder.finish_receiving(false);
  tx_builder.add_sending(address_of(tx.data()), length);
  tx_builder.finish_sending(0);
  mmio::write(base, MsDlen::ms_data_bitlen.run_time(length * 8 - 1));
  mmio::write(base, Cmd::update(1));
  while (mmio::read(base, Cmd::update) != 0) {
  }
}

[[gnu::always_inline]] inline void start() {
  using namespace chip::dma;
  constexpr std::uint32_t all = 0xFFFF'FFFF;
  mmio::write_word<IntClr>(base, all);
  mmio::write(base, InLink::inlink_addr.run_time(address_of(rx_list.data())) | InLink::inlink_start(1));
  mmio::write(base, OutLink::outlink_addr.run_time(address_of(tx_list.data())) | OutLink::outlink_start(1));
  mmio::write_word<chip::spi2::DmaIntClr>(chip::spi2::base, all);
  // SPI does not wait for GDMA's first byte.
  while (mmio::read(base, OutfifoStatus::outfifo_empty) != 0) {
  }
  mmio::write(chip::spi2::base, chip::spi2::Cmd::usr(1));
}

[[gnu::always_inline]] inline void wait() {
  using namespace chip::dma;
  while (mmio::read(base, IntRaw::in_suc_eof) == 0) {
  }
}

}  // namespace

int main() {
  FERRY_MARK("boot");
  route_pins();
  open_clocks();
  set_up_dma();
  set_up_spi(ferry::Hertz{job.hertz});
  ferry::bench::fill(tx);

  for (;;) {
    FERRY_MARK("ready");
    const std::uint32_t length = job.length;
    std::ranges::fill(rx, std::byte{0});
    prepare(length);

    FERRY_MARK("begin");
    start();
    FERRY_MARK("started");
    wait();
    FERRY_MARK("back");

    job.received = ferry::bench::check(std::span{rx}.first(length));
  }
}
