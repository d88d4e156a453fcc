// Text from values: what ferry::print and ferry::format_to understand.
//
// A format string is text with one `{}` for each argument; `{{` and `}}` are the braces themselves. It is
// checked when it is compiled: the number of arguments, every specification, and whether it suits its
// argument.
//
//     {[<|>][#][0][width][type]}     width at most 99
//
// `<` and `>` align in the width (numbers are right-aligned by themselves, everything else left), `#` writes
// 0x or 0b before digits, `0` fills a number with zeros up to the width (0x included). Types: `d` decimal,
// `x` and `X` hexadecimal, `b` binary.
//
// | argument                                   | `{}` writes        | types      |
// |--------------------------------------------|--------------------|------------|
// | integers of up to 64 bits                  | decimal            | d x X b    |
// | bool                                       | true, false        |            |
// | char                                       | the character      |            |
// | std::string_view, const char*, char[]      | the text           |            |
// | pointers                                   | 0x3fc80010         |            |
// | std::byte                                  | 0x42               | d x X b    |
// | arrays and spans of std::byte or uint8_t   | 42 0a 00           | x X        |
// | Duration, Hertz                            | 2.5 s, 100 kHz     |            |
// | what has a format_value function           | what that writes   |            |
//
// A type of your own is printed by a function next to it: `void format_value(ferry::Writer& writer, const
// Type& value)`. No heap, no floating point, no locale.
#pragma once

#include "ferry/units.hpp"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>

namespace ferry {

template <class... Arguments>
class FormatString;

/// Where formatted text goes, one character after the other. Handed to format_value functions.
class Writer {
 public:
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  void write(char character) { put_(*this, character); }
  void write(std::string_view text);
  /// As ferry::print, to this writer.
  template <class... Arguments>
  void print(FormatString<std::type_identity_t<Arguments>...> format, const Arguments&... arguments);

 protected:
  // A function instead of a virtual one: no table in the image for the one or two kinds of writer there are.
  using Put = void (*)(Writer&, char);
  explicit constexpr Writer(Put put) : put_(put) {}
  ~Writer() = default;

 private:
  Put put_;
};

/// "10 us", "1.5 ms", "2.5 s": in the largest unit that is not below one, exact to the microsecond from 1 ms
/// on.
void format_value(Writer& writer, Duration value);
/// "50 Hz", "100 kHz", "26.666667 MHz": in the largest unit that is not below one, exact.
void format_value(Writer& writer, Hertz value);

namespace detail {

enum class Alignment : std::uint8_t { automatic, left, right };

// What stands between the braces.
struct Specification {
  Alignment alignment = Alignment::automatic;
  bool prefix = false;
  bool zeros = false;
  std::uint8_t width = 0;
  char type = 0;

  constexpr bool empty() const {
    return alignment == Alignment::automatic && !prefix && !zeros && width == 0 && type == 0;
  }
};

struct ParsedSpecification {
  Specification specification;
  std::size_t end;  // of the closing brace
  bool valid;
};

// Reads a specification; `position` is that of the character after the opening brace. Used when compiling to
// check, and when running to obey.
constexpr ParsedSpecification parse_specification(std::string_view text, std::size_t position) {
  Specification result;
  const auto next_is = [&](char character) {
    if (position >= text.size() || text[position] != character) return false;
    ++position;
    return true;
  };
  if (next_is(':')) {
    if (next_is('<')) {
      result.alignment = Alignment::left;
    } else if (next_is('>')) {
      result.alignment = Alignment::right;
    }
    result.prefix = next_is('#');
    result.zeros = next_is('0');
    for (int digits = 0;
         digits < 2 && position < text.size() && text[position] >= '0' && text[position] <= '9'; ++digits) {
      result.width = static_cast<std::uint8_t>(result.width * 10 + (text[position++] - '0'));
    }
    for (const char type : {'d', 'x', 'X', 'b'}) {
      if (next_is(type)) {
        result.type = type;
        break;
      }
    }
  }
  return {result, position, position < text.size() && text[position] == '}'};
}

enum class Kind : std::uint8_t { integer, boolean, character, text, pointer, byte, bytes, custom, none };

template <class T>
concept HasFormatValue = (std::is_class_v<T> || std::is_enum_v<T>) &&
                         requires(Writer& writer, const T& value) { format_value(writer, value); };

template <class T>
concept ByteSequence = std::convertible_to<const T&, std::span<const std::byte>> ||
                       std::convertible_to<const T&, std::span<const std::uint8_t>>;

template <class Argument>
consteval Kind classify() {
  using T = std::remove_volatile_t<Argument>;
  if (HasFormatValue<T>) return Kind::custom;
  if (std::is_same_v<T, bool>) return Kind::boolean;
  if (std::is_same_v<T, char>) return Kind::character;
  if (std::is_integral_v<T>) return Kind::integer;
  if (std::is_same_v<T, std::byte>) return Kind::byte;
  if (std::is_convertible_v<const T&, std::string_view>) return Kind::text;
  if (ByteSequence<T>) return Kind::bytes;
  if (std::is_pointer_v<T> || std::is_null_pointer_v<T>) return Kind::pointer;
  return Kind::none;
}

template <class T>
inline constexpr Kind kind_of = classify<T>();

constexpr bool suits(Kind kind, const Specification& specification) {
  const bool plain = !specification.prefix && !specification.zeros && specification.type == 0;
  switch (kind) {
    case Kind::integer:
    case Kind::byte:
      // A zero fills to the right edge, and decimal digits have no prefix.
      return !(specification.zeros && specification.alignment != Alignment::automatic) &&
             !(specification.prefix && (specification.type == 0 || specification.type == 'd'));
    case Kind::bytes:
      return specification.alignment == Alignment::automatic && !specification.prefix &&
             (specification.type == 0 || specification.type == 'x' || specification.type == 'X') &&
             (specification.width == 0 || (specification.width == 2 && specification.zeros));
    case Kind::boolean:
    case Kind::character:
    case Kind::text:
    case Kind::pointer:
      return plain;
    case Kind::custom:
      return specification.empty();
    case Kind::none:
      return true;  // the call itself says what is wrong with the type
  }
  return false;
}

// Not constexpr: reaching one of these when a format string is checked ends the compilation with its name.
inline void the_format_string_has_a_brace_that_is_not_closed_or_has_an_unknown_specification() {}
inline void the_format_string_has_a_single_closing_brace_write_two() {}
inline void the_format_string_has_more_placeholders_than_there_are_arguments() {}
inline void the_format_string_has_fewer_placeholders_than_there_are_arguments() {}
inline void a_specification_does_not_suit_its_argument() {}

consteval void check_format(std::string_view text, const Kind* kinds, std::size_t count) {
  std::size_t used = 0;
  for (std::size_t position = 0; position < text.size(); ++position) {
    const char character = text[position];
    if (character != '{' && character != '}') continue;
    if (position + 1 < text.size() && text[position + 1] == character) {
      ++position;
      continue;
    }
    if (character == '}') the_format_string_has_a_single_closing_brace_write_two();
    const ParsedSpecification parsed = parse_specification(text, position + 1);
    if (!parsed.valid) {
      the_format_string_has_a_brace_that_is_not_closed_or_has_an_unknown_specification();
    }
    if (used >= count) {
      the_format_string_has_more_placeholders_than_there_are_arguments();
    } else if (!suits(kinds[used], parsed.specification)) {
      a_specification_does_not_suit_its_argument();
    }
    ++used;
    position = parsed.end;
  }
  if (used != count) the_format_string_has_fewer_placeholders_than_there_are_arguments();
}

// One argument without its type.
struct Argument {
  const void* object;
  void (*format)(Writer&, const void* object, Specification);
};

void write_number(Writer& writer, bool negative, std::uint32_t magnitude, Specification specification);
void write_long_number(Writer& writer, bool negative, std::uint64_t magnitude, Specification specification);
void write_text(Writer& writer, std::string_view text, Specification specification);
void write_pointer(Writer& writer, const void* pointer, Specification specification);
void write_byte(Writer& writer, std::byte value, Specification specification);
void write_bytes(Writer& writer, std::span<const std::byte> bytes, Specification specification);

template <class T>
void format_argument(Writer& writer, const void* object, Specification specification) {
  constexpr Kind kind = kind_of<T>;
  // Scalars are copied: a volatile one is read once.
  std::conditional_t<std::is_scalar_v<T>, const std::remove_volatile_t<T>, const T&> value =
      *static_cast<const T*>(object);
  if constexpr (kind == Kind::custom) {
    format_value(writer, value);
  } else if constexpr (kind == Kind::boolean) {
    write_text(writer, value ? "true" : "false", specification);
  } else if constexpr (kind == Kind::character) {
    write_text(writer, std::string_view(&value, 1), specification);
  } else if constexpr (kind == Kind::integer) {
    using Magnitude = std::conditional_t<sizeof(T) <= 4, std::uint32_t, std::uint64_t>;
    const bool negative = value < 0;
    // Negated as an unsigned number: that is defined for the smallest integer too.
    const auto magnitude =
        negative ? Magnitude{0} - static_cast<Magnitude>(value) : static_cast<Magnitude>(value);
    if constexpr (sizeof(T) <= 4) {
      write_number(writer, negative, magnitude, specification);
    } else {
      write_long_number(writer, negative, magnitude, specification);
    }
  } else if constexpr (kind == Kind::byte) {
    write_byte(writer, value, specification);
  } else if constexpr (kind == Kind::text) {
    write_text(writer, value, specification);
  } else if constexpr (kind == Kind::bytes) {
    if constexpr (std::convertible_to<const T&, std::span<const std::byte>>) {
      write_bytes(writer, value, specification);
    } else {
      write_bytes(writer, std::as_bytes(std::span<const std::uint8_t>(value)), specification);
    }
  } else if constexpr (kind == Kind::pointer) {
    write_pointer(writer, static_cast<const void*>(value), specification);
  }
}

template <class T>
constexpr Argument make_argument(const T& value) {
  static_assert(
      !std::is_floating_point_v<T>,
      "This chip has no floating point unit and Ferry does not print floating point numbers: scale the "
      "value to an integer.");
  static_assert(
      kind_of<T> != Kind::none || std::is_floating_point_v<T>,
      "This type cannot be printed: declare `void format_value(ferry::Writer&, const T&)` beside it.");
  return {const_cast<const void*>(static_cast<const volatile void*>(&value)), format_argument<T>};
}

void format(Writer& writer, std::string_view text, const Argument* arguments);

// Writes into memory and stops at its end.
class BufferWriter : public Writer {
 public:
  explicit BufferWriter(std::span<char> buffer) : Writer(put), buffer_(buffer) {}
  std::string_view written() const { return {buffer_.data(), used_}; }

 private:
  static void put(Writer& writer, char character);

  std::span<char> buffer_;
  std::size_t used_ = 0;
};

}  // namespace detail

/// A format string that suits arguments of these types. Made from a literal when a call is compiled.
template <class... Arguments>
class FormatString {
 public:
  template <class Text>
    requires std::convertible_to<const Text&, std::string_view>
  consteval FormatString(const Text& text) : text_(text) {  // NOLINT(google-explicit-constructor)
    detail::check_format(text_, kinds, sizeof...(Arguments));
  }
  constexpr std::string_view text() const { return text_; }

 private:
  static constexpr detail::Kind kinds[] = {detail::kind_of<Arguments>..., detail::Kind::none};

  std::string_view text_;
};

template <class... Arguments>
void Writer::print(FormatString<std::type_identity_t<Arguments>...> format, const Arguments&... arguments) {
  const detail::Argument list[] = {detail::make_argument(arguments)..., {}};
  detail::format(*this, format.text(), list);
}

/// Writes the text into `buffer`, as much of it as fits and without a zero at the end; returns what was
/// written. Does not block.
template <class... Arguments>
std::string_view format_to(std::span<char> buffer, FormatString<std::type_identity_t<Arguments>...> format,
                           const Arguments&... arguments) {
  detail::BufferWriter writer(buffer);
  writer.print<Arguments...>(format, arguments...);
  return writer.written();
}

}  // namespace ferry
