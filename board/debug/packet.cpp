#include "board/debug/packet.hpp"

namespace ferry::board::debug {

namespace {

constexpr char escape = '}', interrupt_byte = '\x03';
constexpr char escape_bit = 0x20;
constexpr std::string_view digits_of = "0123456789abcdef";

bool needs_escape(char byte) { return byte == '$' || byte == '#' || byte == '*' || byte == escape; }

std::optional<std::uint8_t> digit(char character) {
  if (character >= '0' && character <= '9') return static_cast<std::uint8_t>(character - '0');
  if (character >= 'a' && character <= 'f') return static_cast<std::uint8_t>(character - 'a' + 10);
  if (character >= 'A' && character <= 'F') return static_cast<std::uint8_t>(character - 'A' + 10);
  return std::nullopt;
}

void add_hex(std::string& text, std::uint8_t byte) {
  text += digits_of[byte >> 4];
  text += digits_of[byte & 0xF];
}

}  // namespace

std::size_t framed_size(char byte) { return needs_escape(byte) ? 2 : 1; }

std::string frame(std::string_view payload) {
  std::string text = "$";
  for (const char byte : payload) {
    if (needs_escape(byte)) {
      text += escape;
      text += static_cast<char>(byte ^ escape_bit);
    } else {
      text += byte;
    }
  }
  std::uint8_t sum = 0;
  for (const char byte : std::string_view(text).substr(1)) sum += static_cast<std::uint8_t>(byte);
  text += '#';
  add_hex(text, sum);
  return text;
}

void PacketReader::add(char byte) {
  if (payload_.size() < longest_packet) {
    payload_ += byte;
  } else {
    too_long_ = true;
  }
}

std::optional<PacketReader::Event> PacketReader::take(char byte) {
  // A packet may begin anywhere: the one before it was cut off.
  if (byte == '$') {
    state_ = State::payload;
    payload_.clear();
    too_long_ = bad_digit_ = false;
    sum_ = 0;
    return std::nullopt;
  }
  switch (state_) {
    case State::between:
      if (byte == interrupt_byte) return Event::interrupt;
      if (byte == '-') return Event::repeat_wanted;
      return std::nullopt;
    case State::payload:
      if (byte == '#') {
        state_ = State::first_digit;
        return std::nullopt;
      }
      sum_ = static_cast<std::uint8_t>(sum_ + static_cast<std::uint8_t>(byte));
      if (byte == escape) {
        state_ = State::escaped;
      } else {
        add(byte);
      }
      return std::nullopt;
    case State::escaped:
      sum_ = static_cast<std::uint8_t>(sum_ + static_cast<std::uint8_t>(byte));
      add(static_cast<char>(byte ^ escape_bit));
      state_ = State::payload;
      return std::nullopt;
    case State::first_digit:
      bad_digit_ = !digit(byte);
      claimed_ = static_cast<std::uint8_t>(digit(byte).value_or(0) << 4);
      state_ = State::second_digit;
      return std::nullopt;
    case State::second_digit:
      break;
  }
  state_ = State::between;
  const auto low = digit(byte);
  if (bad_digit_ || !low || (claimed_ | *low) != sum_) return Event::damaged;
  return too_long_ ? Event::too_long : Event::packet;
}

std::string to_hex(std::string_view bytes) {
  std::string text;
  text.reserve(2 * bytes.size());
  for (const char byte : bytes) add_hex(text, static_cast<std::uint8_t>(byte));
  return text;
}

std::optional<std::string> from_hex(std::string_view digits) {
  if (digits.size() % 2 != 0) return std::nullopt;
  std::string bytes;
  for (std::size_t place = 0; place < digits.size(); place += 2) {
    const auto high = digit(digits[place]), low = digit(digits[place + 1]);
    if (!high || !low) return std::nullopt;
    bytes += static_cast<char>(*high << 4 | *low);
  }
  return bytes;
}

std::string word_to_hex(std::uint32_t word) {
  std::string text;
  for (unsigned index = 0; index < 4; ++index) add_hex(text, static_cast<std::uint8_t>(word >> (8 * index)));
  return text;
}

std::optional<std::uint32_t> word_from_hex(std::string_view digits) {
  const auto bytes = from_hex(digits);
  if (!bytes || bytes->size() != 4) return std::nullopt;
  std::uint32_t word = 0;
  for (unsigned index = 0; index < 4; ++index)
    word |= std::uint32_t{static_cast<std::uint8_t>((*bytes)[index])} << (8 * index);
  return word;
}

std::optional<std::uint32_t> take_number(std::string_view& text) {
  std::uint64_t number = 0;
  std::size_t length = 0;
  while (length < text.size()) {
    const auto value = digit(text[length]);
    if (!value) break;
    number = number << 4 | *value;
    if (number > 0xFFFF'FFFF) return std::nullopt;
    ++length;
  }
  if (length == 0) return std::nullopt;
  text.remove_prefix(length);
  return static_cast<std::uint32_t>(number);
}

bool take_character(std::string_view& text, char character) {
  if (!text.starts_with(character)) return false;
  text.remove_prefix(1);
  return true;
}

}  // namespace ferry::board::debug
