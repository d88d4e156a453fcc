#include "board/watch/ways.hpp"

#include "board/board.hpp"
#include "board/image/text.hpp"

#include <algorithm>
#include <utility>

namespace ferry::board::watch {

namespace {

constexpr unsigned return_address = 1, stack_pointer = 2;
// More are not remembered: a recursion may come from anywhere.
constexpr std::size_t most_calls = 4096, most_ways_to_one = 16;

bool has(const CallFrame& frame, const Calls::Word& word) {
  const std::uint32_t place = word.address - frame.registers[stack_pointer];
  if (place >= frame.stack.size() || frame.stack.size() - place < 4) return false;
  for (unsigned byte = 0; byte < 4; ++byte)
    if (frame.stack[place + byte] != static_cast<std::byte>(word.value >> (8 * byte))) return false;
  return true;
}

std::string text_of(const SourcePlace& place) {
  return place.function + ' ' + place.file + ':' + std::to_string(place.line);
}

std::vector<std::uint32_t> from(std::uint32_t pc, const Calls& calls) {
  std::vector<std::uint32_t> pcs{pc};
  pcs.insert(pcs.end(), calls.places.begin(), calls.places.end());
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

Way Ways::of(const CallFrame& frame) {
  const Call call{frame.pc, frame.registers[return_address], frame.registers[stack_pointer]};
  if (known_.size() >= most_calls && !known_.contains(call)) known_.clear();
  std::vector<Known>& known = known_[call];
  const auto same = std::ranges::find_if(known, [&frame](const Known& each) {
    return std::ranges::all_of(each.return_addresses,
                               [&frame](const Calls::Word& word) { return has(frame, word); });
  });
  if (same != known.end()) return same->way;
  Calls calls = source_.callers(frame);
  if (known.size() == most_ways_to_one) known.erase(known.begin());
  known.push_back(
      {.return_addresses = std::move(calls.return_addresses), .way = way_by(from(frame.pc, calls))});
  return known.back().way;
}

Way Ways::way_by(const std::vector<std::uint32_t>& pcs) {
  Way way;
  for (auto pc = pcs.begin(); pc != pcs.end() && way.line == 0; ++pc) way.line = line_at(*pc);
  std::string text;
  if (way.line == 0) {
    for (const std::uint32_t pc : pcs) text += hex(pc) + '\n';
    way.line = number_of(text);
    text.clear();
  }
  for (const Place& place : places(pcs))
    text += (place.source.function.empty() ? hex(place.pc) : std::string()) + text_of(place.source) + '\n';
  way.whole = number_of(text);
  return way;
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

std::vector<Place> Ways::places(const CallFrame& frame) {
  return places(from(frame.pc, source_.callers(frame)));
}

std::vector<Place> Ways::places(const std::vector<std::uint32_t>& pcs) {
  std::vector<Place> result;
  for (const std::uint32_t pc : pcs)
    for (const SourcePlace& place : places_at(pc)) result.push_back({.pc = pc, .source = place});
  // What LLVM's outliner cut out of several functions has no line of its own and belongs to who calls it.
  const auto is_outlined = [](const Place& place) {
    return place.source.file.empty() && place.source.function.starts_with("OUTLINED_FUNCTION_");
  };
  if (!std::ranges::all_of(result, is_outlined)) std::erase_if(result, is_outlined);
  return result;
}

}  // namespace ferry::board::watch
