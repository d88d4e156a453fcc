#include "board/watch/variables.hpp"

#include <algorithm>
#include <utility>

namespace ferry::board::watch {

Variables::Variables(std::span<const Symbol> symbols) {
  for (const Symbol& symbol : symbols)
    if (!symbol.function && symbol.size != 0)
      variables_.push_back({.address = symbol.address, .size = symbol.size});
  std::ranges::sort(variables_, {},
                    [](const Variable& variable) { return std::pair(variable.address, variable.size); });
  std::uint32_t before = 0;
  for (std::uint32_t line = memory.start; line <= memory.end(); line += line_size) {
    while (before < variables_.size() && variables_[before].address < line) ++before;
    before_line_.push_back(before);
  }
}

void Variables::note_stack_at(std::uint32_t address) {
  if (const Variable* const variable = at(address))
    variables_[static_cast<std::size_t>(variable - variables_.data())].is_stack = true;
}

}  // namespace ferry::board::watch
