#include "board/record/markup.hpp"

#include "board/image/text.hpp"

namespace ferry::board {

std::string escaped(std::string_view text) {
  std::string result;
  for (const char character : one_line(text)) {
    switch (character) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '"':
        result += "&quot;";
        break;
      case '\'':
        result += "&#39;";
        break;
      default:
        result += character;
    }
  }
  return result;
}

}  // namespace ferry::board
