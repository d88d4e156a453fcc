#include "bench/markdown.hpp"

#include <algorithm>
#include <cstdio>

namespace ferry::bench {

namespace {

// What a reader sees: characters, not bytes.
std::size_t width(const std::string& text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0u) != 0x80u; }));
}

}  // namespace

std::string Table::text() const {
  std::vector<std::size_t> widths(rows_.front().size(), 3);
  for (const auto& row : rows_)
    for (std::size_t column = 0; column < row.size(); ++column)
      widths[column] = std::max(widths[column], width(row[column]));

  std::string result;
  for (std::size_t row = 0; row < rows_.size(); ++row) {
    for (std::size_t column = 0; column < widths.size(); ++column) {
      const std::string& cell = rows_[row][column];
      const std::string padding(widths[column] - width(cell), ' ');
      result += "| " + (column == 0 ? cell + padding : padding + cell) + ' ';
    }
    result += "|\n";
    if (row != 0) continue;
    for (std::size_t column = 0; column < widths.size(); ++column)
      result += '|' + std::string(widths[column] + 1, '-') + (column == 0 ? '-' : ':');
    result += "|\n";
  }
  return result;
}

std::string number(std::uint64_t value) {
  std::string digits = std::to_string(value);
  for (std::size_t place = digits.size(); place > 3;) {
    place -= 3;
    digits.insert(place, 1, ',');
  }
  return digits;
}

std::string range(std::uint64_t least, std::uint64_t most) {
  return least == most ? number(least) : number(least) + " to " + number(most);
}

// In whole numbers, so that every host rounds alike.
std::string microseconds(board::Time time) {
  constexpr board::Time hundredth = board::microsecond / 100;
  const board::Time hundredths = (time + hundredth / 2) / hundredth;
  const std::string fraction = std::to_string(hundredths % 100);
  return number(hundredths / 100) + '.' + (fraction.size() == 1 ? "0" : "") + fraction;
}

std::string microseconds(board::Time least, board::Time most) {
  const std::string from = microseconds(least), to = microseconds(most);
  return from == to ? from : from + " to " + to;
}

std::string decimal(double value, int digits) {
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", digits, value);
  return text;
}

}  // namespace ferry::bench
