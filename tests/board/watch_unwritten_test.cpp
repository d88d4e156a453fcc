// Which bytes of SRAM nobody has written, by what memory holds and by who writes to it.
#include "board/memory.hpp"
#include "board/watch/unwritten.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace ferry::board::watch {
namespace {

// As Memory counts.
constexpr Extent sram1{.offset = chip::memory_map::sram0.size, .length = chip::memory_map::sram1_data.size};
constexpr Extent buffer{.offset = sram1.offset + 0x100, .length = 4 * Memory::line_size};

class WatchUnwritten : public testing::Test {
 protected:
  WatchUnwritten() { memory.fill(); }

  // What differs from what memory is filled with at power-on, and that itself.
  void compose(const Extent& bytes) { put(bytes, std::byte{0xFF}); }
  void put_power_on_content(const Extent& bytes) { put(bytes, std::byte{}); }
  static Extent in_buffer(std::uint32_t begin, std::uint32_t length) {
    return {.offset = buffer.offset + begin, .length = length};
  }

  // A character for each byte of the buffer: '.' unwritten, 'w' written.
  static std::string found(Unwritten& unwritten) {
    std::string result;
    for (std::uint32_t byte = 0; byte < buffer.length; ++byte)
      result += unwritten.find(in_buffer(byte, 1), buffer) ? '.' : 'w';
    return result;
  }
  static std::string all(char rest) { return std::string(buffer.length, rest); }
  static std::string all(char rest, std::uint32_t begin, std::uint32_t length, char other) {
    return all(rest).replace(begin, length, length, other);
  }

  Memory memory;

 private:
  void put(const Extent& bytes, std::byte difference) {
    std::vector<std::byte> content;
    for (std::uint32_t byte = bytes.offset; byte < bytes.end(); ++byte)
      content.push_back(Memory::power_on(byte) ^ difference);
    memory.write(chip::memory_map::sram1_data.start + (bytes.offset - sram1.offset), content);
  }
};

// They begin and end at any place in a word and in a line.
TEST_F(WatchUnwritten, RunsOfPowerOnContentAreFromThreeBytesOn) {
  for (std::uint32_t begin = Memory::line_size - 9; begin <= Memory::line_size + 5; ++begin)
    for (const std::uint32_t length : {1u, 2u, 3u, 4u, 5u, 7u, 8u, 9u, 12u, 63u, 64u, 130u}) {
      compose(buffer);
      put_power_on_content(in_buffer(begin, length));
      Unwritten unwritten(memory);
      EXPECT_EQ(found(unwritten), length < 3 ? all('w') : all('w', begin, length, '.'))
          << length << " bytes from " << begin;
    }
}

TEST_F(WatchUnwritten, WhatIsComposedIsWrittenHoweverLittleItIs) {
  for (std::uint32_t begin = Memory::line_size - 9; begin <= Memory::line_size + 5; ++begin)
    for (const std::uint32_t length : {1u, 2u, 3u, 4u, 8u, 13u, 64u}) {
      put_power_on_content(buffer);
      compose(in_buffer(begin, length));
      Unwritten unwritten(memory);
      EXPECT_EQ(found(unwritten), all('.', begin, length, 'w')) << length << " bytes from " << begin;
    }
}

TEST_F(WatchUnwritten, StoresWriteWhateverTheyStore) {
  Unwritten unwritten(memory);
  put_power_on_content(in_buffer(63, 1));
  EXPECT_EQ(found(unwritten), all('.', 63, 1, 'w'));
  put_power_on_content(in_buffer(62, 70));
  EXPECT_EQ(found(unwritten), all('.', 62, 70, 'w'));
}

TEST_F(WatchUnwritten, SramHasAFirstAndALastByte) {
  const Extent last{.offset = sram1.end() - 1, .length = 1}, first{.offset = sram1.offset, .length = 1};
  compose(first);
  compose({.offset = sram1.end() - 4, .length = 1});
  Unwritten unwritten(memory);
  EXPECT_EQ(unwritten.find(first, sram1), std::nullopt);
  EXPECT_EQ(unwritten.find({.offset = sram1.offset - 4, .length = 8}, sram1), sram1.offset + 1);
  EXPECT_EQ(unwritten.find(last, sram1), last.offset);
  memory.write(chip::memory_map::sram1_data.end() - 1, std::vector<std::byte>(1));
  EXPECT_EQ(unwritten.find(last, sram1), std::nullopt);
}

// What was known is known again; where nobody knows, memory tells as at the beginning.
TEST_F(WatchUnwritten, GoesBack) {
  Unwritten unwritten(memory);
  put_power_on_content(in_buffer(3, 9));
  const auto before = unwritten.state();
  compose(in_buffer(30, 41));
  unwritten.go_back(before.get());
  EXPECT_EQ(found(unwritten), all('.', 3, 9, 'w'));
  unwritten.go_back(nullptr);
  EXPECT_EQ(found(unwritten), all('.', 30, 41, 'w'));
}

}  // namespace
}  // namespace ferry::board::watch
