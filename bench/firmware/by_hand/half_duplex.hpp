// Half duplex: command, address and dummy cycles, then the bytes, on one, two or four lines, in both bit
// orders.
//
// All of it is inline: phases are mostly written down where they are used, and of what the compiler knows
// there, only constants are left. Values and lengths may be known when the program runs.
#pragma once

#include "bench/firmware/by_hand/spi.hpp"

#include <algorithm>
#include <array>
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

inline bool writes_lsb_first(const Bus& bus) { return (bus.ctrl & chip::spi2::Ctrl::wr_bit_order.mask) != 0; }

// For ADDR, whose uppermost byte goes out first.
[[gnu::always_inline]] inline std::uint32_t first_bit_on_top(std::uint32_t value, std::uint32_t bits,
                                                             bool lsb_first) {
  return lsb_first ? std::byteswap(value) : value << (32 - bits);
}

inline bool has_phases(const Bus& bus) { return (bus.written.user & all_phases) != 0; }

// By Lines: bits per clock less one, and the pins that a phase needs. A single line each way may be left
// open.
inline constexpr std::array<std::uint8_t, 4> bits_less_one{0, 0, 1, 3}, pins{0b0000, 0b0001, 0b0011, 0b1111};

[[gnu::always_inline]] inline std::uint8_t pins_of(Lines lines) { return pins[static_cast<unsigned>(lines)]; }

// Each bit for four lines is right above that for two.
static_assert(chip::spi2::Ctrl::fcmd_quad.lsb == chip::spi2::Ctrl::fcmd_dual.lsb + 1 &&
              chip::spi2::Ctrl::faddr_quad.lsb == chip::spi2::Ctrl::faddr_dual.lsb + 1 &&
              chip::spi2::Ctrl::fread_quad.lsb == chip::spi2::Ctrl::fread_dual.lsb + 1 &&
              chip::spi2::User::fwrite_quad.lsb == chip::spi2::User::fwrite_dual.lsb + 1);
[[gnu::always_inline]] inline std::uint32_t width_of(Lines lines, std::uint32_t dual) {
  return lines < Lines::two ? 0 : dual << (static_cast<unsigned>(lines) - static_cast<unsigned>(Lines::two));
}

[[gnu::always_inline]] inline Status check(std::uint32_t value, std::uint32_t bits, Lines lines) {
  if (bits < 32 && value >> bits != 0) return Status::value_too_large;
  if ((bits & bits_less_one[static_cast<unsigned>(lines)]) != 0) return Status::partial_clock;
  return Status::ok;
}

// What the phases are in the registers, and the pins they need; or what is wrong with them.
struct PhaseWords {
  std::uint32_t user, user1, user2, addr, ctrl;
  std::uint8_t outputs, inputs;
  Status status;
};

// `data_bit` is USR_MISO or USR_MOSI.
[[gnu::always_inline]] inline PhaseWords translate(const Phases& phases, std::uint32_t data_bit,
                                                   bool lsb_first) {
  using namespace chip::spi2;
  // In variables of their own, which the compiler follows further than members.
  std::uint32_t user = 0, user1 = 0, user2 = User2::mst_rempty_err_end_en(1).bits, addr = 0, ctrl = 0;
  std::uint8_t outputs = 0, inputs = 0;
  const std::uint32_t command_bits = phases.command_bits, address_bits = phases.address_bits;
  Status status = check(phases.command, command_bits, phases.command_lines);
  if (status == Status::ok) status = check(phases.address, address_bits, phases.address_lines);
  if (command_bits != 0) {
    // Of the value, bits 7 to 0 go out first, then 15 to 8.
    const std::uint32_t value = std::byteswap(first_bit_on_top(phases.command, command_bits, lsb_first));
    user |= User::usr_command.mask;
    user2 |= (User2::usr_command_bitlen.run_time(command_bits - 1) | User2::usr_command_value.run_time(value))
                 .bits;
    ctrl |= width_of(phases.command_lines, chip::spi2::Ctrl::fcmd_dual.mask);
    outputs |= pins_of(phases.command_lines);
  }
  if (address_bits != 0) {
    addr = first_bit_on_top(phases.address, address_bits, lsb_first);
    user |= User::usr_addr.mask;
    user1 |= User1::usr_addr_bitlen.run_time(address_bits - 1).bits;
    ctrl |= width_of(phases.address_lines, chip::spi2::Ctrl::faddr_dual.mask);
    outputs |= pins_of(phases.address_lines);
  }
  if (phases.dummy_cycles != 0) {
    user |= User::usr_dummy.mask;
    user1 |= User1::usr_dummy_cyclelen.run_time(phases.dummy_cycles - 1u).bits;
  }
  if (phases.data_lines == Lines::one_both_ways) user |= User::sio.mask;
  if (data_bit == User::usr_miso.mask) {
    ctrl |= width_of(phases.data_lines, chip::spi2::Ctrl::fread_dual.mask);
    inputs = pins_of(phases.data_lines);
  } else {
    user |= width_of(phases.data_lines, chip::spi2::User::fwrite_dual.mask);
    outputs |= pins_of(phases.data_lines);
  }
  return {.user = user,
          .user1 = user1,
          .user2 = user2,
          .addr = addr,
          .ctrl = ctrl,
          .outputs = outputs,
          .inputs = inputs,
          .status = status};
}

// Half duplex, or why the bus cannot do it.
[[gnu::always_inline]] inline Status shape_behind(Bus& bus, const PhaseWords& words, std::uint32_t data_bit,
                                                  std::uint32_t bytes, bool keeps_cs) {
  using namespace chip::spi2;
  bus.kept = false;
  if (words.status != Status::ok) return words.status;
  if ((words.outputs & ~bus.outputs) != 0 || (words.inputs & ~bus.inputs) != 0)
    return Status::line_not_routed;
  constexpr std::uint32_t of_phases = User1::usr_addr_bitlen.mask | User1::usr_dummy_cyclelen.mask;
  change<User>(bus.written.user, (bus.user & ~User::doutdin.mask) | words.user | (bytes != 0 ? data_bit : 0));
  change<User1>(bus.written.user1, (bus.user1 & ~of_phases) | words.user1);
  change<User2>(bus.written.user2, words.user2);
  change<Addr>(bus.written.addr, words.addr);
  change<Ctrl>(bus.written.ctrl, bus.ctrl | words.ctrl);
  change<Misc>(bus.written.misc, bus.misc | Misc::cs_keep_active.run_time(keeps_cs).bits);
  if (bytes != 0) change<MsDlen>(bus.written.ms_dlen, bytes * 8 - 1);
  return Status::ok;
}

// Command, address and dummy cycles, then the bytes, if there are any.
[[gnu::always_inline]] inline Status write_behind(Bus& bus, const Phases& phases, const std::byte* bytes,
                                                  std::uint32_t length) {
  constexpr std::uint32_t data_bit = chip::spi2::User::usr_mosi.mask;
  if (bus.running) return Status::busy;
  const Status status = shape_behind(bus, translate(phases, data_bit, writes_lsb_first(bus)), data_bit,
                                     std::min(length, fifo_bytes), length > fifo_bytes);
  if (status != Status::ok) return status;
  if (length == 0 && !has_phases(bus)) return Status::ok;
  return through_fifo(bus, nullptr, 0, bytes, length, length, length != 0);
}

[[gnu::always_inline]] inline Status read_behind(Bus& bus, const Phases& phases, std::byte* bytes,
                                                 std::uint32_t length) {
  constexpr std::uint32_t data_bit = chip::spi2::User::usr_miso.mask;
  if (bus.running) return Status::busy;
  const Status status = shape_behind(bus, translate(phases, data_bit, writes_lsb_first(bus)), data_bit,
                                     std::min(length, fifo_bytes), length > fifo_bytes);
  if (status != Status::ok) return status;
  if (length == 0 && !has_phases(bus)) return Status::ok;
  return through_fifo(bus, bytes, length, nullptr, 0, length, false);
}

}  // namespace by_hand
