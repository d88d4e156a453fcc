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

/// The phases' part of the registers; the settings of the bus come in addition. Registers that hold nothing
/// else are whole: USER2 and ADDR.
struct PhaseRegisters {
  std::uint32_t user, user1, user2, addr, ctrl;
  std::uint32_t outputs, inputs;  ///< data lines that need a pin, SIO0 to SIO3 as bits
  std::optional<Error> error;     ///< what is wrong with the phases, whatever the bus
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

[[gnu::always_inline]] constexpr std::optional<Error> error_of(const Phases& phases) {
  const Command& command = phases.command;
  const Address& address = phases.address;
  if (!fits(command.value, command.bits.count()) || !fits(address.value, address.bits.count()))
    return Error::value_too_large;
  if (command.bits.count() % number_of(command.lines) != 0 ||
      address.bits.count() % number_of(address.lines) != 0)
    return Error::partial_clock;
  return {};
}

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
  return {.user = (User::usr_command.run_time(command_bits != 0) |
                   User::usr_addr.run_time(address_bits != 0) | User::usr_dummy.run_time(dummy != 0) |
                   User::sio.run_time(phases.data_lines == Lines::one_both_ways))
                      .bits |
                  (receives ? 0 : width_bits(phases.data_lines, User::fwrite_dual, User::fwrite_quad)),
          .user1 = (User1::usr_addr_bitlen.run_time(address_bits == 0 ? 0 : address_bits - 1) |
                    User1::usr_dummy_cyclelen.run_time(dummy == 0 ? 0 : dummy - 1))
                       .bits,
          .user2 = (User2::mst_rempty_err_end_en(1) |
                    User2::usr_command_bitlen.run_time(command_bits == 0 ? 0 : command_bits - 1) |
                    User2::usr_command_value.run_time(value))
                       .bits,
          .addr = aligned_to_top(address.value, address_bits, lsb_first),
          .ctrl = width_bits(command.lines, Ctrl::fcmd_dual, Ctrl::fcmd_quad) |
                  width_bits(address.lines, Ctrl::faddr_dual, Ctrl::faddr_quad) |
                  (receives ? width_bits(phases.data_lines, Ctrl::fread_dual, Ctrl::fread_quad) : 0),
          .outputs = (command_bits != 0 ? lines_needed(command.lines) : 0) |
                     (address_bits != 0 ? lines_needed(address.lines) : 0) |
                     (receives ? 0 : lines_needed(phases.data_lines)),
          .inputs = receives ? lines_needed(phases.data_lines) : 0,
          .error = error_of(phases)};
}

}  // namespace ferry::spi::detail
