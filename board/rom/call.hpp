// One call of a function of the boot ROM, as those who answer it see it: arguments, memory, result.
#pragma once

#include "board/cpu/cpu.hpp"
#include "board/flash/flash_chip.hpp"
#include "board/memory.hpp"
#include "chip/esp32c3/rom_functions.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace ferry::board {

// Registers by their numbers, for answers that touch more than arguments and results.
namespace abi {
inline constexpr unsigned ra = 1, sp = 2, t0 = 5, t1 = 6, s0 = 8, a0 = 10, a1 = 11, s2 = 18;
inline constexpr unsigned argument_registers = 8;
}  // namespace abi

class RomCall {
 public:
  RomCall(Cpu& cpu, Memory& memory, FlashChip& flash)
      : cpu_(cpu), memory_(memory), flash_(flash), next_(cpu.register_value(abi::ra)) {}

  Cpu& cpu() { return cpu_; }
  FlashChip& flash() { return flash_; }

  // The n-th word of arguments, from registers and then from the stack.
  std::uint32_t argument(unsigned index);
  std::uint64_t argument64(unsigned index) {
    return argument(index) | std::uint64_t{argument(index + 1)} << 32;
  }
  void result(std::uint32_t value) { cpu_.set_register(abi::a0, value); }
  void result64(std::uint64_t value) {
    cpu_.set_register(abi::a0, static_cast<std::uint32_t>(value));
    cpu_.set_register(abi::a1, static_cast<std::uint32_t>(value >> 32));
  }

  // Memory and registers, through the bus. After an access that nobody answers, loads give 0, and the call
  // ends in an exception.
  std::uint32_t load(std::uint32_t address, std::uint32_t width = 4);
  void store(std::uint32_t address, std::uint32_t value, std::uint32_t width = 4);
  bool faulted() const { return faulted_; }
  // Many bytes at once, at a word a cycle and the loop around it. Who watches them is told of each, which
  // changes nothing: neither cycles, nor what else happens meanwhile.
  void read(std::uint32_t address, std::span<std::byte> bytes);
  void write(std::uint32_t address, std::span<const std::byte> bytes);
  // Up to its zero, or `limit` bytes, at so many cycles each.
  std::string text(std::uint32_t address, std::uint32_t limit = ~0u, unsigned cycles = 1);

  void spend(std::uint64_t cycles) { cpu_.spend(cycles); }
  // Lets time pass until something happens, and then looks again: the call goes on at pc, with the registers
  // as they are.
  void wait();
  // Lets so much time pass within the call, in which no interrupt is taken. False: the CPU was reset
  // meanwhile.
  bool pass(Time time);
  // Goes on at an address instead of returning to the caller.
  void go_on_at(std::uint32_t address) { next_ = address; }
  std::uint32_t next() const { return next_; }

  // What a function of several steps knows lies in a frame on the program's stack: so many words, a multiple
  // of 4, as the stack stays aligned to 16 bytes. The first is where the function returns to, `values` are
  // the next ones. False: the stack does not bear it, and the call ends in an exception.
  bool open_frame(unsigned words, std::span<const std::uint32_t> values);
  std::uint32_t frame_word(unsigned place) { return load(place_in_frame(place)); }
  void set_frame_word(unsigned place, std::uint32_t value) { store(place_in_frame(place), value); }
  std::uint32_t place_in_frame(unsigned place) const { return cpu_.register_value(abi::sp) + 4 * place; }
  // The last step: the function returns.
  void close_frame(unsigned words);

 private:
  Cpu& cpu_;
  Memory& memory_;
  FlashChip& flash_;
  std::uint32_t next_;
  bool faulted_ = false;
};

// A function by its name. One that the ROM does not have is an error of the compiler.
struct RomName {
  consteval RomName(std::string_view name) : address(find(name)) {}
  template <std::size_t size>
  consteval RomName(const char (&name)[size]) : RomName(std::string_view(name, size - 1)) {}
  std::uint32_t address;

 private:
  static consteval std::uint32_t find(std::string_view name) {
    for (const chip::RomFunction& function : chip::rom_functions)
      if (function.name.size() == name.size() && function.name == name) return function.address;
    throw "the ROM has no function of this name";
  }
};

// What answers a function, and the cycles that its instructions take besides its accesses, roughly.
struct RomAnswer {
  RomName name;
  void (*function)(RomCall&);
  unsigned cycles;
};

}  // namespace ferry::board
