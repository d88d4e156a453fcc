#include "board/devices/sha/sha.hpp"

#include "board/image/sha256.hpp"
#include "tests/board/peripheral_rig.hpp"

#include <deque>
#include <string_view>

namespace ferry::board {
namespace {

using ::testing::IsEmpty;

constexpr std::uint32_t mode = 0x00, dma_block_num = 0x0C, start = 0x10, go_on = 0x14, busy = 0x18,
                        dma_start = 0x1C, dma_continue = 0x20, clear_irq = 0x24, irq_ena = 0x28, h_mem = 0x40,
                        m_mem = 0x80;
constexpr std::uint32_t sha1 = 0, sha224 = 1, sha256_mode = 2;
constexpr unsigned sha_source = 49;

// A channel of GDMA, as the device sees it.
struct Channel final : DmaPort {
  void listen(DmaListener& who) override { listener = &who; }
  unsigned available() const override { return static_cast<unsigned>(bytes.size()); }
  std::optional<std::uint8_t> pop() override {
    if (bytes.empty()) return std::nullopt;
    const std::uint8_t byte = bytes.front();
    bytes.pop_front();
    return byte;
  }
  bool push(std::uint8_t) override { return false; }
  void end_of_frame() override {}
  void bring(std::string_view text) {
    bytes.insert(bytes.end(), text.begin(), text.end());
    listener->dma_data_arrived();
  }
  std::deque<std::uint8_t> bytes;
  DmaListener* listener = nullptr;
};

// The message as the standard pads it, in whole blocks.
std::string padded(std::string text) {
  const std::uint64_t bits = 8 * text.size();
  text += '\x80';
  while (text.size() % 64 != 56) text += '\0';
  for (int shift = 56; shift >= 0; shift -= 8) text += static_cast<char>(bits >> shift);
  return text;
}

std::string hex(std::string_view bytes) {
  std::ostringstream text;
  for (const char byte : bytes) text << std::hex << std::setw(2) << std::setfill('0') << (byte & 0xFF);
  return text.str();
}

struct ShaTest : ::testing::Test, Bench {
  Channel channel;
  Sha sha{timeline, channel, lines, observers};

  std::string digest(std::size_t size) {
    std::string bytes;
    for (std::uint32_t index = 0; index < size; ++index)
      bytes += static_cast<char>(sha.read(h_mem + (index & ~3u)) >> (8 * (index % 4)));
    return hex(bytes);
  }
  void write_block(std::string_view block) {
    for (std::uint32_t index = 0; index < 16; ++index) {
      std::uint32_t word = 0;
      for (std::uint32_t byte = 0; byte < 4; ++byte)
        word |= std::uint32_t{static_cast<std::uint8_t>(block[4 * index + byte])} << (8 * byte);
      sha.write(m_mem + 4 * index, word);
    }
  }
  void hash(const std::string& text) {
    const std::string blocks = padded(text);
    for (std::size_t at = 0; at < blocks.size(); at += 64) {
      write_block(std::string_view(blocks).substr(at, 64));
      sha.write(at == 0 ? start : go_on, 1);
      EXPECT_EQ(sha.read(busy), 1u);
      run_for(Sha::block_time);
      EXPECT_EQ(sha.read(busy), 0u);
    }
  }
};

TEST_F(ShaTest, ResetValues) {
  std::vector<Word> words{{0x2C, 0x20200616}};
  append(words, 0x00, 11, 0);
  append(words, h_mem, 8, 0);
  append(words, m_mem, 16, 0);
  expect_registers(sha, words);
}

// FIPS 180-4's example: "abc".
TEST_F(ShaTest, HashesABlock) {
  sha.write(mode, sha1);
  hash("abc");
  EXPECT_EQ(digest(20), "a9993e364706816aba3e25717850c26c9cd0d89d");
  sha.write(mode, sha224);
  hash("abc");
  EXPECT_EQ(digest(28), "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7");
  sha.write(mode, sha256_mode);
  hash("abc");
  EXPECT_EQ(digest(32), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_THAT(events.notices, IsEmpty());
}

TEST_F(ShaTest, GoesOnWithTheStateThatIsThere) {
  const std::string text(1000, 'a');
  const auto expected = sha256(std::as_bytes(std::span(text)));
  sha.write(mode, sha256_mode);
  hash(text);
  EXPECT_EQ(digest(32), hex({reinterpret_cast<const char*>(expected.data()), expected.size()}));
  // Two messages in turns, as software does with one piece of hardware.
  const std::string blocks = padded(std::string(100, 'b'));
  write_block(std::string_view(blocks).substr(0, 64));
  sha.write(start, 1);
  run_for(Sha::block_time);
  std::array<std::uint32_t, 8> kept{};
  for (std::uint32_t index = 0; index < 8; ++index) kept[index] = sha.read(h_mem + 4 * index);
  hash("abc");
  for (std::uint32_t index = 0; index < 8; ++index) sha.write(h_mem + 4 * index, kept[index]);
  write_block(std::string_view(blocks).substr(64, 64));
  sha.write(go_on, 1);
  run_for(Sha::block_time);
  const std::string other(100, 'b');
  const auto sum = sha256(std::as_bytes(std::span(other)));
  EXPECT_EQ(digest(32), hex({reinterpret_cast<const char*>(sum.data()), sum.size()}));
}

TEST_F(ShaTest, TakesBlocksFromDma) {
  const std::string text(150, 'c'), blocks = padded(text);
  const auto expected = sha256(std::as_bytes(std::span(text)));
  sha.write(mode, sha256_mode);
  sha.write(irq_ena, 1);
  sha.write(dma_block_num, 2);
  sha.write(dma_start, 1);
  channel.bring(std::string_view(blocks).substr(0, 100));
  run_for(millisecond);
  EXPECT_EQ(sha.read(busy), 1u) << "half a block is missing";
  channel.bring(std::string_view(blocks).substr(100, 28));
  EXPECT_FALSE(lines[sha_source]);
  run_for(Sha::block_time);
  EXPECT_EQ(sha.read(busy), 0u);
  EXPECT_TRUE(lines[sha_source]);
  sha.write(clear_irq, 1);
  EXPECT_FALSE(lines[sha_source]);
  channel.bring(std::string_view(blocks).substr(128));
  EXPECT_EQ(channel.bytes.size(), 64u) << "nobody asked for more";
  sha.write(dma_block_num, 1);
  sha.write(dma_continue, 1);
  run_for(Sha::block_time);
  EXPECT_TRUE(lines[sha_source]);
  EXPECT_EQ(digest(32), hex({reinterpret_cast<const char*>(expected.data()), expected.size()}));
}

TEST_F(ShaTest, WhatMakesNoSenseIsTold) {
  sha.write(mode, 3);
  sha.write(start, 1);
  EXPECT_EQ(sha.read(busy), 0u);
  EXPECT_EQ(events.notices.size(), 1u);
  sha.write(mode, sha1);
  sha.write(start, 1);
  sha.write(start, 1);
  EXPECT_EQ(events.notices.size(), 2u);
}

TEST_F(ShaTest, AResetEndsIt) {
  sha.write(dma_block_num, 1);
  sha.write(dma_start, 1);
  sha.reset();
  EXPECT_EQ(sha.read(busy), 0u);
  channel.bring(std::string(64, 'x'));
  run_for(millisecond);
  EXPECT_EQ(sha.read(h_mem), 0u);
}

}  // namespace
}  // namespace ferry::board
