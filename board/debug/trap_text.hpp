// Exceptions in words.
#pragma once

#include "board/cpu/cpu.hpp"

#include <string>

namespace ferry::board::debug {

// "load access fault at 0x40380012, mtval 0x00000004": the exception that the CPU is paused before.
std::string exception_text(const Cpu& cpu);

// "illegal instruction, mcause 2, mepc 0x40380012, mtval 0x00000000": the exception that the CPU entered
// last.
std::string last_exception_text(Cpu& cpu);

// The number GDB has for the signal that comes closest.
unsigned signal_of(const Cpu& cpu);

}  // namespace ferry::board::debug
