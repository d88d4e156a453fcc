#include "board/rom/format.hpp"

#include <algorithm>
#include <array>

namespace ferry::board {

namespace {

constexpr std::size_t widest = 512;  // a mistaken width must not fill memory

struct Conversion {
  bool left = false, zeros = false, has_precision = false;
  std::size_t width = 0, precision = 0;
  unsigned longs = 0;
  char letter = 0;
};

std::size_t take_number(std::string_view format, std::size_t& place) {
  std::size_t number = 0;
  while (place < format.size() && format[place] >= '0' && format[place] <= '9')
    number = std::min(number * 10 + static_cast<std::size_t>(format[place++] - '0'), widest);
  return number;
}

// Reads what follows a percent sign; `place` then stands behind it.
Conversion take_conversion(std::string_view format, std::size_t& place, const FormatSource& source) {
  Conversion conversion;
  for (; place < format.size(); ++place) {
    if (format[place] == '-') {
      conversion.left = true;
    } else if (format[place] == '0') {
      conversion.zeros = true;
    } else if (format[place] != '+' && format[place] != ' ' && format[place] != '#') {
      break;
    }
  }
  const auto number = [&] {
    if (place >= format.size() || format[place] != '*') return take_number(format, place);
    ++place;
    return std::min<std::size_t>(source.next(), widest);
  };
  conversion.width = number();
  if (place < format.size() && format[place] == '.') {
    ++place;
    conversion.has_precision = true;
    conversion.precision = number();
  }
  for (; place < format.size() && (format[place] == 'l' || format[place] == 'h' || format[place] == 'z');
       ++place)
    if (format[place] == 'l') ++conversion.longs;
  if (place < format.size()) conversion.letter = format[place++];
  return conversion;
}

std::string digits(std::uint64_t value, unsigned base, bool capitals) {
  std::string text;
  for (; value != 0 || text.empty(); value /= base)
    text.insert(text.begin(), (capitals ? "0123456789ABCDEF" : "0123456789abcdef")[value % base]);
  return text;
}

std::string pad(std::string text, const Conversion& conversion, bool number) {
  if (text.size() >= conversion.width) return text;
  const std::size_t missing = conversion.width - text.size();
  if (conversion.left) return text + std::string(missing, ' ');
  if (!number || !conversion.zeros || conversion.has_precision) return std::string(missing, ' ') + text;
  text.insert(text.starts_with('-') ? 1 : 0, missing, '0');
  return text;
}

std::string convert_number(const Conversion& conversion, const FormatSource& source) {
  const bool wide = conversion.longs >= 2;
  std::uint64_t value = wide ? source.next64() : source.next();
  bool negative = false;
  unsigned base = 10;
  switch (conversion.letter) {
    case 'd':
    case 'i':
      if (!wide) value = static_cast<std::uint64_t>(static_cast<std::int32_t>(value));
      negative = static_cast<std::int64_t>(value) < 0;
      if (negative) value = 0 - value;
      break;
    case 'x':
    case 'X':
    case 'p':
      base = 16;
      break;
    case 'o':
      base = 8;
      break;
    default:
      break;
  }
  std::string text = digits(value, base, conversion.letter == 'X');
  if (conversion.has_precision && text.size() < conversion.precision)
    text.insert(0, conversion.precision - text.size(), '0');
  if (conversion.letter == 'p') text.insert(0, "0x");
  if (negative) text.insert(0, "-");
  return pad(std::move(text), conversion, true);
}

}  // namespace

std::string format_text(std::string_view format, const FormatSource& source) {
  std::string result;
  std::size_t place = 0;
  while (place < format.size()) {
    const std::size_t start = place;
    if (format[place++] != '%') {
      result += format[start];
      continue;
    }
    const Conversion conversion = take_conversion(format, place, source);
    switch (conversion.letter) {
      case 'd':
      case 'i':
      case 'u':
      case 'x':
      case 'X':
      case 'p':
      case 'o':
        result += convert_number(conversion, source);
        break;
      case 'c':
        result += pad(std::string(1, static_cast<char>(source.next())), conversion, false);
        break;
      case 's': {
        const std::uint32_t address = source.next();
        std::string text = address == 0 ? "(null)" : source.text(address);
        if (conversion.has_precision) text = text.substr(0, conversion.precision);
        result += pad(std::move(text), conversion, false);
        break;
      }
      case '%':
        result += '%';
        break;
      default:
        result += format.substr(start, place - start);
        break;
    }
  }
  return result;
}

}  // namespace ferry::board
