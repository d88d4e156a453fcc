// What the watch's test programs start from: GDMA and SPI2 by their registers, as a driver in any language
// would write them, without the help of Ferry's HAL.
#pragma once

#include "chip/esp32c3/registers/dma.hpp"
#include "chip/esp32c3/registers/spi2.hpp"
#include "chip/esp32c3/registers/system.hpp"
#include "chip/esp32c3/signals.hpp"
#include "ferry/ferry.hpp"
#include "ferry/mmio.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace chip = ferry::chip;

namespace rig {

/// Which of a source's two programs this is.
inline constexpr bool mended = FERRY_WATCH_MENDED != 0;

struct Descriptor {
  std::uint32_t word0 = 0, buffer = 0, next = 0;
};
inline constexpr std::uint32_t owner = 1u << 31, suc_eof = 1u << 30;

inline std::uint32_t address(const volatile void* object) {
  return static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(object));
}

inline Descriptor sending(const volatile void* bytes, std::uint32_t length,
                          const Descriptor* next = nullptr) {
  return {owner | (next == nullptr ? suc_eof : 0) | length << 12 | length, address(bytes), address(next)};
}
inline Descriptor receiving(const volatile void* bytes, std::uint32_t size,
                            const Descriptor* next = nullptr) {
  return {owner | size, address(bytes), address(next)};
}

/// What was stored so far is in memory before what follows.
inline void fence() { asm volatile("fence" ::: "memory"); }

/// One store to a register of a channel, and to one of SPI2.
template <class Register>
[[gnu::always_inline]] inline void store(std::uint32_t channel, std::uint32_t value) {
  ferry::mmio::write_word<Register>(ferry::chip::dma::base, value, channel);
}
template <class Register>
[[gnu::always_inline]] inline void store_spi(std::uint32_t value) {
  ferry::mmio::write_word<Register>(ferry::chip::spi2::base, value);
}

inline void open_clocks() {
  using namespace chip::system;
  ferry::mmio::modify(base, PeripClkEn1::dma_clk_en(1));
  ferry::mmio::modify(base, PeripRstEn1::dma_rst(0));
  ferry::mmio::modify(base, PeripClkEn0::spi2_clk_en(1));
  ferry::mmio::modify(base, PeripRstEn0::spi2_rst(0));
  ferry::mmio::write(chip::dma::base, chip::dma::MiscConf::clk_en(1));
}

// ---- GDMA

inline void reset_channel(std::uint32_t channel) {
  using namespace chip::dma;
  store<InConf0>(channel, 1);
  store<InConf0>(channel, 0);
  store<OutConf0>(channel, 1);
  store<OutConf0>(channel, 0);
  store<IntClr>(channel, 0x1FFF);
}

inline void connect(std::uint32_t channel, chip::DmaPeripheral peripheral) {
  using namespace chip::dma;
  store<InPeriSel>(channel, static_cast<std::uint32_t>(peripheral));
  store<OutPeriSel>(channel, static_cast<std::uint32_t>(peripheral));
  store<InConf1>(channel, InConf1::in_check_owner.mask);
  store<OutConf1>(channel, OutConf1::out_check_owner.mask);
}

/// The clocks are on, and channel 0 is SPI2's.
inline void connect_spi() {
  open_clocks();
  reset_channel(0);
  connect(0, chip::DmaPeripheral::spi2);
}

/// The pair copies memory, with a trigger that nobody else uses.
inline void prepare_copy(std::uint32_t channel, chip::DmaPeripheral borrowed = chip::DmaPeripheral::uhci0) {
  using namespace chip::dma;
  reset_channel(channel);
  connect(channel, borrowed);
  store<InConf0>(channel, InConf0::mem_trans_en.mask);
}

[[gnu::always_inline]] inline void start_out(std::uint32_t channel, const Descriptor& first) {
  using namespace chip::dma;
  fence();
  store<OutLink>(channel, (address(&first) & OutLink::outlink_addr.mask) | OutLink::outlink_start.mask);
}
[[gnu::always_inline]] inline void start_in(std::uint32_t channel, const Descriptor& first) {
  using namespace chip::dma;
  fence();
  store<InLink>(channel, (address(&first) & InLink::inlink_addr.mask) | InLink::inlink_start.mask);
}

/// RESTART: the engine looks whether its last descriptor has a successor by now.
[[gnu::always_inline]] inline void restart_out(std::uint32_t channel) {
  fence();
  store<chip::dma::OutLink>(channel, chip::dma::OutLink::outlink_restart.mask);
}
[[gnu::always_inline]] inline void stop_out(std::uint32_t channel) {
  store<chip::dma::OutLink>(channel, chip::dma::OutLink::outlink_stop.mask);
}
inline bool out_rests(std::uint32_t channel) {
  using namespace chip::dma;
  return (ferry::mmio::read<OutLink>(base, channel) & OutLink::outlink_park.mask) != 0;
}
inline void wait_for_rest(std::uint32_t channel) {
  while (!out_rests(channel)) {
  }
}
/// Receives by bursts of words.
inline void burst_in(std::uint32_t channel) {
  using namespace chip::dma;
  store<InConf0>(channel, InConf0::mem_trans_en.mask | InConf0::in_data_burst_en.mask);
}

inline std::uint32_t events(std::uint32_t channel) {
  return ferry::mmio::read<chip::dma::IntRaw>(chip::dma::base, channel);
}
/// Waits until some of these bits of INT_RAW are 1. False when they never are.
inline bool wait_for(std::uint32_t channel, std::uint32_t bits) {
  for (std::uint32_t poll = 0; poll < 1'000'000; ++poll)
    if ((events(channel) & bits) != 0) return true;
  return false;
}

// ---- SPI2

/// A master on the pins of the exercise, full duplex, 1 MHz, ready for transfers of so many bytes by DMA.
inline void prepare_spi(std::uint32_t bytes, bool sends, bool receives, std::uint32_t divider = 80) {
  using namespace chip::spi2;
  store_spi<ClkGate>(ClkGate::clk_en.mask | ClkGate::mst_clk_active.mask | ClkGate::mst_clk_sel.mask);
  store_spi<Slave>(0);
  store_spi<User>((sends ? User::usr_mosi.mask : 0) | (receives ? User::usr_miso.mask : 0) |
                  (sends && receives ? User::doutdin.mask : 0));
  const std::uint32_t n = divider / 2 - 1;  // pre-divided by two
  store_spi<Clock>(1u << 18 | n << 12 | ((n + 1) / 2 - 1) << 6 | n);
  store_spi<MsDlen>(8 * bytes - 1);
  store_spi<DmaConf>((sends ? DmaConf::dma_tx_ena.mask : 0) | (receives ? DmaConf::dma_rx_ena.mask : 0) |
                     DmaConf::dma_afifo_rst.mask | DmaConf::rx_afifo_rst.mask | DmaConf::buf_afifo_rst.mask);
  store_spi<DmaIntClr>(~0u);
  store_spi<Cmd>(Cmd::update.mask);
  while ((ferry::mmio::read<Cmd>(base) & Cmd::update.mask) != 0) {
  }
}
[[gnu::always_inline]] inline void start_spi() { store_spi<chip::spi2::Cmd>(chip::spi2::Cmd::usr.mask); }

/// SPI's word that it is done.
inline bool spi_is_done() {
  using namespace chip::spi2;
  return (ferry::mmio::read<DmaIntRaw>(base) & DmaIntRaw::trans_done_int_raw.mask) != 0;
}
inline void wait_for_spi() {
  while (!spi_is_done()) {
  }
}

/// SPI2 receives a frame into the list that channel 0 has. False when it never ends.
inline bool receive_frame() {
  store<chip::dma::IntClr>(0, ~0u);
  start_spi();
  return wait_for(0, chip::dma::IntRaw::in_suc_eof.mask);
}

/// Until the FIFO has something to send.
inline void wait_for_fifo(std::uint32_t channel) {
  using namespace chip::dma;
  while ((ferry::mmio::read<OutfifoStatus>(base, channel) & OutfifoStatus::outfifo_empty.mask) != 0) {
  }
}

}  // namespace rig
