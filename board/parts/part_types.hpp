// Which types of parts there are.
#pragma once

#include "board/parts/part.hpp"

#include <concepts>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace ferry::board {

/// Types by their name in diagram.json. A program that has parts of its own adds them to the built-in ones:
///
///     auto types = PartTypes::built_in();
///     types.add<Thermometer>("chip-thermometer");
class PartTypes {
 public:
  using Make = std::function<std::unique_ptr<Part>(Placement&)>;

  /// Those that README.md lists.
  static PartTypes built_in();

  /// Replaces a type of the same name.
  void add(std::string type, Make make) { types_[std::move(type)] = std::move(make); }
  template <std::derived_from<Part> P>
  void add(std::string type) {
    add(std::move(type), [](Placement& placement) { return std::make_unique<P>(placement); });
  }

  /// Null for a type that is not known.
  const Make* find(std::string_view type) const;
  /// All names, separated by commas.
  std::string names() const;

 private:
  std::map<std::string, Make, std::less<>> types_;
};

}  // namespace ferry::board
