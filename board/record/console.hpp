// The text a firmware prints: passed on as it comes, and searched.
#pragma once

#include "board/cpu/semihosting.hpp"
#include "board/observer.hpp"
#include "board/record/text_matcher.hpp"
#include "board/record/whole_lines.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace ferry::board {

// Shows one UART, and what comes through semihosting, between the lines of others.
class Console final : public Observer, public SemihostingHandler {
 public:
  Console(WholeLines& lines, unsigned uart);

  // Calls `found` the first time the firmware has printed `text`. Several texts may be looked for.
  void look_for(const std::string& text, std::function<void()> found);

  void uart_sent(unsigned uart, std::uint8_t byte) override;
  void semihosting_text(std::string_view text) override;

 private:
  struct Search {
    TextMatcher matcher;
    std::function<void()> found;  // empty once it was called
  };

  void show(char character);

  WholeLines& lines_;
  unsigned uart_;
  std::vector<Search> searches_;
};

}  // namespace ferry::board
