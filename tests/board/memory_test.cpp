#include "board/memory.hpp"

#include <gtest/gtest.h>

#include <array>
#include <vector>

namespace ferry::board {
namespace {

constexpr std::array<std::byte, 4> pattern{std::byte{1}, std::byte{2}, std::byte{3}, std::byte{4}};

TEST(Memory, Sram1IsTheSameMemoryOnBothBuses) {
  Memory memory;
  ASSERT_TRUE(memory.write(0x3FC8'0010, pattern));
  std::array<std::byte, 4> seen{};
  ASSERT_TRUE(memory.read(0x4038'0010, seen));
  EXPECT_EQ(seen, pattern);
}

TEST(Memory, Sram0AnswersOnTheInstructionBusOnly) {
  Memory memory;
  EXPECT_TRUE(memory.write(0x4037'C000, pattern));
  EXPECT_FALSE(memory.write(0x3FC7'C000, pattern));
}

TEST(Memory, NothingOutsideIsReachable) {
  Memory memory;
  for (const std::uint32_t address : {0x3FC7'FFFEu, 0x3FCD'FFFEu, 0x403D'FFFEu, 0x5000'1FFEu, 0x0u,
                                      0xFFFF'FFFEu, 0x6000'0000u, 0x4037'BFFEu}) {
    EXPECT_EQ(memory.at(address, 4), nullptr) << std::hex << address;
    EXPECT_FALSE(memory.write(address, pattern)) << std::hex << address;
  }
  EXPECT_NE(memory.at(0x3FCD'FFFC, 4), nullptr);
  EXPECT_NE(memory.at(0x5000'1FFC, 4), nullptr);
  EXPECT_EQ(memory.at(0x3FC8'0000, 0xFFFF'FFFF), nullptr);
}

TEST(Memory, FlashPagesAreSeenInBothWindowsWhileTheyAreOpen) {
  Memory memory;
  constexpr std::uint32_t page = 3, size = 64 * 1024;
  const std::vector<std::byte> content(size, std::byte{0x5A});
  EXPECT_EQ(memory.readable(0x3C03'0000, 4), nullptr);
  memory.map_page(page, content);
  EXPECT_EQ(memory.readable(0x3C03'0000, 4), nullptr) << "the cache is off";
  memory.open_windows(true, false);
  ASSERT_NE(memory.readable(0x3C03'0000, 4), nullptr);
  EXPECT_EQ(*memory.readable(0x4203'FFFF, 1), std::byte{0x5A}) << "one table for both";
  EXPECT_EQ(memory.readable(0x3C03'FFFE, 4), nullptr) << "half of it is in a page that is not mapped";
  EXPECT_FALSE(memory.fetchable(Memory::window_offset + page * size));
  EXPECT_FALSE(memory.write(0x3C03'0000, pattern)) << "flash is not written this way";
  memory.unmap_page(page);
  EXPECT_EQ(memory.readable(0x3C03'0000, 4), nullptr);
}

TEST(Memory, RomIsReadOnBothBuses) {
  Memory memory;
  std::vector<std::byte> rom(Memory::rom_size);
  rom[256 * 1024] = std::byte{7};
  memory.set_rom(rom);
  ASSERT_NE(memory.readable(0x3FF0'0000, 1), nullptr);
  EXPECT_EQ(*memory.readable(0x3FF0'0000, 1), std::byte{7});
  EXPECT_EQ(*memory.readable(0x4004'0000, 1), std::byte{7});
  EXPECT_FALSE(memory.write(0x4004'0000, pattern));
}

TEST(Memory, AWriteOverCodeIsReported) {
  Memory memory;
  std::uint32_t offset = 0, length = 0;
  memory.on_code_written([&](std::uint32_t o, std::uint32_t l) { offset = o, length = l; });
  ASSERT_TRUE(memory.write(0x3FC8'0080, pattern));
  EXPECT_EQ(length, 0u);
  memory.line_flags()[*Memory::sram_offset(0x4038'0080) / Memory::line_size] = line_holds_code;
  ASSERT_TRUE(memory.write(0x3FC8'0080, pattern));
  EXPECT_EQ(offset, 0x4080u);
  EXPECT_EQ(length, 4u);
}

}  // namespace
}  // namespace ferry::board
