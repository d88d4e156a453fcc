// SPI2 as a master, driven by hand: full and half duplex through its own buffer of 64 bytes.
//
// Any length at any address, in pieces with chip select held; phases on one, two or four lines, in both bit
// orders. What the registers hold is remembered, so that the same is not written again. Every wait is
// bounded.
#pragma once

#include "bench/firmware/by_hand/gdma.hpp"
#include "chip/esp32c3/registers/spi2.hpp"

#include <bit>
#include <cstddef>
#include <cstdint>

namespace by_hand {

enum class Lines : std::uint8_t { one, one_both_ways, two, four };

// What goes before the data. With 0 bits or cycles a phase is left out.
struct Phases {
  std::uint16_t command;
  std::uint16_t dummy_cycles;
  std::uint8_t command_bits, address_bits;
  Lines command_lines, address_lines;
  Lines data_lines;
  std::uint32_t address;
};

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
// Command, address and dummy cycles, then the bytes, if there are any.
Status write_behind(Bus& bus, const Phases& phases, const std::byte* bytes, std::uint32_t length);
Status read_behind(Bus& bus, const Phases& phases, std::byte* bytes, std::uint32_t length);

// ---- For transfers by DMA, too.

template <class Register>
[[gnu::always_inline]] inline void change(std::uint32_t& written, std::uint32_t value) {
  if (written == value) return;
  written = value;
  mmio::write_word<Register>(chip::spi2::base, value);
}

inline bool writes_lsb_first(const Bus& bus) { return (bus.ctrl & chip::spi2::Ctrl::wr_bit_order.mask) != 0; }

// For ADDR, whose uppermost byte goes out first.
[[gnu::always_inline]] inline std::uint32_t first_bit_on_top(std::uint32_t value, std::uint32_t bits,
                                                             bool lsb_first) {
  return lsb_first ? std::byteswap(value) : value << (32 - bits);
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

// Half duplex, or what is wrong with it. `data_bit` is USR_MISO or USR_MOSI.
Status shape_behind(Bus& bus, const Phases& phases, std::uint32_t data_bit, std::uint32_t bytes,
                    bool keeps_cs);

inline constexpr std::uint32_t all_phases =
    chip::spi2::User::usr_command.mask | chip::spi2::User::usr_addr.mask | chip::spi2::User::usr_dummy.mask;
inline bool has_phases(const Bus& bus) { return (bus.written.user & all_phases) != 0; }

// The address alone, where everything else is as it was.
[[gnu::always_inline]] inline Status change_address(Bus& bus, const Phases& phases) {
  const std::uint32_t bits = phases.address_bits;
  if (bits == 0) return Status::ok;
  if (bits < 32 && phases.address >> bits != 0) return Status::value_too_large;
  change<chip::spi2::Addr>(bus.written.addr, first_bit_on_top(phases.address, bits, writes_lsb_first(bus)));
  return Status::ok;
}

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
bool update();

[[gnu::always_inline]] inline void start_spi() { mmio::write(chip::spi2::base, chip::spi2::Cmd::usr(1)); }

// So many polls at the least: a poll takes four cycles of the CPU or more.
std::uint32_t polls_for(const Bus& bus, std::uint32_t bytes);

}  // namespace by_hand
