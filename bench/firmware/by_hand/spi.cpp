#include "bench/firmware/by_hand/spi.hpp"

#include "chip/esp32c3/registers/system.hpp"

#include <algorithm>
#include <array>
#include <bit>

namespace by_hand {

using namespace chip::spi2;

namespace {

constexpr std::uint32_t fastest_cpu = 160'000'000, cycles_per_poll = 4;
// CS, command, address and dummy cycles, in bytes; clock domains, and an interruption or two.
constexpr std::uint32_t overhead_bytes = 47, overhead_polls = 20'000;

bool wait_until_done(const Bus& bus, std::uint32_t bytes) {
  for (std::uint32_t polls = polls_for(bus, bytes); polls != 0; --polls)
    if (mmio::read(base, DmaIntRaw::trans_done_int_raw) != 0) return true;
  return false;
}

// The words that bytes at any address make, zeros behind the last one.
[[gnu::noinline]] void fill_bytewise(std::uint32_t index, const std::byte* from, std::uint32_t bytes,
                                     std::uint32_t length) {
  for (std::uint32_t at = index * 4; at < length; at += 4) {
    std::uint32_t word = 0;
    for (std::uint32_t byte = 0; byte != 4 && at + byte < bytes; ++byte)
      word |= std::to_integer<std::uint32_t>(from[at + byte]) << 8 * byte;
    mmio::write_word<W>(base, word, at / 4);
  }
}

// W0 and on get `bytes` bytes, and zeros up to `length`.
void fill_fifo(const std::byte* from, std::uint32_t bytes, std::uint32_t length) {
  std::uint32_t words = 0;
  if (address_of(from) % 4 == 0) {
    words = bytes / 4;
    auto* word = reinterpret_cast<const std::uint32_t*>(__builtin_assume_aligned(from, 4));
    std::uint32_t registers = base;
    for (std::uint32_t left = words; left != 0; --left) {
      mmio::write_word<W>(registers, *word++);
      registers += W::stride;
    }
  }
  if (words * 4 < length) fill_bytewise(words, from, bytes, length);
}

void read_fifo(std::byte* to, std::uint32_t bytes) {
  std::uint32_t words = 0;
  if (address_of(to) % 4 == 0) {
    words = bytes / 4;
    auto* word = reinterpret_cast<std::uint32_t*>(__builtin_assume_aligned(to, 4));
    std::uint32_t registers = base;
    for (std::uint32_t left = words; left != 0; --left) {
      *word++ = mmio::read<W>(registers);
      registers += W::stride;
    }
  }
  for (std::uint32_t at = words * 4; at < bytes; at += 4) {
    std::uint32_t word = mmio::read<W>(base, at / 4);
    for (std::uint32_t byte = 0; byte != 4 && at + byte < bytes; ++byte, word >>= 8)
      to[at + byte] = static_cast<std::byte>(word);
  }
}

// The first piece has its shape. `sends`: zeros, too, where there are no bytes left.
Status through_fifo(Bus& bus, std::byte* rx, std::uint32_t rx_length, const std::byte* tx,
                    std::uint32_t tx_length, std::uint32_t length, bool sends) {
  empty_fifos(0);
  for (;;) {
    const std::uint32_t piece = std::min(length, fifo_bytes);
    if (sends) {
      const std::uint32_t bytes = std::min(piece, tx_length);
      fill_fifo(tx, bytes, piece);
      tx += bytes;
      tx_length -= bytes;
    }
    clear_spi_events();
    if (!update()) break;
    start_spi();
    if (!wait_until_done(bus, piece)) break;
    const std::uint32_t bytes = std::min(piece, rx_length);
    read_fifo(rx, bytes);
    rx += bytes;
    rx_length -= bytes;
    length -= piece;
    if (length == 0) return Status::ok;
    shape_next(bus, std::min(length, fifo_bytes), length > fifo_bytes);
  }
  const Status why = reason_for_silence();
  reset_bus(bus);
  return why;
}

// ---- Phases

// By Lines: bits per clock less one, and the pins that a phase needs. A single line each way may be left
// open.
constexpr std::array<std::uint8_t, 4> bits_less_one{0, 0, 1, 3}, pins{0b0000, 0b0001, 0b0011, 0b1111};

[[gnu::always_inline]] inline std::uint32_t pins_of(Lines lines) {
  return pins[static_cast<unsigned>(lines)];
}

// Each bit for four lines is right above that for two.
static_assert(Ctrl::fcmd_quad.lsb == Ctrl::fcmd_dual.lsb + 1 &&
              Ctrl::faddr_quad.lsb == Ctrl::faddr_dual.lsb + 1 &&
              Ctrl::fread_quad.lsb == Ctrl::fread_dual.lsb + 1 &&
              User::fwrite_quad.lsb == User::fwrite_dual.lsb + 1);
[[gnu::always_inline]] inline std::uint32_t width_of(Lines lines, std::uint32_t dual) {
  return lines < Lines::two ? 0 : dual << (static_cast<unsigned>(lines) - static_cast<unsigned>(Lines::two));
}

[[gnu::always_inline]] inline Status check(std::uint32_t value, std::uint32_t bits, Lines lines) {
  if (bits < 32 && value >> bits != 0) return Status::value_too_large;
  if ((bits & bits_less_one[static_cast<unsigned>(lines)]) != 0) return Status::partial_clock;
  return Status::ok;
}

}  // namespace

void open_bus(Bus& bus, const Settings& settings) {
  bus.clk_gate =
      (ClkGate::clk_en(1) | ClkGate::mst_clk_active(1) | ClkGate::mst_clk_sel.run_time(settings.pll)).bits;
  bus.clock = settings.clock;
  bus.cpu_cycles_per_bit = fastest_cpu / settings.hertz + 1;
  bus.ctrl = (Ctrl::wp_pol(1) | Ctrl::hold_pol(1) | Ctrl::rd_bit_order.run_time(settings.lsb_first) |
              Ctrl::wr_bit_order.run_time(settings.lsb_first))
                 .bits;
  bus.user = (User::doutdin(1) | User::cs_setup(1) | User::cs_hold(1)).bits;
  bus.user1 =
      (User1::reset & ~(User1::cs_setup_time.mask | User1::cs_hold_time.mask)) | User1::cs_hold_time(1).bits;
  bus.misc =
      (Misc::cs1_dis(1) | Misc::cs2_dis(1) | Misc::cs3_dis(1) | Misc::cs4_dis(1) | Misc::cs5_dis(1)).bits;
  bus.outputs = settings.outputs;
  bus.inputs = settings.inputs;
  bus.running = false;
  reset_bus(bus);
}

void reset_bus(Bus& bus) {
  using namespace chip::system;
  bus.kept = false;
  mmio::modify(chip::system::base, PeripClkEn0::spi2_clk_en(1));
  mmio::modify(chip::system::base, PeripRstEn0::spi2_rst(1));
  mmio::modify(chip::system::base, PeripRstEn0::spi2_rst(0));
  bus.written = {.user = User::reset,
                 .user1 = User1::reset,
                 .user2 = User2::reset,
                 .addr = Addr::reset,
                 .ctrl = bus.ctrl,
                 .misc = Misc::reset,
                 .ms_dlen = MsDlen::reset};
  mmio::write_word<ClkGate>(chip::spi2::base, bus.clk_gate);
  mmio::write_word<Clock>(chip::spi2::base, bus.clock);
  mmio::write_word<Ctrl>(chip::spi2::base, bus.ctrl);
}

Status reason_for_silence() {
  using namespace chip::system;
  if (mmio::read(chip::system::base, PeripClkEn0::spi2_clk_en) == 0) return Status::clock_off;
  if (mmio::read(chip::system::base, PeripRstEn0::spi2_rst) != 0) return Status::in_reset;
  return Status::timed_out;
}

std::uint32_t polls_for(const Bus& bus, std::uint32_t bytes) {
  return (bytes + overhead_bytes) * 8 * bus.cpu_cycles_per_bit / cycles_per_poll + overhead_polls;
}

bool update() {
  mmio::write(base, Cmd::update(1));
  for (std::uint32_t polls = 20'000; polls != 0; --polls)
    if (mmio::read(base, Cmd::update) == 0) return true;
  return false;
}

Status exchange(Bus& bus, std::byte* rx, std::uint32_t rx_length, const std::byte* tx,
                std::uint32_t tx_length) {
  if (bus.running) return Status::busy;
  const std::uint32_t length = std::max(rx_length, tx_length);
  if (length == 0) return Status::ok;
  const bool sends = tx_length != 0;
  shape(bus, std::min(length, fifo_bytes), rx_length != 0, sends, false, length > fifo_bytes);
  return through_fifo(bus, rx, rx_length, tx, tx_length, length, sends);
}

Status shape_behind(Bus& bus, const Phases& phases, std::uint32_t data_bit, std::uint32_t bytes,
                    bool keeps_cs) {
  bus.kept = false;
  const std::uint32_t command_bits = phases.command_bits, address_bits = phases.address_bits;
  if (const Status status = check(phases.command, command_bits, phases.command_lines); status != Status::ok)
    return status;
  if (const Status status = check(phases.address, address_bits, phases.address_lines); status != Status::ok)
    return status;
  const bool reads = data_bit == User::usr_miso.mask;
  const bool lsb_first = writes_lsb_first(bus);
  std::uint32_t user = (bus.user & ~User::doutdin.mask) | (bytes != 0 ? data_bit : 0);
  std::uint32_t user1 = bus.user1 & ~(User1::usr_addr_bitlen.mask | User1::usr_dummy_cyclelen.mask);
  std::uint32_t user2 = User2::mst_rempty_err_end_en(1).bits;
  std::uint32_t ctrl = bus.ctrl, addr = 0, outputs = 0, inputs = 0;
  if (command_bits != 0) {
    // Of the value, bits 7 to 0 go out first, then 15 to 8.
    const std::uint32_t value = std::byteswap(first_bit_on_top(phases.command, command_bits, lsb_first));
    user |= User::usr_command.mask;
    user2 |= (User2::usr_command_bitlen.run_time(command_bits - 1) | User2::usr_command_value.run_time(value))
                 .bits;
    ctrl |= width_of(phases.command_lines, Ctrl::fcmd_dual.mask);
    outputs |= pins_of(phases.command_lines);
  }
  if (address_bits != 0) {
    addr = first_bit_on_top(phases.address, address_bits, lsb_first);
    user |= User::usr_addr.mask;
    user1 |= User1::usr_addr_bitlen.run_time(address_bits - 1).bits;
    ctrl |= width_of(phases.address_lines, Ctrl::faddr_dual.mask);
    outputs |= pins_of(phases.address_lines);
  }
  if (phases.dummy_cycles != 0) {
    user |= User::usr_dummy.mask;
    user1 |= User1::usr_dummy_cyclelen.run_time(phases.dummy_cycles - 1u).bits;
  }
  if (phases.data_lines == Lines::one_both_ways) user |= User::sio.mask;
  if (reads) {
    ctrl |= width_of(phases.data_lines, Ctrl::fread_dual.mask);
    inputs = pins_of(phases.data_lines);
  } else {
    user |= width_of(phases.data_lines, User::fwrite_dual.mask);
    outputs |= pins_of(phases.data_lines);
  }
  if ((outputs & ~bus.outputs) != 0 || (inputs & ~bus.inputs) != 0) return Status::line_not_routed;
  change<User>(bus.written.user, user);
  change<User1>(bus.written.user1, user1);
  change<User2>(bus.written.user2, user2);
  change<Addr>(bus.written.addr, addr);
  change<Ctrl>(bus.written.ctrl, ctrl);
  change<Misc>(bus.written.misc, bus.misc | Misc::cs_keep_active.run_time(keeps_cs).bits);
  if (bytes != 0) change<MsDlen>(bus.written.ms_dlen, bytes * 8 - 1);
  return Status::ok;
}

Status write_behind(Bus& bus, const Phases& phases, const std::byte* bytes, std::uint32_t length) {
  if (bus.running) return Status::busy;
  const Status status =
      shape_behind(bus, phases, User::usr_mosi.mask, std::min(length, fifo_bytes), length > fifo_bytes);
  if (status != Status::ok) return status;
  if (length == 0 && !has_phases(bus)) return Status::ok;
  return through_fifo(bus, nullptr, 0, bytes, length, length, length != 0);
}

Status read_behind(Bus& bus, const Phases& phases, std::byte* bytes, std::uint32_t length) {
  if (bus.running) return Status::busy;
  const Status status =
      shape_behind(bus, phases, User::usr_miso.mask, std::min(length, fifo_bytes), length > fifo_bytes);
  if (status != Status::ok) return status;
  if (length == 0 && !has_phases(bus)) return Status::ok;
  return through_fifo(bus, bytes, length, nullptr, 0, length, false);
}

}  // namespace by_hand
