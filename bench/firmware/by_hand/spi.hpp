// SPI2 as a master, driven by hand: full duplex through its own buffer of 64 bytes.
//
// Any length at any address, in pieces with chip select held, in both bit orders. What the registers hold is
// remembered, so that the same is not written again. Every wait is bounded.
#pragma once

#include "bench/firmware/by_hand/gdma.hpp"
#include "chip/esp32c3/registers/spi2.hpp"

#include <cstddef>
#include <cstdint>

namespace by_hand {

struct Settings {
  std::uint32_t clock;  // for CLOCK
  bool pll;             // clocked from 80 MHz, not from the crystal
  std::uint32_t hertz;
  bool lsb_first;
  std::uint32_t outputs, inputs;  // data lines with a pin, SIO0 in the lowest bit
};

struct Bus {
  // The part of the registers that the settings are.
  std::uint32_t user, user1, misc, ctrl, clock, clk_gate;
  std::uint32_t cpu_cycles_per_bit;
  std::uint32_t outputs, inputs;
  // What the registers hold.
  struct {
    std::uint32_t user, user1, user2, addr, ctrl, misc, ms_dlen;
  } written;
  bool running;  // a transfer by DMA is under way
  bool kept;     // they are as the last transfer by DMA needs them, and so are its lists
};

inline constexpr std::uint32_t fifo_bytes = 64;
inline constexpr std::uint32_t all_spi_events = 0x1F'FFFF;

void open_bus(Bus& bus, const Settings& settings);
// After something that SPI does not come back from.
void reset_bus(Bus& bus);
// Why it does not: clock_off, in_reset, or timed_out.
Status reason_for_silence();

// Clocks for the longer of the two. Zeros follow the shorter `tx`; what does not fit into `rx` is dropped.
Status exchange(Bus& bus, std::byte* rx, std::uint32_t rx_length, const std::byte* tx,
                std::uint32_t tx_length);

// ---- For transfers with phases and by DMA, too.

// What exchange() does when the first piece has its shape. `sends`: zeros, too, where there are no bytes
// left.
Status through_fifo(Bus& bus, std::byte* rx, std::uint32_t rx_length, const std::byte* tx,
                    std::uint32_t tx_length, std::uint32_t length, bool sends);

template <class Register>
[[gnu::always_inline]] inline void change(std::uint32_t& written, std::uint32_t value) {
  if (written == value) return;
  written = value;
  mmio::write_word<Register>(chip::spi2::base, value);
}

// Full duplex, or one direction of it. `drops_surplus`: bytes that nobody takes do not end the transfer.
[[gnu::always_inline]] inline void shape(Bus& bus, std::uint32_t bytes, bool receives, bool sends,
                                         bool drops_surplus, bool keeps_cs) {
  using namespace chip::spi2;
  bus.kept = false;
  const std::uint32_t user =
      bus.user | User::usr_miso.run_time(receives).bits | User::usr_mosi.run_time(sends).bits;
  // Half duplex changes CTRL, but never without USER.
  if (bus.written.user != user) change<Ctrl>(bus.written.ctrl, bus.ctrl);
  change<User>(bus.written.user, user);
  change<User1>(bus.written.user1, drops_surplus ? bus.user1 & ~User1::mst_wfull_err_end_en.mask : bus.user1);
  change<Misc>(bus.written.misc, bus.misc | Misc::cs_keep_active.run_time(keeps_cs).bits);
  change<MsDlen>(bus.written.ms_dlen, bytes * 8 - 1);
}

inline constexpr std::uint32_t all_phases =
    chip::spi2::User::usr_command.mask | chip::spi2::User::usr_addr.mask | chip::spi2::User::usr_dummy.mask;

// The piece behind the first one, which has no phases.
inline void shape_next(Bus& bus, std::uint32_t bytes, bool keeps_cs) {
  using namespace chip::spi2;
  change<User>(bus.written.user, bus.written.user & ~all_phases);
  change<Misc>(bus.written.misc, bus.misc | Misc::cs_keep_active.run_time(keeps_cs).bits);
  change<MsDlen>(bus.written.ms_dlen, bytes * 8 - 1);
}

[[gnu::always_inline]] inline void empty_fifos(std::uint32_t dma_conf) {
  using namespace chip::spi2;
  constexpr std::uint32_t resets =
      (DmaConf::rx_afifo_rst(1) | DmaConf::buf_afifo_rst(1) | DmaConf::dma_afifo_rst(1)).bits;
  mmio::write_word<DmaConf>(base, dma_conf | resets);
  mmio::write_word<DmaConf>(base, dma_conf);
}

[[gnu::always_inline]] inline void clear_spi_events() {
  mmio::write_word<chip::spi2::DmaIntClr>(chip::spi2::base, all_spi_events);
}

// Has the settings taken over by the part of SPI that runs on the bus clock.
[[gnu::always_inline]] inline bool update() {
  using chip::spi2::Cmd;
  mmio::write(chip::spi2::base, Cmd::update(1));
  for (std::uint32_t polls = 20'000; polls != 0; --polls)
    if (mmio::read(chip::spi2::base, Cmd::update) == 0) return true;
  return false;
}

[[gnu::always_inline]] inline void start_spi() { mmio::write(chip::spi2::base, chip::spi2::Cmd::usr(1)); }

// So many polls at the least: a poll takes four cycles of the CPU or more.
inline std::uint32_t polls_for(const Bus& bus, std::uint32_t bytes) {
  // CS, command, address and dummy cycles, in bytes; clock domains, and an interruption or two.
  constexpr std::uint32_t cycles_per_poll = 4, overhead_bytes = 47, overhead_polls = 20'000;
  return (bytes + overhead_bytes) * 8 * bus.cpu_cycles_per_bit / cycles_per_poll + overhead_polls;
}

}  // namespace by_hand
