// One place for the text of several sources: ESP-IDF's programs print everything through UART0 and USB alike,
// and lines that share characters are nobody's.
#pragma once

#include "board/record/output.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <string>

namespace ferry::board {

// A line belongs to the source that has begun it, until it ends; what the others say meanwhile comes after
// it. Whoever leaves a line open for too long loses it.
class WholeLines {
 public:
  static constexpr std::size_t patience = 4096;  // characters of another source

  // Text is handed over at the end of each line, on a terminal at once.
  explicit WholeLines(Output& output);

  void write(unsigned source, char character);
  // What is held back, each source's in a line of its own. At the end, or where somebody looks.
  void finish();

 private:
  void show(unsigned source, char character);
  void let_others_speak();
  void end_line();

  Output& output_;
  bool hand_over_at_once_;
  std::optional<unsigned> speaker_;
  std::map<unsigned, std::string> held_;  // none of them empty, none of the speaker's
};

}  // namespace ferry::board
