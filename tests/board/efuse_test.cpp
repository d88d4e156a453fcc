#include "board/devices/efuse/efuse.hpp"

#include "board/devices/apb_ctrl/apb_ctrl.hpp"
#include "tests/board/peripheral_rig.hpp"

#include <set>

namespace ferry::board {
namespace {

// Offsets from the manual, chapter 4: the read registers of block 0 start at 0x2C, of block 1 at 0x44.
constexpr std::uint32_t rd_repeat_data1 = 0x34, block1 = 0x44, conf = 0x1CC, cmd = 0x1D4, int_raw = 0x1D8,
                        int_st = 0x1DC, int_ena = 0x1E0, int_clr = 0x1E4;
constexpr unsigned efuse_source = 24;

struct EfuseTest : ::testing::Test, Bench {
  Efuse efuse{timeline, lines, observers};

  // A field of block 1 by the number of its first bit, as esp-idf's table of eFuses counts them.
  std::uint32_t block1_field(unsigned first, unsigned width) {
    return efuse.read(block1 + 4 * (first / 32)) >> (first % 32) & ((1u << width) - 1);
  }
};

TEST_F(EfuseTest, RegistersOfAChipWithNothingElseBurnt) {
  std::vector<Word> words{{block1, 0x44590001},
                          {0x48, 0x02FE},
                          {0x4C, 0},
                          {0x50, 4u << 18},
                          {0x54, 0},
                          {0x58, 0},
                          {0x190, 0},
                          {0x1C0, 0},
                          {0x1C4, 0},
                          {0x1C8, 2},
                          {conf, 0},
                          {0x1D0, 0},
                          {cmd, 0},
                          {int_raw, 0},
                          {int_st, 0},
                          {int_ena, 0},
                          {int_clr, 0},
                          {0x1E8, 0x1FE1C},
                          {0x1EC, 0x12000000},
                          {0x1F0, 0x288000},
                          {0x1F4, 0x190},
                          {0x1FC, 0x2007200}};
  append(words, 0x00, 11, 0);  // what to burn, and its check value
  append(words, 0x2C, 6, 0);   // block 0
  append(words, 0x5C, 76, 0);  // blocks 2 to 10, and block 0's errors
  expect_registers(efuse, words);
}

TEST_F(EfuseTest, TheChipIsOfRevision04) {
  EXPECT_EQ(block1_field(184, 2), 0u) << "WAFER_VERSION_MAJOR";
  EXPECT_EQ(block1_field(183, 1) << 3 | block1_field(114, 3), 4u) << "WAFER_VERSION_MINOR";
}

TEST_F(EfuseTest, TheMacAddress) {
  // Bytes 0 to 5 of the block are the address from its last byte to its first.
  const std::uint32_t low = efuse.read(block1), high = efuse.read(block1 + 4) & 0xFFFF;
  EXPECT_EQ(std::uint64_t{high} << 32 | low, 0x02FE'4459'0001u);
  EXPECT_EQ(high >> 8 & 3, 2u) << "administered locally, not a group address";
}

TEST_F(EfuseTest, WatchdogDelay) {
  EXPECT_EQ(efuse.read(rd_repeat_data1) >> 16 & 3, Efuse::watchdog_delay_select);
}

TEST_F(EfuseTest, FusesCannotBeWritten) {
  efuse.write(block1, 0xFFFF'FFFF);
  EXPECT_EQ(efuse.read(block1), 0x44590001u);
}

TEST_F(EfuseTest, AReadCommandTakesItsTimeAndClearsItself) {
  efuse.write(int_ena, 1);
  efuse.write(cmd, 1);
  EXPECT_EQ(efuse.read(cmd), 0u) << "not without its code";
  efuse.write(conf, 0x5AA5);
  efuse.write(cmd, 1);
  EXPECT_EQ(efuse.read(cmd), 1u);
  run_for(Efuse::read_time);
  EXPECT_EQ(efuse.read(cmd), 0u);
  EXPECT_TRUE(lines[efuse_source]);
  EXPECT_EQ(efuse.read(int_st), 1u);
  efuse.write(int_clr, 1);
  EXPECT_FALSE(lines[efuse_source]);
}

TEST_F(EfuseTest, NothingIsBurnt) {
  efuse.write(conf, 0x5A5A);
  efuse.write(cmd, 2);
  EXPECT_EQ(efuse.read(cmd), 0u);
}

TEST(ApbCtrl, ResetValues) {
  Bench bench;
  ApbCtrl apb_ctrl{bench.observers};
  std::vector<Word> words{
      {0x00, 1},    {0x04, 0x10727}, {0x08, 0x7FF}, {0x0C, 0}, {0x10, 0},    {0x14, 0xFFFCE030}, {0x18, 0},
      {0x1C, 0},    {0x20, 0},       {0x88, 0},     {0x8C, 0}, {0x90, 0},    {0x94, 0},          {0x98, 0},
      {0x9C, 0x15}, {0xA0, 0},       {0xA4, 0x3F},  {0xA8, 0}, {0xAC, 0x3F}, {0xB4, 0x6480},     {0xB8, 0},
      {0xBC, 0},    {0xC0, 0},       {0xC4, 0},     {0xC8, 0}, {0xD0, 0},    {0x3FC, 0x2007210}};
  append(words, 0x28, 4, 3);
  for (std::uint32_t region = 0; region < 4; ++region)
    words.emplace_back(0x38 + 4 * region, region * 0x400000);
  append(words, 0x48, 4, 0x400);
  // The output of the random number generator: any value, here the first of the sequence.
  ApbCtrl same{bench.observers};
  words.emplace_back(0xB0, same.read(0xB0));
  expect_registers(apb_ctrl, words);
}

TEST(ApbCtrl, RandomNumbersDifferButEveryRunIsTheSame) {
  Bench bench;
  ApbCtrl first{bench.observers}, second{bench.observers};
  std::set<std::uint32_t> seen;
  for (int number = 0; number < 1'000; ++number) {
    const std::uint32_t value = first.read(0xB0);
    EXPECT_EQ(second.read(0xB0), value);
    seen.insert(value);
  }
  EXPECT_GT(seen.size(), 990u);
}

}  // namespace
}  // namespace ferry::board
