#include "board/cpu/semihosting.hpp"

#include "board/image/byte_order.hpp"

#include <array>
#include <string>

namespace ferry::board::semihosting {

namespace {

enum Operation : std::uint32_t {
  write_character = 0x03,
  write_text = 0x04,
  exit = 0x18,
  exit_extended = 0x20
};

// The reason a program gives that ends by itself (ADP_Stopped_ApplicationExit); any other one is a failure.
constexpr std::uint32_t application_exit = 0x2'0026;

// Longer texts are cut: an unterminated one must not run through all of memory.
constexpr std::size_t longest_text = 4096;

std::optional<std::uint32_t> word_at(const ReadByte& read_byte, std::uint32_t address) {
  std::array<std::byte, 4> bytes{};
  for (std::byte& byte : bytes) {
    const auto next = read_byte(address++);
    if (!next) return std::nullopt;
    byte = *next;
  }
  return board::word_at(bytes, 0);
}

std::string text_at(const ReadByte& read_byte, std::uint32_t address) {
  std::string text;
  for (; text.size() < longest_text; ++address) {
    const auto next = read_byte(address);
    if (!next || *next == std::byte{0}) break;
    text += static_cast<char>(*next);
  }
  return text;
}

int exit_code(std::uint32_t reason, std::uint32_t code) {
  return reason == application_exit ? static_cast<int>(code) : 1;
}

}  // namespace

Answer call(std::uint32_t operation, std::uint32_t parameter, const ReadByte& read_byte,
            SemihostingHandler* handler) {
  switch (operation) {
    case write_character: {  // the parameter points to it; it may be 0
      const char character = static_cast<char>(read_byte(parameter).value_or(std::byte{0}));
      if (handler != nullptr) handler->semihosting_text({&character, 1});
      return {};
    }
    case write_text: {
      const std::string text = text_at(read_byte, parameter);
      if (handler != nullptr) handler->semihosting_text(text);
      return {};
    }
    case exit:  // with 32 bits the parameter is the reason itself, and there is no code
      return {.result = 0, .exit_code = exit_code(parameter, 0)};
    case exit_extended: {
      const auto reason = word_at(read_byte, parameter), code = word_at(read_byte, parameter + 4);
      return {.result = 0, .exit_code = reason && code ? exit_code(*reason, *code) : 1};
    }
    default:
      return {.result = ~0u, .exit_code = {}};
  }
}

}  // namespace ferry::board::semihosting
