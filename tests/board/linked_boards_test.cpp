// Boards with wires between them: when an edge arrives, who drives, how a run ends, going back.
#include "board/testing/linked_boards.hpp"

#include "board/image/elf.hpp"
#include "tests/app/tiny_firmware.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>
#include <utility>

namespace ferry::board {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using tests::TinyFirmware;

Image image(const TinyFirmware& program) { return *parse_elf(program.elf().build()); }
TinyFirmware quiet() { return TinyFirmware().disable_watchdogs(); }

// Three pulses of a microsecond.
TinyFirmware pulses() { return quiet().pulse(3).pulse(3).pulse(3); }

struct Edge {
  Time time;
  bool level;

  bool operator==(const Edge&) const = default;
};

// The edges of a pin, for as long as this object lives and its board runs.
struct Edges {
  Edges(TestBoard& board, unsigned pin) {
    board.on_edge(pin, [this, &board](bool level) { list.push_back({board.now(), level}); });
  }
  std::vector<Edge> list;
};

std::vector<Edge> later(std::vector<Edge> edges, Time delay) {
  for (Edge& edge : edges) edge.time += delay;
  return edges;
}

// Asleep or at work, the other board sees each edge exactly one delay later.
TEST(LinkedBoards, AnEdgeArrivesOneDelayLater) {
  for (const bool asleep : {true, false}) {
    TestBoard a(image(pulses().sleep_for_ever()));
    TestBoard b(image(asleep ? quiet().sleep_for_ever() : quiet().loop_for_ever()));
    const Time delay = asleep ? 3 * nanosecond : 100 * nanosecond;
    LinkedBoards boards(delay);
    boards.wire(a, 3, b, 7);
    Edges sent(a, 3), seen(b, 7);
    boards.run_for(100 * microsecond);
    EXPECT_EQ(sent.list.size(), 6u);
    EXPECT_EQ(seen.list, later(sent.list, delay));
    if (!asleep) {
      EXPECT_EQ(boards.now(), 100 * microsecond);
    }
    EXPECT_THAT(a.notes(), IsEmpty());
    EXPECT_THAT(b.notes(), IsEmpty());
  }
}

// What arrives in the middle of an instruction takes effect behind it, and not behind its basic block.
TEST(LinkedBoards, NoEdgeIsLostWithAShortDelay) {
  // Of 20 MHz, at which the CPU starts: a jump, a division.
  constexpr Time cycle = 50 * nanosecond;
  for (const auto& [busy, instruction] :
       {std::pair{quiet().loop_for_ever(), 2 * cycle}, std::pair{quiet().divide_for_ever(), 10 * cycle}}) {
    TestBoard a(image(pulses().sleep_for_ever())), b(image(busy));
    LinkedBoards boards(nanosecond);
    boards.wire(a, 3, b, 7);
    Edges sent(a, 3), seen(b, 7);
    boards.run_for(50 * microsecond);
    ASSERT_EQ(seen.list.size(), sent.list.size());
    for (std::size_t i = 0; i < seen.list.size(); ++i) {
      EXPECT_EQ(seen.list[i].level, sent.list[i].level);
      EXPECT_GE(seen.list[i].time, sent.list[i].time + nanosecond);
      EXPECT_LE(seen.list[i].time, sent.list[i].time + instruction);
    }
  }
}

TEST(LinkedBoards, AnAnswerTakesTwoDelays) {
  TestBoard a(image(pulses().sleep_for_ever())), b(image(quiet().sleep_for_ever()));
  LinkedBoards boards(microsecond);
  boards.wire(a, 3, b, 7);
  boards.wire(b, 8, a, 2);
  b.on_edge(7, [&](bool level) { b.drive(8, level); });
  Edges sent(a, 3), answered(a, 2);
  boards.run_for(100 * microsecond);
  EXPECT_EQ(sent.list.size(), 6u);
  EXPECT_EQ(answered.list, later(sent.list, 2 * microsecond));
}

// It does not matter which board was wired first, nor how a time is cut into runs.
TEST(LinkedBoards, TheSameInWhateverOrder) {
  std::vector<Edge> first;
  for (const bool swapped : {false, true}) {
    TestBoard a(image(pulses().sleep_for_ever())), b(image(pulses().sleep_for_ever()));
    LinkedBoards boards(microsecond);
    if (swapped) {
      boards.wire(b, 3, a, 2);
      boards.wire(b, 2, a, 3);
    } else {
      boards.wire(a, 3, b, 2);
      boards.wire(a, 2, b, 3);
    }
    Edges seen(b, 2);
    if (swapped) {
      for (int i = 0; i < 100; ++i) boards.run_for(77'777);
    }
    boards.run_for(100 * microsecond - boards.now());
    if (first.empty()) first = seen.list;
    EXPECT_EQ(seen.list.size(), 6u);
    EXPECT_EQ(seen.list, first);
  }
}

TEST(LinkedBoards, DriversAndPullsPassTheWire) {
  TestBoard a(image(quiet().sleep_for_ever())), b(image(quiet().sleep_for_ever()));
  LinkedBoards boards;
  a.drive(4, true);
  boards.wire(a, 4, b, 5);
  EXPECT_TRUE(b.level(5)) << "known at once";
  a.drive(4, false);
  boards.run_for(microsecond);
  EXPECT_FALSE(b.level(5));
  a.release(4);
  b.drive(5, true);
  boards.run_for(microsecond);
  EXPECT_TRUE(a.level(4)) << "the other way";
  b.release(5);
  boards.run_for(microsecond);
  EXPECT_FALSE(a.level(4));
  EXPECT_TRUE(a.board().pins().floats(4));
  // A pad's resistor.
  b.board().pins().configure(5, {.output_signal = no_signal, .pull = Pull::up});
  boards.run_for(microsecond);
  EXPECT_TRUE(a.level(4));
  EXPECT_FALSE(a.board().pins().floats(4));
  EXPECT_THAT(a.notes(), IsEmpty());
  // Both at once: each board says so, and both see the same.
  a.drive(4, false);
  b.drive(5, true);
  boards.run_for(microsecond);
  EXPECT_FALSE(a.level(4));
  EXPECT_FALSE(b.level(5));
  ASSERT_EQ(a.notes().size(), 1u);
  EXPECT_THAT(a.notes()[0], HasSubstr("one wire, two drivers: another board high"));
  EXPECT_EQ(b.notes().size(), 1u);
}

TEST(LinkedBoards, SeveralBoardsOnOneNet) {
  TestBoard a(image(quiet().sleep_for_ever())), b(image(quiet().sleep_for_ever())),
      c(image(quiet().sleep_for_ever()));
  LinkedBoards boards;
  boards.wire(a, 4, b, 5);
  boards.wire(b, 5, c, 6);
  c.wire(6, 8);
  a.drive(4, true);
  boards.run_for(microsecond);
  EXPECT_TRUE(b.level(5));
  EXPECT_TRUE(c.level(8)) << "by way of another pad";
  a.release(4);
  c.drive(8, true);
  boards.run_for(microsecond);
  EXPECT_TRUE(a.level(4));
  boards.cut(b, 5);
  EXPECT_FALSE(b.level(5)) << "at once";
  EXPECT_TRUE(a.level(4)) << "those beside it stay joined";
  boards.cut(a, 4);
  EXPECT_FALSE(a.level(4));
}

TEST(LinkedBoards, ACutDropsWhatIsUnderWay) {
  TestBoard a(image(quiet().sleep_for_ever())), b(image(quiet().sleep_for_ever()));
  LinkedBoards boards(microsecond);
  boards.wire(a, 4, b, 5);
  boards.run_for(microsecond);
  a.drive(4, true);
  boards.cut(a, 4);
  boards.run_for(10 * microsecond);
  EXPECT_FALSE(b.level(5));
}

// One waits for the other's pulse; each has its own end.
TEST(LinkedBoards, TextAndExit) {
  TestBoard a(image(quiet().print("ping").drain().pulse(3).exit(0)));
  TestBoard b(image(quiet().wait_for_high(7).print("pong pong").drain().exit(5)));
  LinkedBoards boards(300 * nanosecond);
  boards.wire(a, 3, b, 7);
  EXPECT_FALSE(boards.run_until_text(b, "pong", 100 * microsecond)) << "it has not been called yet";
  EXPECT_FALSE(boards.run_until_exit(100 * microsecond));
  EXPECT_EQ(boards.now(), 200 * microsecond);
  EXPECT_TRUE(boards.run_until_text(a, "ping", millisecond)) << boards.describe();
  EXPECT_TRUE(boards.run_until_text(b, "pong", 10 * millisecond)) << boards.describe();
  EXPECT_EQ(a.last_stop(), Board::Stop::exited);
  EXPECT_TRUE(boards.run_until_text(b, "pong", millisecond));
  EXPECT_TRUE(boards.run_until_exit(10 * millisecond)) << boards.describe();
  EXPECT_EQ(b.board().exit_code(), 5);
  const Time end = boards.now();
  boards.run_for(second);
  EXPECT_EQ(boards.now(), end) << "nobody can go on";
  EXPECT_FALSE(boards.run_until_text(b, "pong", second));
  EXPECT_THAT(boards.describe(), HasSubstr("board 1: at"));
}

// A board may have run before it is wired.
TEST(LinkedBoards, JoinsABoardThatHasRun) {
  TestBoard a(image(pulses().sleep_for_ever())), b(image(quiet().loop_for_ever()));
  b.run_for(5 * millisecond);
  const Time began = b.now();
  LinkedBoards boards(300 * nanosecond);
  boards.wire(a, 3, b, 7);
  Edges sent(a, 3), seen(b, 7);
  boards.run_for(100 * microsecond);
  EXPECT_EQ(seen.list, later(sent.list, began + 300 * nanosecond));
  EXPECT_EQ(boards.now(), 100 * microsecond);
}

TEST(LinkedBoards, GoesBackToAMoment) {
  TestBoard a(image(pulses().sleep_for_ever())), b(image(pulses().sleep_for_ever())),
      c(image(quiet().sleep_for_ever()));
  LinkedBoards boards(microsecond);
  boards.wire(a, 3, b, 7);
  Edges sent(a, 3), seen(b, 7);
  // A change is on the wire.
  while (sent.list.size() == seen.list.size()) boards.run_for(100 * nanosecond);
  const LinkedBoards::Moment moment = boards.moment();
  const std::vector<Edge> before = seen.list;
  const Time then = boards.now();
  std::vector<Edge> first;
  for (int round = 0; round < 3; ++round) {
    boards.run_for(100 * microsecond);
    if (round == 0) first = seen.list;
    EXPECT_EQ(seen.list, first);
    EXPECT_EQ(seen.list.size(), 6u);
    boards.go_back(moment);
    EXPECT_EQ(boards.now(), then);
    seen.list = before;
  }
  boards.wire(a, 3, c, 7);
  EXPECT_THROW(boards.go_back(moment), std::logic_error);
}

TEST(LinkedBoards, LetsGoWhenItEnds) {
  TestBoard a(image(quiet().sleep_for_ever())), b(image(quiet().sleep_for_ever()));
  {
    LinkedBoards boards;
    boards.wire(a, 4, b, 5);
    a.drive(4, true);
    boards.run_for(microsecond);
    EXPECT_TRUE(b.level(5));
  }
  b.run_for(microsecond);
  EXPECT_FALSE(b.level(5));
  a.drive(4, false);
  a.drive(4, true);
  b.run_for(microsecond);
  EXPECT_FALSE(b.level(5));
}

TEST(LinkedBoards, RefusesWhatIsNoWire) {
  TestBoard a(image(quiet().sleep_for_ever())), b(image(quiet().sleep_for_ever()));
  LinkedBoards boards;
  EXPECT_THROW(boards.wire(a, 22, b, 5), std::out_of_range);
  EXPECT_THROW(boards.wire(a, 2, a, 5), std::invalid_argument);
  EXPECT_THROW(boards.cut(a, 99), std::out_of_range);
  EXPECT_THROW(LinkedBoards{0}, std::invalid_argument);
  boards.run_for(second);  // nothing to run
}

}  // namespace
}  // namespace ferry::board
