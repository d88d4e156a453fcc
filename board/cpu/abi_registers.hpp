// The registers that the calling convention gives a use (RISC-V psABI).
#pragma once

#include <cstdint>

namespace ferry::board {

inline constexpr std::uint8_t return_address_register = 1, stack_pointer_register = 2,
                              frame_pointer_register = 8;

}  // namespace ferry::board
