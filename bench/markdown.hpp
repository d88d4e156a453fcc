// Tables and numbers as Markdown.
#pragma once

#include "board/timeline.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace ferry::bench {

// A table whose first column is text and whose others are numbers.
class Table {
 public:
  explicit Table(std::vector<std::string> heads) : rows_{std::move(heads)} {}
  void add(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
  // With an end of line. Columns are as wide as their widest cell, so that the source can be read as well.
  std::string text() const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

std::string number(std::uint64_t value);                        // 32,000
std::string range(std::uint64_t least, std::uint64_t most);     // 5 to 6, or 5
std::string microseconds(board::Time time);                     // 3.54
std::string microseconds(board::Time least, board::Time most);  // 3.54 to 3.60
std::string decimal(double value, int digits);

}  // namespace ferry::bench
