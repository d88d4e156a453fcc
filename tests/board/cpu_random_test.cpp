// Random bytes as code: whatever they do, running and stepping do the same, and nothing else happens.
#include "tests/board/cpu_machine.hpp"

#include <gtest/gtest.h>

#include <random>

namespace ferry::board {
namespace {

using namespace test;
using namespace test::assemble;

constexpr std::uint32_t vectors = code + 0x2000, random_size = 0x1000;
constexpr std::uint32_t code_on_data_bus = code - 0x70'0000;

// Registers point to data, to the code itself on both buses, to a device, to RTC memory and nowhere, so that
// loads and stores meet all of them and much code is overwritten.
void set_up(Machine& machine, std::uint32_t seed) {
  std::mt19937 random(seed);
  for (std::uint32_t offset = 0; offset < random_size; offset += 2) {
    const auto half = static_cast<std::uint32_t>(random());
    machine.put_half(code + offset, half);
    machine.put_half(rtc + offset, half);
  }
  // Goes on two bytes behind what trapped.
  machine.place({csrrw(31, csr::mscratch, 31), csrrs(31, csr::mepc, 0), addi(31, 31, 2),
                 csrrw(0, csr::mepc, 31), csrrw(31, csr::mscratch, 31), mret},
                vectors);
  constexpr std::array<std::uint32_t, 7> bases{data,        code, code_on_data_bus, device_base, rtc,
                                               0x2000'0000, 0};
  for (unsigned number = 1; number < 32; ++number) {
    const std::uint32_t base = bases[random() % bases.size()];
    machine.cpu.set_register(number, base == 0 ? static_cast<std::uint32_t>(random())
                                               : base + static_cast<std::uint32_t>(random() % random_size));
  }
  machine.cpu.set_csr(csr::mtvec, vectors);
  machine.cpu.set_pc(seed % 2 == 0 ? code : rtc);
}

TEST(CpuRandom, RunningAndSteppingAgree) {
  std::uint64_t executed = 0;
  for (std::uint32_t seed = 0; seed < 400; ++seed) {
    SCOPED_TRACE(seed);
    Machine run, stepped;
    set_up(run, seed);
    set_up(stepped, seed);
    run.cpu.translate_after(seed % 4);
    // Short pieces, so that a difference shows near its cause.
    for (Time piece = 1; piece <= 20; ++piece) {
      const StopReason reason = run.cpu.run(piece * 100 * run.clocks.cpu());
      while (stepped.cycles() < run.cycles())
        if (stepped.cpu.step()) break;
      ASSERT_EQ(run.cycles(), stepped.cycles());
      ASSERT_EQ(run.instructions(), stepped.instructions());
      ASSERT_EQ(run.cpu.pc(), stepped.cpu.pc());
      for (unsigned number = 1; number < 32; ++number) ASSERT_EQ(run.x(number), stepped.x(number)) << number;
      if (reason != StopReason::reached_time) break;
    }
    ASSERT_EQ(run.device.writes, stepped.device.writes);
    for (std::uint32_t offset = 0; offset < random_size; offset += 4) {
      ASSERT_EQ(run.word(code + offset), stepped.word(code + offset));
      ASSERT_EQ(run.word(data + offset), stepped.word(data + offset));
      ASSERT_EQ(run.word(rtc + offset), stepped.word(rtc + offset));
    }
    executed += run.instructions();
  }
  EXPECT_GT(executed, 100'000u) << "most programs go on for a while";
}

}  // namespace
}  // namespace ferry::board
