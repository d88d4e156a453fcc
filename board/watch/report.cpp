// From what a rule is about to a finding in words.
#include "board/bus.hpp"
#include "board/cpu/abi_registers.hpp"
#include "board/cpu/cpu.hpp"
#include "board/memory.hpp"
#include "board/watch/dma_watch.hpp"
#include "board/watch/instruction_text.hpp"
#include "chip/esp32c3/memory_map.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace ferry::board::watch {

namespace {

std::string name_of(const Transfer& transfer) {
  if (transfer.to_memory) return "memory";
  constexpr std::array<std::string_view, 9> names{"SPI2", "", "UHCI0", "I2S0", "", "", "AES", "SHA", "ADC"};
  const bool named = transfer.peripheral < names.size() && !names[transfer.peripheral].empty();
  return named ? std::string(names[transfer.peripheral])
               : "no peripheral (" + std::to_string(transfer.peripheral) + ")";
}

}  // namespace

// At an instruction of the CPU that is under way.
Origin DmaWatch::here(std::uint32_t pc) {
  return {.time = board_.cpu().now(), .way = ways_.of(frame_at(pc))};
}

// With as much of the stack as callers are looked for in; with nothing of it when its pointer points nowhere.
CallFrame DmaWatch::frame_at(std::uint32_t pc) const {
  const auto memory = chip::memory_map::sram1_data;
  const auto registers = board_.cpu().registers();
  const std::uint32_t pointer = registers[stack_pointer_register];
  if (!memory.contains(pointer)) return {.pc = pc, .registers = registers, .stack = {}};
  const std::uint32_t length = std::min(stack_reach, memory.end() - pointer);
  return {.pc = pc, .registers = registers, .stack = {board_.memory().readable(pointer, length), length}};
}

std::string DmaWatch::instruction_at(std::uint32_t pc) const {
  const auto word = board_.memory().instruction_word(pc);
  return word ? instruction_text(*word) : std::string();
}

Finding DmaWatch::describe(Rule rule, const Transfer* transfer, const Touch& touch) {
  const bool by_cpu = touch.act == Act::load || touch.act == Act::store;
  const bool by_program =
      touch.act != Act::engine_reads && touch.act != Act::engine_writes && touch.act != Act::descriptor;
  Finding finding{.rule = rule,
                  .access = {.act = touch.act,
                             .time = by_program ? touch.origin.time : board_.now(),
                             .instruction = by_cpu ? instruction_at(touch.origin.way->pc) : std::string(),
                             .address = touch.address,
                             .width = touch.width,
                             .places = ways_.places(*touch.origin.way),
                             .under_way = by_program && touch.origin.way->pc == board_.cpu().pc() &&
                                          touch.origin.time == board_.cpu().now()}};
  if (transfer == nullptr) return finding;
  const std::size_t place = touch.piece.value_or(transfer->current);
  Finding::Owner owner{.channel = transfer->half.channel,
                       .direction = transfer->half.direction,
                       .peripheral = name_of(*transfer),
                       .started = transfer->start.time,
                       .places = ways_.places(*transfer->start.way),
                       .stopped = transfer->stop,
                       .descriptor_count = transfer->pieces.size(),
                       .bytes = transfer->bytes(),
                       .moved = transfer->moved()};
  if (place < transfer->pieces.size()) {
    owner.descriptor = transfer->pieces[place].descriptor;
    owner.descriptor_number = place + 1;
    if (touch.byte) {
      finding.access.offset = transfer->bytes(place) + *touch.byte;
      if (by_cpu) finding.access.moved = *touch.byte < transfer->pieces[place].moved;
    }
  }
  finding.transfer = std::move(owner);
  return finding;
}

// By an instruction of the CPU that is under way.
bool DmaWatch::was_told(const Transfer& transfer, Rule rule, std::uint32_t pc) {
  const std::uint32_t line = ways_.line_at(pc);
  if (line != 0 && transfer.has_reported(rule, line)) return true;
  if (line != 0 && transfer.suppressed.empty()) return false;
  return was_told(transfer, rule, ways_.numbers(*here(pc).way));
}

// A line is told of once, and what is suppressed by one way to it says nothing of the others.
bool DmaWatch::was_told(const Transfer& transfer, Rule rule, const Way::Numbers& way) {
  return transfer.has_reported(rule, way.line) || transfer.has_suppressed(rule, way.whole);
}

// One finding is one rule, transfer and line. The same by the same two ways is one bug, and counted.
void DmaWatch::report(Rule rule, Transfer* transfer, const Touch& touch) {
  const Way::Numbers way = ways_.numbers(*touch.origin.way);
  if (transfer != nullptr && was_told(*transfer, rule, way)) return;
  Bug bug{static_cast<std::uint32_t>(rule), way.line, way.whole};
  if (transfer != nullptr) {
    const Way::Numbers start = ways_.numbers(*transfer->start.way);
    bug[3] = transfer->half.index() + 1;
    bug[4] = start.line;
    bug[5] = start.whole;
  }
  const auto note = [&](bool unwanted) {
    if (transfer == nullptr) return;
    if (unwanted) {
      transfer->suppressed.emplace_back(rule, way.whole);
    } else {
      transfer->reported.emplace_back(rule, way.line);
    }
  };
  if (const auto known = known_.find(bug); known != known_.end()) {
    const bool unwanted = known->second == no_finding;
    note(unwanted);
    ++(unwanted ? suppressed_ : findings_[known->second].times);
    return;
  }
  Finding finding = describe(rule, transfer, touch);
  bool suppressed = false;
  for (Suppression& each : suppressions_) {
    if (!each.matches(finding)) continue;
    ++each.used;
    suppressed = true;
  }
  if (suppressed) {
    ++suppressed_;
    known_[bug] = no_finding;
    note(true);
    return;
  }
  known_[bug] = findings_.size();
  note(false);
  findings_.push_back(std::move(finding));
  if (listener_) listener_(findings_.back());
}

std::vector<std::string> DmaWatch::unused_suppressions() const {
  std::vector<std::string> lines;
  for (const Suppression& each : suppressions_)
    if (each.used == 0) lines.push_back(each.text());
  return lines;
}

void DmaWatch::report_unfinished() {
  for (Transfer& transfer : ownership_.take_unfinished()) report_additions(transfer);
}

void DmaWatch::report_additions(Transfer& transfer) {
  for (const Transfer::Addition& addition : transfer.additions) report_edit(transfer, addition);
}

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
