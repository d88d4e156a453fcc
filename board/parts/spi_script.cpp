#include "board/parts/spi_script.hpp"

#include "board/image/file.hpp"
#include "board/image/text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <initializer_list>
#include <utility>

namespace ferry::board {

namespace {

using nlohmann::json;

constexpr std::size_t largest_file = 1024 * 1024;

// What is wrong with a script: thrown where it is found, caught where the script is handed out.
struct Mistake {
  std::string text;
};

[[noreturn]] void refuse(const std::string& where, const std::string& what) {
  throw Mistake{where.empty() ? what : where + ": " + what};
}

void check_keys(const json& object, const std::string& where, std::initializer_list<std::string_view> known) {
  if (!object.is_object()) refuse(where, "not an object");
  for (const auto& [key, value] : object.items())
    if (std::ranges::find(known, std::string_view(key)) == known.end())
      refuse(where, in_quotes(key) + " is not known");
}

bool truth(const json& object, const std::string& where, const char* key, bool otherwise) {
  const auto value = object.find(key);
  if (value == object.end()) return otherwise;
  if (!value->is_boolean()) refuse(where, in_quotes(key) + " is neither true nor false");
  return value->get<bool>();
}

const std::string* text(const json& object, const std::string& where, const char* key) {
  const auto value = object.find(key);
  if (value == object.end()) return nullptr;
  if (!value->is_string()) refuse(where, in_quotes(key) + " is not text");
  return value->get_ptr<const std::string*>();
}

// 0 to 255, as "0x1F" or "31".
std::uint8_t byte_number(const std::string& where, std::string_view word) {
  std::string_view digits = word;
  const bool hexadecimal = digits.starts_with("0x");
  if (hexadecimal) digits.remove_prefix(2);
  std::uint8_t value = 0;
  const char* const start = digits.data();
  const char* const end = start + digits.size();
  const auto [rest, error] = std::from_chars(start, end, value, hexadecimal ? 16 : 10);
  if (error != std::errc() || rest != end) refuse(where, in_quotes(word) + " is not a number from 0 to 255");
  return value;
}

// "9F ?? 0A": two digits a byte, ?? where any will do.
std::vector<SpiScript::Expected> bytes(const std::string& where, std::string_view line, bool any_allowed) {
  std::vector<SpiScript::Expected> result;
  for (std::size_t at = 0; at < line.size();) {
    if (line[at] == ' ') {
      ++at;
      continue;
    }
    const std::string_view pair = line.substr(at, 2);
    std::uint8_t value = 0;
    const char* const start = pair.data();
    const char* const end = start + pair.size();
    const bool any = pair == "??" && any_allowed;
    const bool number = pair.size() == 2 && std::from_chars(start, end, value, 16).ptr == end;
    if (!any && !number)
      refuse(where,
             in_quotes(line) + " is not a row of bytes such as " + (any_allowed ? "9F ?? 0A" : "9F 00 0A"));
    result.push_back({value, any});
    at += 2;
  }
  return result;
}

SpiScript::Exchange read_exchange(const json& object, std::size_t number) {
  SpiScript::Exchange exchange;
  exchange.name = "exchange " + std::to_string(number);
  check_keys(object, exchange.name, {"name", "expect", "answer"});
  const std::string where = exchange.name;
  const std::string* const expect = text(object, where, "expect");
  const std::string* const answer = text(object, where, "answer");
  if (answer != nullptr)
    for (const auto& byte : bytes(where, *answer, false)) exchange.answer.push_back(byte.value);
  if (expect != nullptr) {
    exchange.expected = bytes(where, *expect, true);
  } else {
    exchange.expected.assign(exchange.answer.size(), {.value = 0, .any = true});
  }
  if (exchange.expected.empty()) refuse(where, "has no bytes");
  if (exchange.answer.size() > exchange.expected.size()) refuse(where, "answers more bytes than it expects");
  if (const std::string* const name = text(object, where, "name"))
    exchange.name += " (" + one_line(*name) + ')';
  return exchange;
}

std::string byte_text(std::uint8_t byte) { return "0x" + hex(byte).substr(8); }

// The first byte of an access is an address and the bit that says whether it is a read.
void check_address(const std::string& where, std::uint8_t address, std::uint8_t read_bit) {
  if ((address & read_bit) != 0)
    refuse(where, byte_text(address) + " has a bit of \"read_bit\", " + byte_text(read_bit) +
                      ", in it, so that no access would reach it");
}

SpiScript::Registers read_registers(const json& object) {
  const std::string where = "registers";
  check_keys(object, where, {"read_bit", "auto_increment", "values", "read_only"});
  SpiScript::Registers registers;
  registers.auto_increment = truth(object, where, "auto_increment", true);
  if (const std::string* const bit = text(object, where, "read_bit"))
    registers.read_bit = byte_number(where, *bit);
  if (registers.read_bit == 0) refuse(where, "\"read_bit\" is 0, so that nothing would be a read");
  const auto values = object.find("values");
  if (values == object.end() || !values->is_object() || values->empty())
    refuse(where, "\"values\" is not an object with registers in it");
  for (const auto& [key, value] : values->items()) {
    std::uint8_t address = byte_number(where, key);
    if (!value.is_string()) refuse(where, "the value of " + in_quotes(key) + " is not text");
    // A row that went on beyond 0xFF would have come to an address with that bit before.
    for (const auto& byte : bytes(where, *value.get_ptr<const std::string*>(), false)) {
      check_address(where, address, registers.read_bit);
      if (!registers.values.emplace(address, byte.value).second)
        refuse(where, byte_text(address) + " has two values, one of them in the row of " + in_quotes(key));
      ++address;
    }
  }
  if (const auto list = object.find("read_only"); list != object.end()) {
    if (!list->is_array()) refuse(where, "\"read_only\" is not a list");
    for (const json& each : *list) {
      if (!each.is_string()) refuse(where, "\"read_only\" holds something that is not text");
      const std::uint8_t address = byte_number(where, *each.get_ptr<const std::string*>());
      check_address(where, address, registers.read_bit);
      registers.read_only.insert(address);
    }
  }
  return registers;
}

SpiScript read_script(const json& object) {
  check_keys(object, "", {"mode", "select", "exchanges", "repeat", "registers"});
  SpiScript script;
  if (const auto mode = object.find("mode"); mode != object.end()) {
    if (!mode->is_number_unsigned() || mode->get<std::uint64_t>() > 3)
      refuse("", "\"mode\" is not a number from 0 to 3");
    script.mode = mode->get<unsigned>();
  }
  if (const std::string* const select = text(object, "", "select")) {
    if (*select != "low" && *select != "high") refuse("", "\"select\" is neither \"low\" nor \"high\"");
    script.select_active_high = *select == "high";
  }
  script.repeat = truth(object, "", "repeat", false);
  const auto exchanges = object.find("exchanges"), registers = object.find("registers");
  if ((exchanges == object.end()) == (registers == object.end()))
    refuse("", "a script has either \"exchanges\" or \"registers\"");
  if (registers != object.end()) {
    script.registers = read_registers(*registers);
    return script;
  }
  if (!exchanges->is_array() || exchanges->empty())
    refuse("", "\"exchanges\" is not a list with something in it");
  for (std::size_t index = 0; index < exchanges->size(); ++index)
    script.exchanges.push_back(read_exchange((*exchanges)[index], index + 1));
  return script;
}

}  // namespace

std::expected<SpiScript, std::string> parse_spi_script(std::string_view text) {
  try {
    return read_script(json::parse(text, nullptr, true, /*ignore_comments=*/true));
  } catch (const json::parse_error& error) {
    const std::string_view message = error.what();
    const std::size_t start = message.find("] ");
    return std::unexpected("not JSON: " +
                           one_line(start == std::string_view::npos ? message : message.substr(start + 2)));
  } catch (const Mistake& mistake) {
    return std::unexpected(mistake.text);
  }
}

std::expected<SpiScript, std::string> load_spi_script(const std::filesystem::path& file) {
  const auto content = read_file(file, largest_file);
  if (!content) return std::unexpected(content.error());
  return parse_spi_script({reinterpret_cast<const char*>(content->data()), content->size()});
}

}  // namespace ferry::board
