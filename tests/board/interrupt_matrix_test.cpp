#include "board/devices/interrupt_matrix/interrupt_matrix.hpp"

#include "tests/board/peripheral_rig.hpp"

namespace ferry::board {
namespace {

using chip::InterruptSource;
using ::testing::ElementsAre;

// Offsets from the manual, chapters 1.5 and 8.
constexpr std::uint32_t status0 = 0xF8, status1 = 0xFC, enable = 0x104, type = 0x108, clear = 0x10C,
                        eip = 0x110, threshold = 0x194;
constexpr std::uint32_t map(unsigned source) { return 4 * source; }
constexpr std::uint32_t priority(unsigned line) { return 0x114 + 4 * line; }
constexpr unsigned gpio = 16, spi2 = 19, uart0 = 21, systimer0 = 37, dma0 = 44, sha = 49;

struct InterruptMatrixTest : ::testing::Test, Bench {
  InterruptMatrix matrix{[this](unsigned line) { taken.push_back(line); }, observers};
  std::vector<unsigned> taken;

  void raise(unsigned source, bool level = true) {
    matrix.set_source(static_cast<InterruptSource>(source), level);
  }
  void open(unsigned source, unsigned line, unsigned with_priority) {
    matrix.write(map(source), line);
    matrix.write(priority(line), with_priority);
    matrix.write(enable, matrix.read(enable) | 1u << line);
  }
  unsigned line() const { return matrix.winning_line(); }
};

TEST_F(InterruptMatrixTest, ResetValues) {
  std::vector<Word> words{{status0, 0}, {status1, 0}, {0x100, 1},     {enable, 0},       {type, 0},
                          {clear, 0},   {eip, 0},     {threshold, 0}, {0x7FC, 0x2007210}};
  append(words, 0, 62, 0);
  append(words, 0x114, 32, 0);
  expect_registers(matrix, words);
}

TEST_F(InterruptMatrixTest, ASourceReachesItsLine) {
  open(spi2, 5, 1);
  raise(spi2);
  EXPECT_EQ(line(), 5u);
  EXPECT_EQ(matrix.read(eip), 1u << 5);
  raise(spi2, false);
  EXPECT_EQ(line(), 0u);
  EXPECT_THAT(taken, ElementsAre(5u, 0u));
}

TEST_F(InterruptMatrixTest, MapRegistersAreInOrderOfTheSources) {
  for (const unsigned source : {gpio, spi2, uart0, systimer0, dma0, sha, 61u}) {
    matrix.write(map(source), 7);
    EXPECT_EQ(matrix.read(map(source)), 7u);
    open(source, 7, 1);
    raise(source);
    EXPECT_EQ(line(), 7u) << source;
    raise(source, false);
    matrix.write(map(source), 0);
  }
}

TEST_F(InterruptMatrixTest, StatusShowsSourcesWhateverTheirRoute) {
  raise(uart0);
  raise(systimer0);
  EXPECT_EQ(matrix.read(status0), 1u << 21);
  EXPECT_EQ(matrix.read(status1), 1u << (37 - 32));
  EXPECT_EQ(line(), 0u);
}

TEST_F(InterruptMatrixTest, NothingIsTakenWithoutRouteEnableOrPriority) {
  raise(uart0);
  matrix.write(priority(5), 3);
  matrix.write(enable, 1u << 5);
  EXPECT_EQ(line(), 0u) << "not routed";
  matrix.write(map(uart0), 5);
  EXPECT_EQ(line(), 5u);
  matrix.write(priority(5), 0);
  EXPECT_EQ(line(), 0u) << "priority 0 is never taken";
  EXPECT_EQ(matrix.read(eip), 0u);
  matrix.write(priority(5), 15);
  matrix.write(enable, 0);
  EXPECT_EQ(line(), 0u) << "not enabled";
}

TEST_F(InterruptMatrixTest, LineZeroDoesNotExist) {
  matrix.write(map(uart0), 0);
  matrix.write(priority(0), 15);
  matrix.write(enable, 1);
  raise(uart0);
  EXPECT_EQ(line(), 0u);
  EXPECT_EQ(matrix.read(eip), 0u);
  EXPECT_TRUE(taken.empty());
}

TEST_F(InterruptMatrixTest, ThresholdLetsEqualAndHigherPrioritiesPass) {
  open(uart0, 5, 3);
  raise(uart0);
  matrix.write(threshold, 3);
  EXPECT_EQ(line(), 5u);
  matrix.write(threshold, 4);
  EXPECT_EQ(line(), 0u);
  EXPECT_EQ(matrix.read(eip), 0u);
  matrix.write(threshold, 0);
  EXPECT_EQ(line(), 5u);
}

TEST_F(InterruptMatrixTest, HigherPriorityFirstThenLowerLine) {
  open(uart0, 9, 2);
  open(spi2, 4, 2);
  open(dma0, 20, 7);
  raise(uart0);
  EXPECT_EQ(line(), 9u);
  raise(spi2);
  EXPECT_EQ(line(), 4u) << "equal priority: the lower line";
  raise(dma0);
  EXPECT_EQ(line(), 20u);
  EXPECT_EQ(matrix.read(eip), 1u << 4 | 1u << 9 | 1u << 20);
  raise(dma0, false);
  EXPECT_EQ(line(), 4u);
}

TEST_F(InterruptMatrixTest, SourcesShareALine) {
  open(uart0, 5, 1);
  open(spi2, 5, 1);
  raise(uart0);
  raise(spi2);
  raise(uart0, false);
  EXPECT_EQ(line(), 5u);
  raise(spi2, false);
  EXPECT_EQ(line(), 0u);
}

TEST_F(InterruptMatrixTest, ASourceMovesToAnotherLineWhileItIsRaised) {
  open(uart0, 5, 1);
  raise(uart0);
  open(uart0, 6, 1);
  EXPECT_EQ(line(), 6u);
  EXPECT_EQ(matrix.read(eip), 1u << 6);
}

TEST_F(InterruptMatrixTest, AnEdgeLineLatchesUntilItIsCleared) {
  matrix.write(type, 1u << 5);
  open(uart0, 5, 1);
  raise(uart0);
  raise(uart0, false);
  EXPECT_EQ(line(), 5u);
  matrix.write(clear, 1u << 5);
  EXPECT_EQ(line(), 0u);
  matrix.write(clear, 0);
  EXPECT_EQ(line(), 0u);
  raise(uart0);
  EXPECT_EQ(line(), 5u);
}

TEST_F(InterruptMatrixTest, AnEdgeLineThatStaysHighIsTakenOnce) {
  matrix.write(type, 1u << 5);
  open(uart0, 5, 1);
  raise(uart0);
  matrix.write(clear, 1u << 5);
  matrix.write(clear, 0);
  EXPECT_EQ(line(), 0u);
}

TEST_F(InterruptMatrixTest, ClearDoesNothingToALevelLine) {
  open(uart0, 5, 1);
  raise(uart0);
  matrix.write(clear, 1u << 5);
  EXPECT_EQ(line(), 5u);
}

TEST_F(InterruptMatrixTest, AnEdgeIsCapturedOnlyWhileEnabled) {
  matrix.write(type, 1u << 5);
  matrix.write(map(uart0), 5);
  matrix.write(priority(5), 1);
  raise(uart0);
  raise(uart0, false);
  matrix.write(enable, 1u << 5);
  EXPECT_EQ(line(), 0u);
}

TEST_F(InterruptMatrixTest, AHeldClearKeepsTheLatchEmpty) {
  matrix.write(type, 1u << 5);
  open(uart0, 5, 1);
  matrix.write(clear, 1u << 5);
  raise(uart0);
  EXPECT_EQ(line(), 0u);
}

TEST_F(InterruptMatrixTest, FieldsHaveTheirWidths) {
  matrix.write(map(uart0), 0xFF);
  EXPECT_EQ(matrix.read(map(uart0)), 0x1Fu);
  matrix.write(priority(5), 0xFF);
  EXPECT_EQ(matrix.read(priority(5)), 0xFu);
  matrix.write(threshold, 0xFF);
  EXPECT_EQ(matrix.read(threshold), 0xFu);
  matrix.write(eip, 0xFFFF'FFFF);
  EXPECT_EQ(matrix.read(eip), 0u);
}

TEST_F(InterruptMatrixTest, ResetForgetsRoutesButNotTheSources) {
  open(uart0, 5, 1);
  raise(uart0);
  matrix.reset();
  EXPECT_EQ(line(), 0u);
  EXPECT_EQ(matrix.read(status0), 1u << 21);
  open(uart0, 5, 1);
  EXPECT_EQ(line(), 5u);
}

}  // namespace
}  // namespace ferry::board
