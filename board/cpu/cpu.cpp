#include "board/cpu/cpu.hpp"

#include "board/cpu/timing.hpp"
#include "chip/esp32c3/memory_map.hpp"

#include <algorithm>
#include <utility>

namespace ferry::board {

namespace map = chip::memory_map;

// Code runs from SRAM, flash and ROM through the instruction bus, and from RTC memory. Not from the data bus.
Cpu::Cpu(Bus& bus, Memory& memory, Timeline& timeline, Clocks& clocks, Observers& observers)
    : bus_(bus),
      memory_(memory),
      timeline_(timeline),
      clocks_(clocks),
      observers_(observers),
      regions_{CodeRegion{memory, map::sram0.start, Memory::sram_size, 0},
               CodeRegion{memory, map::rtc_fast.start, map::rtc_fast.size, Memory::rtc_offset},
               CodeRegion{memory, map::flash_instruction.start, map::flash_instruction.size,
                          Memory::window_offset},
               CodeRegion{memory, map::rom0.start, Memory::rom_size, Memory::rom_offset}},
      period_(clocks.cpu()) {
  memory.on_code_written(
      [this](std::uint32_t offset, std::uint32_t length) { code_written(offset, length); });
  clocks.on_change([this] { anchor(); },
                   [this] {
                     period_ = clocks_.cpu();
                     update_deadline();
                   });
}

void Cpu::reset(std::uint32_t pc) {
  if (waiting_) end_wait();
  idle_loops_.reset();
  registers_.fill(0);
  control_.reset();
  last_exception_ = {};
  set_pc(pc);
  redirected_ = true;
  update_deadline();
}

void Cpu::archive_state(StateArchive& archive) {
  archive(registers_, pc_, count_, control_, period_, anchor_time_, anchor_cycles_, run_until_, stop_, pause_,
          paused_, pending_exception_, redirected_, exit_code_, interrupt_line_, waiting_, waiting_since_,
          idle_, idle_cycles_, last_exception_, user_mode_noticed_);
  archive.derived(deadline_, slots_, code_start_, code_size_, region_,
                  regions_,  // decoded code follows memory
                  idle_loops_, rom_fault_, stack_follower_, stack_listener_, stack_limit_, highest_stack_);
  if (archive.restores()) {
    idle_loops_.reset();
    update_deadline();
  }
}

void Cpu::request_stop() {
  if (!stop_) stop_ = StopReason::requested;
  update_deadline();
}

void Cpu::set_pc(std::uint32_t pc) {
  idle_loops_.forget();
  pc_ = pc & ~1u;
  paused_ = false;
  pending_exception_.reset();
}

void Cpu::follow_stack(StackFollower* follower, std::uint32_t limit, std::uint32_t highest) {
  highest_stack_ = highest;
  stack_follower_ = follower;
  stack_limit_ = follower != nullptr ? limit : ~0u;
  if (follower != nullptr)
    for (CodeRegion& region : regions_) region.follow_stack(CodeRegion::Stack::raised);
}

void Cpu::tell_of_stacks(StackFollower* listener) {
  stack_listener_ = listener;
  if (listener != nullptr)
    for (CodeRegion& region : regions_) region.follow_stack(CodeRegion::Stack::put);
}

void Cpu::stack_moved(const Slot& slot, std::uint32_t from) {
  const std::uint32_t pointer = registers_[stack_pointer_register];
  if (stack_listener_ != nullptr && puts_stack(slot)) stack_listener_->stack_put(pointer, pc_);
  if (pointer <= stack_limit_ || from > highest_stack_) return update_deadline();  // which counts from here
  constexpr std::uint8_t last_short = 9, first_preserved = 18, last_preserved = 27;
  using enum Operation;
  const bool from_stack = slot.source == stack_pointer_register || slot.source == frame_pointer_register;
  const bool preserved = (slot.source >= frame_pointer_register && slot.source <= last_short) ||
                         (slot.source >= first_preserved && slot.source <= last_preserved);
  StackMove::How how = StackMove::How::other;
  if (slot.operation == addi && from_stack) how = StackMove::How::added;
  if (slot.operation == add && (from_stack || other_register(slot) == stack_pointer_register))
    how = StackMove::How::added;
  if (slot.operation == mv && preserved) how = StackMove::How::put_back;
  if (stack_follower_ != nullptr)
    stack_follower_->stack_moved({.from = from, .to = pointer, .pc = pc_, .how = how});
  update_deadline();
}

void Cpu::jump_stack(std::uint32_t pointer) {
  const std::uint32_t from = registers_[stack_pointer_register];
  set_register(stack_pointer_register, pointer);
  if (stack_listener_ != nullptr) stack_listener_->stack_put(pointer, pc_);
  if (stack_follower_ != nullptr && pointer > stack_limit_ && from <= highest_stack_)
    stack_follower_->stack_moved({.from = from, .to = pointer, .pc = pc_, .how = StackMove::How::other});
}

// Of what handlers leave to the CPU.
void Cpu::set_result(const Slot& slot, std::uint32_t value) {
  const std::uint32_t stack = registers_[stack_pointer_register];
  registers_[slot.destination] = value;
  if (slot.destination == stack_pointer_register) stack_moved(slot, stack);
}

void Cpu::set_interrupt(unsigned line) {
  interrupt_line_ = line;
  update_deadline();
}

void Cpu::set_register(unsigned number, std::uint32_t value) {
  idle_loops_.bring_up_registers();
  idle_loops_.forget();
  if (number != 0) registers_[number] = value;
}

bool Cpu::set_csr(std::uint32_t number, std::uint32_t value) {
  idle_loops_.forget();
  const bool written = control_.write(number, value, totals());
  update_deadline();
  return written;
}

Cpu::Counters Cpu::counters() const {
  const Time waited = waiting_ && timeline_.now() > waiting_since_ ? timeline_.now() - waiting_since_ : 0;
  return {.cycles = count_.cycles,
          .instructions = count_.instructions,
          .idle = idle_ + waited,
          .register_loads = bus_.register_loads(),
          .register_stores = bus_.register_stores()};
}

PerformanceCounter::Totals Cpu::totals() const {
  return {.cycles = count_.cycles, .instructions = count_.instructions, .idle_cycles = idle_cycles_};
}

// ---- Time

std::uint64_t Cpu::cycle_at(Time time) const {
  if (time == never) return ~std::uint64_t{0};
  if (time <= anchor_time_) return anchor_cycles_;
  return anchor_cycles_ + (time - anchor_time_ - 1) / period_ + 1;
}

void Cpu::update_deadline() {
  const bool at_once = stop_ || single_step_ || control_.performance().needs_every_instruction() ||
                       (interrupt_line_ != 0 && control_.interrupts_enabled());
  const std::uint64_t due = at_once ? 0 : cycle_at(std::min(timeline_.next(), run_until_));
  const std::uint64_t stretch = due > count_.cycles ? due - count_.cycles : 0;
  deadline_ = Progress::of_cycles(std::min(stretch, Progress::longest_stretch));
}

// The clock is about to change its period: what has passed is counted in the old one.
void Cpu::anchor() {
  if (waiting_) {
    const bool running = timeline_.now() > waiting_since_;
    const Time waited = running ? timeline_.now() - waiting_since_ : 0;
    idle_ += waited;
    idle_cycles_ += waited / period_;
    waiting_since_ += waited;
    anchor_time_ = waiting_since_;
  } else {
    anchor_time_ = time_at(count_.cycles);
  }
  anchor_cycles_ = count_.cycles;
}

// The CPU goes on at the first edge of its clock after what woke it.
void Cpu::end_wait() {
  const Time waited = timeline_.now() > waiting_since_ ? timeline_.now() - waiting_since_ : 0;
  const std::uint64_t cycles = (waited + period_ - 1) / period_;
  idle_ += cycles * period_;
  idle_cycles_ += cycles;
  anchor_time_ = waiting_since_ + cycles * period_;
  anchor_cycles_ = count_.cycles;
  waiting_ = false;
  observers_.tell(&Observer::cpu_waits, false);
}

// ---- Running

StopReason Cpu::run(Time until, bool ends_in_blocks) {
  run_until_ = until;
  bool resumes = std::exchange(paused_, false);
  if (resumes && pending_exception_) {
    enter_exception(*std::exchange(pending_exception_, std::nullopt));
    resumes = false;
  }
  for (;; resumes = false) {
    if (!resumes) {
      synchronize();
      if (stop_) return *std::exchange(stop_, std::nullopt);
      if (now() >= until) return StopReason::reached_time;
      if (waiting_) {
        if (const auto reason = wait(until)) return *reason;
        continue;
      }
      if (interrupt_line_ != 0 && control_.interrupts_enabled()) take_interrupt();
    }
    if (idle_loops_.wanted() && !resumes && idle_loops_.skip() == IdleLoops::Next::look) {
      // Somewhere in the loop, or behind it.
    } else if (ends_in_blocks || control_.performance().needs_every_instruction()) {
      execute_one(resumes);
    } else {
      update_deadline();
      execute(resumes);
    }
    if (pause_) {
      paused_ = true;
      show_time();
      return *std::exchange(pause_, std::nullopt);
    }
  }
}

// Who looks at the devices of a paused CPU finds them at its time. What is due amid the basic block waits for
// its end, as it would without the pause.
void Cpu::show_time() {
  const Time due = timeline_.next();
  if (due > now()) {
    synchronize();
  } else if (due > timeline_.now()) {
    timeline_.advance_to(due - 1);
  }
}

std::optional<StopReason> Cpu::step() {
  run_until_ = never;
  paused_ = false;
  synchronize();
  if (waiting_)
    if (const auto reason = wait(never)) return reason;
  if (interrupt_line_ != 0 && control_.interrupts_enabled()) {
    take_interrupt();
  } else {
    execute_one(true);
  }
  synchronize();
  if (pause_) {
    paused_ = true;
    return std::exchange(pause_, std::nullopt);
  }
  return std::exchange(stop_, std::nullopt);
}

// Goes from event to event until one wakes the CPU. Nothing means that it is awake.
std::optional<StopReason> Cpu::wait(Time until) {
  timeline_.advance_to(waiting_since_);
  if (waiting_ && interrupt_line_ == 0) observers_.tell(&Observer::cpu_waits, true);
  while (waiting_ && interrupt_line_ == 0) {
    if (stop_) return std::exchange(stop_, std::nullopt);
    const Time next = timeline_.next();
    if (next == never) return StopReason::deadlock;
    if (next > until) {
      timeline_.advance_to(until);
      return StopReason::reached_time;
    }
    timeline_.advance_to(next);
  }
  if (waiting_) end_wait();
  return std::nullopt;
}

// The slot at pc, in the region that becomes the current one; null when nothing can be fetched there.
Slot* Cpu::find_slot() {
  for (CodeRegion& region : regions_)
    if (region.contains(pc_)) {
      if (!memory_.fetchable(region.memory_offset() + pc_ - region.start())) return nullptr;
      region_ = &region;
      slots_ = region.first_slot();
      code_start_ = region.start();
      code_size_ = region.size();
      return region.slot_at(pc_);
    }
  return nullptr;
}

void Cpu::execute(bool passes_breakpoint) {
  Slot* slot = find_slot();
  if (slot == nullptr) return raise(1, pc_);
  if (!passes_breakpoint) return enter(slot, slot->run);
  if (slot->run == handlers::undecoded()) region_->decode_run(slot);
  enter(slot, region_->natural_handler(slot));
}

void Cpu::execute_one(bool passes_breakpoint) {
  Slot* slot = find_slot();
  if (slot == nullptr) return raise(1, pc_);
  if (slot->run == handlers::undecoded()) region_->decode_run(slot);
  if (slot->run == handlers::breakpoint() && !passes_breakpoint) return enter(slot, slot->run);
  const Slot executed = *slot;
  const std::uint32_t pc = pc_;
  const std::uint64_t retired = count_.instructions;
  execute_alone(slot);
  if (control_.performance().needs_every_instruction() && count_.instructions != retired)
    count_events(executed, pc);
}

// The slot must be decoded.
void Cpu::execute_alone(Slot* slot) {
  const Handler natural = region_->natural_handler(slot);
  const bool far = natural == handlers::far_transfer();
  single_step_ = true;
  update_deadline();
  enter(slot, far ? natural : region_->alone(*slot, true));
  single_step_ = false;
}

void Cpu::enter(const Slot* slot, Handler handler) {
  constexpr std::uint32_t sram1 = map::sram0.size;  // offset of what the fast path reaches
  const FastMemory memory{memory_.sram() + sram1, memory_.line_flags() + sram1 / Memory::line_size};
#if FERRY_TAIL_CALLS
  handler(*this, slot, Progress(), memory);
#else
  HandlerResult next = handler(*this, slot, Progress(), memory);
  while (next.slot != nullptr) next = next.slot->run(*this, next.slot, next.progress, memory);
#endif
}

void Cpu::count_events(const Slot& executed, std::uint32_t pc) {
  using namespace performance_event;
  const Operation operation = executed.operation;
  const bool transferred = pc_ != pc + 2u * executed.length;
  std::uint32_t raised = instruction;
  if (executed.length == 1) raised |= compressed;
  if (executed.stall != 0) raised |= load_hazard;
  if (is_load(operation)) raised |= load;
  if (is_store(operation)) raised |= store;
  if (is_branch(operation)) raised |= branch;
  if (is_branch(operation) && transferred) raised |= taken_branch | jump_hazard;
  if (is_jump(operation)) raised |= unconditional_jump | jump_hazard;
  control_.performance().count(raised);
}

bool Cpu::set_breakpoint(std::uint32_t pc) {
  const auto region =
      std::ranges::find_if(regions_, [pc](const CodeRegion& each) { return each.contains(pc); });
  if (region == regions_.end() || pc % 2 != 0) return false;
  idle_loops_.forget();
  region->set_breakpoint(pc);
  return true;
}

void Cpu::remove_breakpoint(std::uint32_t pc) {
  idle_loops_.forget();
  for (CodeRegion& region : regions_)
    if (region.contains(pc)) region.remove_breakpoint(pc);
}

void Cpu::translate_after(unsigned visits) {
  for (CodeRegion& region : regions_) region.translate_after(visits);
}

std::size_t Cpu::translations() const {
  std::size_t count = 0;
  for (const CodeRegion& region : regions_) count += region.translations();
  return count;
}

void Cpu::code_written(std::uint32_t offset, std::uint32_t length) {
  idle_loops_.forget();
  for (CodeRegion& region : regions_) region.invalidate(offset, length);
}

}  // namespace ferry::board
