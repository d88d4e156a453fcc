#include "board/image/wire.hpp"

#include "board/image/text.hpp"
#include "chip/esp32c3/signals.hpp"

#include <algorithm>
#include <charconv>

namespace ferry::board {

namespace {

constexpr std::string_view prefix = "GPIO";

bool starts_with_prefix(std::string_view text) {
  const auto same = [](char a, char b) {
    return (a >= 'a' && a <= 'z' ? static_cast<char>(a - 'a' + 'A') : a) == b;
  };
  return text.size() >= prefix.size() && std::ranges::equal(text.substr(0, prefix.size()), prefix, same);
}

}  // namespace

std::expected<unsigned, std::string> parse_pin(std::string_view text) {
  const std::string_view digits = starts_with_prefix(text) ? text.substr(prefix.size()) : text;
  const bool number =
      !digits.empty() && std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '9'; });
  if (!number) return std::unexpected(in_quotes(text) + " is not a pin; pins are called GPIO0 to GPIO21");
  unsigned pin = 0;
  const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), pin);
  if (result.ec != std::errc{} || pin >= chip::gpio_count) {
    return std::unexpected("there is no pin " + in_quotes(text) + "; the ESP32-C3 has GPIO0 to GPIO21");
  }
  return pin;
}

std::expected<Wire, std::string> parse_wire(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) {
    return std::unexpected(in_quotes(text) + " is not a wire; a wire is written GPIO4:GPIO2");
  }
  const auto a = parse_pin(text.substr(0, colon));
  if (!a) return std::unexpected(a.error());
  const auto b = parse_pin(text.substr(colon + 1));
  if (!b) return std::unexpected(b.error());
  if (*a == *b) return std::unexpected("the wire " + in_quotes(text) + " joins a pin with itself");
  return Wire{*a, *b};
}

std::expected<std::vector<unsigned>, std::string> parse_pin_list(std::string_view text) {
  std::vector<unsigned> pins;
  for (std::string_view rest = text;;) {
    const std::size_t comma = rest.find(',');
    const auto pin = parse_pin(rest.substr(0, comma));
    if (!pin) return std::unexpected(pin.error());
    pins.push_back(*pin);
    if (comma == std::string_view::npos) break;
    rest.remove_prefix(comma + 1);
  }
  std::ranges::sort(pins);
  pins.erase(std::ranges::unique(pins).begin(), pins.end());
  return pins;
}

std::string pin_name(unsigned pin) { return std::string(prefix) + std::to_string(pin); }

}  // namespace ferry::board
