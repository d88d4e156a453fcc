// A moment of the program: kept cheaply when it may matter, looked at only when it does.
#pragma once

#include "board/timeline.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace ferry::board::watch {

struct Origin {
  Time time = 0;
  std::uint32_t pc = 0;  // 0: not an instruction of the program
  // What it takes to find the callers: the registers, and the stack from the stack pointer on, which copies
  // of a moment share.
  std::array<std::uint32_t, 32> registers{};
  std::shared_ptr<const std::vector<std::byte>> stack{};  // null: it points nowhere
};

}  // namespace ferry::board::watch
