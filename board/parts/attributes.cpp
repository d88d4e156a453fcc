#include "board/parts/attributes.hpp"

#include "board/image/text.hpp"
#include "board/record/time_text.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace ferry::board {

namespace {

[[noreturn]] void refuse(std::string_view name, std::string_view value, const std::string& wanted) {
  throw BadPart("attribute " + in_quotes(name) + ": " + in_quotes(value) + " is not " + wanted);
}

std::optional<std::uint64_t> parse_number(std::string_view text) {
  const bool hexadecimal = text.starts_with("0x") || text.starts_with("0X");
  if (hexadecimal) text.remove_prefix(2);
  std::uint64_t value = 0;
  const char* const start = text.data();
  const char* const end = start + text.size();
  const auto [rest, error] = std::from_chars(start, end, value, hexadecimal ? 16 : 10);
  if (error != std::errc() || rest != end) return std::nullopt;
  return value;
}

std::string range_text(std::uint64_t smallest, std::uint64_t largest) {
  return "from " + std::to_string(smallest) + " to " + std::to_string(largest);
}

}  // namespace

const std::string* Attributes::find(std::string_view name) const {
  read_.emplace(name);
  const auto found = values_.find(name);
  return found == values_.end() ? nullptr : &found->second;
}

bool Attributes::has(std::string_view name) const { return find(name) != nullptr; }

std::string Attributes::text(std::string_view name, std::string_view otherwise) const {
  const std::string* value = find(name);
  return value != nullptr ? *value : std::string(otherwise);
}

bool Attributes::flag(std::string_view name, bool otherwise) const {
  const std::string* value = find(name);
  if (value == nullptr) return otherwise;
  if (*value == "1" || *value == "true") return true;
  if (*value == "0" || *value == "false" || value->empty()) return false;
  refuse(name, *value, "0 or 1");
}

std::uint64_t Attributes::number(std::string_view name, std::uint64_t otherwise, std::uint64_t smallest,
                                 std::uint64_t largest) const {
  const std::string* value = find(name);
  if (value == nullptr) return otherwise;
  const auto number = parse_number(*value);
  if (!number || *number < smallest || *number > largest)
    refuse(name, *value, "a number " + range_text(smallest, largest));
  return *number;
}

std::uint64_t Attributes::size(std::string_view name, std::uint64_t otherwise, std::uint64_t smallest,
                               std::uint64_t largest) const {
  const std::string* value = find(name);
  if (value == nullptr) return otherwise;
  std::string_view digits = *value;
  std::uint64_t unit = 1;
  if (digits.ends_with('K') || digits.ends_with('M')) {
    unit = digits.back() == 'K' ? 1024 : 1024 * 1024;
    digits.remove_suffix(1);
  }
  const auto number = parse_number(digits);
  if (!number || *number > largest / unit || *number * unit < smallest)
    refuse(name, *value, "a number of bytes " + range_text(smallest, largest) + ", as 64K or 4M");
  return *number * unit;
}

Time Attributes::time(std::string_view name, Time otherwise) const {
  const std::string* value = find(name);
  if (value == nullptr) return otherwise;
  const auto time = parse_time(*value);
  if (!time) throw BadPart("attribute " + in_quotes(name) + ": " + time.error());
  return *time;
}

std::size_t Attributes::choice(std::string_view name, std::initializer_list<std::string_view> words,
                               std::size_t otherwise) const {
  const std::string* value = find(name);
  if (value == nullptr) return otherwise;
  const auto* const word = std::ranges::find(words, std::string_view(*value));
  if (word != words.end()) return static_cast<std::size_t>(word - words.begin());
  std::string known;
  for (const std::string_view each : words) known += (known.empty() ? "" : " or ") + std::string(each);
  refuse(name, *value, known);
}

std::filesystem::path Attributes::file(std::string_view name) const {
  const std::string* value = find(name);
  if (value == nullptr || value->empty()) return {};
  if (value->find('\0') != std::string::npos) refuse(name, *value, "the name of a file");
  return folder_ / *value;
}

void Attributes::ignore(std::initializer_list<std::string_view> names) const {
  for (const std::string_view name : names) read_.emplace(name);
}

std::vector<std::string> Attributes::unread() const {
  std::vector<std::string> names;
  for (const auto& [name, value] : values_)
    if (!read_.contains(name)) names.push_back(name);
  return names;
}

}  // namespace ferry::board
