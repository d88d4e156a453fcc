#include "board/record/time_text.hpp"

#include "board/image/text.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace ferry::board {

namespace {

struct Unit {
  std::string_view name;
  Time size;
};
// In the order in which they are tried: "s" ends the other names too.
constexpr std::array units{Unit{"ms", millisecond}, Unit{"us", microsecond}, Unit{"µs", microsecond},
                           Unit{"ns", nanosecond}, Unit{"s", second}};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::optional<Time> multiplied(Time a, Time b) {
  if (b != 0 && a > (never - 1) / b) return std::nullopt;
  return a * b;
}

std::optional<Time> added(Time a, Time b) {
  if (a > never - 1 - b) return std::nullopt;
  return a + b;
}

// digits · unit; nothing when it is later than the timeline reaches.
std::optional<Time> whole_part(std::string_view digits, Time unit) {
  std::optional<Time> value = 0;
  for (const char digit : digits) {
    if (value) value = multiplied(*value, 10);
    if (value) value = added(*value, static_cast<Time>(digit - '0'));
  }
  return value ? multiplied(*value, unit) : std::nullopt;
}

}  // namespace

std::expected<Time, std::string> parse_time(std::string_view text) {
  const auto unit = std::ranges::find_if(units, [text](const Unit& u) { return text.ends_with(u.name); });
  const std::string_view number =
      unit == units.end() ? text : text.substr(0, text.size() - unit->name.size());
  const std::size_t point = std::min(number.find('.'), number.size());
  const std::string_view whole = number.substr(0, point);
  const std::string_view fraction = number.substr(std::min(point + 1, number.size()));
  const bool numeric = !whole.empty() && std::ranges::all_of(whole, is_digit) &&
                       std::ranges::all_of(fraction, is_digit) &&
                       (point == number.size() || !fraction.empty());
  if (!numeric) return std::unexpected(in_quotes(text) + " is not a time; write 10s, 250ms, 3us or 100ns");
  if (unit == units.end())
    return std::unexpected("the time " + in_quotes(text) + " lacks its unit: s, ms, us or ns");

  Time below_one = 0, digit_size = unit->size;
  for (const char digit : fraction) {
    digit_size /= 10;
    if (digit_size == 0 && digit != '0') {
      return std::unexpected("the time " + in_quotes(text) + " is finer than a picosecond");
    }
    below_one += digit_size * static_cast<Time>(digit - '0');
  }
  const auto above = whole_part(whole, unit->size);
  const auto time = above ? added(*above, below_one) : std::nullopt;
  if (!time) return std::unexpected("the time " + in_quotes(text) + " is longer than 213 days");
  return *time;
}

std::string seconds_text(Time time) {
  const std::string nanoseconds = std::to_string(time % second / nanosecond);
  return std::to_string(time / second) + '.' + std::string(9 - nanoseconds.size(), '0') + nanoseconds;
}

std::string short_time_text(Time time) {
  if (time == 0) return "0 s";
  constexpr std::array shown{Unit{"s", second}, Unit{"ms", millisecond}, Unit{"us", microsecond},
                             Unit{"ns", nanosecond}, Unit{"ps", 1}};
  const auto& unit = *std::ranges::find_if(shown, [time](const Unit& u) { return time >= u.size; });
  const std::string whole = std::to_string(time / unit.size);
  std::string decimals;
  Time rest = time % unit.size, digit_size = unit.size;
  while (whole.size() + decimals.size() < 4 && digit_size > 1) {
    digit_size /= 10;
    decimals += static_cast<char>('0' + rest / digit_size);
    rest %= digit_size;
  }
  while (decimals.ends_with('0')) decimals.pop_back();
  return whole + (decimals.empty() ? "" : "." + decimals) + ' ' + std::string(unit.name);
}

}  // namespace ferry::board
