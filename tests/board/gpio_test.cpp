#include "board/devices/gpio/gpio.hpp"

#include "board/devices/io_mux/io_mux.hpp"
#include "tests/board/peripheral_rig.hpp"

namespace ferry::board {
namespace {

// Offsets from the manual, chapter 5.
constexpr std::uint32_t out = 0x04, out_w1ts = 0x08, out_w1tc = 0x0C, enable = 0x20, enable_w1ts = 0x24,
                        enable_w1tc = 0x28, strap = 0x38, in = 0x3C, status = 0x44, status_w1ts = 0x48,
                        status_w1tc = 0x4C, pcpu_int = 0x5C, pcpu_nmi_int = 0x60, status_next = 0x14C;
constexpr std::uint32_t pin_register(unsigned pin) { return 0x74 + 4 * pin; }
constexpr std::uint32_t in_select(unsigned signal) { return 0x154 + 4 * signal; }
constexpr std::uint32_t out_select(unsigned pin) { return 0x554 + 4 * pin; }
// PINn: INT_TYPE in bits 9:7, INT_ENA bit 13 to the CPU, bit 14 to the NMI; PAD_DRIVER bit 2.
constexpr std::uint32_t type(unsigned code) { return code << 7; }
constexpr std::uint32_t to_cpu = 1 << 13, to_nmi = 1 << 14, open_drain = 1 << 2;
constexpr unsigned rising = 1, falling = 2, both = 3, low = 4, high = 5;
constexpr unsigned gpio_source = 16, gpio_nmi_source = 17;
// FUNCn_IN_SEL_CFG: IN_SEL 4:0, IN_INV_SEL 5, SIG_IN_SEL 6. FUNCn_OUT_SEL_CFG: INV 8, OEN_SEL 9, OEN_INV 10.
constexpr std::uint32_t from_matrix = 1 << 6, in_inverted = 1 << 5, out_inverted = 1 << 8,
                        enable_from_gpio = 1 << 9, enable_inverted = 1 << 10;
// Signals of the matrix.
constexpr std::uint32_t fspiclk = 63, fspiq = 64, fspid = 65;
// IO_MUX.
constexpr std::uint32_t mux(unsigned pin) { return 0x04 + 4 * pin; }
constexpr std::uint32_t fun_ie = 1 << 9, fun_wpu = 1 << 8, function_gpio = 1 << 12, function_fspi = 2 << 12;

struct GpioTest : ::testing::Test, Bench {
  Pins pins{observers};
  Routing routing{pins};
  IoMux io_mux{routing, observers};
  Gpio gpio{pins, routing, lines, observers};
};

TEST_F(GpioTest, ResetValues) {
  std::vector<Word> words{{0x00, 0},     {out, 0},          {out_w1ts, 0},    {out_w1tc, 0},
                          {0x1C, 0},     {enable, 0},       {enable_w1ts, 0}, {enable_w1tc, 0},
                          {strap, 0xC},  {status, 0},       {status_w1ts, 0}, {status_w1tc, 0},
                          {pcpu_int, 0}, {pcpu_nmi_int, 0}, {0x64, 0},        {status_next, 0},
                          {0x62C, 1},    {0x6FC, 0x2006130}};
  // Pulled up by IO_MUX's reset values, and with their input on: 9, 12 to 17, 20.
  words.emplace_back(in, 1u << 9 | 0x3Fu << 12 | 1u << 20);
  append(words, 0x74, 26, 0);
  append(words, 0x154, 128, 0);
  append(words, 0x554, 26, 0x80);
  expect_registers(gpio, words);
}

TEST_F(GpioTest, OutIsSetAndClearedBitByBit) {
  gpio.write(out, 0x0F);
  gpio.write(out_w1ts, 0x30);
  EXPECT_EQ(gpio.read(out), 0x3Fu);
  gpio.write(out_w1tc, 0x03);
  EXPECT_EQ(gpio.read(out), 0x3Cu);
  EXPECT_EQ(gpio.read(out_w1ts), 0u);
  EXPECT_EQ(gpio.read(out_w1tc), 0u);
  gpio.write(enable, 0x10);
  gpio.write(enable_w1ts, 0x01);
  gpio.write(enable_w1tc, 0x10);
  EXPECT_EQ(gpio.read(enable), 0x01u);
  gpio.write(out, 0xFFFF'FFFF);
  EXPECT_EQ(gpio.read(out), 0x03FF'FFFFu) << "26 bits";
}

TEST_F(GpioTest, APadNeedsOutAndEnable) {
  gpio.write(out_w1ts, 1u << 8);
  EXPECT_FALSE(pins.level(8));
  gpio.write(enable_w1ts, 1u << 8);
  EXPECT_TRUE(pins.level(8));
  EXPECT_EQ(gpio.read(in) >> 8 & 1, 1u) << "GPIO8's input buffer is on after reset";
  gpio.write(out_w1tc, 1u << 8);
  EXPECT_FALSE(pins.level(8));
}

TEST_F(GpioTest, InShowsOnlyPadsWithTheirInputOn) {
  pins.drive_from_outside(0, true);
  EXPECT_EQ(gpio.read(in) & 1, 0u);
  io_mux.write(mux(0), fun_ie);
  EXPECT_EQ(gpio.read(in) & 1, 1u);
}

TEST_F(GpioTest, InCannotBeWritten) {
  const std::uint32_t before = gpio.read(in);
  gpio.write(in, ~before);
  EXPECT_EQ(gpio.read(in), before);
  gpio.write(strap, 0);
  EXPECT_EQ(gpio.read(strap), 0xCu);
}

TEST_F(GpioTest, OpenDrainFollowsThePinRegister) {
  io_mux.write(mux(5), fun_ie | fun_wpu);
  gpio.write(enable_w1ts, 1u << 5);
  gpio.write(out_w1ts, 1u << 5);
  gpio.write(pin_register(5), open_drain);
  pins.drive_from_outside(5, false);
  EXPECT_FALSE(pins.level(5));
  EXPECT_TRUE(events.notices.empty()) << "nobody drives against the outside";
}

// One table for the five kinds of interrupt: what the input does, and whether the status bit is set then.
struct Expectation {
  unsigned kind;
  bool before, after;
  bool set;
};
class GpioInterrupt : public GpioTest, public ::testing::WithParamInterface<Expectation> {};

TEST_P(GpioInterrupt, SetsItsStatusBit) {
  const auto [kind, before, after, set] = GetParam();
  pins.drive_from_outside(3, before);
  gpio.write(pin_register(3), type(kind) | to_cpu);
  gpio.write(status_w1tc, 1u << 3);
  if (before != after) {
    pins.drive_from_outside(3, after);
    EXPECT_EQ((gpio.read(status) >> 3 & 1) != 0, set);
    EXPECT_EQ((gpio.read(pcpu_int) >> 3 & 1) != 0, set);
    EXPECT_EQ(lines[gpio_source], set);
  } else {
    EXPECT_EQ((gpio.read(status) >> 3 & 1) != 0, set);
  }
  EXPECT_FALSE(lines[gpio_nmi_source]);
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, GpioInterrupt,
    ::testing::Values(Expectation{0, false, true, false}, Expectation{0, true, false, false},
                      Expectation{rising, false, true, true}, Expectation{rising, true, false, false},
                      Expectation{falling, false, true, false}, Expectation{falling, true, false, true},
                      Expectation{both, false, true, true}, Expectation{both, true, false, true},
                      Expectation{low, true, false, true}, Expectation{low, false, false, true},
                      Expectation{low, true, true, false}, Expectation{high, false, true, true},
                      Expectation{high, true, true, true}, Expectation{high, false, false, false}));

TEST_F(GpioTest, AnEdgeStaysUntilItIsCleared) {
  gpio.write(pin_register(3), type(rising) | to_cpu);
  pins.drive_from_outside(3, true);
  pins.drive_from_outside(3, false);
  EXPECT_TRUE(lines[gpio_source]);
  gpio.write(status_w1tc, 1u << 3);
  EXPECT_FALSE(lines[gpio_source]);
  EXPECT_EQ(gpio.read(status), 0u);
}

TEST_F(GpioTest, ALevelThatIsStillThereSetsItsBitAgain) {
  pins.drive_from_outside(3, true);
  gpio.write(pin_register(3), type(high) | to_cpu);
  gpio.write(status_w1tc, 1u << 3);
  EXPECT_TRUE(lines[gpio_source]);
  EXPECT_EQ(gpio.read(status_next), 1u << 3);
  pins.drive_from_outside(3, false);
  EXPECT_TRUE(lines[gpio_source]) << "the status bit stays until it is cleared";
  gpio.write(status_w1tc, 1u << 3);
  EXPECT_FALSE(lines[gpio_source]);
}

TEST_F(GpioTest, StatusIsSetWithoutTheEnableButNoInterruptComes) {
  gpio.write(pin_register(3), type(rising));
  pins.drive_from_outside(3, true);
  EXPECT_EQ(gpio.read(status), 1u << 3);
  EXPECT_EQ(gpio.read(pcpu_int), 0u);
  EXPECT_FALSE(lines[gpio_source]);
  gpio.write(pin_register(3), type(rising) | to_nmi);
  EXPECT_EQ(gpio.read(pcpu_nmi_int), 1u << 3);
  EXPECT_TRUE(lines[gpio_nmi_source]);
  EXPECT_FALSE(lines[gpio_source]);
}

TEST_F(GpioTest, SoftwareRaisesAStatusBit) {
  gpio.write(pin_register(4), to_cpu);
  gpio.write(status_w1ts, 1u << 4);
  EXPECT_TRUE(lines[gpio_source]);
  gpio.write(status, 0);
  EXPECT_FALSE(lines[gpio_source]);
}

TEST_F(GpioTest, APeripheralDrivesAPadThroughTheMatrix) {
  // What SPI2 needs for its data output: OUT_SEL of the pad, MCU_SEL 1; the peripheral's own output enable.
  io_mux.write(mux(4), function_gpio);
  gpio.write(out_select(4), fspid);
  pins.drive(fspid, true);
  EXPECT_TRUE(pins.level(4));
  gpio.write(out_select(4), fspid | out_inverted);
  EXPECT_FALSE(pins.level(4));
  gpio.write(out_select(4), fspid | enable_from_gpio);
  EXPECT_FALSE(pins.level(4)) << "GPIO_ENABLE is 0";
  gpio.write(enable_w1ts, 1u << 4);
  EXPECT_TRUE(pins.level(4));
  gpio.write(out_select(4), fspid | enable_from_gpio | enable_inverted);
  EXPECT_FALSE(pins.level(4));
}

TEST_F(GpioTest, APeripheralListensToAPadThroughTheMatrix) {
  io_mux.write(mux(2), function_gpio | fun_ie);
  gpio.write(in_select(fspiq), from_matrix | 2);
  pins.drive_from_outside(2, true);
  EXPECT_TRUE(pins.input(fspiq));
  gpio.write(in_select(fspiq), from_matrix | in_inverted | 2);
  EXPECT_FALSE(pins.input(fspiq));
}

TEST_F(GpioTest, ConstantsOfTheMatrix) {
  gpio.write(in_select(fspiq), from_matrix | 0x1E);
  EXPECT_TRUE(pins.input(fspiq));
  gpio.write(in_select(fspiq), from_matrix | 0x1F);
  EXPECT_FALSE(pins.input(fspiq));
  gpio.write(in_select(fspiq), from_matrix | 25);  // no such pad
  EXPECT_FALSE(pins.input(fspiq));
}

TEST_F(GpioTest, LoopBackWithoutAWire) {
  // Output signal 65 on a pad with its input on, input signal 64 from the same pad.
  io_mux.write(mux(7), function_gpio | fun_ie);
  gpio.write(out_select(7), fspid);
  gpio.write(in_select(fspiq), from_matrix | 7);
  for (const bool level : {true, false, true}) {
    pins.drive(fspid, level);
    EXPECT_EQ(pins.input(fspiq), level);
  }
}

TEST_F(GpioTest, AnInputTakenDirectlyComesFromThePadOfThatFunction) {
  pins.enable_output(fspiq, false);  // a master listens there
  pins.drive_from_outside(2, true);
  EXPECT_FALSE(pins.input(fspiq)) << "GPIO2 is not set to FSPI";
  io_mux.write(mux(2), function_fspi | fun_ie);
  EXPECT_TRUE(pins.input(fspiq));
  gpio.write(in_select(fspiq), from_matrix | 0x1F);
  EXPECT_FALSE(pins.input(fspiq)) << "SIG_IN_SEL takes it from the matrix";
}

TEST_F(GpioTest, ADirectFunctionIgnoresTheMatrix) {
  gpio.write(out_select(6), 50);
  io_mux.write(mux(6), function_fspi);
  pins.drive(fspiclk, true);
  EXPECT_TRUE(pins.level(6));
}

TEST_F(GpioTest, ResetLetsGoOfEverything) {
  gpio.write(out, 1u << 8);
  gpio.write(enable, 1u << 8);
  gpio.write(pin_register(8), type(high) | to_cpu);
  EXPECT_TRUE(lines[gpio_source]);
  gpio.reset();
  EXPECT_FALSE(pins.level(8));
  EXPECT_FALSE(lines[gpio_source]);
}

}  // namespace
}  // namespace ferry::board
