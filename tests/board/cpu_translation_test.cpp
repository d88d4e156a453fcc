// Translated code does what the handlers do: the same values, at the same cycles, with the same interrupts.
#include "tests/board/cpu_machine.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <random>
#include <tuple>

namespace ferry::board {
namespace {

using namespace test;
using namespace test::assemble;

constexpr std::uint32_t vectors = code + 0x4000, data_size = 0x400;
constexpr std::uint32_t code_on_data_bus = code - 0x70'0000;
constexpr unsigned interrupt = 7;

// Registers that programs keep for themselves; all others are for arithmetic.
constexpr unsigned link = 1, outer_count = 3, inner_count = 4, code_base = 29, data_base = 30, device_at = 31;
constexpr std::uint32_t quiet = 0x80;  // of the device: a store takes back the interrupt

// A random program that loops for ever: nested loops, branches, calls, accesses of all kinds, code that
// changes.
class Generator {
 public:
  explicit Generator(std::uint32_t seed) : random_(seed) {}

  std::vector<std::uint16_t> program() {
    const std::size_t start = here();
    for (int part = 0; part < 6; ++part) {
      emit(addi(inner_count, 0, 2 + one_of(40)));
      const std::size_t loop = here();
      items(3 + one_of(10));
      emit(addi(inner_count, inner_count, -1));
      emit(branch(1, inner_count, 0, distance_to(loop)));
      items(one_of(5));
      if (one_of(2) == 0) call();
      if (one_of(3) == 0) change_code();
    }
    emit(addi(outer_count, outer_count, 1));
    emit(jal(0, distance_to(start)));
    for (const std::size_t place : calls_) {  // each calls a function of its own
      patch(place, jal(link, static_cast<int>(2 * (here() - place))));
      items(1 + one_of(6));
      emit(jalr(0, link, 0));
    }
    return code_;
  }

 private:
  int one_of(int count) { return static_cast<int>(random_() % static_cast<unsigned>(count)); }
  unsigned value() {
    constexpr std::array<unsigned, 18> values{2,  5,  6,  7,  8,  9,  10, 11, 12,
                                              13, 14, 15, 16, 17, 20, 24, 27, 28};
    return one_of(12) == 0 ? 0 : values[random_() % values.size()];
  }
  std::size_t here() const { return code_.size(); }
  int distance_to(std::size_t place) const {
    return 2 * (static_cast<int>(place) - static_cast<int>(here()));
  }
  void emit(std::uint32_t word) {
    code_.push_back(static_cast<std::uint16_t>(word));
    if ((word & 3) == 3) code_.push_back(static_cast<std::uint16_t>(word >> 16));
  }
  void patch(std::size_t place, std::uint32_t word) {
    code_[place] = static_cast<std::uint16_t>(word);
    code_[place + 1] = static_cast<std::uint16_t>(word >> 16);
  }
  void items(int count) {
    while (count-- > 0) item();
  }

  void item() {
    const unsigned destination = value(), source = value(), other = value();
    const auto three_bits = static_cast<std::uint32_t>(one_of(8));
    const int immediate = one_of(4096) - 2048;
    switch (one_of(14)) {
      case 0:
      case 1:  // add … and, with their twins
        emit(r(three_bits == 0 || three_bits == 5 ? 0x20 * static_cast<std::uint32_t>(one_of(2)) : 0,
               three_bits, destination, source, other));
        break;
      case 2:  // mul … remu
        emit(r(1, three_bits, destination, source, other));
        break;
      case 3:
      case 4:
        if (three_bits == 1 || three_bits == 5) {
          const int arithmetic = three_bits == 5 ? 0x400 * one_of(2) : 0;
          emit(i(0x13, three_bits, destination, source, one_of(32) | arithmetic));
        } else {
          emit(i(0x13, three_bits, destination, source, immediate));
        }
        break;
      case 5:
        emit(one_of(2) == 0 ? lui(destination, random_() & 0xFFFFF)
                            : auipc(destination, random_() & 0xFFFFF));
        break;
      case 6:
        emit(one_of(2) == 0 ? 0x8002 | 5 << 7 | 10 << 2    // c.mv t0, a0
                            : 0x0001 | 10 << 7 | 3 << 2);  // c.addi a0, 3
        break;
      case 7:
      case 8: {
        constexpr std::array<std::uint32_t, 5> loads{0, 1, 2, 4, 5};
        emit(load(loads[random_() % loads.size()], destination, offset(), data_base));
        break;
      }
      case 9:
        emit(store(three_bits % 3, source, offset(), data_base));
        break;
      case 10:
        if (one_of(3) == 0) {
          emit(one_of(2) == 0 ? lw(destination, 4 * one_of(8), device_at)
                              : sw(source, 4 * one_of(8), device_at));
        } else {  // at an address that was computed
          emit(i(0x13, 7, 28, source, 0x3FC));
          emit(add(28, 28, data_base));
          emit(one_of(2) == 0 ? lw(destination, 0, 28) : sw(other, 0, 28));
        }
        break;
      case 11:
      case 12: {  // over some others
        constexpr std::array<std::uint32_t, 6> conditions{0, 1, 4, 5, 6, 7};
        const std::size_t place = here();
        emit(nop);
        items(1 + one_of(4));
        patch(place, branch(conditions[random_() % conditions.size()], source, other,
                            static_cast<int>(2 * (here() - place))));
        break;
      }
      default:
        emit(one_of(2) == 0 ? csrrs(destination, csr::mpccr, 0) : fence);
        break;
    }
  }

  // Mostly aligned.
  int offset() { return one_of(6) == 0 ? one_of(static_cast<int>(data_size)) : 4 * one_of(data_size / 4); }

  void call() {
    calls_.push_back(here());
    emit(nop);
  }

  // Overwrites an addition with another one, and a word nobody executes, through the data bus.
  void change_code() {
    const int changed = 2 * static_cast<int>(here() + 16), skipped = changed - 4;
    constexpr std::uint32_t addition = addi(10, 10, 0);
    emit(slli(28, outer_count, 20));
    emit(lui(27, addition >> 12));
    emit(addi(27, 27, addition & 0xFFF));
    emit(add(28, 28, 27));
    emit(sw(28, changed - 2048, code_base));
    emit(sw(outer_count, skipped - 2048, code_base));
    emit(jal(0, 8));
    emit(nop);
    emit(addition);
  }

  std::mt19937 random_;
  std::vector<std::uint16_t> code_;
  std::vector<std::size_t> calls_;
};

// A machine in the middle of a busy world, of which it keeps a diary.
class Subject : public AccessWatcher, public StackFollower {
 public:
  Subject(const std::vector<std::uint16_t>& program, std::uint32_t seed, unsigned translate_after)
      : only_looks_(seed % 2 == 0), random_(seed) {
    machine.cpu.translate_after(translate_after);
    if (seed % 3 == 0) machine.cpu.tell_of_stacks(this);
    for (std::uint32_t index = 0; index < program.size(); ++index)
      machine.put_half(code + 2 * index, program[index]);
    // Counts interrupts in memory.
    machine.place({jal(0, 128 - 4 * static_cast<int>(interrupt))}, vectors + 4 * interrupt);
    machine.place({csrrw(28, csr::mscratch, 28), lw(28, -4, data_base), addi(28, 28, 1),
                   sw(28, -4, data_base), sw(28, quiet, device_at), csrrw(28, csr::mscratch, 28), mret},
                  vectors + 128);
    for (std::uint32_t offset = 0; offset < data_size; offset += 4)
      machine.put_word(data + offset, static_cast<std::uint32_t>(random_()));
    for (unsigned number = 1; number < 29; ++number)
      machine.cpu.set_register(number, static_cast<std::uint32_t>(random_()));
    machine.cpu.set_register(code_base, code_on_data_bus + 2048);
    machine.cpu.set_register(data_base, data);
    machine.cpu.set_register(device_at, device_base);
    machine.cpu.set_csr(csr::mtvec, vectors);
    machine.cpu.set_csr(csr::mstatus, 8);
    machine.cpu.set_csr(csr::mpcer, performance_event::cycle);
    machine.cpu.set_csr(csr::mpcmr, 1);
    machine.cpu.set_pc(code);
    machine.device.on_access = [this] {
      if (!machine.device.writes.empty() && machine.device.writes.back().offset == quiet)
        machine.cpu.set_interrupt(0);
      write_down();
    };
    expect_event();
  }

  void cpu_accesses(const BusAccess& access, std::optional<std::uint32_t> stored) override {
    diary.emplace_back(machine.cycles(), access.pc, access.address ^ (stored ? 1u : 0u));
  }

  bool only_looks() const override { return only_looks_; }
  void stack_moved(const StackMove& move) override {
    diary.emplace_back(machine.cycles(), move.pc, move.from ^ move.to);
  }
  void stack_put(std::uint32_t pointer, std::uint32_t pc) override {
    diary.emplace_back(machine.cycles(), pc, pointer);
  }

  using Line = std::tuple<std::uint64_t, std::uint32_t, std::uint32_t>;
  Machine machine;
  std::vector<Line> diary;

 private:
  void write_down() { diary.emplace_back(machine.cycles(), machine.cpu.pc(), machine.x(10)); }

  // An interrupt, or somebody begins or ends to watch some bytes, or what is called the stack pointer here.
  void happen() {
    write_down();
    const auto what = random_() % 5;
    if (what < 2) {
      machine.cpu.set_interrupt(interrupt);
    } else if (what == 2) {
      const auto limit = static_cast<std::uint32_t>(random_()) | 0xF000'0000;
      machine.cpu.follow_stack(random_() % 3 == 0 ? nullptr : this, limit);
    } else {
      const std::uint32_t offset = *Memory::offset(data) + static_cast<std::uint32_t>(random_() % data_size);
      const auto length = static_cast<std::uint32_t>(random_() % 100);
      machine.cpu.watches().set(*this, std::array{WatchedRange{.offset = offset,
                                                               .length = length,
                                                               .reads = random_() % 2 == 0,
                                                               .writes = random_() % 2 == 0}});
    }
    expect_event();
  }
  void expect_event() { event_.after((1 + random_() % 3000) * machine.clocks.cpu() + random_() % 100); }

  bool only_looks_;
  std::mt19937 random_;
  Event event_{machine.timeline, [this] { happen(); }};
};

void expect_same(Subject& a, Subject& b) {
  ASSERT_EQ(a.machine.cycles(), b.machine.cycles());
  ASSERT_EQ(a.machine.instructions(), b.machine.instructions());
  ASSERT_EQ(a.machine.cpu.pc(), b.machine.cpu.pc());
  for (unsigned number = 1; number < 32; ++number)
    ASSERT_EQ(a.machine.x(number), b.machine.x(number)) << number;
  ASSERT_EQ(a.diary, b.diary);
}

TEST(CpuTranslation, MakesNoDifference) {
  std::size_t translations = 0;
  std::uint64_t executed = 0;
  for (std::uint32_t seed = 0; seed < 300; ++seed) {
    SCOPED_TRACE(seed);
    const auto program = Generator(seed).program();
    Subject handled(program, seed, 0), soon(program, seed, 1), later(program, seed, 20);
    std::mt19937 random(seed);
    Time until = 0;
    for (int piece = 0; piece < 40; ++piece) {
      until += random() % 2000 * handled.machine.clocks.cpu() + random() % 1000;
      const std::uint32_t breakpoint = code + 2 * static_cast<std::uint32_t>(random() % program.size());
      const bool breaks = random() % 4 == 0;
      std::vector<StopReason> reasons;
      for (Subject* each : {&handled, &soon, &later}) {
        if (breaks) each->machine.cpu.set_breakpoint(breakpoint);
        reasons.push_back(each->machine.cpu.run(until));
        if (breaks) each->machine.cpu.remove_breakpoint(breakpoint);
      }
      ASSERT_EQ(reasons[0], reasons[1]);
      ASSERT_EQ(reasons[0], reasons[2]);
      expect_same(handled, soon);
      expect_same(handled, later);
      if (testing::Test::HasFatalFailure()) return;
    }
    for (std::uint32_t offset = 0; offset < data_size; offset += 4)
      ASSERT_EQ(handled.machine.word(data + offset), soon.machine.word(data + offset));
    translations += soon.machine.cpu.translations();
    executed += handled.machine.instructions();
  }
  EXPECT_GT(executed, 1'000'000u);
  if (Translator::create(code, 1) != nullptr) {
    EXPECT_GT(translations, 1000u) << "there is a translator for this computer";
  }
}

}  // namespace
}  // namespace ferry::board
