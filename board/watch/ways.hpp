// How the program came to an instruction: what tells one bug from another.
#pragma once

#include "board/record/source_places.hpp"
#include "board/watch/finding.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

namespace ferry::board::watch {

// By numbers that are equal where the texts are.
struct Way {
  std::uint32_t line = 0;   // the line of the instruction
  std::uint32_t whole = 0;  // that, what is inlined there, and the callers
};

// Remembers ways: a line may be come to a million times.
class Ways {
 public:
  explicit Ways(const SourcePlaces& source) : source_(source) {}

  // The line of an instruction by itself: the innermost one of what is inlined there, as it would be had
  // nothing been inlined. 0 where none is known, or only one in the language's own library.
  std::uint32_t line_at(std::uint32_t pc);
  // The boot ROM's functions have no lines, and those of libraries none that say anything: there it is the
  // line of the first caller that has one, and where none has, the functions by their instructions.
  Way of(const CallFrame& frame);
  // Where it is done, and its callers.
  std::vector<Place> places(const CallFrame& frame);

 private:
  // The instruction, the return address in its register, the stack pointer.
  using Call = std::array<std::uint32_t, 3>;
  struct Known {
    std::vector<Calls::Word> return_addresses;
    Way way;
  };

  std::uint32_t number_of(const std::string& text);
  const std::vector<SourcePlace>& places_at(std::uint32_t pc);
  std::vector<Place> places(const std::vector<std::uint32_t>& pcs);
  Way way_by(const std::vector<std::uint32_t>& pcs);

  const SourcePlaces& source_;
  std::map<std::string, std::uint32_t> numbers_;  // from 1 on
  std::unordered_map<std::uint32_t, std::uint32_t> lines_;
  std::unordered_map<std::uint32_t, std::vector<SourcePlace>> places_;
  std::map<Call, std::vector<Known>> known_;
};

}  // namespace ferry::board::watch
