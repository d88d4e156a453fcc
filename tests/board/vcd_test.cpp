// The value change dump: its exact text, and what sigrok-cli makes of it.
#include "board/record/vcd.hpp"

#include "tests/app/temporary_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>

namespace ferry::board {
namespace {

using testing::HasSubstr;

class Vcd : public testing::Test {
 protected:
  // Records `pins` from `start` on, lets `changes` happen, and gives the file.
  template <class Changes>
  std::string record(const std::vector<unsigned>& pins, std::uint32_t levels, Changes changes,
                     VcdRecorder::Contents contents = VcdRecorder::Contents::pins) {
    auto output = Output::create(folder.path("pins.vcd"));
    VcdRecorder recorder(*output, [this] { return now; }, pins, levels, contents);
    changes(recorder);
    recorder.finish();
    EXPECT_EQ(output->error(), 0);
    return folder.read("pins.vcd");
  }
  void change(VcdRecorder& recorder, Time time, unsigned pin, bool level) {
    now = time;
    recorder.pin_changed(pin, level);
  }

  tests::TemporaryFolder folder;
  Time now = 0;
};

TEST_F(Vcd, ShowsLevelsAndChanges) {
  const std::string text = record({2, 4}, 1u << 4, [this](VcdRecorder& recorder) {
    change(recorder, 5 * microsecond, 2, true);
    change(recorder, 5 * microsecond, 4, false);
    change(recorder, 2 * second, 2, false);
    now = 2 * second + 10 * nanosecond;
  });
  EXPECT_EQ(text,
            "$version ferry $end\n"
            "$timescale 1 ns $end\n"
            "$scope module board $end\n"
            "$scope module pins $end\n"
            "$var wire 1 # GPIO2 $end\n"
            "$var wire 1 % GPIO4 $end\n"
            "$upscope $end\n"
            "$upscope $end\n"
            "$enddefinitions $end\n"
            "#0\n$dumpvars\n0#\n1%\n$end\n"
            "#5000\n1#\n0%\n"
            "#2000000000\n0#\n"
            "#2000000010\n");
}

TEST_F(Vcd, WritesNothingForPinsThatDoNotChange) {
  const std::string text = record({2}, 0, [this](VcdRecorder& recorder) {
    change(recorder, 1 * microsecond, 2, false);  // already low
    change(recorder, 2 * microsecond, 3, true);   // not recorded
  });
  EXPECT_THAT(text, testing::EndsWith("$dumpvars\n0#\n$end\n#2000\n"));
}

TEST_F(Vcd, ShowsTheLastLevelOfEachNanosecond) {
  const std::string text = record({2}, 0, [this](VcdRecorder& recorder) {
    change(recorder, 1000, 2, true);
    change(recorder, 1999, 2, false);
    change(recorder, 2000, 2, true);
  });
  EXPECT_THAT(text, testing::EndsWith("$end\n#2\n1#\n"));
}

TEST_F(Vcd, KeepsEveryEdgeAtEightyMegahertz) {
  const std::string text = record({6}, 0, [this](VcdRecorder& recorder) {
    for (unsigned edge = 1; edge <= 16; ++edge) change(recorder, edge * 6250, 6, edge % 2 != 0);
  });
  std::size_t edges = 0;
  for (std::size_t at = text.find("$end\n#6\n"); (at = text.find('\'', at)) != std::string::npos; ++at)
    ++edges;
  EXPECT_EQ(edges, 16u);
}

TEST_F(Vcd, StartsWhereTheRecordingStarts) {
  now = 7 * microsecond;
  EXPECT_THAT(record({0}, 1, [](VcdRecorder&) {}), testing::EndsWith("#7000\n$dumpvars\n1!\n$end\n"));
}

TEST_F(Vcd, ShowsWhatTheChipDoes) {
  const std::string text = record(
      {4}, 0,
      [this](VcdRecorder& recorder) {
        const auto at = [this](Time time) { now = time * microsecond; };
        at(1), recorder.dma_started(1, DmaDirection::in, 0);
        at(2), recorder.spi_phase("prep");
        at(3), recorder.spi_phase("data"), recorder.cpu_waits(true);
        at(4), recorder.cpu_waits(false), recorder.interrupt_taken(19);
        at(5), recorder.exception_taken(2, 0, 0);
        at(6), recorder.trap_left();
        at(7), recorder.trap_left(), recorder.trap_left();
        at(8), recorder.spi_phase("idle"), recorder.dma_ended(1, DmaDirection::in, "");
        at(9), recorder.interrupt_taken(1);
        at(10), recorder.chip_reset("watchdog");
      },
      VcdRecorder::Contents::everything);
  EXPECT_THAT(text, HasSubstr("$scope module board $end\n"
                              "$scope module pins $end\n$var wire 1 % GPIO4 $end\n$upscope $end\n"
                              "$scope module cpu $end\n$var wire 1 7 asleep $end\n"
                              "$var wire 1 8 interrupt $end\n$var wire 1 9 exception $end\n"
                              "$upscope $end\n$scope module spi2 $end\n$var wire 1 : conf $end\n"
                              "$var wire 1 ; prep $end\n"));
  EXPECT_THAT(text, HasSubstr("$var wire 1 A out0 $end\n$var wire 1 B in0 $end\n$var wire 1 C out1 $end\n"
                              "$var wire 1 D in1 $end\n"));
  EXPECT_THAT(text, HasSubstr("$dumpvars\n0%\n07\n08\n09\n0:\n"));
  EXPECT_THAT(text, testing::EndsWith("$end\n#1000\n1D\n#2000\n1;\n#3000\n17\n0;\n1?\n#4000\n07\n18\n"
                                      "#5000\n08\n19\n#6000\n18\n09\n#7000\n08\n"
                                      "#8000\n0?\n0D\n#9000\n18\n#10000\n08\n"));
}

// The CPU goes ahead of the other devices: a finding's moment may come before one that is told earlier.
TEST_F(Vcd, ShowsFindingsAtTheirMoment) {
  const std::string text = record(
      {2}, 0,
      [this](VcdRecorder& recorder) {
        now = 1 * microsecond;
        recorder.mark_finding(4 * microsecond, "one");
        change(recorder, 2 * microsecond, 2, true);
        change(recorder, 6 * microsecond, 2, false);
        recorder.mark_finding(9 * microsecond, "two\nat $end");
      },
      VcdRecorder::Contents::findings);
  const std::size_t found = text.find(" finding $end");
  ASSERT_NE(found, std::string::npos);
  const std::string signal = text.substr(found - 1, 1);
  EXPECT_THAT(text,
              testing::EndsWith("#2000\n1#\n#4000\n1" + signal + "\n#4001\n0" + signal +
                                "\n#6000\n0#\n#9000\n1" + signal + "\n#9001\n0" + signal +
                                "\n$comment 4000 ns: one $end\n$comment 9000 ns: two\\x0aat _end $end\n"));
}

TEST_F(Vcd, ReportsAFullDisk) {
  auto output = Output::create("/dev/full");
  ASSERT_TRUE(output.has_value());
  VcdRecorder recorder(*output, [this] { return now; }, {0}, 0);
  recorder.finish();
  EXPECT_EQ(output->error_text(), "No space left on device");
}

TEST_F(Vcd, SaysWhyAFileCannotBeCreated) {
  EXPECT_EQ(Output::create("/nowhere/pins.vcd").error(), "No such file or directory");
  EXPECT_EQ(Output::create("/").error(), "Is a directory");
}

// Eight bits, clock on GPIO6, data on GPIO7: somebody else's decoder reads them back.
TEST_F(Vcd, IsDecodedBySigrok) {
  if (std::system("command -v sigrok-cli > /dev/null") != 0) GTEST_SKIP() << "sigrok-cli is not installed";
  record(
      {6, 7}, 0,
      [this](VcdRecorder& recorder) {
        recorder.spi_phase("data");
        Time time = microsecond;
        for (const unsigned byte : {0xA5u, 0x42u}) {
          for (unsigned bit = 8; bit-- > 0; time += microsecond) {
            change(recorder, time, 7, (byte >> bit & 1u) != 0);
            change(recorder, time + 500 * nanosecond, 6, true);
            change(recorder, time + microsecond, 6, false);
          }
          recorder.interrupt_taken(3);
          recorder.mark_finding(now, "tx-write in main, main.cpp:12: 0 1 #5 b1 !");
        }
        now = time + microsecond;
      },
      VcdRecorder::Contents::findings);
  const std::string command = "sigrok-cli -i " + folder.path("pins.vcd") +
                              " -I vcd:downsample=100 -P spi:clk=GPIO6:mosi=GPIO7 -A spi=mosi-data 2>&1";
  FILE* const pipe = ::popen(command.c_str(), "r");
  ASSERT_NE(pipe, nullptr);
  std::string decoded;
  for (int character; (character = std::fgetc(pipe)) != EOF;) decoded += static_cast<char>(character);
  EXPECT_EQ(::pclose(pipe), 0);
  EXPECT_THAT(decoded, HasSubstr(": A5"));
  EXPECT_THAT(decoded, HasSubstr(": 42"));
}

}  // namespace
}  // namespace ferry::board
