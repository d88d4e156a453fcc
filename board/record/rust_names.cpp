#include "board/record/rust_names.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>
#include <utility>

namespace ferry::board {

namespace {

// Reads the grammar of RFC 2603 from left to right. What is wrong ends it; a name from outside may be
// anything, so depth and length are limited.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  std::optional<std::string> read() {
    std::string name = path();
    if (failed_ || name.empty()) return std::nullopt;
    return name;
  }

 private:
  static constexpr unsigned deepest = 64, most_steps = 4096;

  char peek() const { return place_ < text_.size() ? text_[place_] : '\0'; }
  char take() {
    if (place_ >= text_.size()) failed_ = true;
    return failed_ ? '\0' : text_[place_++];
  }
  bool take_if(char expected) {
    if (peek() != expected) return false;
    ++place_;
    return true;
  }

  // "_" is 0, "0_" is 1, and so on, in base 62.
  std::uint64_t base62() {
    if (take_if('_')) return 0;
    std::uint64_t value = 0;
    while (!failed_ && !take_if('_')) {
      const char digit = take();
      if (digit >= '0' && digit <= '9') {
        value = value * 62 + static_cast<std::uint64_t>(digit - '0');
      } else if (digit >= 'a' && digit <= 'z') {
        value = value * 62 + static_cast<std::uint64_t>(digit - 'a' + 10);
      } else if (digit >= 'A' && digit <= 'Z') {
        value = value * 62 + static_cast<std::uint64_t>(digit - 'A' + 36);
      } else {
        failed_ = true;
      }
    }
    return value + 1;
  }

  // What tells things of one name apart.
  std::uint64_t disambiguator() { return take_if('s') ? base62() + 1 : 0; }

  std::string identifier() {
    disambiguator();
    return plain_identifier();
  }

  std::string plain_identifier() {
    take_if('u');
    std::size_t length = 0;
    while (std::isdigit(static_cast<unsigned char>(peek())) != 0 && length < text_.size())
      length = length * 10 + static_cast<std::size_t>(take() - '0');
    take_if('_');
    if (length > text_.size() - place_) failed_ = true;
    if (failed_) return {};
    place_ += length;
    return std::string(text_.substr(place_ - length, length));
  }

  template <class Part>
  std::string go_back(Part part) {
    const std::size_t start = place_ - 1;
    const std::uint64_t target = base62();
    if (failed_ || target >= start) {
      failed_ = true;
      return {};
    }
    const std::size_t behind = std::exchange(place_, static_cast<std::size_t>(target));
    std::string result = part();
    place_ = behind;
    return result;
  }

  // Counts a step; false when there were too many.
  bool enter() {
    if (++depth_ > deepest || ++steps_ > most_steps) failed_ = true;
    return !failed_;
  }

  std::string path() {
    if (!enter()) return {};
    std::string result = path_inside();
    --depth_;
    return result;
  }

  std::string path_inside() {
    switch (take()) {
      case 'C':
        return identifier();
      case 'M':
        skip_implementation();
        return type();
      case 'X': {
        skip_implementation();
        std::string result = type();
        path();
        return result;
      }
      case 'Y': {
        std::string result = type();
        path();
        return result;
      }
      case 'N':
        return nested();
      case 'I': {
        std::string result = path();
        while (!failed_ && !take_if('E')) generic_argument();
        return result;
      }
      case 'B':
        return go_back([this] { return path(); });
      default:
        failed_ = true;
        return {};
    }
  }

  void skip_implementation() {
    if (take_if('s')) base62();
    path();
  }

  std::string nested() {
    const char space = take();
    std::string result = path();
    const std::uint64_t number = disambiguator();
    const std::string name = plain_identifier();
    if (space >= 'A' && space <= 'Z') return result + "::" + made_by_compiler(space, name, number);
    if (name.empty()) return result;
    return result + "::" + name;
  }

  // What has no name in the source, or none of its own, has a number there: "{closure#0}".
  static std::string made_by_compiler(char space, const std::string& name, std::uint64_t number) {
    std::string result = space == 'C' ? "{closure" : space == 'S' ? "{shim" : std::string{'{', space};
    if (!name.empty()) result += ':' + name;
    return result + '#' + std::to_string(number) + '}';
  }

  void generic_argument() {
    if (take_if('L')) {
      base62();
    } else if (take_if('K')) {
      constant();
    } else {
      type();
    }
  }

  std::string constant() {
    if (take_if('B')) return go_back([this] { return constant(); });
    if (take_if('p')) return {};
    type();
    take_if('n');
    while (!failed_ && !take_if('_'))
      if (std::isxdigit(static_cast<unsigned char>(take())) == 0) failed_ = true;
    return {};
  }

  std::string type() {
    if (!enter()) return {};
    std::string result = type_inside();
    --depth_;
    return result;
  }

  std::string type_inside() {
    const char kind = peek();
    if (kind >= 'a' && kind <= 'z') {
      ++place_;
      return std::string(basic_type(kind));
    }
    switch (kind) {
      case 'A': {
        ++place_;
        std::string element = type();
        constant();
        return "[" + element + "]";
      }
      case 'S':
        ++place_;
        return "[" + type() + "]";
      case 'T':
        ++place_;
        while (!failed_ && !take_if('E')) type();
        return "(…)";
      case 'R':
      case 'Q':
        ++place_;
        if (take_if('L')) base62();
        return "&" + type();
      case 'P':
      case 'O':
        ++place_;
        return "*" + type();
      case 'F':
        ++place_;
        return function_type();
      case 'D':
        ++place_;
        return dynamic_type();
      case 'B':
        ++place_;
        return go_back([this] { return type(); });
      default:
        return path();
    }
  }

  std::string function_type() {
    if (take_if('G')) base62();
    take_if('U');
    if (take_if('K') && !take_if('C')) identifier();
    while (!failed_ && !take_if('E')) type();
    type();
    return "fn";
  }

  std::string dynamic_type() {
    std::string result = "dyn";
    if (take_if('G')) base62();
    while (!failed_ && !take_if('E')) {
      result += " " + path();
      while (take_if('p')) {
        identifier();
        type();
      }
    }
    if (take_if('L')) base62();
    return result;
  }

  static std::string_view basic_type(char letter) {
    constexpr std::array<std::string_view, 26> names{
        "i8",   "bool", "char", "f64", "str", "f32", "",    "u8", "isize", "usize", "",    "i32", "u32",
        "i128", "u128", "_",    "",    "",    "i16", "u16", "()", "...",   "",      "i64", "u64", "!"};
    return names[static_cast<std::size_t>(letter - 'a')];
  }

  std::string_view text_;
  std::size_t place_ = 0;
  unsigned depth_ = 0, steps_ = 0;
  bool failed_ = false;
};

void replace_all(std::string& text, std::string_view what, std::string_view with) {
  for (std::size_t place = text.find(what); place != std::string::npos;
       place = text.find(what, place + with.size()))
    text.replace(place, what.size(), with);
}

}  // namespace

std::optional<std::string> rust_name(std::string_view symbol) {
  if (!symbol.starts_with("_R")) return std::nullopt;
  return Reader(symbol.substr(2)).read();
}

std::string without_rust_escapes(std::string name) {
  constexpr std::size_t hash_size = 19;  // "::h" and 16 digits
  if (name.size() > hash_size && name.substr(name.size() - hash_size, 3) == "::h" &&
      std::all_of(name.end() - 16, name.end(), [](unsigned char c) { return std::isxdigit(c) != 0; }))
    name.resize(name.size() - hash_size);
  if (name.find('$') == std::string::npos && name.find("..") == std::string::npos) return name;
  // No part of a name may begin with an escape.
  if (name.starts_with("_$")) name.erase(0, 1);
  replace_all(name, "::_$", "::$");
  replace_all(name, "$LT$", "<");
  replace_all(name, "$GT$", ">");
  replace_all(name, "$RF$", "&");
  replace_all(name, "$BP$", "*");
  replace_all(name, "$LP$", "(");
  replace_all(name, "$RP$", ")");
  replace_all(name, "$C$", ",");
  replace_all(name, "$u20$", " ");
  replace_all(name, "$u7b$", "{");
  replace_all(name, "$u7d$", "}");
  replace_all(name, "$u5b$", "[");
  replace_all(name, "$u5d$", "]");
  replace_all(name, "..", "::");
  return name;
}

}  // namespace ferry::board
