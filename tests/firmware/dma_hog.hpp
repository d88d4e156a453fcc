// Somebody who takes all of the memory's time that he can get.
#pragma once

#include "chip/esp32c3/registers/dma.hpp"
#include "chip/esp32c3/signals.hpp"
#include "ferry/ferry.hpp"
#include "ferry/mmio.hpp"

#include <array>
#include <cstdint>

// A memory-to-memory copy whose descriptors follow themselves.
struct Hog {
  alignas(4) std::array<std::byte, 512> from{};
  alignas(4) std::array<std::byte, 512> to{};
  ferry::dma::Descriptor out{};
  ferry::dma::Descriptor in{};

  static std::uint32_t address(const void* object) {
    return static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(object));
  }

  void start(std::uint32_t channel, ferry::chip::DmaPeripheral borrowed, std::uint32_t priority = 0) {
    using namespace ferry;
    using namespace ferry::chip::dma;
    const auto peripheral = static_cast<std::uint32_t>(borrowed);
    out = {dma::Descriptor::sending(512, false), address(from.data()), address(&out)};
    in = {dma::Descriptor::receiving(512), address(to.data()), address(&in)};
    asm volatile("" ::: "memory");
    // Bursts, so that the others wait long for their turn.
    mmio::write(base, InConf0::mem_trans_en(1) | InConf0::in_data_burst_en(1), channel);
    mmio::write(base, OutConf0::out_data_burst_en(1), channel);
    mmio::write(base, InConf1::in_check_owner(0), channel);
    mmio::write(base, InPri::rx_pri.run_time(priority), channel);
    mmio::write(base, OutPri::tx_pri.run_time(priority), channel);
    mmio::write(base, InPeriSel::peri_in_sel.run_time(peripheral), channel);
    mmio::write(base, OutPeriSel::peri_out_sel.run_time(peripheral), channel);
    mmio::write(base, OutLink::outlink_addr.run_time(address(&out)) | OutLink::outlink_start(1), channel);
    mmio::write(base, InLink::inlink_addr.run_time(address(&in)) | InLink::inlink_start(1), channel);
  }

  static void stop(std::uint32_t channel) {
    using namespace ferry;
    using namespace ferry::chip::dma;
    mmio::write(base, OutLink::outlink_stop(1), channel);
    mmio::write(base, InLink::inlink_stop(1), channel);
    mmio::write(base, OutConf0::out_rst(1), channel);
    mmio::write(base, OutConf0::out_rst(0), channel);
    mmio::write(base, InConf0::in_rst(1), channel);
    mmio::write(base, InConf0::in_rst(0), channel);
  }

  static bool runs(std::uint32_t channel) {
    using namespace ferry;
    using namespace ferry::chip::dma;
    mmio::write(base, IntClr::in_done(1), channel);
    delay(Duration::microseconds(100));
    return mmio::read(base, IntRaw::in_done, channel) != 0;
  }
};
