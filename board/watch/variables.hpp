// The program's variables: which one a byte belongs to, and which of them are stacks.
#pragma once

#include "board/image/image.hpp"
#include "chip/esp32c3/memory_map.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace ferry::board::watch {

class Variables {
 public:
  struct Variable {
    std::uint32_t address = 0, size = 0;
    bool is_stack = false;  // the stack pointer has been in it
  };

  explicit Variables(std::span<const Symbol> symbols);

  // Null where there is none. Of several names for one place the largest counts.
  const Variable* at(std::uint32_t address) const {
    std::size_t behind = 0, end = variables_.size();
    if (memory.contains(address)) {
      const std::uint32_t line = (address - memory.start) / line_size;
      behind = before_line_[line];
      end = before_line_[line + 1];
    }
    const std::span<const Variable> among(variables_.data() + behind, end - behind);
    behind += static_cast<std::size_t>(std::ranges::upper_bound(among, address, {}, &Variable::address) -
                                       among.begin());
    if (behind == 0) return nullptr;
    const Variable& variable = variables_[behind - 1];
    return address - variable.address < variable.size ? &variable : nullptr;
  }
  // The stack pointer has been there.
  void note_stack_at(std::uint32_t address);

 private:
  static constexpr auto memory = chip::memory_map::sram1_data;
  static constexpr std::uint32_t line_size = 16;

  std::vector<Variable> variables_;         // in order of address
  std::vector<std::uint32_t> before_line_;  // how many begin before each line of SRAM1, and before its end
};

}  // namespace ferry::board::watch
