#include "board/record/whole_lines.hpp"

#include <unistd.h>

#include <utility>

namespace ferry::board {

WholeLines::WholeLines(Output& output)
    : output_(output), hand_over_at_once_(::isatty(output.descriptor()) == 1) {}

void WholeLines::write(unsigned source, char character) {
  if (!speaker_ || *speaker_ == source) {
    show(source, character);
  } else {
    std::string& held = held_[source];
    held += character;
    if (held.size() <= patience) return;
    end_line();
  }
  if (!speaker_) let_others_speak();
}

void WholeLines::show(unsigned source, char character) {
  output_.write({&character, 1});
  const bool ended = character == '\n';
  if (ended || hand_over_at_once_) output_.flush();
  speaker_ = ended ? std::nullopt : std::optional(source);
}

// All that anybody holds, until one of them has an open line.
void WholeLines::let_others_speak() {
  while (!speaker_ && !held_.empty()) {
    const unsigned source = held_.begin()->first;
    const std::string text = std::exchange(held_.begin()->second, {});
    held_.erase(held_.begin());
    for (const char character : text) show(source, character);
  }
}

void WholeLines::end_line() {
  if (!output_.at_line_start()) output_.write("\n");
  speaker_.reset();
}

void WholeLines::finish() {
  while (!held_.empty()) {
    end_line();
    let_others_speak();
  }
  output_.flush();
}

}  // namespace ferry::board
