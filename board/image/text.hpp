// Small pieces of messages.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace ferry::board {

// "0x3fc80000": always eight digits, so that addresses line up.
inline std::string hex(std::uint32_t value) {
  std::string text = "0x00000000";
  for (std::size_t digit = text.size(); digit-- > 2; value >>= 4)
    text[digit] = "0123456789abcdef"[value & 0xF];
  return text;
}

// Text from outside, made fit for one line of a message: control characters and stray bytes become \xNN.
std::string one_line(std::string_view text);
inline std::string in_quotes(std::string_view text) { return '"' + one_line(text) + '"'; }

}  // namespace ferry::board
