// Frames by the code alone, for programs without DWARF.
#pragma once

#include "board/memory.hpp"

#include <cstdint>

namespace ferry::board::watch {

// Where the last frame on the stack ends of the functions that have not returned, as far as their code tells;
// the stack pointer when it tells nothing. The CPU is at `pc`, with these in its registers.
//
// A function's code is read on from where it is, up to where it returns: there it says how large its frame is
// and where it keeps its return address, which has to lie behind a call. Where the stack pointer is moved by
// more than constants in an instruction, as with frames of 2 KiB and more, the way ends.
std::uint32_t frames_end_by_code(const Memory& memory, std::uint32_t pc, std::uint32_t return_address,
                                 std::uint32_t stack_pointer);

}  // namespace ferry::board::watch
