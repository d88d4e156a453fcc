#include "board/image/text.hpp"

#include <algorithm>

namespace ferry::board {

namespace {

// How many bytes of valid UTF-8 one character takes here; 0 when it is none. Overlong forms and surrogates
// are let through: the purpose is a readable line, not a validator.
std::size_t character_length(std::string_view text) {
  const auto first = static_cast<unsigned char>(text.front());
  const std::size_t length = first < 0x80   ? 1
                             : first < 0xC2 ? 0
                             : first < 0xE0 ? 2
                             : first < 0xF0 ? 3
                             : first < 0xF5 ? 4
                                            : 0;
  if (length > text.size()) return 0;
  const auto continues = [](char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; };
  return length == 0 || std::ranges::all_of(text.substr(1, length - 1), continues) ? length : 0;
}

bool is_control(std::string_view character) {
  const auto first = static_cast<unsigned char>(character.front());
  return first < 0x20 || first == 0x7F || (first == 0xC2 && static_cast<unsigned char>(character[1]) < 0xA0);
}

}  // namespace

std::string one_line(std::string_view text) {
  std::string line;
  while (!text.empty()) {
    const std::size_t length = character_length(text);
    if (length != 0 && !is_control(text.substr(0, length))) {
      line += text.substr(0, length);
      text.remove_prefix(length);
      continue;
    }
    const auto byte = static_cast<unsigned char>(text.front());
    line += "\\x";
    line += "0123456789abcdef"[byte >> 4];
    line += "0123456789abcdef"[byte & 0xF];
    text.remove_prefix(1);
  }
  return line;
}

}  // namespace ferry::board
