#include "ferry/format.hpp"

namespace ferry {
namespace {

using detail::Alignment;
using detail::Specification;

void write_repeated(Writer& writer, char character, std::size_t count) {
  for (; count != 0; --count) writer.write(character);
}

// Text in its field. `head` (sign and prefix) comes before zeros, `text` after them.
void write_field(Writer& writer, std::string_view head, std::string_view text, Specification specification,
                 Alignment natural) {
  const std::size_t length = head.size() + text.size();
  const std::size_t padding = specification.width > length ? specification.width - length : 0;
  const Alignment alignment =
      specification.alignment == Alignment::automatic ? natural : specification.alignment;
  const bool right = alignment == Alignment::right;

  if (right && !specification.zeros) write_repeated(writer, ' ', padding);
  writer.write(head);
  if (specification.zeros) write_repeated(writer, '0', padding);
  writer.write(text);
  if (!right && !specification.zeros) write_repeated(writer, ' ', padding);
}

// Divides by a number below 65536 with 32-bit divisions, sixteen bits at a time. The library's 64-bit
// division is 1 KiB of code, a quarter of a small program.
std::uint32_t divide_in_place(std::uint64_t& value, std::uint32_t divisor) {
  std::uint32_t remainder = 0;
  std::uint64_t quotient = 0;
  for (int shift = 48; shift >= 0; shift -= 16) {
    const std::uint32_t part = remainder << 16 | static_cast<std::uint16_t>(value >> shift);
    quotient = quotient << 16 | part / divisor;
    remainder = part % divisor;
  }
  value = quotient;
  return remainder;
}

std::uint32_t divide_in_place(std::uint32_t& value, std::uint32_t divisor) {
  const std::uint32_t remainder = value % divisor;
  value /= divisor;
  return remainder;
}

template <class Magnitude>
void write_any_number(Writer& writer, bool negative, Magnitude magnitude, Specification specification) {
  const bool upper = specification.type == 'X';
  const bool binary = specification.type == 'b';
  const std::uint32_t radix = binary ? 2 : upper || specification.type == 'x' ? 16 : 10;

  char digits[8 * sizeof(Magnitude)];  // as many as binary needs
  char* const end = digits + sizeof digits;
  char* first = end;
  do {
    const std::uint32_t digit = divide_in_place(magnitude, radix);
    *--first = static_cast<char>(digit < 10 ? '0' + digit : (upper ? 'A' : 'a') + digit - 10);
  } while (magnitude != 0);

  char head[3];
  std::size_t head_length = 0;
  if (negative) head[head_length++] = '-';
  if (specification.prefix) {
    head[head_length++] = '0';
    head[head_length++] = binary ? 'b' : 'x';
  }
  write_field(writer, {head, head_length}, {first, static_cast<std::size_t>(end - first)}, specification,
              Alignment::right);
}

// A fraction of 10^digits without the zeros at its end, point included: nothing for 0.
void write_fraction(Writer& writer, std::uint32_t fraction, std::uint8_t digits) {
  if (fraction == 0) return;
  while (fraction % 10 == 0) {
    fraction /= 10;
    --digits;
  }
  writer.write('.');
  detail::write_number(writer, false, fraction, {.zeros = true, .width = digits});
}

}  // namespace

void Writer::write(std::string_view text) {
  for (const char character : text) write(character);
}

namespace detail {

void write_number(Writer& writer, bool negative, std::uint32_t magnitude, Specification specification) {
  write_any_number(writer, negative, magnitude, specification);
}

void write_long_number(Writer& writer, bool negative, std::uint64_t magnitude, Specification specification) {
  write_any_number(writer, negative, magnitude, specification);
}

void write_text(Writer& writer, std::string_view text, Specification specification) {
  write_field(writer, {}, text, specification, Alignment::left);
}

void write_pointer(Writer& writer, const void* pointer, Specification specification) {
  const auto address = static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(pointer));
  const std::size_t length = 10;
  const std::size_t padding = specification.width > length ? specification.width - length : 0;
  const bool right = specification.alignment == Alignment::right;
  if (right) write_repeated(writer, ' ', padding);
  write_number(writer, false, address, {.prefix = true, .zeros = true, .width = 10, .type = 'x'});
  if (!right) write_repeated(writer, ' ', padding);
}

void write_byte(Writer& writer, std::byte value, Specification specification) {
  if (specification.type == 0) {
    specification.type = 'x';
    specification.prefix = true;
    if (specification.width == 0) {
      specification.zeros = true;
      specification.width = 4;
    }
  }
  write_number(writer, false, static_cast<std::uint32_t>(value), specification);
}

void write_bytes(Writer& writer, std::span<const std::byte> bytes, Specification specification) {
  const Specification each{.zeros = true, .width = 2, .type = specification.type == 'X' ? 'X' : 'x'};
  bool first = true;
  for (const std::byte value : bytes) {
    if (!first) writer.write(' ');
    first = false;
    write_number(writer, false, static_cast<std::uint32_t>(value), each);
  }
}

void format(Writer& writer, std::string_view text, const Argument* arguments) {
  for (std::size_t position = 0; position < text.size(); ++position) {
    const char character = text[position];
    if (character == '{' || character == '}') {
      // The string was checked when it was compiled: after a brace comes its double or a specification.
      if (text[position + 1] == character) {
        ++position;
      } else {
        const ParsedSpecification parsed = parse_specification(text, position + 1);
        arguments->format(writer, arguments->object, parsed.specification);
        ++arguments;
        position = parsed.end;
        continue;
      }
    }
    writer.write(character);
  }
}

void BufferWriter::put(Writer& writer, char character) {
  auto& self = static_cast<BufferWriter&>(writer);
  if (self.used_ < self.buffer_.size()) self.buffer_[self.used_++] = character;
}

}  // namespace detail

void format_value(Writer& writer, Duration value) {
  std::uint64_t whole = value.in_microseconds();
  if (whole < 1000) {
    // A tick is 0.0625 µs.
    const auto sixteenths = static_cast<std::uint32_t>(value.in_ticks() % Duration::ticks_per_microsecond);
    detail::write_number(writer, false, static_cast<std::uint32_t>(whole), {});
    write_fraction(writer, sixteenths * 625, 4);
    writer.write(" us");
    return;
  }
  std::uint32_t fraction = divide_in_place(whole, 1000);
  std::uint8_t digits = 3;
  const bool seconds = whole >= 1000;
  if (seconds) {
    fraction += divide_in_place(whole, 1000) * 1000;
    digits = 6;
  }
  detail::write_long_number(writer, false, whole, {});
  write_fraction(writer, fraction, digits);
  writer.write(seconds ? " s" : " ms");
}

void format_value(Writer& writer, Hertz value) {
  if (value.value < 1000) {
    detail::write_number(writer, false, value.value, {});
    writer.write(" Hz");
  } else if (value.value < 1'000'000) {
    detail::write_number(writer, false, value.value / 1000, {});
    write_fraction(writer, value.value % 1000, 3);
    writer.write(" kHz");
  } else {
    detail::write_number(writer, false, value.value / 1'000'000, {});
    write_fraction(writer, value.value % 1'000'000, 6);
    writer.write(" MHz");
  }
}

}  // namespace ferry
