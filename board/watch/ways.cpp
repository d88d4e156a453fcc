#include "board/watch/ways.hpp"

#include "board/board.hpp"
#include "board/cpu/abi_registers.hpp"
#include "board/image/byte_order.hpp"
#include "board/image/text.hpp"

#include <algorithm>
#include <utility>

namespace ferry::board::watch {

namespace {

// More are not remembered: a recursion may come from anywhere.
constexpr std::size_t most_instructions = 1024, most_ways_to_one = 64;

// What tells that the callers are the same: see Calls.
bool leads_to(const Way& way, const CallFrame& frame) {
  const auto is_there = [&frame, &way](const Calls::Word& word) {
    const std::size_t place = word.address - way.stack_pointer;
    return place + 4 <= frame.stack.size() && word_at(frame.stack, place) == word.value;
  };
  return way.return_address == frame.registers[return_address_register] &&
         way.stack_pointer == frame.registers[stack_pointer_register] &&
         way.calls.frame_pointer.value_or(frame.registers[frame_pointer_register]) ==
             frame.registers[frame_pointer_register] &&
         std::ranges::all_of(way.calls.found_by, is_there);
}

std::string text_of(const SourcePlace& place) {
  return place.function + ' ' + place.file + ':' + std::to_string(place.line);
}

std::vector<std::uint32_t> instructions_of(const Way& way) {
  std::vector<std::uint32_t> pcs{way.pc};
  pcs.insert(pcs.end(), way.calls.places.begin(), way.calls.places.end());
  return pcs;
}

}  // namespace

std::uint32_t Ways::number_of(const std::string& text) {
  return numbers_.try_emplace(text, static_cast<std::uint32_t>(numbers_.size() + 1)).first->second;
}

std::uint32_t Ways::line_at(std::uint32_t pc) {
  const auto [entry, fresh] = lines_.try_emplace(pc);
  if (!fresh) return entry->second;
  const std::vector<SourcePlace>& places = places_at(pc);
  const auto own = std::ranges::find_if(
      places, [](const SourcePlace& place) { return !place.library && !place.file.empty(); });
  if (own != places.end()) entry->second = number_of(text_of(*own));
  return entry->second;
}

std::shared_ptr<const Way> Ways::of(const CallFrame& frame) {
  if (known_.size() >= most_instructions && !known_.contains(frame.pc)) known_.clear();
  std::vector<std::shared_ptr<const Way>>& known = known_[frame.pc];
  auto way = std::ranges::find_if(known, [&frame](const auto& each) { return leads_to(*each, frame); });
  if (way == known.end()) {
    if (known.size() == most_ways_to_one) known.pop_back();
    way = known.insert(known.end(),
                       std::make_shared<Way>(Way{.pc = frame.pc,
                                                 .return_address = frame.registers[return_address_register],
                                                 .stack_pointer = frame.registers[stack_pointer_register],
                                                 .calls = source_.callers(frame),
                                                 .numbers = {}}));
  }
  if (way != known.begin()) std::iter_swap(way, known.begin());
  return known.front();
}

const Way::Numbers& Ways::numbers(const Way& way) {
  if (way.numbers) return *way.numbers;
  Way::Numbers numbers;
  const std::vector<std::uint32_t> pcs = instructions_of(way);
  for (auto pc = pcs.begin(); pc != pcs.end() && numbers.line == 0; ++pc) numbers.line = line_at(*pc);
  std::string text;
  if (numbers.line == 0) {
    for (const std::uint32_t pc : pcs) text += hex(pc) + '\n';
    numbers.line = number_of(text);
    text.clear();
  }
  for (const Place& place : places(way))
    text += (place.source.function.empty() ? hex(place.pc) : std::string()) + text_of(place.source) + '\n';
  numbers.whole = number_of(text);
  return way.numbers.emplace(numbers);
}

const std::vector<SourcePlace>& Ways::places_at(std::uint32_t pc) {
  const auto [entry, fresh] = places_.try_emplace(pc);
  if (!fresh) return entry->second;
  entry->second = source_.places(pc);
  // What the board answers of the boot ROM is in no file.
  for (SourcePlace& place : entry->second)
    if (place.function.empty()) place.function = Board::rom_function(pc);
  return entry->second;
}

std::vector<Place> Ways::places(const Way& way) {
  std::vector<Place> result;
  for (const std::uint32_t pc : instructions_of(way))
    for (const SourcePlace& place : places_at(pc)) result.push_back({.pc = pc, .source = place});
  // What LLVM's outliner cut out of several functions has no line of its own and belongs to who calls it.
  const auto is_outlined = [](const Place& place) {
    return place.source.file.empty() && place.source.function.starts_with("OUTLINED_FUNCTION_");
  };
  if (!std::ranges::all_of(result, is_outlined)) std::erase_if(result, is_outlined);
  return result;
}

}  // namespace ferry::board::watch
