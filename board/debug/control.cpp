#include "board/debug/control.hpp"

#include "board/bus.hpp"
#include "board/cpu/csr.hpp"
#include "board/cpu/decode.hpp"
#include "board/memory.hpp"

#include <algorithm>
#include <utility>

namespace ferry::board::debug {

namespace {

// Of mtvec's table: exceptions have the first.
constexpr std::uint32_t trap_vectors = 32;

// Where an address lies, so that the two buses' addresses of one byte are recognised as the same. Registers
// have one address each; memory's offsets stay far below them.
std::uint32_t place_of(std::uint32_t address) { return Memory::offset(address).value_or(address); }

bool matches(WatchKind kind, bool write) {
  return kind == WatchKind::access || (kind == WatchKind::write) == write;
}

}  // namespace

Control::Control(Board& board) : board_(board) {}
Control::~Control() { remove_all(); }

bool Control::add_breakpoint(std::uint32_t pc) {
  if (breakpoints_.contains(pc)) return true;
  if (breakpoints_.size() >= most_breakpoints) return false;
  if (!board_.cpu().set_breakpoint(pc)) {
    if (!chip::memory_map::sram1_data.contains(pc)) return false;
    if (traps_.empty()) breaks_on_trap_ = board_.cpu().stops_at_exceptions();
    traps_.insert(pc);
    board_.cpu().stop_at_exceptions(true);
  }
  breakpoints_.insert(pc);
  return true;
}

bool Control::remove_breakpoint(std::uint32_t pc) {
  if (breakpoints_.erase(pc) == 0) return false;
  if (traps_.erase(pc) == 0) {
    board_.cpu().remove_breakpoint(pc);
  } else if (traps_.empty()) {
    board_.cpu().stop_at_exceptions(breaks_on_trap_);
  }
  return true;
}

bool Control::add_watchpoint(const Watchpoint& watchpoint) {
  const bool in_memory = Memory::offset(watchpoint.address, watchpoint.length).has_value();
  const bool in_registers = chip::memory_map::peripherals.contains(watchpoint.address, watchpoint.length);
  if (watchpoint.length == 0 || watchpoints_.size() >= most_watchpoints || !(in_memory || in_registers))
    return false;
  watchpoints_.push_back(watchpoint);
  observe();
  return true;
}

bool Control::remove_watchpoint(const Watchpoint& watchpoint) {
  const auto place = std::ranges::find(watchpoints_, watchpoint);
  if (place == watchpoints_.end()) return false;
  watchpoints_.erase(place);
  observe();
  return true;
}

void Control::remove_all() {
  end_step();
  while (!breakpoints_.empty()) remove_breakpoint(*breakpoints_.begin());
  watchpoints_.clear();
  observe();
}

// Tells the CPU and the devices what there is to report, and nothing more: the rest goes on at full speed.
void Control::observe() {
  std::vector<WatchedRange> ranges;
  unsigned topics = 0;
  for (const Watchpoint& watchpoint : watchpoints_) {
    const auto offset = Memory::offset(watchpoint.address, watchpoint.length);
    topics |= Observers::only(offset ? Topic::dma : Topic::registers);
    if (!offset) continue;
    ranges.push_back({.offset = *offset,
                      .length = watchpoint.length,
                      .reads = matches(watchpoint.kind, false),
                      .writes = matches(watchpoint.kind, true)});
  }
  board_.cpu().watches().set(*this, ranges);
  board_.observers().remove(*this);
  if (topics != 0) board_.observers().add(*this, topics);
}

void Control::cpu_accesses(const BusAccess& access, std::optional<std::uint32_t> stored) {
  check(access.address, access.width, stored.has_value(), false);
}

void Control::register_accessed(const RegisterAccess& access) {
  check(access.address & ~3u, 4, access.write, false);
}

void Control::dma_bytes(unsigned, DmaDirection direction, std::uint32_t address, std::uint32_t count) {
  check(address, count, direction == DmaDirection::in, true);
}

// The engine writes its verdict into the descriptor's first word; into one of a list out of memory only when
// asked to, and then it gives the descriptor back.
void Control::dma_descriptor_closed(const DmaDescriptorEvent& event) {
  constexpr std::uint32_t owned_by_dma = 1u << 31;
  if (event.direction == DmaDirection::out && (event.word0 & owned_by_dma) != 0) return;
  check(event.address, 4, true, true);
}

void Control::check(std::uint32_t address, std::uint32_t length, bool write, bool by_dma) {
  if (hit_) return;  // the run ends anyway, and the first one is the cause
  const std::uint32_t place = place_of(address);
  for (const Watchpoint& watchpoint : watchpoints_) {
    const std::uint32_t start = place_of(watchpoint.address);
    if (!matches(watchpoint.kind, write) || place >= start + watchpoint.length || start >= place + length)
      continue;
    hit_ = Stop{.why = Stop::Why::watchpoint,
                .watch = watchpoint.kind,
                .address = watchpoint.address + (place > start ? place - start : 0),
                .by_dma = by_dma};
    board_.request_stop();
    return;
  }
}

// A request ends the run right behind an access to registers and behind an answer of the boot ROM's, but only
// at the end of the block behind an access to memory.
void Control::draw_attention(std::string text, bool under_way) {
  if (hit_) return;
  hit_ = Stop{.why = Stop::Why::remark, .board = Board::Stop::requested, .text = std::move(text)};
  const Instruction instruction = instruction_at(board_.cpu().pc());
  const bool amid_block =
      under_way && !board_.bus().accessing() && instruction.operation != Operation::illegal;
  if (!amid_block || !stop_behind(instruction)) board_.request_stop();
}

// Behind the instruction at pc, which does not jump; or where a trap leads that comes between.
bool Control::stop_behind(const Instruction& instruction) {
  if (!stop_once_at(board_.cpu().pc() + instruction.length)) return false;
  for (std::uint32_t vector = 0; vector < trap_vectors; ++vector)
    (void)stop_once_at(trap_vector() + 4 * vector);
  return true;
}

// False for what cannot be reached either: fetching there is an exception.
bool Control::stop_once_at(std::uint32_t pc) {
  if (breakpoints_.contains(pc)) return true;
  if (!board_.cpu().set_breakpoint(pc)) return false;
  once_.push_back(pc);
  return true;
}

// ---- Steps

Instruction Control::instruction_at(std::uint32_t pc) {
  return decode(board_.memory().instruction_word(pc).value_or(0));
}

std::uint32_t Control::trap_vector() { return board_.cpu().csr(csr::mtvec).value_or(0) & ~0xFFu; }

bool Control::interrupts_enabled() {
  return (board_.cpu().csr(csr::mstatus).value_or(0) & ControlRegisters::mie) != 0;
}

// A step is a run to wherever the instruction can lead.
void Control::begin_step() {
  end_step();
  Cpu& cpu = board_.cpu();
  const std::uint32_t pc = cpu.pc();
  const Instruction instruction = instruction_at(pc);
  const auto distance = static_cast<std::uint32_t>(instruction.immediate);
  step_ = Step{.trap_vector = trap_vector(),
               .interruptible = interrupts_enabled() && instruction.operation < Operation::csrrw};
  (void)stop_once_at(pc + instruction.length);
  (void)stop_once_at(step_->trap_vector);
  if (is_branch(instruction.operation) || instruction.operation == Operation::jal) {
    (void)stop_once_at(pc + distance);
  } else if (instruction.operation == Operation::jalr) {
    (void)stop_once_at((cpu.register_value(instruction.source1) + distance) & ~1u);
  } else if (instruction.operation == Operation::mret) {
    (void)stop_once_at(cpu.csr(csr::mepc).value_or(0) & ~1u);
  }
}

void Control::end_step() {
  for (const std::uint32_t place : once_) board_.cpu().remove_breakpoint(place);
  once_.clear();
  step_.reset();
}

bool Control::inside_interrupt() {
  return step_->interruptible && board_.cpu().pc() != step_->trap_vector && !interrupts_enabled();
}

Stop Control::run_until(Time time) {
  for (;;) {
    const Board::Stop stop = board_.run_until(time);
    if (hit_) {
      end_step();
      return *std::exchange(hit_, std::nullopt);
    }
    switch (stop) {
      case Board::Stop::reached_time:
        return {};
      case Board::Stop::breakpoint: {
        const bool wanted = breakpoints_.contains(board_.cpu().pc());
        if (!wanted && step_ && inside_interrupt()) continue;
        const bool stepped = step_.has_value() && !wanted;
        end_step();
        return {.why = stepped ? Stop::Why::stepped : Stop::Why::breakpoint};
      }
      case Board::Stop::exception: {
        const bool wanted = traps_.contains(board_.cpu().pc());
        if (!wanted && !traps_.empty() && !breaks_on_trap_) continue;
        end_step();
        return {.why = wanted ? Stop::Why::breakpoint : Stop::Why::exception};
      }
      default:
        end_step();
        return {.why = Stop::Why::ended, .board = stop};
    }
  }
}

}  // namespace ferry::board::debug
