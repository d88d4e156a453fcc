// RISC-V semihosting: how firmware under test speaks to whoever runs it, without a peripheral.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

namespace ferry::board {

class SemihostingHandler {
 public:
  virtual ~SemihostingHandler() = default;
  // SYS_WRITEC and SYS_WRITE0.
  virtual void semihosting_text(std::string_view text) = 0;
};

namespace semihosting {

// The three instructions that mark a call (RISC-V semihosting specification): the outer two do nothing.
inline constexpr std::uint32_t entry_word = 0x01F0'1013, ebreak_word = 0x0010'0073, exit_word = 0x4070'5013;

struct Answer {
  std::uint32_t result = 0;      // goes to a0
  std::optional<int> exit_code;  // the firmware is done
};

// A byte of the program's memory; nothing where there is none.
using ReadByte = std::function<std::optional<std::byte>(std::uint32_t address)>;

// Does what `operation` (a0) asks for with `parameter` (a1), reading no byte more than that takes. An
// operation that is not known answers -1.
Answer call(std::uint32_t operation, std::uint32_t parameter, const ReadByte& read_byte,
            SemihostingHandler* handler);

}  // namespace semihosting

}  // namespace ferry::board
