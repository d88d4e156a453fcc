// Boards that are put back to an earlier moment: from there on everything happens again as it did.
#include "tests/board/board_script.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace ferry::board {

// What archive_state() covers of the object that a board is.
struct BoardInsides {
  static std::vector<std::byte> bytes(const Board& board) {
    const auto object = board.object();
    return {object.begin(), object.end()};
  }
  // Marks the bytes of all members that are kept or known to need no keeping.
  static std::vector<bool> covered(Board& board) {
    class Coverage final : public StateArchive {
     public:
      explicit Coverage(std::span<const std::byte> object)
          : StateArchive(kept_), object_(object), marks_(object.size()) {}
      const std::vector<bool>& marks() const { return marks_; }

     private:
      void member(const void* address, std::size_t size) override {
        const auto* const first = static_cast<const std::byte*>(address);
        if (first < object_.data() || first >= object_.data() + object_.size()) return;  // in a container
        const auto offset = first - object_.data();
        std::fill_n(marks_.begin() + offset, size, true);
      }
      std::vector<std::byte> kept_;
      std::span<const std::byte> object_;
      std::vector<bool> marks_;
    } coverage(board.object());
    board.archive_state(coverage);
    return coverage.marks();
  }
  // "byte 52 of or behind GPIO": the part an offset into the object lies in.
  static std::string place(Board& board, std::span<Device* const> devices, std::size_t offset) {
    std::vector<std::pair<const void*, std::string_view>> parts{{board.object().data(), "the board"},
                                                                {&board.observers(), "Observers"},
                                                                {&board.memory(), "Memory"},
                                                                {&board.pins(), "Pins"},
                                                                {&board.bus(), "Bus"},
                                                                {&board.cpu(), "Cpu"}};
    for (const Device* device : devices) parts.emplace_back(device, device->name());
    std::ranges::sort(parts, std::greater<>{});
    const std::byte* const address = board.object().data() + offset;
    const auto part = std::ranges::find_if(parts, [&](const auto& each) { return each.first <= address; });
    return "byte " + std::to_string(address - static_cast<const std::byte*>(part->first)) + " of or behind " +
           std::string(part->second);
  }
};

namespace {

using test::BoardScript;
using test::everything_about;
using test::RunLog;

struct Ending {
  std::string log, state;
};

// The rest of a script on a board, and what is left behind.
Ending finish(Board& board, BoardScript script) {
  RunLog log(board);
  while (!script.at_end()) script.step(board, log);
  return {log.text(), everything_about(board)};
}

// Where two texts differ first; a whole log would be too much to print.
std::string difference(const std::string& a, const std::string& b) {
  const auto [at, unused] = std::ranges::mismatch(a, b);
  const auto place = static_cast<std::size_t>(at - a.begin());
  const std::size_t start = place == 0 ? 0 : a.rfind('\n', place - 1) + 1;
  return "\"" + a.substr(start, 80) + "\" and \"" + b.substr(std::min(start, b.size()), 80) + '"';
}
void expect_same(const Ending& a, const Ending& b, const std::string& where) {
  EXPECT_TRUE(a.log == b.log) << where << ": " << difference(a.log, b.log);
  EXPECT_TRUE(a.state == b.state) << where << ": " << difference(a.state, b.state);
}

// Goes through a script, and at every `stride`-th step to its end and back; on one device only, or on all.
void check_script(BoardScript script, unsigned stride, const std::string& where,
                  std::optional<std::size_t> only = std::nullopt) {
  Board board(script.options()), other(script.options());
  script.begin(board);
  script.place_parts(other);
  if (only) script.stay_with(*script.devices()[*only]);
  RunLog log(board);
  for (unsigned step = 0; !script.at_end(); ++step) {
    if (step % stride == stride - 1) {
      const std::string here = where + ", step " + std::to_string(step);
      const Snapshot snapshot = board.snapshot();
      const Ending first = finish(board, script);
      board.restore(snapshot);
      expect_same(first, finish(board, script), here);
      try {
        other.restore(snapshot);
        expect_same(first, finish(other, script), here + ", on another board");
      } catch (const std::logic_error&) {
        // Text for UART0 is on its way: that cannot be moved.
      }
      board.restore(snapshot);
    }
    script.step(board, log);
  }
}

TEST(Snapshot, EverythingHappensAgainAsItDid) {
  for (unsigned seed = 0; seed < 12; ++seed)
    check_script(BoardScript::random(seed, 1200), 23, "seed " + std::to_string(seed));
}

// One device at a time: more of its states are reached.
TEST(Snapshot, EachDeviceGoesOnAsItWould) {
  BoardScript list = BoardScript::random(0);
  Board sample;
  list.begin(sample);
  for (std::size_t index = 0; index < list.devices().size(); ++index)
    check_script(BoardScript::random(static_cast<unsigned>(100 + index), 1500), 29,
                 std::string(list.devices()[index]->name()), index);
}

// A member that a run changes and archive_state() does not name is found here, before a firmware finds it.
TEST(Snapshot, CoversEveryMemberThatARunChanges) {
  for (unsigned seed = 0; seed < 200; ++seed) {
    BoardScript script = BoardScript::random(1000 + seed);
    Board board(script.options());
    script.begin(board);
    RunLog log(board);
    const std::vector<std::byte> before = BoardInsides::bytes(board);
    while (!script.at_end()) script.step(board, log);
    const std::vector<std::byte> after = BoardInsides::bytes(board);
    const std::vector<bool> covered = BoardInsides::covered(board);
    for (std::size_t offset = 0; offset < before.size(); ++offset)
      if (before[offset] != after[offset] && !covered[offset])
        FAIL() << "archive_state() leaves out a member "
               << BoardInsides::place(board, script.devices(), offset) << " (seed " << seed << ")";
  }
}

TEST(Snapshot, LeavesTheRunAlone) {
  BoardScript script = BoardScript::random(7), same = script;
  Board board(script.options()), untouched(script.options());
  script.begin(board);
  same.begin(untouched);
  RunLog log(board), expected(untouched);
  while (!script.at_end()) {
    (void)board.snapshot();
    script.step(board, log);
    same.step(untouched, expected);
  }
  EXPECT_TRUE(log.text() == expected.text()) << difference(log.text(), expected.text());
}

TEST(Snapshot, MayBeRestoredInAnyOrder) {
  BoardScript script = BoardScript::random(3);
  Board board(script.options());
  script.begin(board);
  std::vector<std::pair<Snapshot, BoardScript>> moments;
  {
    RunLog log(board);
    for (unsigned step = 0; step < 90 && !script.at_end(); ++step) {
      if (step % 30 == 0) moments.emplace_back(board.snapshot(), script);
      script.step(board, log);
    }
  }
  ASSERT_EQ(moments.size(), 3u);
  std::vector<Ending> endings;
  for (const unsigned index : {2u, 0u, 1u, 2u, 1u, 0u}) {
    board.restore(moments[index].first);
    endings.push_back(finish(board, moments[index].second));
  }
  expect_same(endings[0], endings[3], "2");
  expect_same(endings[1], endings[5], "0");
  expect_same(endings[2], endings[4], "1");
}

TEST(Snapshot, CodeThatWasOverwrittenRunsAgain) {
  using namespace test::assemble;
  constexpr std::uint32_t code = 0x4038'0000;
  Board board;
  const auto program = [](int count) {
    Segment segment{.address = code, .bytes = {}, .memory_size = 0, .executable = true};
    for (const std::uint32_t word : {addi(5, 5, count), jal(0, -4)})
      for (unsigned shift = 0; shift < 32; shift += 8)
        segment.bytes.push_back(static_cast<std::byte>(word >> shift));
    segment.memory_size = 8;
    return Image{.entry = code, .segments = {segment}, .symbols = {}};
  };
  board.load(program(1));
  board.run_for(microsecond);
  const Snapshot snapshot = board.snapshot();
  board.run_for(microsecond);
  const std::uint32_t expected = board.cpu().register_value(5);
  ASSERT_NE(expected, 0u);
  board.load(program(2));
  board.run_for(microsecond);
  board.restore(snapshot);
  board.run_for(microsecond);
  EXPECT_EQ(board.cpu().register_value(5), expected);
  board.reset();
  board.run_for(microsecond);
  EXPECT_EQ(board.cpu().register_value(5) % 2, 1u) << "a reset loads the image of the snapshot";
}

TEST(Snapshot, WhatWasAskedForHappensAgain) {
  Board board;
  BoardScript({}).begin(board);
  std::vector<Time> times;
  board.at(10 * microsecond, [&] { times.push_back(board.now()); });
  const Snapshot before = board.snapshot();
  board.at(20 * microsecond, [&] { times.push_back(board.now()); });
  const Snapshot both = board.snapshot();
  board.run_until(30 * microsecond);
  EXPECT_THAT(times, testing::ElementsAre(10 * microsecond, 20 * microsecond));
  times.clear();
  board.restore(before);
  board.run_until(30 * microsecond);
  EXPECT_THAT(times, testing::ElementsAre(10 * microsecond));
  times.clear();
  board.restore(both);
  board.run_until(15 * microsecond);
  board.restore(both);
  board.run_until(30 * microsecond);
  EXPECT_THAT(times, testing::ElementsAre(10 * microsecond, 10 * microsecond, 20 * microsecond));
}

// Before its first run a board has no nets yet.
TEST(Snapshot, MayBeOfABoardThatHasNotRunYet) {
  Board board;
  (void)board.circuit()
      .add("led", "a part", [](Placement& placement) { return std::make_unique<Led>(placement); }, {})
      .value();
  board.circuit().connect(parse_point("led:A").value(), parse_point("GPIO4").value()).value();
  const Snapshot snapshot = board.snapshot();
  board.run_for(millisecond);
  const std::string once = test::everything_about(board);
  board.restore(snapshot);
  board.run_for(millisecond);
  EXPECT_EQ(test::everything_about(board), once);
}

// The best of several, because the computer has other things to do; with sanitizers, too.
TEST(Snapshot, IsRestoredInUnderAMillisecond) {
  Board board;
  BoardScript({}).begin(board);
  board.run_for(millisecond);
  const Snapshot snapshot = board.snapshot();
  auto best = std::chrono::steady_clock::duration::max();
  for (unsigned round = 0; round < 50; ++round) {
    board.run_for(millisecond);
    const auto start = std::chrono::steady_clock::now();
    board.restore(snapshot);
    best = std::min(best, std::chrono::steady_clock::now() - start);
  }
  EXPECT_LT(best, std::chrono::milliseconds(1));
}

TEST(Snapshot, RefusesWhatCannotBe) {
  Board board, same, other({.usb_host = false});
  BoardScript({}).begin(board);
  const Snapshot snapshot = board.snapshot();
  EXPECT_NO_THROW(same.restore(snapshot));
  EXPECT_THROW(other.restore(snapshot), std::logic_error);
  EXPECT_THROW(board.restore({}), std::logic_error);
  board.at(microsecond, [&] {
    EXPECT_THROW((void)board.snapshot(), std::logic_error);
    EXPECT_THROW(board.restore(snapshot), std::logic_error);
  });
  const Snapshot waiting = board.snapshot();
  EXPECT_THROW(same.restore(waiting), std::logic_error);
  board.run_until(2 * microsecond);
  EXPECT_NO_THROW(same.restore(board.snapshot())) << "what has happened does not count";
}

TEST(Snapshot, OutlivesItsBoard) {
  Snapshot snapshot;
  {
    Board board;
    board.at(millisecond, [] {});
    snapshot = board.snapshot();
  }
  Board other;
  EXPECT_THROW(other.restore(snapshot), std::logic_error);
  EXPECT_GT(snapshot.size(), Memory::size);
}

}  // namespace

}  // namespace ferry::board
