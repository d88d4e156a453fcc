// The board as tests of firmware use it: text, time, pins, memory.
#include "board/testing/test_board.hpp"

#include "board/memory.hpp"
#include "board/watch/finding.hpp"
#include "tests/app/temporary_folder.hpp"
#include "tests/app/tiny_firmware.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

namespace ferry::board {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using tests::TinyFirmware;

constexpr std::uint32_t out_w1ts = 0x6000'4008, variables = TinyFirmware::scratch + 64;

class TestBoardTest : public testing::Test {
 protected:
  std::string file(const TinyFirmware& program) { return folder.write("tiny.elf", program.elf().build()); }

  tests::TemporaryFolder folder;
};

TEST_F(TestBoardTest, RunsUntilATextOnceForEachTimeItComes) {
  TestBoard test(file(TinyFirmware().print("abab").drain().exit(3)));
  EXPECT_EQ(test.text(), "");
  EXPECT_TRUE(test.run_until_text("ab", second));
  EXPECT_EQ(test.text(), "ab");
  // 115200 baud: ten bits a byte.
  EXPECT_NEAR(static_cast<double>(test.now()), 2 * 86.8e6, 20e6);
  EXPECT_TRUE(test.run_until_text("ab", second)) << test.describe();
  EXPECT_FALSE(test.run_until_text("ab", second));
  EXPECT_EQ(test.last_stop(), Board::Stop::exited);
  EXPECT_THAT(test.describe(), HasSubstr("the firmware exited with code 3\nit has printed: \"abab\""));
}

TEST_F(TestBoardTest, FindsTextThatCameBefore) {
  TestBoard test(file(TinyFirmware().disable_watchdogs().print("one two").drain().loop_for_ever()));
  test.run_for(10 * millisecond);
  EXPECT_EQ(test.now(), 10 * millisecond);
  EXPECT_TRUE(test.run_until_text("one", 0));
  EXPECT_TRUE(test.run_until_text("two", 0));
  EXPECT_FALSE(test.run_until_text("two", millisecond));
  EXPECT_EQ(test.now(), 11 * millisecond);
  EXPECT_THAT(test.describe(), HasSubstr("the firmware runs"));
}

TEST_F(TestBoardTest, GoesBackToAMoment) {
  TestBoard test(file(TinyFirmware().disable_watchdogs().print("one two").drain().exit(4)));
  ASSERT_TRUE(test.run_until_text("one", second));
  const TestBoard::Moment moment = test.moment();
  for (int round = 0; round < 3; ++round) {
    EXPECT_EQ(test.text(), "one");
    ASSERT_TRUE(test.run_until_text("two", second)) << test.describe();
    EXPECT_EQ(test.run_for(second), Board::Stop::exited);
    EXPECT_EQ(test.text(), "one two");
    test.set_word(variables, 1);
    test.go_back(moment);
    EXPECT_NE(test.word(variables), 1u);
    EXPECT_EQ(test.last_stop(), Board::Stop::requested);
  }
}

TEST_F(TestBoardTest, TakesOverTheMomentOfAnother) {
  const TinyFirmware program = TinyFirmware().disable_watchdogs().print("one two").drain().exit(4);
  TestBoard test(file(program)), other(file(program));
  ASSERT_TRUE(test.run_until_text("one", second));
  other.go_back(test.moment());
  ASSERT_TRUE(other.run_until_text("two", second)) << other.describe();
  EXPECT_EQ(other.text(), "one two");
  test.drive_at(second, 3, true);
  EXPECT_THROW(other.go_back(test.moment()), std::logic_error);
}

TEST_F(TestBoardTest, CountsEdges) {
  TestBoard test(file(TinyFirmware().pulse(3).pulse(3).pulse(2).exit(0)));
  PinCounter three(test.board(), 3);
  EXPECT_EQ(three.first_edge(), never);
  EXPECT_EQ(test.run_for(second), Board::Stop::exited);
  EXPECT_EQ(three.rising(), 2u);
  EXPECT_EQ(three.falling(), 2u);
  EXPECT_EQ(three.edges(), 4u);
  EXPECT_LT(three.first_edge(), three.last_edge());
  EXPECT_GT(three.high_time(), 0u);
  EXPECT_LT(three.high_time(), three.last_edge());
  three.restart();
  EXPECT_EQ(three.edges(), 0u);
}

TEST_F(TestBoardTest, DrivesPinsAtATime) {
  TestBoard test(file(TinyFirmware().disable_watchdogs().sleep_for_ever()));
  PinCounter counter(test.board(), 7);
  test.drive_at(millisecond, 7, true);
  test.release_at(2 * millisecond, 7);
  test.run_for(3 * millisecond);
  EXPECT_EQ(counter.rising(), 1u);
  EXPECT_EQ(counter.first_edge(), millisecond);
  EXPECT_EQ(counter.last_edge(), 2 * millisecond);
  EXPECT_EQ(counter.high_time(), millisecond);
  test.drive(7, true);
  EXPECT_TRUE(test.level(7));
  test.release(7);
  EXPECT_FALSE(test.level(7));
}

TEST_F(TestBoardTest, DrivesPinsAtATimeThatHasPassedAsSoonAsTimeMoves) {
  TestBoard test(file(TinyFirmware().disable_watchdogs().sleep_for_ever()));
  test.run_for(millisecond);
  const Time now = test.now();
  ASSERT_GT(now, 1u);
  PinCounter counter(test.board(), 7);
  test.drive_at(1, 7, true);
  EXPECT_FALSE(test.level(7));
  test.run_for(microsecond);
  EXPECT_TRUE(test.level(7));
  EXPECT_EQ(counter.first_edge(), now);
}

TEST_F(TestBoardTest, RunsUntilALevel) {
  TestBoard test(file(TinyFirmware().pulse(3).exit(0)));
  EXPECT_TRUE(test.run_until_level(3, false, 0));
  EXPECT_TRUE(test.run_until_level(3, true, second));
  EXPECT_TRUE(test.level(3));
  EXPECT_TRUE(test.run_until_level(3, false, second));
  EXPECT_FALSE(test.run_until_level(3, true, second));
}

TEST_F(TestBoardTest, PutsAFunctionOnAWire) {
  TestBoard test(file(TinyFirmware().pulse(3).exit(0)));
  test.on_edge(3, [&](bool level) { test.drive(8, !level); });
  PinCounter answer(test.board(), 8);
  test.run_for(second);
  EXPECT_EQ(answer.falling(), 0u);  // low before the first edge
  EXPECT_EQ(answer.rising(), 1u);
}

TEST_F(TestBoardTest, CutsFunctionsShortThatChangeOneAnothersPins) {
  const auto elf = file(TinyFirmware().pulse(3).exit(0));
  const auto without_end = testing::ElementsAre(HasSubstr("without end; this is cut short at GPIO8"));
  TestBoard alone(elf);
  alone.on_edge(8, [&](bool level) { alone.drive(8, !level); });
  alone.drive(8, true);
  EXPECT_EQ(alone.run_for(second), Board::Stop::exited);
  EXPECT_THAT(alone.notes(), without_end);
  TestBoard both(elf);
  both.on_edge(8, [&](bool level) { both.drive(9, !level); });
  both.on_edge(9, [&](bool level) { both.drive(8, level); });
  both.drive(9, true);
  both.drive(8, true);
  EXPECT_EQ(both.run_for(second), Board::Stop::exited);
  EXPECT_THAT(both.notes(), testing::ElementsAre(HasSubstr("without end")));
}

TEST_F(TestBoardTest, JoinsAndCutsWires) {
  TestBoard test(file(TinyFirmware().disable_watchdogs().sleep_for_ever()));
  test.wire(4, 2);
  test.wire(2, 7);
  test.drive(4, true);
  EXPECT_TRUE(test.level(7));
  test.cut(2, 4);
  EXPECT_FALSE(test.level(7));
  EXPECT_TRUE(test.level(4));
  test.drive(2, true);
  EXPECT_TRUE(test.level(7));
  test.cut(4, 2);  // there is none any more
  test.cut_at(millisecond, 7, 2);
  EXPECT_TRUE(test.level(7));
  test.run_for(2 * millisecond);
  EXPECT_FALSE(test.level(7));
  EXPECT_THAT(test.notes(), IsEmpty());
}

TEST_F(TestBoardTest, KeepsPinsTogetherThatAnotherWireJoins) {
  TestBoard test(file(TinyFirmware().disable_watchdogs().sleep_for_ever()));
  test.wire(1, 2);
  test.wire(2, 3);
  test.wire(3, 1);
  test.drive(1, true);
  test.cut(1, 2);
  EXPECT_TRUE(test.level(2));
  test.cut(3, 2);
  EXPECT_FALSE(test.level(2));
  EXPECT_TRUE(test.level(3));
}

TEST_F(TestBoardTest, SaysWhenTwoDriversFight) {
  TestBoard test(file(TinyFirmware().store(0x6000'4024, 8).store(out_w1ts, 8).exit(0)));
  test.drive(3, false);
  test.run_for(second);
  EXPECT_FALSE(test.level(3));
  ASSERT_EQ(test.notes().size(), 1u);
  EXPECT_THAT(test.describe(), HasSubstr("note: one wire, two drivers"));
}

TEST_F(TestBoardTest, KeepsSoManyNotesAndSaysSo) {
  TestBoard test(file(TinyFirmware().exit(0)));
  for (int round = 0; round < 5000; ++round)
    test.board().observers().tell(&Observer::notice, std::string_view("again"));
  EXPECT_EQ(test.notes().size(), 1001u);
  EXPECT_EQ(test.notes().back(), "there is more to note; that is not kept any more");
}

TEST_F(TestBoardTest, ShowsAndChangesMemory) {
  Image image;
  image.entry = TinyFirmware::code_start;
  image.symbols = {{.address = variables, .size = 4, .name = "counter", .function = false},
                   {.address = variables + 4, .size = 4, .name = "_ZN3app5limitE", .function = false}};
  const auto elf = TinyFirmware().store(variables, 0x1234'5678).exit(0).elf();
  for (const auto& segment : elf.segments)
    image.segments.push_back({.address = segment.address,
                              .bytes = segment.content,
                              .memory_size = static_cast<std::uint32_t>(segment.content.size()),
                              .executable = true});
  TestBoard test(std::move(image));
  EXPECT_EQ(test.run_for(10 * microsecond), Board::Stop::exited);
  EXPECT_EQ(test.word("counter"), 0x1234'5678u);
  EXPECT_EQ(test.address_of("app::limit"), variables + 4);
  test.set_word(variables + 4, 0xA1B2'C3D4);
  EXPECT_EQ(test.word("app::limit"), 0xA1B2'C3D4u);
  EXPECT_EQ(test.bytes(variables + 4, 1).at(0), std::byte{0xD4});
  EXPECT_THROW(test.address_of("nothing"), std::out_of_range);
  EXPECT_THROW(test.word(0u), std::out_of_range);
  EXPECT_THROW(test.bytes(variables, ~std::size_t{0}), std::out_of_range);
  EXPECT_THROW(test.set_word(0, 0), std::out_of_range);
}

TEST_F(TestBoardTest, RefusesWhatDoesNotExist) {
  EXPECT_THROW(TestBoard(folder.path("missing.elf")), std::runtime_error);
  TestBoard test(file(TinyFirmware().exit(0)));
  EXPECT_THROW(test.wire(0, 22), std::out_of_range);
  EXPECT_THROW(test.cut(22, 0), std::out_of_range);
  EXPECT_THROW(test.drive(22, true), std::out_of_range);
  EXPECT_THROW(test.drive_at(0, 22, true), std::out_of_range);
  EXPECT_THROW(static_cast<void>(test.level(22)), std::out_of_range);
  EXPECT_THROW(PinCounter(test.board(), 22), std::out_of_range);
}

// A copy of `length` bytes is started.
constexpr std::uint32_t dma = 0x6003'F000, from = variables, to = variables + 64, length = 16;
void start_copy(TinyFirmware& program) {
  constexpr std::uint32_t system = 0x600C'0000, out = variables + 128, in = out + 12;
  constexpr std::uint32_t owner = 1u << 31, suc_eof = 1u << 30;
  program.store(system + 0x14, 0x40).store(system + 0x1C, 0);  // PERIP_CLK_EN1, PERIP_RST_EN1
  program.store(out, owner | suc_eof | length << 12 | length).store(out + 4, from).store(out + 8, 0);
  program.store(in, owner | length).store(in + 4, to).store(in + 8, 0);
  program.store(dma + 0x70, 1u << 4).store(dma + 0xA0, 2).store(dma + 0x100, 2);
  program.store(dma + 0x80, (in & 0xF'FFFF) | 1u << 22).store(dma + 0xE0, (out & 0xF'FFFF) | 1u << 21);
}
// Its channel is reset, which is a proper end.
void end_copy(TinyFirmware& program) {
  program.store(dma + 0x70, 1).store(dma + 0x70, 0).store(dma + 0xD0, 1).store(dma + 0xD0, 0);
}

// A byte of what it sends is stored to before anybody has looked whether it is done.
TEST_F(TestBoardTest, WatchesDma) {
  TinyFirmware program;
  for (std::uint32_t word = 0; word < length; word += 4) program.store(from + word, word);
  start_copy(program);
  program.store(from + 8, 1).exit(0);

  TestBoard test(file(program));
  test.watch_dma();
  const TestBoard::Moment start = test.moment();
  for (int round = 0; round < 2; ++round) {
    test.go_back(start);
    EXPECT_EQ(test.run_for(second), Board::Stop::exited) << test.describe();
  }
  ASSERT_GE(test.findings().size(), 1u) << test.describe();
  const watch::Finding& finding = test.findings().front();
  EXPECT_EQ(finding.rule, watch::Rule::tx_write) << test.describe();
  EXPECT_EQ(finding.access.address, from + 8);
  EXPECT_EQ(finding.access.offset, 8u);
  EXPECT_EQ(finding.access.instruction.substr(0, 3), "sw ");
  ASSERT_TRUE(finding.transfer);
  EXPECT_EQ(finding.transfer->direction, DmaDirection::out);
  EXPECT_EQ(finding.times, 2u);
  EXPECT_THAT(test.describe(), HasSubstr("tx-write"));
}

// What is sent is composed afterwards only.
TEST_F(TestBoardTest, WhatWasUnwrittenAtAMomentIsSoEachTime) {
  TinyFirmware program;
  program.disable_watchdogs().print("a").drain();
  start_copy(program);
  program.print("b").drain();
  end_copy(program);
  for (std::uint32_t word = 0; word < length; word += 4) program.store(from + word, word);
  program.exit(0);

  TestBoard test(file(program));
  test.watch_dma();
  ASSERT_TRUE(test.run_until_text("a", second));
  const TestBoard::Moment moment = test.moment();
  for (int round = 0; round < 3; ++round) {
    test.go_back(moment);
    EXPECT_EQ(test.run_for(second), Board::Stop::exited) << test.describe();
  }
  ASSERT_EQ(test.findings().size(), 1u) << test.describe();
  EXPECT_EQ(test.findings().front().rule, watch::Rule::uninit_tx);
  EXPECT_EQ(test.findings().front().times, 3u);
}

// Half of what is sent is composed, and happens to be what memory was filled with.
TEST_F(TestBoardTest, WhatWasWrittenAtAMomentIsSoOnAnotherBoard) {
  const auto content = [](std::uint32_t address) {
    std::uint32_t word = 0;
    for (unsigned byte = 0; byte < 4; ++byte)
      word |= std::to_integer<std::uint32_t>(Memory::power_on(*Memory::offset(address) + byte)) << (8 * byte);
    return word;
  };
  TinyFirmware program;
  for (std::uint32_t word = 0; word < length; word += 4)
    program.store(from + word, word < length / 2 ? content(from + word) : word);
  program.disable_watchdogs().print("a").drain();
  start_copy(program);
  program.print("b").drain();
  end_copy(program);
  program.exit(0);

  const auto found_after = [&](const TestBoard::Moment& moment) {
    TestBoard other(file(program));
    other.watch_dma();
    other.go_back(moment);
    EXPECT_EQ(other.run_for(second), Board::Stop::exited) << other.describe();
    return other.findings().size();
  };
  TestBoard watched(file(program)), unwatched(file(program));
  watched.watch_dma();
  ASSERT_TRUE(watched.run_until_text("a", second));
  ASSERT_TRUE(unwatched.run_until_text("a", second));
  EXPECT_EQ(found_after(watched.moment()), 0u);
  EXPECT_EQ(found_after(unwatched.moment()), 1u) << "nobody knows that it was composed";
}

}  // namespace
}  // namespace ferry::board
