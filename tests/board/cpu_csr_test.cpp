#include "tests/board/cpu_machine.hpp"

#include <gtest/gtest.h>

#include <array>

namespace ferry::board {
namespace {

using namespace test;
using namespace test::assemble;

// Writes all ones and all zeros to a register and gives what it reads back.
std::array<std::uint32_t, 2> write_and_read(std::uint32_t number) {
  Machine machine;
  machine.load({csrrw(0, number, 10), csrrs(11, number, 0), csrrw(0, number, 0), csrrs(12, number, 0)});
  machine.cpu.set_register(10, ~0u);
  machine.step(4);
  EXPECT_EQ(machine.cpu.pc(), code + 16) << "no trap at CSR " << std::hex << number;
  return {machine.x(11), machine.x(12)};
}

using Values = std::array<std::uint32_t, 2>;

TEST(Csr, BitsThatExist) {
  EXPECT_EQ(write_and_read(csr::mstatus), (Values{0x0020'1888, 0x1800}))
      << "TW, MPP, MPIE, MIE; MPP stays machine";
  EXPECT_EQ(write_and_read(csr::misa), (Values{0x4010'1104, 0x4010'1104})) << "hardwired: RV32 I, M, C, U";
  EXPECT_EQ(write_and_read(csr::mtvec), (Values{0xFFFF'FF01, 1})) << "always vectored, 256 bytes aligned";
  EXPECT_EQ(write_and_read(csr::mscratch), (Values{~0u, 0}));
  EXPECT_EQ(write_and_read(csr::mepc), (Values{~1u, 0}));
  EXPECT_EQ(write_and_read(csr::mcause), (Values{~0u, 0}));
  EXPECT_EQ(write_and_read(csr::mtval), (Values{~0u, 0}));
  EXPECT_EQ(write_and_read(csr::mpcer), (Values{0x7FF, 0}));
  EXPECT_EQ(write_and_read(csr::mpcmr), (Values{3, 0}));
  EXPECT_EQ(write_and_read(csr::mpccr), (Values{~0u, 0}));
  EXPECT_EQ(write_and_read(csr::gpio_output_enable), (Values{0xFF, 0}));
  EXPECT_EQ(write_and_read(csr::gpio_output), (Values{0xFF, 0}));
}

TEST(Csr, ProtectionAndTriggerRegistersAreKept) {
  for (std::uint32_t index = 0; index < 4; ++index)
    EXPECT_EQ(write_and_read(csr::pmpcfg0 + index), (Values{~0u, 0}));
  for (std::uint32_t index = 0; index < 16; ++index)
    EXPECT_EQ(write_and_read(csr::pmpaddr0 + index), (Values{~0u, 0}));
  EXPECT_EQ(write_and_read(csr::tdata1), (Values{~0u, 0}));
  EXPECT_EQ(write_and_read(csr::tdata2), (Values{~0u, 0}));
  EXPECT_EQ(write_and_read(csr::tcontrol), (Values{~0u, 0}));
  EXPECT_EQ(write_and_read(csr::tselect), (Values{7, 0})) << "eight triggers";
}

TEST(Csr, EachTriggerHasItsOwnData) {
  Machine machine;
  machine.load({csrrwi(0, csr::tselect, 1), csrrwi(0, csr::tdata1, 11), csrrwi(0, csr::tselect, 2),
                csrrwi(0, csr::tdata1, 22), csrrwi(0, csr::tselect, 1), csrrs(10, csr::tdata1, 0)});
  machine.step(6);
  EXPECT_EQ(machine.x(10), 11u);
}

TEST(Csr, IdentifiesTheChip) {
  Machine machine;
  EXPECT_EQ(machine.cpu.csr(csr::mvendorid), 0x612u);
  EXPECT_EQ(machine.cpu.csr(csr::marchid), 0x8000'0001u);
  EXPECT_EQ(machine.cpu.csr(csr::mimpid), 1u);
  EXPECT_EQ(machine.cpu.csr(csr::mhartid), 0u);
}

TEST(Csr, UserViewsShowThePerformanceCounter) {
  Machine machine;
  machine.load({csrrwi(0, csr::mpcer, 5), csrrs(10, csr::upcer, 0), csrrwi(0, csr::upcmr, 2),
                csrrs(11, csr::mpcmr, 0), csrrwi(0, csr::upccr, 9), csrrs(12, csr::mpccr, 0)});
  machine.step(6);
  EXPECT_EQ(machine.x(10), 5u);
  EXPECT_EQ(machine.x(11), 2u);
  EXPECT_EQ(machine.x(12), 9u);
}

void expect_illegal(std::uint32_t instruction) {
  Machine machine;
  machine.load({instruction});
  machine.step();
  EXPECT_EQ(machine.cpu.csr(csr::mcause), 2u) << std::hex << instruction;
  EXPECT_EQ(machine.cpu.csr(csr::mtval), instruction);
  EXPECT_EQ(machine.instructions(), 0u);
}

TEST(Csr, UnknownRegistersAreIllegal) {
  // mie, mip, cycle, time, mcycle, mcounteren, medeleg, mideleg, dcsr, satp, fcsr: the chip has none of them.
  for (const std::uint32_t number :
       {0x304u, 0x344u, 0xC00u, 0xC01u, 0xB00u, 0x306u, 0x302u, 0x303u, 0x7B0u, 0x180u, 3u})
    expect_illegal(csrrs(10, number, 0));
}

TEST(Csr, WritingReadOnlyRegistersIsIllegal) {
  for (const std::uint32_t number :
       {csr::mvendorid, csr::marchid, csr::mimpid, csr::mhartid, csr::gpio_input}) {
    expect_illegal(csrrw(0, number, 10));
    expect_illegal(csrrsi(0, number, 1));
    expect_illegal(csrrs(0, number, 10));  // x10 is 0, but named: that counts as a write
    Machine machine;
    machine.load({csrrs(10, number, 0), csrrci(11, number, 0)});
    machine.step(2);
    EXPECT_EQ(machine.cpu.pc(), code + 8) << "reading is allowed";
  }
}

TEST(Csr, SwapSetAndClear) {
  Machine machine;
  machine.load({csrrwi(0, csr::mscratch, 0x1C), csrrs(10, csr::mscratch, 20), csrrc(11, csr::mscratch, 21),
                csrrsi(12, csr::mscratch, 1), csrrci(13, csr::mscratch, 0x10), csrrw(20, csr::mscratch, 20),
                csrrs(14, csr::mscratch, 0)});
  machine.cpu.set_register(20, 3);
  machine.cpu.set_register(21, 4);
  machine.step(7);
  EXPECT_EQ(machine.x(10), 0x1Cu);
  EXPECT_EQ(machine.x(11), 0x1Fu);
  EXPECT_EQ(machine.x(12), 0x1Bu);
  EXPECT_EQ(machine.x(13), 0x1Bu);
  EXPECT_EQ(machine.x(20), 0x0Bu) << "one register is both source and destination";
  EXPECT_EQ(machine.x(14), 3u);
}

struct Pins : DedicatedGpio {
  void set_output_enable(std::uint8_t value) override { enables = value; }
  void set_output(std::uint8_t value) override {
    levels = value;
    when = timeline->now();
  }
  std::uint8_t input() override { return 0xA5; }

  const Timeline* timeline = nullptr;
  std::uint8_t enables = 0, levels = 0;
  Time when = 0;
};

TEST(Csr, DedicatedGpioReachesItsPinsInTime) {
  Machine machine;
  Pins pins;
  pins.timeline = &machine.timeline;
  machine.cpu.set_dedicated_gpio(&pins);
  machine.load({csrrwi(0, csr::gpio_output_enable, 3), nop, nop, csrrsi(0, csr::gpio_output, 2),
                csrrs(10, csr::gpio_input, 0), csrrs(11, csr::gpio_output, 0), wfi});
  machine.cpu.run(never);
  EXPECT_EQ(pins.enables, 3u);
  EXPECT_EQ(pins.levels, 2u);
  EXPECT_EQ(pins.when, 3 * machine.clocks.cpu());
  EXPECT_EQ(machine.x(10), 0xA5u);
  EXPECT_EQ(machine.x(11), 2u);
}

}  // namespace
}  // namespace ferry::board
