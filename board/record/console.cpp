#include "board/record/console.hpp"

#include <utility>

namespace ferry::board {

Console::Console(WholeLines& lines, unsigned uart) : lines_(lines), uart_(uart) {}

void Console::look_for(const std::string& text, std::function<void()> found) {
  searches_.push_back({TextMatcher(text), std::move(found)});
}

void Console::uart_sent(unsigned uart, std::uint8_t byte) {
  if (uart == uart_) show(static_cast<char>(byte));
}

void Console::semihosting_text(std::string_view text) {
  for (const char character : text) show(character);
}

void Console::show(char character) {
  lines_.write(uart_, character);
  for (Search& search : searches_) {
    if (search.matcher.feed(character) && search.found) std::exchange(search.found, nullptr)();
  }
}

}  // namespace ferry::board
