// Random waiting loops, executed pass by pass and skipped: registers, memory, time, every counter, every
// store to a device and what callbacks see must be the same. Every program is made from its seed:
//
//     idle_random_test [--programs N] [--first SEED]
#include "tests/board/idle_machine.hpp"

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <random>
#include <string_view>

namespace ferry::board {
namespace {

using namespace test;
using namespace test::assemble;

unsigned programs = 150, first_seed = 1;

constexpr std::uint32_t vectors = code + 0x8000;
constexpr unsigned sp = 2, device = 8, timer = 9, scratch = 18, group = 19, in_handler = 31;
constexpr std::uint32_t flag_offset = 0x100, counted_offset = 0x180;

class Generator {
 public:
  explicit Generator(std::uint32_t seed) : random_(seed) {}

  unsigned below(unsigned limit) { return static_cast<unsigned>(random_() % limit); }
  bool chance(unsigned percent) { return below(100) < percent; }
  std::uint32_t word() { return static_cast<std::uint32_t>(random_()); }

  std::vector<std::uint16_t> program() {
    const unsigned functions = 1 + below(3);
    const std::size_t over = size();
    emit(jal(0, 0));
    for (unsigned index = 0; index < functions; ++index) function();
    patch_jump(over);
    const std::size_t start = size();
    const bool comes_again = chance(60);
    const unsigned loops = comes_again ? 1 + below(3) : 3 + below(6);
    for (unsigned index = 0; index < loops; ++index) {
      const unsigned changes = comes_again ? 1 + below(3) : 0;
      for (unsigned count = 0; count < changes; ++count) change();
      loop();
    }
    emit(jal(0, static_cast<int>(2 * start) - static_cast<int>(2 * size())));
    return halves_;
  }

 private:
  static constexpr std::array<unsigned, 12> temporaries{5, 6, 7, 10, 11, 12, 13, 14, 15, 28, 29, 30};

  std::size_t size() const { return halves_.size(); }
  void emit(std::uint32_t instruction) {
    halves_.push_back(static_cast<std::uint16_t>(instruction));
    halves_.push_back(static_cast<std::uint16_t>(instruction >> 16));
    if (chance(4)) halves_.push_back(0x0001);  // c.nop, so that what follows lies elsewhere
  }
  unsigned temporary() { return temporaries[below(temporaries.size())]; }
  unsigned constant() { return 20 + below(8); }
  unsigned any() { return chance(70) ? temporary() : constant(); }
  int small() { return static_cast<int>(below(64)) - 32; }

  void patch_jump(std::size_t place) {
    const std::uint32_t jump = jal(0, static_cast<int>(2 * (size() - place)));
    halves_[place] = static_cast<std::uint16_t>(jump);
    halves_[place + 1] = static_cast<std::uint16_t>(jump >> 16);
  }
  // A conditional way out of the loop: a branch over a jump that is patched when the loop's end is known.
  void leave_if(unsigned function, unsigned a, unsigned b) {
    const std::uint32_t inverse = branch(function ^ 1, a, b, 8);
    halves_.push_back(static_cast<std::uint16_t>(inverse));
    halves_.push_back(static_cast<std::uint16_t>(inverse >> 16));
    exits_.push_back(size());
    const std::uint32_t jump = jal(0, 0);
    halves_.push_back(static_cast<std::uint16_t>(jump));
    halves_.push_back(static_cast<std::uint16_t>(jump >> 16));
  }
  unsigned comparison() {
    constexpr std::array<unsigned, 6> functions{0, 1, 4, 5, 6, 7};
    return functions[below(6)];
  }

  void poll() {
    const unsigned value = temporary();
    const int offset = static_cast<int>(4 * below(8));
    const unsigned base = chance(60) ? device : scratch;
    const int place = base == device ? offset : static_cast<int>(flag_offset) + offset;
    if (chance(75)) {
      emit(lw(value, place, base));
    } else {
      emit(load(chance(50) ? 4 : 0, value, place + static_cast<int>(below(4)), base));
    }
    if (chance(60)) emit(i(0x13, 7, value, value, 1 << below(3)));
    leave_if(chance(80) ? 1 : 0, value, 0);
  }
  void count() {
    const unsigned counter = 16 + below(2);
    if (chance(20)) {
      emit(add(counter, counter, constant()));
    } else {
      emit(addi(counter, counter, chance(80) ? 1 + static_cast<int>(below(4)) : small()));
    }
    if (chance(70)) leave_if(comparison(), counter, constant());
  }
  void count_in_memory() {
    const unsigned value = temporary();
    const int place = static_cast<int>(counted_offset + 4 * below(4));
    emit(lw(value, place, scratch));
    emit(addi(value, value, 1 + static_cast<int>(below(3))));
    if (chance(90)) emit(sw(value, place, scratch));
    if (chance(60)) leave_if(comparison(), value, constant());
  }
  void count_cycles() {
    const unsigned value = temporary();
    emit(csrrs(value, chance(80) ? csr::mpccr : csr::upccr, 0));
    if (chance(70)) emit(r(0x20, 0, value, value, constant()));
    if (chance(30)) emit(i(0x13, 5, value, value, static_cast<int>(below(12))));
    leave_if(chance(60) ? 7 : comparison(), value, constant());
  }
  void ask_time() {
    const unsigned low = temporary(), high = temporary(), update = 27;
    const int unit = chance(85) ? 0 : 1;
    emit(sw(update, 4 + 4 * unit, timer));
    if (chance(85)) {
      const unsigned valid = temporary();
      emit(lw(valid, 4 + 4 * unit, timer));
      emit(slli(valid, valid, 2));  // VALUE_VALID to the sign
      halves_.push_back(0x0001);
      const std::size_t here = size();
      emit(branch(5, valid, 0, -2 * static_cast<int>(here - (last_load(here)))));
    }
    emit(lw(low, 0x44 + 8 * unit, timer));
    if (chance(60)) emit(lw(high, 0x40 + 8 * unit, timer));
    if (chance(30)) {
      const unsigned again = temporary();
      emit(lw(again, 0x44 + 8 * unit, timer));
      if (chance(50)) leave_if(1, again, low);
    }
    digest(low, high);
  }
  void ask_group() {
    const unsigned low = temporary(), high = temporary();
    emit(sw(27, 0x0C, group));
    emit(lw(low, 0x04, group));
    if (chance(50)) emit(lw(high, 0x08, group));
    digest(low, high);
  }
  // Makes something of a time and compares it.
  void digest(unsigned low, unsigned high) {
    if (chance(30)) emit(i(0x13, 5, low, low, static_cast<int>(1 + below(6))));  // srli
    if (chance(20)) {
      emit(slli(high, high, 28));
      emit(r(0, 6, low, low, high));  // or
    }
    if (chance(20)) emit(r(1, 5, low, low, constant()));  // divu
    if (chance(60)) emit(r(0x20, 0, low, low, constant()));
    if (chance(20)) {
      emit(r(0, 3, high, low, constant()));  // sltu
      leave_if(comparison(), high, 0);
    } else {
      leave_if(chance(60) ? 7 : comparison(), low, constant());
    }
  }
  std::size_t last_load(std::size_t here) const {
    // The load of VALUE_VALID: two instructions back, maybe with nops between.
    std::size_t place = here - 2;
    while (!((halves_[place] & 0x7F) == 0x03 && (halves_[place] & 0x7000) >> 12 == 2)) --place;
    return place;
  }
  // What a loop finds differs from what it found the last time.
  void change() {
    const unsigned value = constant();
    const int place = static_cast<int>(4 * below(4));
    switch (below(7)) {
      case 0:
        return emit(addi(value, value, small()));
      case 1:  // a deadline
        emit(sw(27, 4, timer));
        for (unsigned index = below(4); index > 0; --index) emit(addi(0, 0, 0));
        emit(lw(value, 0x44, timer));
        return emit(addi(value, value, static_cast<int>(16 * below(100))));
      case 2:
        return emit(sw(any(), static_cast<int>(counted_offset) + place, scratch));
      case 3:
        return emit(sw(chance(50) ? 0 : any(), static_cast<int>(flag_offset) + place, scratch));
      case 4:
        return emit(sw(chance(50) ? 0 : any(), static_cast<int>(set_word), device));
      case 5:
        return emit(csrrw(0, csr::mscratch, value));
      default:
        return emit(csrrw(0, csr::mpccr, chance(50) ? 0 : value));
    }
  }
  void compute() {
    constexpr std::array<std::uint32_t, 6> immediates{0, 2, 3, 4, 6, 7};
    switch (below(5)) {
      case 0:
        return emit(i(0x13, immediates[below(6)], temporary(), any(), small()));
      case 1:
        return emit(i(0x13, chance(50) ? 1 : 5, temporary(), any(), static_cast<int>(below(32))));
      case 2:
        return emit(i(0x13, 5, temporary(), any(), 0x400 | static_cast<int>(below(32))));
      case 3:
        return emit(r(chance(30) ? 1 : 0, below(8), temporary(), any(), chance(40) ? 16 + below(2) : any()));
      default:
        return emit(r(0x20, chance(70) ? 0 : 5, temporary(), any(), any()));
    }
  }
  void touch_memory() {
    const int place = static_cast<int>(0x200 + 4 * below(8));
    switch (below(4)) {
      case 0:
        return emit(sw(any(), place, scratch));
      case 1:
        return emit(sb(any(), place + static_cast<int>(below(4)), scratch));
      case 2:
        return emit(load(below(2), temporary(), place, scratch));
      default:
        return emit(lw(temporary(), place, scratch));
    }
  }
  void piece(unsigned depth) {
    switch (below(16)) {
      case 0:
      case 1:
      case 2:
        return poll();
      case 3:
      case 4:
        return count();
      case 5:
        return count_in_memory();
      case 6:
        return count_cycles();
      case 7:
      case 8:
        return ask_time();
      case 9:
        return ask_group();
      case 10:
      case 11:
        return compute();
      case 12:
        return touch_memory();
      case 13:
        if (!functions_.empty() && depth == 0) call();
        return;
      case 14:
        if (depth == 0) inner();
        return;
      default:
        if (chance(15))
          emit(sw(any(), 0x80, device));
        else if (chance(20))
          emit(csrrs(temporary(), chance(50) ? csr::mstatus : csr::mscratch, 0));
        else
          emit(lw(temporary(), static_cast<int>(0x20 + 4 * below(4)), device));
        return;
    }
  }
  void inner() {
    constexpr unsigned counter = 3;
    emit(addi(counter, 0, 1 + static_cast<int>(below(3))));
    const std::size_t start = size();
    piece(1);
    emit(addi(counter, counter, -1));
    emit(bne(counter, 0, 2 * static_cast<int>(start) - 2 * static_cast<int>(size())));
  }
  void call() {
    const std::size_t target = functions_[below(static_cast<unsigned>(functions_.size()))];
    emit(jal(1, 2 * static_cast<int>(target) - 2 * static_cast<int>(size())));
  }
  // Saves registers, looks at something, gives it back in a0.
  void function() {
    const std::size_t start = size();
    const std::size_t kept = exits_.size();
    emit(addi(sp, sp, -16));
    emit(sw(1, 12, sp));
    if (chance(60)) emit(sw(16, 8, sp));
    if (chance(40)) emit(sw(constant(), 4, sp));
    piece(1);
    for (std::size_t index = kept; index < exits_.size(); ++index) patch_jump(exits_[index]);
    exits_.resize(kept);
    emit(lw(1, 12, sp));
    emit(addi(sp, sp, 16));
    emit(jalr(0, 1, 0));
    functions_.push_back(start);
  }
  void loop() {
    exits_.clear();
    if (chance(50)) emit(addi(16, 0, small()));
    if (chance(50)) emit(addi(17, 0, small()));
    if (chance(30)) emit(csrrs(constant_of_time_, csr::mpccr, 0));
    const std::size_t start = size();
    if (chance(70)) poll();
    const unsigned pieces = chance(40) ? below(2) : 1 + below(4);
    for (unsigned index = 0; index < pieces; ++index) piece(0);
    const int back = 2 * static_cast<int>(start) - 2 * static_cast<int>(size());
    if (back > -4000 && chance(50)) {
      emit(branch(comparison(), any(), any(), back));
    } else {
      emit(jal(0, back));
    }
    for (const std::size_t place : exits_) patch_jump(place);
    exits_.clear();
    emit(sw(any(), 0x84, device));
    if (chance(30)) emit(sw(16, 0x88, device));
  }

  std::mt19937 random_;
  std::vector<std::uint16_t> halves_;
  std::vector<std::size_t> exits_, functions_;
  unsigned constant_of_time_ = 20;
};

constexpr Time total = 2 * millisecond;

void set_up(IdleMachine& machine, std::uint32_t seed) {
  Generator generator(seed);
  std::uint32_t address = code;
  for (const std::uint16_t half : generator.program()) {
    const std::array<std::byte, 2> bytes{std::byte(half), std::byte(half >> 8)};
    machine.memory.write(address, bytes);
    address += 2;
  }
  for (std::uint32_t line = 0; line < 32; ++line)
    machine.put_word(vectors + 4 * line, jal(0, static_cast<int>(0x100 - 4 * line)));
  address = vectors + 0x100;
  for (const std::uint32_t each :
       {lw(in_handler, flag_offset, scratch), addi(in_handler, in_handler, 1),
        sw(in_handler, flag_offset, scratch), sw(in_handler, acknowledge, device), mret}) {
    machine.put_word(address, each);
    address += 4;
  }
  for (std::uint32_t offset = 0; offset < 0x1000; offset += 4)
    machine.put_word(data + offset, generator.chance(80) ? 0 : generator.word() >> generator.below(32));

  constexpr std::array<Time, 5> periods{6'250, 12'500, 25'000, 50'000, 8'333};
  machine.clocks.set_cpu_and_apb(periods[generator.below(generator.chance(80) ? 2 : 5)], 12'500);
  for (unsigned number = 1; number < 32; ++number)
    machine.cpu.set_register(
        number, generator.chance(70) ? generator.below(100'000) : generator.word() >> generator.below(32));
  machine.cpu.set_register(sp, data + 0x800);
  machine.cpu.set_register(device, device_base);
  machine.cpu.set_register(timer, systimer_base);
  machine.cpu.set_register(scratch, data);
  machine.cpu.set_register(group, timg_base);
  machine.cpu.set_register(27, 1u << 30);  // UPDATE
  machine.systimer.write(0, 0x4600'0000 | (generator.chance(50) ? 1u << 29 : 0));
  machine.timg.write(0, 0xC000'0000 | (generator.chance(50) ? 2u : 80u) << 13);
  machine.cpu.set_csr(csr::mpcer, generator.chance(80) ? 1 : generator.below(8));
  machine.cpu.set_csr(csr::mpcmr, generator.chance(90) ? 1 : generator.below(4));
  machine.cpu.set_csr(csr::mtvec, vectors);
  machine.cpu.set_csr(csr::mstatus, generator.chance(70) ? ControlRegisters::mie : 0);
  machine.cpu.set_pc(code);

  // What comes from outside.
  const unsigned events = 5 + generator.below(60);
  for (unsigned index = 0; index < events; ++index) {
    const Time when = generator.word() % total;
    const std::uint32_t offset = 4 * generator.below(8), value = generator.below(16);
    const unsigned what = generator.below(20);
    machine.at(when, [&machine, offset, value, what] {
      if (what < 8)
        machine.device.words[offset / 4] = value;
      else if (what < 11)
        machine.put_word(data + flag_offset + offset, value);
      else if (what < 14)
        machine.cpu.set_interrupt(1 + value);
      else if (what == 14)
        machine.put_word(data + 0x7F0 + offset % 16, value);
      else if (what == 15)
        machine.put_word(data + counted_offset + offset % 16, value);
      else if (what == 16)
        machine.cpu.request_stop();
      else if (what == 17 && value == 0)
        machine.clocks.set_cpu_and_apb(12'500, 12'500);
      machine.log.push_back(machine.moment(what, what % 2 == 0));
    });
  }
  // Many events that change nothing the program sees, as a running transfer has them.
  if (generator.chance(50)) {
    const Time period = 700'000 + generator.below(6'000'000);
    for (Time when = period; when < total; when += period)
      machine.at(when, [&machine] { machine.device.words[63] ^= 1; });
  }
}

// What differs, in words; nothing when the two are the same.
std::string difference(const IdleMachine::Moment& a, const IdleMachine::Moment& b) {
  std::string text;
  const auto compare = [&text](const char* what, std::uint64_t first, std::uint64_t second) {
    if (first != second)
      text += std::string(what) + ' ' + std::to_string(first) + ", " + std::to_string(second) + "; ";
  };
  compare("time", a.time, b.time);
  compare("cycles", a.counters.cycles, b.counters.cycles);
  compare("instructions", a.counters.instructions, b.counters.instructions);
  compare("idle", a.counters.idle, b.counters.idle);
  compare("loads", a.counters.register_loads, b.counters.register_loads);
  compare("stores", a.counters.register_stores, b.counters.register_stores);
  compare("pc", a.pc, b.pc);
  compare("value", a.value, b.value);
  for (std::size_t index = 0; index < a.state.size(); ++index) {
    const std::string name =
        index < 32 ? "x" + std::to_string(index) : "word " + std::to_string(4 * (index - 32));
    compare(name.c_str(), a.state[index], b.state[index]);
  }
  return text;
}

TEST(IdleRandom, SkippingMakesNoDifference) {
  std::uint64_t executed = 0, skipped = 0, waits = 0, resumed = 0;
  for (unsigned seed = first_seed; seed < first_seed + programs; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    IdleMachine plain(false), skipping(true);
    set_up(plain, seed);
    set_up(skipping, seed);
    std::mt19937 random(seed);
    for (Time until = 0; until < total;) {
      until = std::min(total, until + 1 + random() % (random() % 4 == 0 ? 3'000'000 : 600'000'000));
      for (;;) {
        const StopReason reason = plain.cpu.run(until);
        ASSERT_EQ(skipping.cpu.run(until), reason);
        ASSERT_EQ(difference(plain.moment(0, true), skipping.moment(0, true)), "")
            << "at " << plain.timeline.now();
        if (reason != StopReason::requested) break;
      }
      ASSERT_EQ(plain.log.size(), skipping.log.size());
      if (::testing::Test::HasFailure()) return;
    }
    for (std::size_t index = 0; index < plain.log.size(); ++index)
      ASSERT_EQ(difference(plain.log[index], skipping.log[index]), "") << "at " << plain.log[index].time;
    executed += plain.cpu.counters().instructions;
    skipped += skipping.skipped();
    waits += skipping.cpu.skipped().waits;
    resumed += skipping.cpu.skipped().resumed;
  }
  std::printf(
      "seeds %u to %u: %llu instructions, %llu of them skipped in %llu waits, %llu of these resumed\n",
      first_seed, first_seed + programs - 1, static_cast<unsigned long long>(executed),
      static_cast<unsigned long long>(skipped), static_cast<unsigned long long>(waits),
      static_cast<unsigned long long>(resumed));
  EXPECT_GT(skipped, executed / 10) << "most of these programs wait";
  EXPECT_GT(resumed, waits / 4) << "and many do so again and again";
}

}  // namespace
}  // namespace ferry::board

int main(int argc, char** argv) {
  ::testing::InitGoogleTest(&argc, argv);
  for (int index = 1; index + 1 < argc; index += 2) {
    const std::string_view option = argv[index];
    const auto number = static_cast<unsigned>(std::strtoul(argv[index + 1], nullptr, 10));
    if (option == "--programs") ferry::board::programs = number;
    if (option == "--first") ferry::board::first_seed = number;
  }
  return RUN_ALL_TESTS();
}
