// The ways that the program came to instructions.
#pragma once

#include "board/record/source_places.hpp"
#include "board/watch/finding.hpp"
#include "board/watch/origin.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace ferry::board::watch {

// Remembers ways: a line may be come to a million times.
class Ways {
 public:
  explicit Ways(const SourcePlaces& source) : source_(source) {}

  // The line of an instruction by itself: the innermost one of what is inlined there, as it would be had
  // nothing been inlined. 0 where none is known, or only one in the language's own library.
  std::uint32_t line_at(std::uint32_t pc);
  std::shared_ptr<const Way> of(const CallFrame& frame);
  // The boot ROM's functions have no lines, and those of libraries none that say anything: there it is the
  // line of the first caller that has one, and where none has, the functions by their instructions.
  const Way::Numbers& numbers(const Way& way);
  // Where it is done, and its callers.
  std::vector<Place> places(const Way& way);

 private:
  std::uint32_t number_of(const std::string& text);
  const std::vector<SourcePlace>& places_at(std::uint32_t pc);

  const SourcePlaces& source_;
  std::map<std::string, std::uint32_t> numbers_;  // from 1 on
  std::unordered_map<std::uint32_t, std::uint32_t> lines_;
  std::unordered_map<std::uint32_t, std::vector<SourcePlace>> places_;
  // To each instruction; first the way that the program came last.
  std::unordered_map<std::uint32_t, std::vector<std::shared_ptr<const Way>>> known_;
};

}  // namespace ferry::board::watch
