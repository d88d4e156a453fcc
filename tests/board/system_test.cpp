#include "board/devices/system/system.hpp"

#include "tests/board/peripheral_rig.hpp"

namespace ferry::board {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Offsets and bits from the manual, chapters 6 and 16.
constexpr std::uint32_t cpu_peri_clk_en = 0x00, cpu_peri_rst_en = 0x04, cpu_per_conf = 0x08,
                        perip_clk_en0 = 0x10, perip_clk_en1 = 0x14, perip_rst_en0 = 0x18,
                        perip_rst_en1 = 0x1C, from_cpu0 = 0x28, sysclk_conf = 0x58;
constexpr std::uint32_t soc_clk(std::uint32_t select, std::uint32_t divider) {
  return select << 10 | (divider - 1);
}
constexpr unsigned from_cpu0_source = 50;

struct SystemTest : ::testing::Test, Bench {
  System system{clocks, lines, observers};
};

TEST_F(SystemTest, ResetValues) {
  std::vector<Word> words{{cpu_peri_clk_en, 0},
                          {cpu_peri_rst_en, 0xC0},
                          {cpu_per_conf, 0xC},
                          {0x0C, 1},
                          {perip_clk_en0, 0xF9C1E06F},
                          {perip_clk_en1, 0},
                          {perip_rst_en0, 0},
                          {perip_rst_en1, 0x1FE},
                          {0x20, 0xFF},
                          {0x24, 0x2001001},
                          {0x38, 1},
                          {0x3C, 1},
                          {0x40, 5},
                          {0x44, 0},
                          {0x48, 0x7FF00000},
                          {0x4C, 0},
                          {0x50, 0},
                          {0x54, 1},
                          {sysclk_conf, 1},
                          {0x5C, 3},
                          {0x60, 3},
                          {0x64, 3},
                          {0x68, 3},
                          {0xFFC, 0x2007150}};
  append(words, from_cpu0, 4, 0);
  append(words, 0x6C, 12, 0);  // what the voltage monitors count
  expect_registers(system, words);
}

struct ClockState {
  ClockedBlock block;
  bool clock, reset;
};

// The fact sheet's table of bits that matter: clock and reset of each block out of chip reset.
TEST_F(SystemTest, GatesAfterReset) {
  using enum ClockedBlock;
  const ClockState states[] = {
      {spi2, true, false},         {uart0, true, false},         {uart1, true, false},
      {uart_memory, true, false},  {timg0, true, false},         {timg1, true, false},
      {systimer, true, false},     {uhci0, false, false},        {rmt, false, false},
      {ledc, false, false},        {i2c0, false, false},         {twai, false, false},
      {efuse, true, false},        {i2s0, false, false},         {usb_device, true, false},
      {apb_saradc, true, false},   {adc2_arbiter, true, false},  {dma, false, true},
      {aes, false, true},          {sha, false, true},           {rsa, false, true},
      {ds, false, true},           {hmac, false, true},          {tsens, false, false},
      {assist_debug, false, true}, {dedicated_gpio, false, true}};
  for (const auto& [block, clock, reset] : states) {
    EXPECT_EQ(system.gate(block).clock, clock) << static_cast<int>(block);
    EXPECT_EQ(system.gate(block).reset, reset) << static_cast<int>(block);
    EXPECT_EQ(system.gate(block).open(), clock && !reset) << static_cast<int>(block);
  }
}

TEST_F(SystemTest, EachBitPairMovesItsOwnGate) {
  const struct {
    ClockedBlock block;
    std::uint32_t clock, reset;
    unsigned bit;
  } pairs[] = {{ClockedBlock::uart0, perip_clk_en0, perip_rst_en0, 2},
               {ClockedBlock::spi2, perip_clk_en0, perip_rst_en0, 6},
               {ClockedBlock::timg0, perip_clk_en0, perip_rst_en0, 13},
               {ClockedBlock::timg1, perip_clk_en0, perip_rst_en0, 15},
               {ClockedBlock::i2s0, perip_clk_en0, perip_rst_en0, 21},
               {ClockedBlock::systimer, perip_clk_en0, perip_rst_en0, 29},
               {ClockedBlock::dma, perip_clk_en1, perip_rst_en1, 6},
               {ClockedBlock::aes, perip_clk_en1, perip_rst_en1, 1},
               {ClockedBlock::dedicated_gpio, cpu_peri_clk_en, cpu_peri_rst_en, 7}};
  for (const auto& [block, clock, reset, bit] : pairs) {
    for (const std::uint32_t level : {1u, 0u, 1u}) {
      system.write(clock, (system.read(clock) & ~(1u << bit)) | level << bit);
      EXPECT_EQ(system.gate(block).clock, level != 0) << static_cast<int>(block);
      system.write(reset, (system.read(reset) & ~(1u << bit)) | level << bit);
      EXPECT_EQ(system.gate(block).reset, level != 0) << static_cast<int>(block);
    }
  }
}

TEST_F(SystemTest, TheListenerHearsOnlyItsBlock) {
  std::vector<std::pair<bool, bool>> heard;
  system.on_gate_change(ClockedBlock::dma,
                        [&](const Gate& gate) { heard.emplace_back(gate.clock, gate.reset); });
  system.write(perip_clk_en1, 1u << 6);
  system.write(perip_clk_en1, 1u << 6 | 1u << 1);
  system.write(perip_rst_en1, 0x1FE & ~(1u << 6));
  EXPECT_THAT(heard, ::testing::ElementsAre(std::pair{true, true}, std::pair{true, false}));
  EXPECT_TRUE(system.gate(ClockedBlock::dma).open());
  system.reset();
  EXPECT_EQ(heard.size(), 3u);
  EXPECT_FALSE(system.gate(ClockedBlock::dma).open());
}

TEST_F(SystemTest, TheCpuStartsAtHalfTheCrystal) {
  EXPECT_EQ(clocks.cpu(), 50'000u);
  EXPECT_EQ(clocks.apb(), 50'000u);
}

TEST_F(SystemTest, TheCrystalIsDivided) {
  system.write(sysclk_conf, soc_clk(0, 1));
  EXPECT_EQ(clocks.cpu(), 25'000u);
  EXPECT_EQ(clocks.apb(), 25'000u);
  system.write(sysclk_conf, soc_clk(0, 1024));
  EXPECT_EQ(clocks.cpu(), 25'600'000u);
}

TEST_F(SystemTest, RcFastIsDivided) {
  system.write(sysclk_conf, soc_clk(2, 1));
  EXPECT_NEAR(static_cast<double>(clocks.cpu()), 1e12 / 17.5e6, 1.0);
  EXPECT_EQ(clocks.apb(), clocks.cpu());
}

TEST_F(SystemTest, ThePllGives80Or160MHzAndApb80) {
  system.set_pll_running(true);
  system.write(sysclk_conf, soc_clk(1, 1));
  EXPECT_EQ(clocks.cpu(), 12'500u);
  EXPECT_EQ(clocks.apb(), 12'500u);
  system.write(cpu_per_conf, 0xC | 1);
  EXPECT_EQ(clocks.cpu(), 6'250u);
  EXPECT_EQ(clocks.apb(), 12'500u);
  system.write(cpu_per_conf, 0x8 | 1);  // 320 MHz PLL: 160 MHz just the same
  EXPECT_EQ(clocks.cpu(), 6'250u);
  EXPECT_THAT(events.notices, IsEmpty());
}

TEST_F(SystemTest, AReservedCpuPeriodIsTold) {
  system.set_pll_running(true);
  system.write(sysclk_conf, soc_clk(1, 1));
  system.write(cpu_per_conf, 0xC | 2);
  EXPECT_EQ(clocks.cpu(), 12'500u);
  EXPECT_EQ(events.notices.size(), 1u);
}

TEST_F(SystemTest, APllThatDoesNotRunIsToldAndTheClockStays) {
  system.write(cpu_per_conf, 0xC | 1);
  system.write(sysclk_conf, soc_clk(1, 1));
  EXPECT_EQ(clocks.cpu(), 50'000u);
  ASSERT_EQ(events.notices.size(), 1u);
  EXPECT_THAT(events.notices[0], HasSubstr("PLL"));
  system.set_pll_running(true);
  EXPECT_EQ(clocks.cpu(), 6'250u) << "the switch happens when the PLL starts";
}

TEST_F(SystemTest, ListenersOfTheClocksHearAChangeOnce) {
  int before = 0, after = 0;
  clocks.on_change([&] { ++before; }, [&] { ++after; });
  system.write(sysclk_conf, soc_clk(0, 1));
  system.write(sysclk_conf, soc_clk(0, 1));
  EXPECT_EQ(before, 1);
  EXPECT_EQ(after, 1);
}

TEST_F(SystemTest, SoftwareRaisesInterruptsByItsOwnHand) {
  for (unsigned index = 0; index < 4; ++index) {
    system.write(from_cpu0 + 4 * index, 1);
    EXPECT_TRUE(lines[from_cpu0_source + index]);
    system.write(from_cpu0 + 4 * index, 0);
    EXPECT_FALSE(lines[from_cpu0_source + index]);
  }
}

TEST_F(SystemTest, ResetRestoresClockAndInterrupts) {
  system.write(from_cpu0, 1);
  system.write(sysclk_conf, soc_clk(0, 1));
  system.reset();
  EXPECT_EQ(clocks.cpu(), 50'000u);
  EXPECT_FALSE(lines[from_cpu0_source]);
}

TEST_F(SystemTest, ReadOnlyAndMissingBits) {
  system.write(sysclk_conf, 0xFFFF'F000 | 1);
  EXPECT_EQ(system.read(sysclk_conf), 1u) << "CLK_XTAL_FREQ and CLK_DIV_EN are read-only";
  system.write(perip_clk_en0, 1u << 4);
  EXPECT_EQ(system.read(perip_clk_en0), 0u) << "I2S0 is bit 21; bit 4 has nothing";
}

}  // namespace
}  // namespace ferry::board
