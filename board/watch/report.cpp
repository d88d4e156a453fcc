// From what a rule is about to a finding in words.
#include "board/bus.hpp"
#include "board/cpu/cpu.hpp"
#include "board/image/text.hpp"
#include "board/memory.hpp"
#include "board/watch/dma_watch.hpp"
#include "board/watch/instruction_text.hpp"
#include "chip/esp32c3/memory_map.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

namespace ferry::board::watch {

namespace {

constexpr unsigned return_address = 1, stack_pointer = 2;
// Callers are looked for so far from the top of the stack.
constexpr std::uint32_t kept_stack = 4096;

std::string name_of(const Transfer& transfer) {
  if (transfer.to_memory) return "memory";
  constexpr std::array<std::string_view, 9> names{"SPI2", "", "UHCI0", "I2S0", "", "", "AES", "SHA", "ADC"};
  const bool named = transfer.peripheral < names.size() && !names[transfer.peripheral].empty();
  return named ? std::string(names[transfer.peripheral])
               : "no peripheral (" + std::to_string(transfer.peripheral) + ")";
}

CallFrame frame_of(const Origin& origin) {
  CallFrame frame{.pc = origin.pc, .registers = origin.registers, .stack = {}};
  if (origin.stack) frame.stack = *origin.stack;
  return frame;
}

}  // namespace

Origin DmaWatch::here(std::uint32_t pc) const {
  Origin origin{.time = board_.cpu().now(), .pc = pc};
  for (unsigned number = 0; number < origin.registers.size(); ++number)
    origin.registers[number] = board_.cpu().register_value(number);
  const std::uint32_t top = origin.registers[stack_pointer];
  const auto memory = chip::memory_map::sram1_data;
  if (memory.contains(top)) {
    const std::uint32_t length = std::min(kept_stack, memory.end() - top);
    const std::byte* const bytes = board_.memory().readable(top, length);
    origin.stack = std::make_shared<const std::vector<std::byte>>(bytes, bytes + length);
  }
  return origin;
}

// What tells one line from another. Nothing where no line is known.
const std::string& DmaWatch::line_key(std::uint32_t pc) {
  const auto [entry, fresh] = lines_.try_emplace(pc);
  if (!fresh) return entry->second;
  const std::string line = source_.line(pc);
  if (!line.empty()) entry->second = source_.function(pc) + ' ' + line;
  return entry->second;
}

// The boot ROM's functions, and those of libraries, have no lines: there it is the line that calls.
const std::string& DmaWatch::key_at(std::uint32_t pc) {
  if (const std::string& line = line_key(pc); !line.empty()) return line;
  const Call call{pc, board_.cpu().register_value(return_address),
                  board_.cpu().register_value(stack_pointer)};
  const auto [entry, fresh] = calls_.try_emplace(call);
  if (fresh) entry->second = way_to(here(pc));
  return entry->second;
}

// The line of the instruction, or the first one among its callers. Not further: a driver may come to the same
// line by ways of its own. Where none has a line, the functions by their instructions.
std::string DmaWatch::way_to(const Origin& origin) {
  if (const std::string& line = line_key(origin.pc); !line.empty()) return line;
  std::string way = hex(origin.pc);
  for (const std::uint32_t pc : source_.callers(frame_of(origin))) {
    if (const std::string& line = line_key(pc); !line.empty()) return line;
    way += '\n' + hex(pc);
  }
  return way;
}

std::vector<Place> DmaWatch::places_of(const Origin& origin) const {
  std::vector<Place> places;
  const auto add = [&](std::uint32_t pc) {
    for (SourcePlace& place : source_.places(pc)) places.push_back({.pc = pc, .source = std::move(place)});
  };
  add(origin.pc);
  for (const std::uint32_t pc : source_.callers(frame_of(origin))) add(pc);
  // What the board answers of the boot ROM is in no file.
  for (Place& place : places)
    if (place.source.function.empty()) place.source.function = Board::rom_function(place.pc);
  // What LLVM's outliner cut out of several functions has no line of its own and belongs to who calls it.
  const auto is_outlined = [](const Place& place) {
    return place.source.file.empty() && place.source.function.starts_with("OUTLINED_FUNCTION_");
  };
  if (!std::ranges::all_of(places, is_outlined)) std::erase_if(places, is_outlined);
  return places;
}

std::string DmaWatch::instruction_at(std::uint32_t pc) const {
  const auto word = board_.memory().instruction_word(pc);
  return word ? instruction_text(*word) : std::string();
}

Finding DmaWatch::describe(Rule rule, const Transfer* transfer, const Touch& touch) const {
  const bool by_cpu = touch.act == Act::load || touch.act == Act::store;
  const bool by_program =
      touch.act != Act::engine_reads && touch.act != Act::engine_writes && touch.act != Act::descriptor;
  Finding finding{.rule = rule,
                  .access = {.act = touch.act,
                             .time = by_program ? touch.origin.time : board_.now(),
                             .instruction = by_cpu ? instruction_at(touch.origin.pc) : std::string(),
                             .address = touch.address,
                             .width = touch.width,
                             .places = places_of(touch.origin),
                             .under_way = by_program && touch.origin.pc == board_.cpu().pc() &&
                                          touch.origin.time == board_.cpu().now()}};
  if (transfer == nullptr) return finding;
  const std::size_t place = touch.piece.value_or(transfer->current);
  Finding::Owner owner{.channel = transfer->half.channel,
                       .direction = transfer->half.direction,
                       .peripheral = name_of(*transfer),
                       .started = transfer->start.time,
                       .places = places_of(transfer->start),
                       .descriptor_count = transfer->pieces.size(),
                       .bytes = transfer->bytes(),
                       .moved = transfer->moved()};
  if (transfer->stop) owner.stopped = transfer->stop->time;
  if (place < transfer->pieces.size()) {
    owner.descriptor = transfer->pieces[place].descriptor;
    owner.descriptor_number = place + 1;
    if (touch.byte) {
      std::uint64_t before = 0;
      for (std::size_t index = 0; index < place; ++index) before += transfer->pieces[index].length;
      finding.access.offset = before + *touch.byte;
      if (by_cpu) finding.access.moved = *touch.byte < transfer->pieces[place].moved;
    }
  }
  finding.transfer = std::move(owner);
  return finding;
}

bool DmaWatch::was_reported(const Transfer& transfer, Rule rule) const {
  return std::ranges::find(transfer.reported, rule, &std::pair<Rule, std::string>::first) !=
         transfer.reported.end();
}

bool DmaWatch::was_reported(const Transfer& transfer, Rule rule, const std::string& key) {
  return std::ranges::find(transfer.reported, std::pair(rule, key)) != transfer.reported.end();
}

// One finding is one rule, transfer and line. The same at the same two places is one bug, and counted.
void DmaWatch::report(Rule rule, Transfer* transfer, const Touch& touch) {
  const std::string key = way_to(touch.origin);
  std::string both = std::string(code_of(rule)) + '\n' + key;
  if (transfer != nullptr) {
    if (was_reported(*transfer, rule, key)) return;
    transfer->reported.emplace_back(rule, key);
    both += '\n' + std::to_string(transfer->half.index()) + '\n' + way_to(transfer->start);
  }
  if (const auto known = known_.find(both); known != known_.end()) {
    if (known->second < findings_.size()) {
      ++findings_[known->second].times;
    } else {
      ++suppressed_;
    }
    return;
  }
  Finding finding = describe(rule, transfer, touch);
  const auto suppression =
      std::ranges::find_if(suppressions_, [&](const Suppression& each) { return each.matches(finding); });
  if (suppression != suppressions_.end()) {
    ++suppression->used;
    ++suppressed_;
    known_[both] = static_cast<std::size_t>(-1);
    return;
  }
  known_[both] = findings_.size();
  findings_.push_back(std::move(finding));
  if (listener_) listener_(findings_.back());
}

void DmaWatch::report_unfinished() {
  for (Transfer& transfer : ownership_.take_unfinished()) report_addition(transfer);
}

void DmaWatch::report_addition(Transfer& transfer) { report_edit(transfer, *transfer.addition); }

// Of a descriptor that the engine had at hand: a frame has begun that goes by what was in it before.
void DmaWatch::report_late_edit(Half half) {
  Transfer* const transfer = ownership_.find(half);
  if (transfer == nullptr || !transfer->late_edit || transfer->ended) return;
  report_edit(*transfer, *std::exchange(transfer->late_edit, std::nullopt));
}

void DmaWatch::report_edit(Transfer& transfer, const Transfer::Addition& edit) {
  report(
      Rule::desc_edit, &transfer,
      {.act = Act::store, .origin = edit.origin, .address = edit.address, .width = 4, .piece = edit.piece});
}

}  // namespace ferry::board::watch
