// Pads on an assembled board: those that RTC_CNTL holds, the straps, and those that CSR instructions reach.
#include "board/board.hpp"
#include "board/bus.hpp"
#include "board/cpu/cpu.hpp"

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace ferry::board {
namespace {

constexpr std::uint32_t out_w1ts = 0x6000'4008, out_w1tc = 0x6000'400C, enable_w1ts = 0x6000'4024,
                        enable_w1tc = 0x6000'4028, gpio_in = 0x6000'403C;
constexpr std::uint32_t out_select(unsigned pin) { return 0x6000'4554 + 4 * pin; }
constexpr std::uint32_t in_select(unsigned signal) { return 0x6000'4154 + 4 * signal; }
constexpr std::uint32_t mux(unsigned pin) { return 0x6000'9004 + 4 * pin; }
constexpr std::uint32_t fun_wpu = 1 << 8, fun_ie = 1 << 9, function_gpio = 1 << 12, from_matrix = 1 << 6;
constexpr std::uint32_t options0 = 0x6000'8000, pwc = 0x6000'8084, dig_iso = 0x6000'808C,
                        pad_hold = 0x6000'80D0, dig_pad_hold = 0x6000'80D4;

constexpr std::uint32_t jump_to_itself = 0x6F;

struct PadHold : ::testing::Test {
  std::uint32_t load(std::uint32_t address) { return board.bus().load({address, 4, 0}).value; }
  void store(std::uint32_t address, std::uint32_t value) { board.bus().store({address, 4, 0}, value); }
  void set_high(unsigned pin) {
    store(mux(pin), function_gpio | fun_ie);
    store(out_w1ts, 1u << pin);
    store(enable_w1ts, 1u << pin);
  }
  // Starts these instructions.
  void run(std::initializer_list<std::uint32_t> code) {
    constexpr std::uint32_t start = 0x4038'0000;
    Segment segment{.address = start, .bytes = {}, .memory_size = 0, .executable = true};
    for (const std::uint32_t word : code)
      for (unsigned shift = 0; shift < 32; shift += 8)
        segment.bytes.push_back(static_cast<std::byte>(word >> shift));
    segment.memory_size = static_cast<std::uint32_t>(segment.bytes.size());
    board.load({.entry = start, .segments = {segment}, .symbols = {}});
    board.run_for(microsecond);
  }

  Board board{{.flash_boot = false}};
};

TEST_F(PadHold, KeepsLevelAndEnableOfAPad) {
  set_high(3);
  store(pad_hold, 1u << 3);
  store(out_w1tc, 1u << 3);
  store(enable_w1tc, 1u << 3);
  store(out_select(3), 63);
  EXPECT_TRUE(board.pins().level(3));
  EXPECT_EQ(load(gpio_in) >> 3 & 1, 1u);
  store(pad_hold, 0);
  EXPECT_FALSE(board.pins().level(3));
}

TEST_F(PadHold, KeepsPullsAndInputs) {
  store(mux(7), function_gpio | fun_ie | fun_wpu);
  store(dig_pad_hold, 1u << 7);
  store(mux(7), function_gpio);
  EXPECT_TRUE(board.pins().level(7));
  EXPECT_EQ(load(gpio_in) >> 7 & 1, 1u);
  store(dig_pad_hold, 0);
  EXPECT_FALSE(board.pins().level(7));
  EXPECT_EQ(load(gpio_in) >> 7 & 1, 0u);
}

TEST_F(PadHold, EachRegisterHasItsPads) {
  set_high(3);
  set_high(7);
  store(pad_hold, 1u << 7);
  store(dig_pad_hold, 1u << 3);
  store(out_w1tc, 1u << 3 | 1u << 7);
  EXPECT_FALSE(board.pins().level(3));
  EXPECT_FALSE(board.pins().level(7));
}

TEST_F(PadHold, GroupsAreHeldAsAWhole) {
  set_high(3);
  set_high(7);
  store(pwc, load(pwc) | 1u << 21);
  store(dig_iso, (load(dig_iso) & ~(1u << 14)) | 1u << 15);
  store(out_w1tc, 1u << 3 | 1u << 7);
  EXPECT_TRUE(board.pins().level(3));
  EXPECT_TRUE(board.pins().level(7));
  store(dig_iso, load(dig_iso) | 1u << 14);
  EXPECT_TRUE(board.pins().level(3));
  EXPECT_FALSE(board.pins().level(7)) << "DG_PAD_FORCE_UNHOLD wins";
}

TEST_F(PadHold, OutlastsAResetOfTheCoreAndNotOneOfTheChip) {
  set_high(3);
  store(pad_hold, 1u << 3);
  store(options0, load(options0) | 1u << 31);  // SW_SYS_RST
  EXPECT_EQ(load(out_select(3)), 0x80u);
  EXPECT_TRUE(board.pins().level(3));
  board.reset();
  EXPECT_FALSE(board.pins().level(3));
}

// ---- Straps

struct Straps : PadHold {
  static constexpr std::uint32_t strap = 0x6000'4038;
  void run_a_little() { run({jump_to_itself}); }
};

TEST_F(Straps, OpenTheySayBootFromFlash) {
  run_a_little();
  EXPECT_EQ(load(strap), 0xCu);
}

TEST_F(Straps, AreLatchedWhenTheRunBegins) {
  board.pins().drive_from_outside(9, false);
  board.pins().drive_from_outside(2, true);
  run_a_little();
  EXPECT_EQ(load(strap), 0x5u);
  board.pins().drive_from_outside(9, true);
  run_a_little();
  EXPECT_EQ(load(strap), 0x5u);
}

TEST_F(Straps, AreLatchedAgainByAResetOfTheChipAndNotOfTheCore) {
  run_a_little();
  board.pins().drive_from_outside(8, false);
  store(options0, load(options0) | 1u << 31);  // SW_SYS_RST
  EXPECT_EQ(load(strap), 0xCu);
  board.reset();
  EXPECT_EQ(load(strap), 0x8u);
}

// ---- Circles through the matrix

struct Notes final : Observer {
  void notice(std::string_view line) override { lines.emplace_back(line); }
  std::vector<std::string> lines;
};

struct Circle : PadHold {
  Circle() { board.observers().add(notes, 0); }
  void expect_one_note() const {
    EXPECT_EQ(notes.lines.size(), 1u);
    for (const std::string& line : notes.lines)
      EXPECT_TRUE(line.starts_with("pins change one another's levels without end")) << line;
  }

  static constexpr std::uint32_t inverted = 1 << 8;  // of FUNCn_OUT_SEL_CFG: OUT_INV_SEL
  Notes notes;
};

TEST_F(Circle, OfOnePadIsCutShort) {
  store(mux(0), function_gpio | fun_ie);
  store(in_select(97), from_matrix | 0);
  store(out_select(0), 97 | inverted);
  store(enable_w1ts, 1);
  expect_one_note();
  EXPECT_EQ(load(gpio_in) & 1, board.pins().level(0) ? 1u : 0u);
  // The run goes on, and the pad can be used again.
  run({jump_to_itself});
  store(out_select(0), 128);
  store(out_w1ts, 1);
  store(enable_w1ts, 1);
  EXPECT_TRUE(board.pins().level(0));
  expect_one_note();
}

TEST_F(Circle, OverAWireIsCutShort) {
  board.wire(0, 1);
  store(mux(0), function_gpio);
  store(mux(1), function_gpio | fun_ie);
  store(in_select(97), from_matrix | 1);
  store(out_select(0), 97 | inverted);
  expect_one_note();
  EXPECT_EQ(board.pins().level(0), board.pins().level(1));
}

// What a slave sends selects it.
TEST_F(Circle, OfASlavesDataAndItsSelectIsCutShort) {
  constexpr std::uint32_t system_clocks = 0x600C'0010, spi2 = 0x6002'4000, fspiq = 64, fspics0 = 68;
  store(system_clocks, load(system_clocks) | 1 << 6);
  store(spi2 + 0xE8, 1);                      // CLK_GATE
  store(spi2 + 0xE0, 1 << 26);                // SLAVE.MODE
  store(spi2 + 0x10, 1 | 1 << 27 | 1 << 28);  // USER: full duplex, MOSI and MISO
  for (unsigned word = 0; word < 16; ++word) store(spi2 + 0x98 + 4 * word, 0xFFFF'FFFF);
  store(spi2, 1 << 24);  // CMD.USR
  store(mux(0), function_gpio | fun_ie | fun_wpu);
  store(in_select(fspics0), from_matrix | 0);
  store(out_select(0), fspiq);
  board.run_for(microsecond);
  store(mux(0), function_gpio | fun_ie);
  board.run_for(microsecond);
  expect_one_note();
}

// ---- The CPU's own pads

// csrrwi x0, csr, value
constexpr std::uint32_t csr_write(std::uint32_t csr, std::uint32_t value) {
  return csr << 20 | value << 15 | 5u << 12 | 0x73;
}
constexpr std::uint32_t output_enable = 0x803, input = 0x804, output = 0x805;
constexpr unsigned cpu_gpio = 28;

using DedicatedGpioTest = PadHold;

TEST_F(DedicatedGpioTest, DrivesPadsThroughTheMatrix) {
  for (const unsigned pin : {0u, 1u}) {
    store(mux(pin), function_gpio);
    store(out_select(pin), cpu_gpio + pin);
  }
  run({csr_write(output, 3), csr_write(output_enable, 2), jump_to_itself});
  EXPECT_FALSE(board.pins().level(0)) << "not enabled";
  EXPECT_TRUE(board.pins().level(1));
  run({csr_write(output_enable, 2), jump_to_itself});
  EXPECT_FALSE(board.pins().level(1)) << "the CPU's reset takes the output back";
}

TEST_F(DedicatedGpioTest, ReadsPadsThroughTheMatrix) {
  store(mux(5), function_gpio | fun_ie);
  store(in_select(cpu_gpio + 7), from_matrix | 5);
  board.pins().drive_from_outside(5, true);
  // csrr x5, input
  run({input << 20 | 2u << 12 | 5u << 7 | 0x73, jump_to_itself});
  EXPECT_EQ(board.cpu().register_value(5), 0x80u);
}

}  // namespace
}  // namespace ferry::board
