// Text by a format string as the ROM's ets_printf understands it.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace ferry::board {

// Where the values come from: the next word of the arguments, and the text at an address.
struct FormatSource {
  std::function<std::uint32_t()> next;
  // 64-bit values lie in pairs of words that begin at an even one.
  std::function<std::uint64_t()> next64;
  std::function<std::string(std::uint32_t address)> text;
};

// Conversions c, d, i, u, x, X, p, o, s and %, with width, precision, -, 0, h, l and ll. What it does not
// know appears as it stands in the format.
std::string format_text(std::string_view format, const FormatSource& source);

}  // namespace ferry::board
