// Random stores to all devices and loops that poll their registers: what a device declares steady must be, or
// skipping such a loop shows. Each program is made from its seed.
#include "board/board.hpp"
#include "board/bus.hpp"
#include "board/cpu/cpu.hpp"
#include "board/memory.hpp"
#include "tests/board/cpu_machine.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <random>

namespace ferry::board {
namespace {

using namespace test;
using namespace test::assemble;

constexpr Time total = 3 * millisecond;

class Generator {
 public:
  Generator(std::uint32_t seed, const std::vector<std::uint32_t>& registers)
      : random_(seed), registers_(registers) {}

  Image image() {
    // Opens all clocks and takes all resets away: SYSTEM.PERIP_CLK_EN0, EN1, RST_EN0, RST_EN1.
    for (const auto& [address, value] : {std::pair{0x600C'0010u, ~0u}, std::pair{0x600C'0014u, ~0u},
                                         std::pair{0x600C'0018u, 0u}, std::pair{0x600C'001Cu, 0u}})
      store(address, value);
    const unsigned loops = 2 + below(8);
    for (unsigned index = 0; index < loops; ++index) {
      const unsigned stores = below(12);
      // Several registers of one device in a row are more likely to set something in motion.
      const std::size_t around = below(static_cast<unsigned>(registers_.size()));
      for (unsigned count = 0; count < stores; ++count) {
        const std::size_t near = (around + below(40)) % registers_.size();
        store(registers_[below(3) == 0 ? below(static_cast<unsigned>(registers_.size())) : near], value());
      }
      poll(around);
    }
    emit(loop_forever);
    return {.entry = code,
            .segments = {{.address = code, .bytes = bytes_, .memory_size = size(), .executable = true}},
            .symbols = {}};
  }

 private:
  std::uint32_t size() const { return static_cast<std::uint32_t>(bytes_.size()); }
  unsigned below(unsigned limit) { return static_cast<unsigned>(random_() % limit); }
  std::uint32_t value() {
    const auto word = static_cast<std::uint32_t>(random_());
    switch (below(4)) {
      case 0:
        return 1u << below(32);
      case 1:
        return word >> below(32);
      case 2:
        return ~0u << below(32);
      default:
        return word & static_cast<std::uint32_t>(random_());
    }
  }
  void emit(std::uint32_t instruction) {
    for (unsigned index = 0; index < 4; ++index)
      bytes_.push_back(static_cast<std::byte>(instruction >> 8 * index));
  }
  void set(unsigned number, std::uint32_t value) {
    emit(lui(number, (value + 0x800) >> 12));
    emit(addi(number, number, static_cast<int>(value << 20) >> 20));
  }
  void store(std::uint32_t address, std::uint32_t value) {
    set(5, address);
    set(6, value);
    emit(sw(6, 0, 5));
  }
  // Reads up to three registers until a bit changes or a counter has come to its end; adds up what it saw.
  void poll(std::size_t around) {
    const unsigned count = 1 + below(3);
    for (unsigned index = 0; index < count; ++index)
      set(10 + index, registers_[(around + below(40)) % registers_.size()]);
    set(7, 50 + below(4'000));
    const std::uint32_t start = size();
    for (unsigned index = 0; index < count; ++index) emit(lw(20 + index, 0, 10 + index));
    emit(addi(7, 7, -1));
    emit(i(0x13, 7, 28, 20, 1 << below(11)));
    if (below(2) == 0) emit(bne(28, 0, 8));
    emit(bne(7, 0, static_cast<int>(start) - static_cast<int>(size())));
    for (unsigned index = 0; index < count; ++index) emit(add(29, 29, 20 + index));
  }

  std::mt19937 random_;
  const std::vector<std::uint32_t>& registers_;
  std::vector<std::byte> bytes_;
};

std::vector<std::uint32_t> all_registers(Board& board) {
  std::vector<std::uint32_t> addresses;
  Device* last = nullptr;
  std::uint32_t base = 0;
  for (std::uint32_t address = 0x6000'0000; address < 0x600D'0000; address += 0x100) {
    Device* const device = board.bus().device_at(address);
    if (device == last) continue;
    last = device;
    base = address;
    if (device == nullptr) continue;
    for (const chip::RegisterInfo& info : device->registers())
      for (std::uint32_t index = 0; index < info.count; ++index)
        addresses.push_back(base + info.offset + index * info.stride);
  }
  return addresses;
}

TEST(IdleDevices, WhatIsSaidToBeSteadyIs) {
  std::uint64_t skipped = 0;
  for (std::uint32_t seed = 1; seed <= 400; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Board plain({.skip_idle = false}), skipping;
    const std::vector<std::uint32_t> registers = all_registers(plain);
    ASSERT_GT(registers.size(), 500u);
    const Image image = Generator(seed, registers).image();
    for (Board* board : {&plain, &skipping}) {
      board->wire(4, 2);
      board->load(image);
    }
    for (Time until = 0; until < total;) {
      until += total / 3;
      const Board::Stop stop = plain.run_until(until);
      ASSERT_EQ(skipping.run_until(until), stop);
      const Counters a = plain.counters(), b = skipping.counters();
      ASSERT_EQ(plain.now(), skipping.now());
      ASSERT_EQ(a.cycles, b.cycles);
      ASSERT_EQ(a.instructions, b.instructions);
      ASSERT_EQ(a.register_loads, b.register_loads);
      ASSERT_EQ(a.interrupts, b.interrupts);
      ASSERT_EQ(a.dma_register_cycles, b.dma_register_cycles);
      ASSERT_EQ(a.dma_cycles, b.dma_cycles);
      ASSERT_EQ(plain.cpu().pc(), skipping.cpu().pc());
      for (unsigned number = 1; number < 32; ++number)
        ASSERT_EQ(plain.cpu().register_value(number), skipping.cpu().register_value(number)) << number;
      if (stop != Board::Stop::reached_time) break;
    }
    skipped += skipping.cpu().skipped().instructions;
  }
  std::printf("%llu instructions skipped\n", static_cast<unsigned long long>(skipped));
  EXPECT_GT(skipped, 1'000'000u);
}

}  // namespace
}  // namespace ferry::board
