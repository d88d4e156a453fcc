// What a part is told in its diagram: "attrs", as checked values.
#pragma once

#include "board/timeline.hpp"

#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace ferry::board {

/// A part that cannot be as it was asked for. Thrown by a part's constructor and by what it calls there; the
/// text is one line without the part's name, which whoever catches it puts in front.
class BadPart : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Names and values. A diagram writes values as text, as wokwi does ("1000"); numbers and truth values
/// without quotes mean the same. Each function returns `otherwise` for a name that is not there and throws
/// BadPart for a value that is not what it asks for.
class Attributes {
 public:
  using Map = std::map<std::string, std::string, std::less<>>;

  Attributes() = default;
  Attributes(std::initializer_list<Map::value_type> values) : values_(values) {}
  /// `folder` is where the names of files start, if they are relative.
  explicit Attributes(Map values, std::filesystem::path folder = {})
      : values_(std::move(values)), folder_(std::move(folder)) {}

  bool has(std::string_view name) const;
  std::string text(std::string_view name, std::string_view otherwise = {}) const;
  /// "1" and "true", "0" and "false" and "".
  bool flag(std::string_view name, bool otherwise = false) const;
  /// Decimal or 0x…, between two bounds.
  std::uint64_t number(std::string_view name, std::uint64_t otherwise, std::uint64_t smallest,
                       std::uint64_t largest) const;
  /// The same for bytes: 64K and 4M are understood.
  std::uint64_t size(std::string_view name, std::uint64_t otherwise, std::uint64_t smallest,
                     std::uint64_t largest) const;
  /// "1s", "2.5ms".
  Time time(std::string_view name, Time otherwise) const;
  /// One of a few words: gives its position among them.
  std::size_t choice(std::string_view name, std::initializer_list<std::string_view> words,
                     std::size_t otherwise = 0) const;
  /// The path of a file, empty when the name is not there or its value is "".
  std::filesystem::path file(std::string_view name) const;
  /// These mean something to others (a colour, a place on the screen), and nothing here.
  void ignore(std::initializer_list<std::string_view> names) const;

  /// Names that nobody has asked for: misspelt, most likely.
  std::vector<std::string> unread() const;

 private:
  const std::string* find(std::string_view name) const;

  Map values_;
  std::filesystem::path folder_;
  mutable std::set<std::string, std::less<>> read_;
};

}  // namespace ferry::board
