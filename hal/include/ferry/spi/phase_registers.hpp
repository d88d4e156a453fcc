// Half-duplex phases as SPI's registers say them.
//
// Plain arithmetic, and inlined where an operation is called: of phases that the compiler knows only
// constants are left of it.
#pragma once

#include "chip/esp32c3/registers/spi2.hpp"
#include "ferry/spi/config.hpp"
#include "ferry/spi/phases.hpp"

#include <cstdint>
#include <optional>

namespace ferry::spi::detail {

enum class DataPhase : std::uint8_t { receive, transmit };

/// The phases' part of the registers; the settings of the bus come in addition. USER2 and ADDR are whole, as
/// they hold nothing else. Everything that only depends on the kind of the phases is in one word, so that it
/// is compared by one look: of USER, of CTRL, the data lines that need a pin, and what is wrong.
struct PhaseRegisters {
  std::uint32_t kind, user1, user2, addr;

  static constexpr unsigned outputs_lsb = 18, inputs_lsb = 22, error_lsb = 26;
  static constexpr std::uint32_t lines_mask = 0xF, error_mask = 3;
  static constexpr std::uint32_t user_mask =
      chip::spi2::User::usr_command.mask | chip::spi2::User::usr_addr.mask |
      chip::spi2::User::usr_dummy.mask | chip::spi2::User::sio.mask | chip::spi2::User::fwrite_dual.mask |
      chip::spi2::User::fwrite_quad.mask;
  static constexpr std::uint32_t ctrl_mask =
      chip::spi2::Ctrl::fcmd_dual.mask | chip::spi2::Ctrl::fcmd_quad.mask |
      chip::spi2::Ctrl::faddr_dual.mask | chip::spi2::Ctrl::faddr_quad.mask |
      chip::spi2::Ctrl::fread_dual.mask | chip::spi2::Ctrl::fread_quad.mask;
  static_assert((user_mask & ctrl_mask) == 0);
  static_assert(((user_mask | ctrl_mask) &
                 (lines_mask << outputs_lsb | lines_mask << inputs_lsb | error_mask << error_lsb)) == 0);

  constexpr std::uint32_t user() const { return kind & user_mask; }
  constexpr std::uint32_t ctrl() const { return kind & ctrl_mask; }
  /// SIO0 to SIO3 as bits.
  constexpr std::uint32_t outputs() const { return kind >> outputs_lsb & lines_mask; }
  constexpr std::uint32_t inputs() const { return kind >> inputs_lsb & lines_mask; }
  /// Whatever the bus.
  constexpr std::optional<Error> error() const {
    const std::uint32_t error = kind >> error_lsb & error_mask;
    if (error == 0) return {};
    return static_cast<Error>(error);
  }
};

[[gnu::always_inline]] constexpr std::uint32_t number_of(Lines lines) {
  if (lines == Lines::four) return 4;
  return lines == Lines::two ? 2 : 1;
}

// A single line each way may be left open, as in full duplex.
[[gnu::always_inline]] constexpr std::uint32_t lines_needed(Lines lines) {
  return lines == Lines::one ? 0 : (1u << number_of(lines)) - 1;
}

[[gnu::always_inline]] constexpr bool fits(std::uint32_t value, std::uint32_t bits) {
  return bits >= 32 || value >> bits == 0;
}

[[gnu::always_inline]] constexpr std::uint32_t bytes_reversed(std::uint32_t word) {
  return word << 24 | (word & 0xFF00) << 8 | (word >> 8 & 0xFF00) | word >> 24;
}

// What the value of a phase has to look like in ADDR, whose uppermost byte goes out first. With the most
// significant bit in front, the value's first bit is the register's uppermost; with the least significant one
// in front, it is the lowest of the byte that goes out first.
[[gnu::always_inline]] constexpr std::uint32_t aligned_to_top(std::uint32_t value, std::uint32_t bits,
                                                              bool lsb_first) {
  if (bits == 0) return 0;
  return lsb_first ? bytes_reversed(value) : value << (32 - bits);
}

template <class DualField, class QuadField>
[[gnu::always_inline]] constexpr std::uint32_t width_bits(Lines lines, DualField dual, QuadField quad) {
  return (dual.run_time(lines == Lines::two) | quad.run_time(lines == Lines::four)).bits;
}

// 0, or the number of the Error.
[[gnu::always_inline]] constexpr std::uint32_t error_of(const Phases& phases) {
  const Command& command = phases.command;
  const Address& address = phases.address;
  if (!fits(command.value, command.bits.count()) || !fits(address.value, address.bits.count()))
    return static_cast<std::uint32_t>(Error::value_too_large);
  if (command.bits.count() % number_of(command.lines) != 0 ||
      address.bits.count() % number_of(address.lines) != 0)
    return static_cast<std::uint32_t>(Error::partial_clock);
  return 0;
}
static_assert(static_cast<std::uint32_t>(Error::partial_clock) <= PhaseRegisters::error_mask);

/// `lsb_first` is the bit order of writing.
[[gnu::always_inline]] constexpr PhaseRegisters translate(const Phases& phases, DataPhase data,
                                                          bool lsb_first) {
  using namespace chip::spi2;
  const Command& command = phases.command;
  const Address& address = phases.address;
  const std::uint32_t command_bits = command.bits.count(), address_bits = address.bits.count();
  const std::uint32_t dummy = phases.dummy_cycles.count();
  const bool receives = data == DataPhase::receive;
  // Of the command's value bits 7 to 0 go out first, then 15 to 8.
  const std::uint32_t value = bytes_reversed(aligned_to_top(command.value, command_bits, lsb_first)) & 0xFFFF;
  const std::uint32_t user =
      (User::usr_command.run_time(command_bits != 0) | User::usr_addr.run_time(address_bits != 0) |
       User::usr_dummy.run_time(dummy != 0) | User::sio.run_time(phases.data_lines == Lines::one_both_ways))
          .bits |
      (receives ? 0 : width_bits(phases.data_lines, User::fwrite_dual, User::fwrite_quad));
  const std::uint32_t ctrl =
      width_bits(command.lines, Ctrl::fcmd_dual, Ctrl::fcmd_quad) |
      width_bits(address.lines, Ctrl::faddr_dual, Ctrl::faddr_quad) |
      (receives ? width_bits(phases.data_lines, Ctrl::fread_dual, Ctrl::fread_quad) : 0);
  const std::uint32_t data_lines = lines_needed(phases.data_lines);
  const std::uint32_t outputs = (command_bits != 0 ? lines_needed(command.lines) : 0) |
                                (address_bits != 0 ? lines_needed(address.lines) : 0) |
                                (receives ? 0 : data_lines);
  return {.kind = user | ctrl | outputs << PhaseRegisters::outputs_lsb |
                  (receives ? data_lines : 0) << PhaseRegisters::inputs_lsb |
                  error_of(phases) << PhaseRegisters::error_lsb,
          .user1 = (User1::usr_addr_bitlen.run_time(address_bits == 0 ? 0 : address_bits - 1) |
                    User1::usr_dummy_cyclelen.run_time(dummy == 0 ? 0 : dummy - 1))
                       .bits,
          .user2 = (User2::mst_rempty_err_end_en(1) |
                    User2::usr_command_bitlen.run_time(command_bits == 0 ? 0 : command_bits - 1) |
                    User2::usr_command_value.run_time(value))
                       .bits,
          .addr = aligned_to_top(address.value, address_bits, lsb_first)};
}

}  // namespace ferry::spi::detail
