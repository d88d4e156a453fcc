// GDMA where lists end, fail, are replaced and go on, from both sides; what a descriptor looks like
// afterwards; and what a peripheral can ask its port.
#include "tests/board/gdma_rig.hpp"

#include <algorithm>

namespace ferry::board {
namespace {

using testing::ElementsAre;
using Bytes = std::vector<std::uint8_t>;

constexpr std::uint32_t last = bit::owner | bit::suc_eof;

class GdmaRecovery : public GdmaRig {
 protected:
  static constexpr std::uint32_t source = ram, destination = ram + 0x8000;

  GdmaRecovery() { connect(0); }
  void memory_to_memory(unsigned channel = 0) {
    put(0x70, get(0x70, channel) | 1u << 4, channel);
    put(0xA0, 2, channel);
    put(0x100, 2, channel);
  }
};

// ---- What is left behind ----

TEST_F(GdmaRecovery, WriteBackReplacesLengthAndFlagsAndLeavesTheRest) {
  // Software left everything set; bits 29 and 27:24 are reserved.
  constexpr std::uint32_t reserved = 0x2F00'0000;
  for (unsigned index = 0; index < 2; ++index)
    descriptor(item(index), ram + 8 * index, 8, 0xABC, index == 0 ? item(1) : 0,
               last | bit::err_eof | reserved);
  start_in(item(0));
  receive(pattern(11));
  EXPECT_EQ(peek(item(0)), 8u | 8u << 12 | reserved) << "the frame goes on: no suc_eof, no err_eof";
  EXPECT_EQ(peek(item(1)), 8u | 3u << 12 | bit::suc_eof | reserved);
  EXPECT_EQ(peek(item(0) + 4), ram) << "the other words are never written";
  EXPECT_EQ(peek(item(0) + 8), item(1));
}

TEST_F(GdmaRecovery, AnEarlyEndLeavesTheRestOfTheBufferAlone) {
  fill(ram, Bytes(64, 0xEE));
  for (const bool burst : {false, true}) {
    reset_in();
    put(0x70, burst ? 0xC : 0);
    descriptor(item(0), ram, 32, 0, item(1));
    descriptor(item(1), ram + 32, 32, 0);
    start_in(item(0));
    receive({1, 2, 3, 4, 5});
    receive({6});
    EXPECT_EQ(bytes_at(ram, 6), (Bytes{1, 2, 3, 4, 5, 0xEE}));
    EXPECT_EQ(bytes_at(ram + 32, 2), (Bytes{6, 0xEE})) << "the next frame starts in the next descriptor";
  }
}

TEST_F(GdmaRecovery, LinkAddressesAfterTheEnd) {
  descriptor(item(0), ram, 4, 4, item(1));
  descriptor(item(1), ram, 4, 4, item(2));
  descriptor(item(2), ram, 4, 4, 0, last);
  start_out(item(0));
  pop_all(12);
  EXPECT_TRUE(out_parked());
  EXPECT_EQ(get(0xE0) & 0xF'FFFF, item(0) & 0xF'FFFF) << "ADDR stays what software wrote";
  EXPECT_EQ(get(0xF0), 0u) << "next";
  EXPECT_EQ(get(0xF4), item(2)) << "current";
  EXPECT_EQ(get(0xF8), item(1)) << "previous";
  EXPECT_EQ(get(0xE4), item(2) & 0x3'FFFF) << "idle, with the last one's address";
  EXPECT_EQ(get(0xE8), item(2));
  EXPECT_EQ(get(0xEC), item(1));
  // START again without writing ADDR goes over the same list.
  clear(~0u);
  put(0xE0, get(0xE0) | bit::out_start);
  pop_all(12);
  EXPECT_EQ(raw() & bit::out_total_eof, bit::out_total_eof);

  descriptor(item(4), ram, 4, 0, item(5));
  descriptor(item(5), ram, 4, 0);
  start_in(item(4));
  receive(pattern(8));
  EXPECT_EQ(get(0x90), 0u);
  EXPECT_EQ(get(0x94), item(5));
  EXPECT_EQ(get(0x98), item(4));
  EXPECT_EQ(get(0x84), item(5) & 0x3'FFFF);
  EXPECT_EQ(get(0x88), item(5));
}

TEST_F(GdmaRecovery, AnErrorShowsWhichDescriptorItWas) {
  put(0xD4, 1u << 12);
  descriptor(item(0), ram, 4, 4, item(1));
  descriptor(item(1), ram, 4, 4, item(2), 0);
  start_out(item(0));
  settle();
  EXPECT_EQ(raw(), bit::out_dscr_err);
  EXPECT_TRUE(out_parked());
  EXPECT_EQ(get(0xF4), item(1));
  EXPECT_EQ(get(0xF8), item(0));
  EXPECT_EQ(pop_all(4).size(), 4u) << "what was read before is still there";
}

// ---- Errors and the way back ----

TEST_F(GdmaRecovery, TheReceivingListMustBeInMemoryToo) {
  for (const std::uint32_t address : {0x3FC7'FFF4u, 0x3FCD'FFF8u, 0x3FCF'0000u, 0x3FC0'0000u}) {
    reset_in();
    clear(~0u);
    start_in(address);
    settle();
    EXPECT_EQ(raw(), bit::in_dscr_err) << std::hex << address;
  }
}

TEST_F(GdmaRecovery, OneSidesErrorLeavesTheOtherAlone) {
  descriptor(item(0), 0x4038'0000, 4, 4, 0, last);
  descriptor(item(1), ram, 64, 0);
  start_out(item(0));
  start_in(item(1));
  receive({1, 2, 3});
  EXPECT_EQ(raw(), bit::out_dscr_err | bit::in_done | bit::in_suc_eof);
  reset_out();
  clear(~0u);
  descriptor(item(0), ram, 3, 3, 0, last);
  start_out(item(0));
  EXPECT_EQ(pop_all(3), (Bytes{1, 2, 3}));
}

TEST_F(GdmaRecovery, MemoryToMemoryFailsOnEitherSideAndRecovers) {
  const auto data = pattern(100);
  fill(source, data);
  for (const auto& [bad_source, bad_destination] : {std::pair{true, false}, {false, true}, {true, true}}) {
    gdma.reset();
    memory_to_memory();
    descriptor(item(0), bad_source ? 0x4038'0000 : source, 100, 100, 0, last);
    descriptor(item(1), bad_destination ? 0x3C00'0000 : destination, 100, 0);
    start_out(item(0));
    start_in(item(1));
    settle();
    EXPECT_EQ(raw() & (bit::in_dscr_err | bit::out_dscr_err),
              (bad_source ? bit::out_dscr_err : 0) | (bad_destination ? bit::in_dscr_err : 0));
    EXPECT_EQ(raw() & bit::in_suc_eof, 0u);
    reset_out();
    reset_in();
    clear(~0u);
    descriptor(item(0), source, 100, 100, 0, last);
    descriptor(item(1), destination, 100, 0);
    start_out(item(0));
    start_in(item(1));
    settle();
    EXPECT_EQ(bytes_at(destination, 100), data);
    EXPECT_EQ(raw(), bit::in_done | bit::in_suc_eof | bit::out_done | bit::out_eof | bit::out_total_eof);
  }
}

// Lists with a fault somewhere: everything before it arrives, the channel halts, a reset leads out of it.
TEST_F(GdmaRecovery, RandomFaultsInRandomLists) {
  Random random(2024);
  for (int round = 0; round < 200; ++round) {
    reset_out();
    clear(~0u);
    put(0xD0, 8u | (random() & 0x30u));
    put(0xD4, 1u << 12);
    const unsigned count = 2 + random() % 8, bad = random() % count;
    Bytes expected;
    std::uint32_t at = ram + random() % 4;
    for (unsigned index = 0; index < count; ++index) {
      const auto bytes = pattern(1 + random() % 30, random());
      fill(at, bytes);
      const auto length = static_cast<std::uint32_t>(bytes.size());
      const bool wrong_owner = index == bad && random() % 2 == 0;
      descriptor(item(index), index == bad && !wrong_owner ? 0x6000'0000 : at, length, length,
                 index + 1 < count ? item(index + 1) : 0, wrong_owner ? bit::suc_eof : last);
      if (index < bad) expected.insert(expected.end(), bytes.begin(), bytes.end());
      at += length;
    }
    start_out(item(0));
    ASSERT_EQ(pop_all(expected.size()), expected) << round;
    settle();
    EXPECT_EQ(raw() & (bit::out_dscr_err | bit::out_total_eof), bit::out_dscr_err);
    EXPECT_EQ(out_level(), 0u);
    EXPECT_TRUE(out_parked());
  }
}

// ---- Replaced, stopped, continued ----

TEST_F(GdmaRecovery, AStartWhileTheListRunsReplacesIt) {
  fill(ram, Bytes(200, 1));
  fill(ram + 256, {2, 2, 2});
  descriptor(item(0), ram, 200, 200, 0, last);
  descriptor(item(1), ram + 256, 3, 3, 0, last);
  start_out(item(0));
  settle();
  start_out(item(1));
  settle();
  auto bytes = pop_all(64);
  EXPECT_EQ(bytes, Bytes(64, 1)) << "what is in the FIFO comes first";
  settle();
  EXPECT_EQ(pop_all(3), (Bytes{2, 2, 2}));
  EXPECT_EQ(raw() & bit::out_total_eof, bit::out_total_eof);
  EXPECT_THAT(events.log, ElementsAre("out0 start", "out0 started anew", "out0 start", "out0 end of list"));
}

TEST_F(GdmaRecovery, AStoppedReceiverGoesOnBehindTheOpenDescriptor) {
  descriptor(item(0), ram, 100, 0, item(1));
  descriptor(item(1), ram + 100, 100, 0);
  start_in(item(0));
  push_all(pattern(8));
  settle();
  put(0x80, get(0x80) | bit::in_stop);
  settle();
  put(0x80, get(0x80) | bit::in_restart);
  receive({0xA, 0xB});
  EXPECT_EQ(peek(item(0)), 100u | bit::owner) << "never closed";
  EXPECT_NE(peek(item(1)) & bit::suc_eof, 0u);
  EXPECT_EQ(raw(), bit::in_done | bit::in_suc_eof);
}

TEST_F(GdmaRecovery, BitsStayUntilTheyAreCleared) {
  descriptor(item(0), ram, 8, 0, item(1));
  descriptor(item(1), ram, 8, 0);
  start_in(item(0));
  receive({1});
  reset_in();
  start_in(item(1));
  settle();
  EXPECT_EQ(raw(), bit::in_done | bit::in_suc_eof) << "who waits for it now would be let down";
  clear(bit::in_suc_eof);
  EXPECT_EQ(raw(), bit::in_done);
}

TEST_F(GdmaRecovery, BurstsOfAllLengthsAndAlignments) {
  for (std::uint32_t length = 1; length < 40; ++length) {
    reset_out();
    reset_in();
    put(0xD0, 0x38);
    put(0x70, 0x0C);
    const auto data = pattern(length, length);
    fill(ram + length % 5, data);
    descriptor(item(0), ram + length % 5, length, length, 0, last);
    start_out(item(0));
    EXPECT_EQ(pop_all(length), data);
    descriptor(item(1), destination, 16, 0, item(2));
    descriptor(item(2), destination + 16, 24, 0);
    start_in(item(1));
    receive(data);
    EXPECT_EQ(bytes_at(destination, length), data);
  }
}

// ---- The peripheral's side ----

struct Listener final : DmaListener {
  void dma_data_arrived() override { ++arrivals; }
  void dma_frame_stored() override { ++frames; }
  unsigned arrivals = 0, frames = 0;
};

TEST_F(GdmaRecovery, APortSaysWhatItCouldGive) {
  Listener listener, other;
  port.listen(listener);
  gdma.port(chip::DmaPeripheral::sha).listen(other);
  EXPECT_EQ(port.available(), 0u);
  descriptor(item(0), ram, 100, 100, 0, last);
  start_out(item(0));
  settle();
  EXPECT_EQ(port.available(), 64u);
  EXPECT_EQ(listener.arrivals, 16u) << "word by word";
  port.pop();
  EXPECT_EQ(port.available(), 63u);
  EXPECT_EQ(raw() & bit::outfifo_udf, 0u) << "asking takes nothing";
  // Another selector: what waits there has arrived for somebody else.
  put(0x100, 7);
  EXPECT_EQ(other.arrivals, 1u);
  EXPECT_EQ(port.available(), 0u);
  EXPECT_EQ(gdma.port(chip::DmaPeripheral::sha).available(), 63u);

  descriptor(item(1), ram, 100, 0);
  start_in(item(1));
  push_all({1, 2, 3});
  settle();
  EXPECT_EQ(listener.frames, 0u);
  port.end_of_frame();
  settle();
  EXPECT_EQ(listener.frames, 1u);
  EXPECT_EQ(other.frames, 0u);
  put(0xDC, 0x42 | 1u << 9);
  EXPECT_EQ(other.arrivals, 2u) << "OUT_PUSH";
}

}  // namespace
}  // namespace ferry::board
