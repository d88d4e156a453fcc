#include "board/record/console.hpp"

#include <unistd.h>

#include <utility>

namespace ferry::board {

Console::Console(Output& output, unsigned uart)
    : output_(output), uart_(uart), hand_over_at_once_(::isatty(output.descriptor()) == 1) {}

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
  output_.write({&character, 1});
  if (character == '\n' || hand_over_at_once_) output_.flush();
  for (Search& search : searches_) {
    if (search.matcher.feed(character) && search.found) std::exchange(search.found, nullptr)();
  }
}

}  // namespace ferry::board
