#include "board/cpu/idle.hpp"

#include "board/cpu/cpu.hpp"

#include <algorithm>

namespace ferry::board {

bool IdleLoops::want(Place& place) {
  // Only who waits nowhere else meanwhile is to be looked at: one place in each loop is enough.
  if (place.passed >= place.needed && place.waits != statistics_.waits) {
    place.waits = statistics_.waits;
    place.passed = 0;
    if (!place.familiar) return false;
  }
  place_ = &place;
  wanted_ = allowed();
  return wanted_;
}

bool IdleLoops::allowed() const {
  return enabled_ && !cpu_.observers_.any(Topic::registers) && !cpu_.bus_.is_tampered() &&
         !cpu_.control_.performance().needs_every_instruction();
}

IdleLoops::Next IdleLoops::skip() {
  wanted_ = false;
  if (!allowed()) return Next::go_on;
  if (suspended_) {
    suspended_ = false;
    const bool here = known_ && cpu_.count_.cycles == suspended_cycles_ && cpu_.pc_ == check_->pc;
    return here && undisturbed() && loop_->copies_as_put() ? wait() : Next::go_on;
  }
  if (!resume()) {
    if (place_->passed < place_->needed) return Next::go_on;
    place_->passed = 0;
    const Recording recording = record();
    if (recording != Recording::proven) {
      known_ = false;
      place_->needed = std::min(2 * place_->needed, most_needed);
      place_->familiar = place_->familiar && place_->needed <= most_needed_again;
      return recording == Recording::at_check ? Next::look : Next::go_on;
    }
    if (!place_->familiar) place_->needed = needed_again;
    place_->familiar = true;
  }
  place_->passed = 0;
  start_ = {.cycles = cpu_.count_.cycles, .instructions = cpu_.count_.instructions};
  told_loads_ = told_stores_ = 0;
  told_.fill(0);
  place_->waits = ++statistics_.waits;
  return wait();
}

void IdleLoops::forget() {
  known_ = false;
  for (const auto& loop : loops_) loop->forget();
}

// ---- Proving

bool IdleLoops::resume() {
  for (const auto& loop : loops_) {
    if (!loop->is_known() || loop->head() != cpu_.pc_ || loop->period() != cpu_.period_) continue;
    if (!loop->resume()) continue;
    loop_ = loop.get();
    known_ = surveyed_ = true;
    ++statistics_.resumed;
    return true;
  }
  return false;
}

LoopRecord& IdleLoops::room_for_one() {
  const auto forgotten = std::ranges::find_if(loops_, [](const auto& loop) { return !loop->is_known(); });
  if (forgotten != loops_.end()) return **forgotten;
  if (loops_.size() < most_loops) return *loops_.emplace_back(std::make_unique<LoopRecord>(cpu_));
  oldest_ = (oldest_ + 1) % most_loops;
  return *loops_[oldest_];
}

IdleLoops::Recording IdleLoops::record() {
  LoopRecord* const before = loop_;
  const bool same_loop = surveyed_ && before->head() == cpu_.pc_ && before->period() == cpu_.period_;
  surveyed_ = false;
  loop_ = &room_for_one();
  if (same_loop) {
    if (loop_ != before) loop_->expect_as(*before);
    return prove();
  }
  loop_->begin_survey();
  const Recording recording = execute_pass(0);
  if (recording != Recording::proven) return recording;
  loop_->end_survey();
  return prove();
}

IdleLoops::Recording IdleLoops::prove() {
  known_ = true;  // unless somebody calls forget() meanwhile
  loop_->begin_proof();
  Recording recording = execute_pass(loop_->cycles());
  if (recording == Recording::proven && !(known_ && cpu_.period_ == loop_->period() && loop_->conclude()))
    recording = Recording::at_check;
  known_ = surveyed_ = recording == Recording::proven;
  if (!known_) loop_->forget();
  return recording;
}

// Executes from the head to the head: the first time it is reached in the rhythm of what the loop reads, or
// after `length` cycles if that is not 0. What happens between two instructions is what run() does there.
IdleLoops::Recording IdleLoops::execute_pass(std::uint64_t length) {
  constexpr unsigned longest_way_round = 1 << 11, longest_pass = 1 << 14;
  const std::uint64_t start = cpu_.count_.cycles;
  bool came_round = false;
  unsigned rounds = 0, most_rounds = 2;
  for (unsigned executed = 0; executed < (came_round ? longest_pass : longest_way_round); ++executed) {
    Slot* const slot = cpu_.find_slot();
    if (slot == nullptr) break;
    if (slot->run == handlers::undecoded()) cpu_.region_->decode_run(slot);
    if (slot->run == handlers::breakpoint() || !loop_->before(*slot, cpu_.pc_)) break;
    const Slot instruction = *slot;
    const std::uint64_t retired = cpu_.count_.instructions;
    cpu_.redirected_ = false;
    cpu_.execute_alone(slot);
    if (cpu_.count_.instructions != retired + 1 || cpu_.redirected_) return Recording::at_check;
    const bool follows = loop_->after(instruction);
    if (loop_->at_check()) {
      cpu_.synchronize();
      const bool interrupted = cpu_.interrupt_line_ != 0 && cpu_.control_.interrupts_enabled();
      if (cpu_.stop_ || cpu_.redirected_ || interrupted || cpu_.now() >= cpu_.run_until_)
        return Recording::at_check;
      const std::uint64_t passed = cpu_.count_.cycles - start;
      if (length != 0 && passed >= length)
        return follows && passed == length && cpu_.pc_ == loop_->head() ? Recording::proven
                                                                        : Recording::at_check;
      if (cpu_.pc_ == loop_->head()) {
        came_round = true;
        if (length == 0 && follows && loop_->in_rhythm()) return Recording::proven;
        // The rounds until the loop falls into its rhythm do not come back.
        if (length == 0 && ++rounds == most_rounds) {
          loop_->begin_survey();
          most_rounds *= 2;
          rounds = 0;
        }
      }
    }
    if (!follows) break;
  }
  return loop_->at_check() ? Recording::at_check : Recording::amid_block;
}

// ---- Waiting

// The CPU stands in a pass that repeats. Goes from event to event, as a CPU in wfi does, until one changes
// what the loop reads, or the loop ends by itself.
IdleLoops::Next IdleLoops::wait() {
  const std::vector<LoopRecord::Check>& checks = loop_->checks();
  const LoopRecord::Point& last = loop_->last_point();
  const std::uint64_t length = loop_->cycles();
  for (;;) {
    const Time next = cpu_.timeline_.next();
    const Time steady = loop_->steady_until();
    const Time limit = std::min({next, steady, cpu_.run_until_});
    if (limit == never && last.pass == PassLimit::none) return Next::go_on;  // an endless loop
    // When the CPU will know of it: at the first place where it looks, in the pass after so many whole ones.
    const std::uint64_t distance = cpu_.cycle_at(limit) - start_.cycles;
    const std::uint64_t whole = (distance - 1) / length, pass = loop_->first_pass() + whole;
    auto check = std::ranges::lower_bound(checks, distance - whole * length, {},
                                          [](const auto& each) { return each.cycles; });
    // An access that begins after the end of the run is still executed. What it reads is known.
    const bool run_ends = limit == cpu_.run_until_;
    const std::uint64_t pass_start = start_.cycles + whole * length;
    if (run_ends && check->before_access && std::min(next, steady) > cpu_.time_at(pass_start + check->cycles))
      ++check;
    if (pass > last.pass || (pass == last.pass && &*check > last.check)) {
      go_to(last.pass, *last.check);
      return leave();
    }
    go_to(pass, *check);
    if (limit < next) {
      if (run_ends && !check->before_access) {
        suspended_ = wanted_ = true;
        suspended_cycles_ = cpu_.count_.cycles;
      }
      return leave();
    }
    cpu_.redirected_ = false;
    cpu_.timeline_.advance_to(next);
    if (cpu_.redirected_) return Next::look;
    if (!undisturbed()) return leave();
  }
}

void IdleLoops::go_to(std::uint64_t pass, const LoopRecord::Check& check) {
  const LoopRecord::Check& end = loop_->checks().back();
  const std::uint64_t whole = pass - loop_->first_pass();
  pass_ = pass;
  check_ = &check;
  const std::uint64_t pass_start = start_.cycles + whole * loop_->cycles();
  const std::uint64_t instructions = start_.instructions + whole * loop_->instructions() + check.instructions;
  statistics_.instructions += instructions - cpu_.count_.instructions;
  cpu_.count_ = {.cycles = pass_start + check.cycles, .instructions = instructions};
  cpu_.pc_ = check.pc;
  behind_ = true;

  const std::uint64_t loads = whole * end.loads + check.loads, stores = whole * end.stores + check.stores;
  cpu_.bus_.count_repeated(loads - told_loads_, stores - told_stores_);
  told_loads_ = loads;
  told_stores_ = stores;
  for (std::size_t index = 0; index < loop_->blocks().size(); ++index) {
    const std::uint64_t accesses = whole * end.accesses[index] + check.accesses[index];
    if (accesses != told_[index])
      cpu_.observers_.tell(&Observer::register_accesses_repeated, loop_->blocks()[index],
                           accesses - told_[index]);
    told_[index] = accesses;
  }
  loop_->put_memory(pass, check);
  loop_->put_copies(pass, pass_start, check);
}

bool IdleLoops::undisturbed() const {
  const bool interrupted = cpu_.interrupt_line_ != 0 && cpu_.control_.interrupts_enabled();
  return known_ && !cpu_.stop_ && !interrupted && cpu_.period_ == loop_->period() && allowed() &&
         loop_->holds();
}

IdleLoops::Next IdleLoops::leave() {
  bring_up_registers();
  return check_->before_access ? Next::go_on : Next::look;
}

void IdleLoops::bring_up_registers() {
  if (!behind_) return;
  behind_ = false;
  loop_->put_registers(pass_, *check_, cpu_.registers_);
}

}  // namespace ferry::board
