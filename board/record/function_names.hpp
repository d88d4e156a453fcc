// Which function an instruction belongs to.
#pragma once

#include "board/image/image.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ferry::board {

// "ferry::spi::Master::transfer" for "_ZN5ferry3spi6Master8transferEv": without parameters and template
// arguments, which make columns of names unreadable. Rust's names in the same way. What compilers put behind
// a name for a variant of the function goes; what is not a mangled name stays as it is otherwise.
std::string readable_name(const std::string& symbol);

class FunctionNames {
 public:
  explicit FunctionNames(std::span<const Symbol> symbols);

  bool empty() const { return functions_.empty(); }
  // Empty when no function is known there.
  std::string_view at(std::uint32_t pc) const;

 private:
  std::vector<Symbol> functions_;  // in order of address, with readable names
};

}  // namespace ferry::board
