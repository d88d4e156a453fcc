// Functions of the C library that need others which only the program has: memory, open files. The program
// puts a table of them where syscall_table_ptr points (ESP-IDF's rom/libc_stubs.h).
#include "board/rom/answers.hpp"

#include <array>

namespace ferry::board {

namespace {

// Places in that table.
enum class Syscall : std::uint8_t { getreent = 0, malloc_r = 1, fstat_r = 14 };

// What waits on the program's stack while a function of its own runs.
struct CopyFrame {
  enum Place : std::uint32_t { ra, source, length, words = 4 };
};
// newlib's struct stat begins with a short for the device and one for the node; then comes the mode.
struct StatusFrame {
  enum Place : std::uint32_t { ra, status = 2, mode, words = 20 };
};

// Calls a function of the program, whose arguments are in their registers.
void call_program(RomCall& call, Syscall function, RomStep then) {
  const std::uint32_t table = call.load(rom_data::syscall_table);
  const std::uint32_t address = call.load(table + 4 * static_cast<std::uint32_t>(function));
  if (call.faulted()) return;
  call.cpu().set_register(abi::ra, address_of(then));
  call.go_on_at(address);
}

// ---- _isatty_r(reent, file): whether the file is a character device

void is_terminal(RomCall& call) {
  if (!call.open_frame(StatusFrame::words, {})) return;
  call.cpu().set_register(abi::a0 + 2, call.place_in_frame(StatusFrame::status));
  call_program(call, Syscall::fstat_r, RomStep::terminal_known);
}

void terminal_known(RomCall& call) {
  constexpr std::uint32_t kind = 0xF000, character_device = 0x2000;
  const bool failed = static_cast<std::int32_t>(call.argument(0)) < 0;
  const std::uint32_t mode = call.frame_word(StatusFrame::mode);
  call.result(!failed && (mode & kind) == character_device ? 1 : 0);
  call.close_frame(StatusFrame::words);
}

// ---- strdup, strndup: a copy of a text in memory that the program's allocator gives

void copy_text(RomCall& call, std::uint32_t limit) {
  const std::uint32_t source = call.argument(0);
  const std::array frame{source, static_cast<std::uint32_t>(call.text(source, limit).size())};
  if (call.open_frame(CopyFrame::words, frame))
    call_program(call, Syscall::getreent, RomStep::copy_owner_known);
}
void copy_whole_text(RomCall& call) { copy_text(call, ~0u); }
void copy_start_of_text(RomCall& call) { copy_text(call, call.argument(1)); }

void copy_owner_known(RomCall& call) {
  call.cpu().set_register(abi::a1, call.frame_word(CopyFrame::length) + 1);
  call_program(call, Syscall::malloc_r, RomStep::copy_memory_given);
}

void copy_memory_given(RomCall& call) {
  const std::uint32_t place = call.argument(0), length = call.frame_word(CopyFrame::length);
  if (place != 0) {
    const std::string text = call.text(call.frame_word(CopyFrame::source), length);
    call.write(place, std::as_bytes(std::span(text)));
    call.store(place + static_cast<std::uint32_t>(text.size()), 0, 1);
  }
  call.close_frame(CopyFrame::words);
}

constexpr std::array answers = std::to_array<RomAnswer>({
    {"_isatty_r", is_terminal, 10},
    {"strdup", copy_whole_text, 30},
    {"strndup", copy_start_of_text, 30},
});
constexpr std::array steps = std::to_array<RomStepAnswer>({{RomStep::terminal_known, terminal_known},
                                                           {RomStep::copy_owner_known, copy_owner_known},
                                                           {RomStep::copy_memory_given, copy_memory_given}});

}  // namespace

std::span<const RomAnswer> syscall_answers() { return answers; }
std::span<const RomStepAnswer> syscall_steps() { return steps; }

}  // namespace ferry::board
