// The instruction that touched memory, as an assembler writes it.
#pragma once

#include <cstdint>
#include <string>

namespace ferry::board::watch {

// "sb a5, 0(a0)" for what starts with the low bits of `word`; empty for what is no load, store or ebreak.
std::string instruction_text(std::uint32_t word);

}  // namespace ferry::board::watch
