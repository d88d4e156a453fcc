// The cells of a flash chip, and how snapshots keep them.
#include "board/parts/flash_memory.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <vector>

namespace ferry::board {
namespace {

std::vector<std::byte> kept(FlashMemory& memory) {
  std::vector<std::byte> bytes;
  StateArchive archive(bytes);
  archive(memory);
  return bytes;
}
void put_back(FlashMemory& memory, const std::vector<std::byte>& bytes) {
  StateArchive archive{std::span<const std::byte>(bytes)};
  archive(memory);
  EXPECT_TRUE(archive.at_end());
}

TEST(FlashMemory, SnapshotsKeepTheSectorsThatChanged) {
  constexpr std::array<std::uint8_t, 3> first{1, 2, 3}, later{0x10, 0x20, 0x30};
  FlashMemory memory(1024 * 1024);
  const auto empty = kept(memory);
  memory.put(0x1FFF, first);  // in two sectors
  const auto written = kept(memory);
  memory.program(0x8'0000, later);
  const auto programmed = kept(memory);
  EXPECT_LT(programmed.size(), 4 * 4096u);

  memory.erase(0, memory.size());
  put_back(memory, programmed);
  EXPECT_EQ(memory.read(0x2001), 3);
  EXPECT_EQ(memory.read(0x8'0002), 0x30);
  put_back(memory, written);
  EXPECT_EQ(memory.read(0x2001), 3);
  EXPECT_EQ(memory.read(0x8'0002), 0xFF);
  put_back(memory, empty);
  EXPECT_EQ(memory.read(0x1FFF), 0xFF);
  EXPECT_EQ(memory.read(0x2001), 0xFF);

  FlashMemory other(1024 * 1024);
  put_back(other, programmed);
  EXPECT_EQ(other.read(0x1FFF), 1);
  EXPECT_EQ(other.read(0x8'0000), 0x10);
}

}  // namespace
}  // namespace ferry::board
