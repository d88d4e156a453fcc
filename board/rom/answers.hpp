// The functions of the boot ROM that the board answers, by subject. Each file says what its functions do; the
// names are ESP-IDF's (components/esp_rom), the addresses in chip/esp32c3/rom_functions.hpp.
#pragma once

#include "board/rom/call.hpp"

#include <cstdint>
#include <span>

namespace ferry::board {

std::span<const RomAnswer> memory_answers();      // mem*, str*, ctype
std::span<const RomAnswer> library_answers();     // qsort, itoa, rand, setjmp, …
std::span<const RomAnswer> arithmetic_answers();  // libgcc: 64-bit integers, bits
std::span<const RomAnswer> float_answers();       // libgcc: floating point in software
std::span<const RomAnswer> print_answers();       // ets_printf, UART and USB characters
std::span<const RomAnswer> system_answers();      // delays, clocks, resets
std::span<const RomAnswer> interrupt_answers();   // the interrupt matrix
std::span<const RomAnswer> pad_answers();         // GPIO, IO_MUX
std::span<const RomAnswer> cache_answers();
std::span<const RomAnswer> flash_answers();
std::span<const RomAnswer> hash_answers();     // CRCs, MD5
std::span<const RomAnswer> fuse_answers();     // what eFuses say
std::span<const RomAnswer> syscall_answers();  // libc's that need functions of the program
std::span<const RomAnswer> radio_answers();    // its libraries' versions
std::span<const RomAnswer> analog_answers();   // the bus to the analog blocks

// Where nothing is to be done, or nothing but a plain answer to be given.
inline void answer_nothing(RomCall&) {}
template <std::uint32_t value>
void answer_with(RomCall& call) {
  call.result(value);
}

// Some functions need several steps between which others run: an interrupt, or a function of the program that
// the ROM calls. They go on at addresses of their own, behind the ROM's code, where no program goes by
// itself. What such a function knows lies in registers and on the program's stack.
inline constexpr std::uint32_t rom_steps_start = 0x4005'FF00;
enum class RomStep : std::uint8_t {
  delay,
  print,
  sort,
  send_character,
  transmitter_idle,
  receive_character,
  terminal_known,
  copy_owner_known,
  copy_memory_given
};
constexpr std::uint32_t address_of(RomStep step) {
  return rom_steps_start + 4 * static_cast<std::uint32_t>(step);
}
inline constexpr std::uint32_t rom_step_count = 9;
struct RomStepAnswer {
  RomStep step;
  void (*function)(RomCall&);
};
std::span<const RomStepAnswer> print_steps();
std::span<const RomStepAnswer> library_steps();
std::span<const RomStepAnswer> system_steps();
std::span<const RomStepAnswer> syscall_steps();

// The ROM's variables in SRAM. Those with a documented address have it; the rest lies where the ROM keeps its
// own.
namespace rom_data {
inline constexpr std::uint32_t start = 0x3FCD'F060, end = 0x3FCE'0000;
inline constexpr std::uint32_t ticks_per_us = 0x3FCD'F100, putc1 = 0x3FCD'F104, putc2 = 0x3FCD'F108,
                               random_low = 0x3FCD'F10C, random_high = 0x3FCD'F110,
                               interrupt_locks = 0x3FCD'F114, backup_lock = 0x3FCD'F118,
                               backup_unlock = 0x3FCD'F11C, instruction_table_size = 0x3FCD'F120,
                               data_table_size = 0x3FCD'F124;
inline constexpr std::uint32_t flash_legacy = 0x3FCD'F140;   // the chip's geometry, see Rom::reset
inline constexpr std::uint32_t layout = 0x3FF1'F000;         // what ets_rom_layout_p points to
inline constexpr std::uint32_t radio_version = 0x3FF1'F010;  // a text, see Rom::reset
inline constexpr std::uint32_t layout_pointer = 0x3FF1'FFFC, flash_legacy_pointer = 0x3FCD'FFF0,
                               uart_print = 0x3FCD'FFD1, usb_print = 0x3FCD'FFD0, syscall_table = 0x3FCD'FFE0;
inline constexpr std::uint32_t chip_id = 0x4000'0010, eco_version = 0x4000'0014;
}  // namespace rom_data

}  // namespace ferry::board
