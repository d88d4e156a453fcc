// `ferry run` from end to end, with firmware that needs nothing else.
#include "board/app/version.hpp"
#include "tests/app/ferry_process.hpp"
#include "tests/app/temporary_folder.hpp"
#include "tests/app/tiny_firmware.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <iterator>
#include <string>
#include <vector>

namespace ferry::tests {
namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

class Run : public testing::Test {
 protected:
  std::string firmware(const TinyFirmware& program, const char* name = "tiny.elf") {
    return folder.write(name, program.elf().build());
  }
  std::string hi_and_exit(std::uint32_t code) {
    TinyFirmware program;
    return firmware(program.print("hi\n").drain().exit(code));
  }
  std::string hi_for_ever() {
    TinyFirmware program;
    return firmware(program.disable_watchdogs().print("hi\n").loop_for_ever());
  }
  static Finished run(std::vector<std::string> arguments, const Streams& streams = {},
                      const std::string& at = {}) {
    arguments.insert(arguments.begin(), "run");
    return run_ferry(arguments, streams, at);
  }

  TemporaryFolder folder;
};

TEST_F(Run, ShowsTheFirmwaresTextAndASummary) {
  const Finished ferry = run({hi_and_exit(0)});
  EXPECT_EQ(ferry.exit_status, 0);
  EXPECT_EQ(ferry.output, "hi\n");
  EXPECT_THAT(ferry.errors, AllOf(StartsWith("ferry: the firmware exited with code 0\n  simulated time"),
                                  HasSubstr("wall time"), HasSubstr("instructions"),
                                  HasSubstr("moved by DMA"), HasSubstr("CPU overall")));
}

TEST_F(Run, SaysWhichSuppressionsAreOfNoUse) {
  TinyFirmware program;
  const std::string copy = firmware(program.copy_by_dma().exit(0));
  const std::string file = folder.write("suppress.txt", "tx-write:nobody # gone\n*:old.c:12\n");
  const Finished ferry = run({"--watch-suppress", file, "--watch", "--json", folder.path("out.json"), copy});
  EXPECT_EQ(ferry.exit_status, 0);
  EXPECT_THAT(ferry.errors, HasSubstr("\n  DMA watch           no findings; suppressions that fit nothing: "
                                      "tx-write:nobody, *:old.c:12\n"));
  const auto watch = nlohmann::json::parse(folder.read("out.json"))["watch"];
  EXPECT_EQ(watch["suppressed"], 0);
  EXPECT_EQ(watch["unused_suppressions"], nlohmann::json({"tx-write:nobody", "*:old.c:12"}));
}

TEST_F(Run, WritesAReportForCi) {
  EXPECT_EQ(run({"--junit", folder.path("out.xml"), hi_and_exit(0)}).exit_status, 0);
  const std::string good = folder.read("out.xml");
  EXPECT_THAT(
      good,
      AllOf(StartsWith("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites tests=\"1\" failures=\"0\""),
            HasSubstr("<testcase name=\"tiny.elf\" classname=\"ferry run\" time=\"0.00")));
  EXPECT_EQ(run({"--junit", folder.path("again.xml"), hi_and_exit(0)}).exit_status, 0);
  EXPECT_EQ(folder.read("again.xml"), good);
  TinyFirmware program;
  const std::string odd = firmware(program.print("hi").drain().exit(0), "a<&\"\x01.elf");
  EXPECT_EQ(run({"--junit", folder.path("out.xml"), "--expect-text", "<b>", odd}).exit_status, 1);
  EXPECT_THAT(folder.read("out.xml"),
              AllOf(HasSubstr("failures=\"1\""), HasSubstr("name=\"a&lt;&amp;&quot;\\x01.elf\""),
                    HasSubstr("<failure message=\"the firmware exited with code 0 without having printed "
                              "&quot;&lt;b&gt;&quot;")));
}

TEST_F(Run, WritesAReport) {
  TinyFirmware program;
  const std::string elf = firmware(program.pulse(3).copy_by_dma().print("<hi>\n").drain().exit(0));
  const std::string report = folder.path("run.html"), again = folder.path("again.html");
  const Finished ferry = run({elf, "--report", report, "--no-wall"});
  EXPECT_EQ(ferry.exit_status, 0);
  EXPECT_EQ(ferry.output, "<hi>\n");
  const std::string page = folder.read("run.html");
  EXPECT_THAT(page, AllOf(StartsWith("<!doctype html>"), HasSubstr("&lt;hi&gt;"), HasSubstr("\"DMA 0 OUT\""),
                          HasSubstr("\"GPIO3\""), EndsWith("</html>\n")));
  run({elf, "--report", again, "--no-wall"});
  EXPECT_EQ(folder.read("again.html"), page);
}

TEST_F(Run, ReportsWhatCameThroughSemihosting) {
  TinyFirmware program;
  const Finished ferry = run({firmware(program.say('!').exit(0)), "--report", folder.path("run.html")});
  EXPECT_EQ(ferry.output, "!");
  EXPECT_THAT(folder.read("run.html"), HasSubstr("<td>semihosting</td><td><bdi>!</bdi>"));
}

TEST_F(Run, IsQuietWhenAsked) {
  const Finished good = run({"--quiet", hi_and_exit(0)});
  EXPECT_EQ(good.output, "hi\n");
  EXPECT_THAT(good.errors, IsEmpty());
  const Finished bad = run({"--quiet", hi_and_exit(3)});
  EXPECT_EQ(bad.exit_status, 1);
  EXPECT_EQ(bad.errors, "ferry: the firmware exited with code 3\n");
}

TEST_F(Run, FailsWithTheFirmware) {
  const Finished ferry = run({hi_and_exit(71)});
  EXPECT_EQ(ferry.exit_status, 1);
  EXPECT_THAT(ferry.errors, StartsWith("ferry: the firmware exited with code 71\n"));
}

TEST_F(Run, CanExpectAnExitCode) {
  EXPECT_EQ(run({"--expect-exit", "71", hi_and_exit(71)}).exit_status, 0);
  const Finished other = run({"--expect-exit", "71", hi_and_exit(0)});
  EXPECT_EQ(other.exit_status, 1);
  EXPECT_THAT(other.errors, HasSubstr("exited with code 0 instead of 71"));
  EXPECT_EQ(run({"--expect-exit", "71", "--expect-text", "hi", hi_and_exit(71)}).exit_status, 0);
  const Finished silent = run({"--expect-exit", "71", "--expect-text", "ho", hi_and_exit(71)});
  EXPECT_EQ(silent.exit_status, 1);
  EXPECT_THAT(silent.errors, HasSubstr("exited with code 71 without having printed \"ho\""));
}

TEST_F(Run, StopsAtExpectedText) {
  const Finished ferry = run({"--expect-text", "hi", "--timeout", "1s", hi_for_ever()});
  EXPECT_EQ(ferry.exit_status, 0);
  EXPECT_THAT(ferry.output, StartsWith("hi"));
  EXPECT_THAT(ferry.errors, HasSubstr("the firmware printed \"hi\""));
}

TEST_F(Run, FailsWithoutExpectedText) {
  const Finished exited = run({"--expect-text", "ho", hi_and_exit(0)});
  EXPECT_EQ(exited.exit_status, 1);
  EXPECT_THAT(exited.errors, HasSubstr("exited with code 0 without having printed \"ho\""));
  const Finished late = run({"--expect-text", "ho", "--timeout", "2ms", hi_for_ever()});
  EXPECT_EQ(late.exit_status, 42);
  EXPECT_THAT(late.errors, HasSubstr("timeout after 2 ms without having printed \"ho\""));
  const Finished over = run({"--expect-text", "ho", "--for", "2ms", hi_for_ever()});
  EXPECT_EQ(over.exit_status, 1);
}

TEST_F(Run, StopsAtFailingText) {
  const Finished ferry = run({"--fail-text", "hi", "--expect-text", "ho", hi_for_ever()});
  EXPECT_EQ(ferry.exit_status, 1);
  EXPECT_THAT(ferry.errors, HasSubstr("the firmware printed \"hi\""));
}

TEST_F(Run, ObeysTimes) {
  EXPECT_EQ(run({"--timeout", "2ms", hi_for_ever()}).exit_status, 42);
  EXPECT_EQ(run({"--for", "2ms", hi_for_ever()}).exit_status, 0);
  EXPECT_EQ(run({"--for", "2ms", "--timeout", "1ms", hi_for_ever()}).exit_status, 42);
  EXPECT_EQ(run({"--for", "1ms", "--timeout", "2ms", hi_for_ever()}).exit_status, 0);
  EXPECT_EQ(run({"--timeout", "0s", hi_for_ever()}).exit_status, 42);
  EXPECT_EQ(run({"--timeout", "1s", hi_and_exit(0)}).exit_status, 0);
}

TEST_F(Run, ReportsASleepWithoutEnd) {
  TinyFirmware program;
  const std::string sleeper = firmware(program.disable_watchdogs().sleep_for_ever());
  const Finished ferry = run({sleeper});
  EXPECT_EQ(ferry.exit_status, 1);
  EXPECT_THAT(ferry.errors, HasSubstr("nothing can wake it"));
  EXPECT_EQ(run({"--for", "1s", sleeper}).exit_status, 0);
  EXPECT_EQ(run({"--for", "1s", "--expect-text", "x", sleeper}).exit_status, 1);
}

TEST_F(Run, ReportsATrapWithoutEnd) {
  TinyFirmware program;
  const Finished ferry =
      run({"--timeout", "1s", firmware(program.disable_watchdogs().illegal_instruction())});
  EXPECT_EQ(ferry.exit_status, 1);
  EXPECT_THAT(ferry.errors, HasSubstr("the trap handler raises an exception itself, again and again: "
                                      "instruction access fault, mcause 1, mepc 0x"));
  EXPECT_THAT(ferry.errors, HasSubstr(", mtval 0x"));
}

TEST_F(Run, NotesWhenAWatchdogBites) {
  TinyFirmware program;
  const std::string looper = firmware(program.loop_for_ever());
  const Finished ferry = run({"--for", "3s", "--json", folder.path("out.json"), looper});
  EXPECT_EQ(ferry.exit_status, 0);
  EXPECT_THAT(ferry.errors, HasSubstr("note: chip reset at "));
  EXPECT_GT(nlohmann::json::parse(folder.read("out.json"))["resets"], 0);
}

TEST_F(Run, WritesJson) {
  EXPECT_EQ(run({"--json", folder.path("out.json"), hi_and_exit(71)}).exit_status, 1);
  const auto json = nlohmann::json::parse(folder.read("out.json"));
  EXPECT_EQ(json["ended"], "exited");
  EXPECT_EQ(json["exit_status"], 1);
  EXPECT_EQ(json["firmware_exit_code"], 71);
  EXPECT_GT(json["simulated_ps"], 0);
  EXPECT_GT(json["cpu"]["instructions"], 10);
  EXPECT_EQ(json["cpu"]["register_stores"], 3);
  EXPECT_EQ(json["dma"]["bytes_out"], 0);
  EXPECT_EQ(json["resets"], 0);
  EXPECT_TRUE(json["wall_seconds"].is_number());
}

TEST_F(Run, KeepsStandardOutputForJsonWhenAsked) {
  const Finished ferry = run({"--json", "-", "--no-wall", "--quiet", hi_and_exit(0)});
  EXPECT_EQ(ferry.errors, "hi\n");
  const auto json = nlohmann::json::parse(ferry.output);
  EXPECT_EQ(json["firmware_exit_code"], 0);
  EXPECT_FALSE(json.contains("wall_seconds"));
}

TEST_F(Run, RecordsPins) {
  TinyFirmware program;
  const std::string pulses = firmware(program.pulse(1).pulse(3).exit(0));
  EXPECT_EQ(run({"--vcd", folder.path("all.vcd"), pulses}).exit_status, 0);
  EXPECT_THAT(folder.read("all.vcd"),
              AllOf(HasSubstr("GPIO0 $end"), HasSubstr("GPIO21 $end"), HasSubstr("module spi2"),
                    HasSubstr("\n1\"\n"), HasSubstr("\n0\"\n"), HasSubstr("\n1$\n"), HasSubstr("\n0$\n")));
  EXPECT_EQ(run({"--vcd", folder.path("one.vcd"), "--vcd-pins", "GPIO3", pulses}).exit_status, 0);
  EXPECT_THAT(folder.read("one.vcd"), AllOf(Not(HasSubstr("GPIO1 ")), HasSubstr("GPIO3 $end"),
                                            HasSubstr("\n1$\n"), Not(HasSubstr("module cpu"))));
}

TEST_F(Run, JoinsPins) {
  TinyFirmware program;
  const std::string pulses = firmware(program.pulse(1).exit(0));
  const std::string diagram = folder.write("diagram.json", R"({
    "parts": [{"id": "esp", "type": "board-esp32-c3-devkitm-1"}, {"id": "servo", "type": "wokwi-servo"},
      {"id": "led", "type": "wokwi-led"}, {"id": "button", "type": "wokwi-pushbutton"}],
    "connections": [["esp:1", "esp:2", "green", []], ["esp:10", "esp:3V3.1", "", []], ["esp:1", "led:A", "", []],
      ["led:C", "esp:GND.1", "", []], ["esp:1", "servo:PWM", "", []]]})");
  const Finished by_diagram = run({"--diagram", diagram, "--vcd", folder.path("diagram.vcd"), pulses});
  EXPECT_EQ(by_diagram.exit_status, 0);
  EXPECT_THAT(by_diagram.errors,
              AllOf(HasSubstr("note: "), HasSubstr("diagram.json"), HasSubstr("servo (wokwi-servo); it has"),
                    HasSubstr("\n  led                 lit 1 time, "),
                    HasSubstr("\n  button              pressed 0 times")));
  const Finished pressed = run({"--diagram", diagram, "--press", "button:0s:1s", "--json", "-", pulses});
  EXPECT_EQ(nlohmann::json::parse(pressed.output)["parts"]["button"], "pressed 1 time");
  const std::string vcd = folder.read("diagram.vcd");
  EXPECT_THAT(vcd, AllOf(HasSubstr("\n1\"\n1#\n"), HasSubstr("\n0\"\n0#\n")));  // both at one time
  EXPECT_THAT(vcd, HasSubstr("\n1+\n"));                                        // GPIO10 is held high

  EXPECT_EQ(run({"--wire", "GPIO1:GPIO2", "--wire", "GPIO2:GPIO3", "--vcd", folder.path("wire.vcd"), pulses})
                .exit_status,
            0);
  EXPECT_THAT(folder.read("wire.vcd"), AllOf(HasSubstr("\n1\"\n1#\n1$\n"), HasSubstr("\n0\"\n0#\n0$\n")));
}

TEST_F(Run, WritesTheFilesOfParts) {
  const std::string diagram = folder.write("diagram.json", R"({
    "parts": [{"id": "esp", "type": "board-esp32-c3-devkitm-1"}, {"id": "lcd", "type": "wokwi-ili9341"},
      {"id": "flash", "type": "ferry-spi-flash", "attrs": {"file": "new.bin", "write_back": "1", "size": "64K"}}],
    "connections": [["lcd:VCC", "esp:5V"], ["flash:CS", "esp:10"]]})");
  const std::string program = firmware(TinyFirmware().exit(0));
  EXPECT_EQ(run({"--diagram", diagram, "--screenshot", "lcd=" + folder.path("a.png"), program}).exit_status,
            0);
  EXPECT_THAT(folder.read("a.png"), HasSubstr("PNG"));
  EXPECT_EQ(folder.read("new.bin"), std::string(65'536, '\xFF'));
  const Finished failed =
      run({"--quiet", "--diagram", diagram, "--screenshot", "lcd=/nowhere/a.png", program});
  EXPECT_EQ(failed.exit_status, 2);
  EXPECT_THAT(failed.errors, HasSubstr("/nowhere/a.png: No such file"));
}

TEST_F(Run, KeepsTheFlashChip) {
  const std::string program = firmware(TinyFirmware().exit(0));
  std::filesystem::create_symlink("chip.bin", folder.path("link.bin"));
  std::filesystem::create_directory(folder.path("chips"));
  std::string content(1024 * 1024, '\xFF');
  content[5] = 'x';
  folder.write("chip.bin", content);
  EXPECT_EQ(run({"--flash", folder.path("link.bin"), program}).exit_status, 0);
  EXPECT_TRUE(std::filesystem::is_symlink(folder.path("link.bin")));
  EXPECT_EQ(folder.read("chip.bin").substr(0, 16), content.substr(0, 16));
  EXPECT_EQ(run({"--flash", folder.path("chips/new.bin"), program}).exit_status, 0);
  EXPECT_EQ(folder.read("chips/new.bin").size(), 4u * 1024 * 1024);
  const std::filesystem::directory_iterator files(folder.path("chips"));
  EXPECT_EQ(std::distance(begin(files), end(files)), 1);  // nothing is left beside it
  const Finished failed = run({"--flash", "/nowhere/new.bin", program});
  EXPECT_EQ(failed.exit_status, 2);
  EXPECT_THAT(failed.errors, HasSubstr("/nowhere/new.bin: No such file"));
}

TEST_F(Run, FailsWhenAPartDoes) {
  folder.write("script.json", R"({"exchanges": [{"name": "hello", "expect": "01"}]})");
  const std::string diagram = folder.write("diagram.json", R"({
    "parts": [{"id": "esp", "type": "board-esp32-c3-devkitm-1"},
      {"id": "sensor", "type": "ferry-spi-script", "attrs": {"script": "script.json"}}]})");
  const Finished failed = run({"--diagram", diagram, "--json", "-", firmware(TinyFirmware().exit(0))});
  EXPECT_EQ(failed.exit_status, 1);
  const auto json = nlohmann::json::parse(failed.output);
  EXPECT_EQ(json["ended"], "part-failed");
  EXPECT_EQ(json["explanation"],
            "sensor: 1 of 1 exchanges have not happened; the next is exchange 1 (hello)");
}

TEST_F(Run, TracesDma) {
  TinyFirmware program;
  const std::string copy = firmware(program.copy_by_dma().exit(0));
  const Finished ferry = run({"--quiet", "--trace", "dma", "--json", folder.path("out.json"), copy});
  EXPECT_EQ(ferry.exit_status, 0);
  EXPECT_THAT(ferry.output, IsEmpty());
  EXPECT_THAT(
      ferry.errors,
      AllOf(HasSubstr("channel 0 OUT  starts    0x3fc90020  out of memory\n"),
            HasSubstr("channel 0 IN   starts    0x3fc90030  into memory\n"),
            HasSubstr("channel 0 OUT  reads     0x3fc90020  owner DMA  size    4  length    4  suc_eof 1  "
                      "buffer 0x3fc90040  next none\n"),
            HasSubstr("channel 0 IN   closes    0x3fc90030  writes back owner DMA -> CPU, length 0 -> 4, "
                      "suc_eof 0 -> 1\n"),
            HasSubstr("channel 0 OUT  ends      ")));
  const auto json = nlohmann::json::parse(folder.read("out.json"));
  EXPECT_EQ(json["dma"]["bytes_out"], 4);
  EXPECT_EQ(json["dma"]["bytes_in"], 4);
  EXPECT_GT(json["dma"]["running_ps"], 0);
  EXPECT_LT(json["dma"]["cpu_free_percent"], 100);
}

TEST_F(Run, SendsToUart0) {
  TinyFirmware program;
  const std::string echo =
      firmware(program.disable_watchdogs().echo_one_byte().echo_one_byte().drain().exit(0));
  const Finished ferry = run({"--send", "1ms:a", "--send", R"(2ms:\x42)", "--quiet", echo});
  EXPECT_EQ(ferry.exit_status, 0);
  EXPECT_EQ(ferry.output, "aB");
}

TEST_F(Run, GivesTheSameTwice) {
  TinyFirmware program;
  const std::string pulses = firmware(program.print("hi\n").pulse(1).drain().pulse(3).exit(0));
  std::vector<std::string> results;
  for (int round = 0; round < 2; ++round) {
    const Finished ferry =
        run({"--no-wall", "--vcd", folder.path("out.vcd"), "--json", folder.path("out.json"), pulses});
    EXPECT_EQ(ferry.exit_status, 0);
    results.push_back(ferry.output + ferry.errors + folder.read("out.vcd") + folder.read("out.json"));
  }
  EXPECT_EQ(results[0], results[1]);
}

TEST_F(Run, StopsAtControlC) {
  const Finished ferry = run({"--json", folder.path("out.json"), hi_for_ever()}, {}, "hi\n");
  EXPECT_EQ(ferry.exit_status, 130);
  EXPECT_THAT(ferry.errors, StartsWith("ferry: interrupted\n  simulated time"));
  EXPECT_EQ(nlohmann::json::parse(folder.read("out.json"))["ended"], "interrupted");
}

TEST_F(Run, EndsWhenNobodyReads) {
  const Finished ferry = run({hi_for_ever()}, {.output = Streams::To::reader_gone});
  EXPECT_EQ(ferry.exit_status, 141);
  EXPECT_THAT(ferry.errors, IsEmpty());
}

TEST_F(Run, SaysWhenTextCannotBeWritten) {
  const Finished full = run({hi_for_ever()}, {.output = Streams::To::full_device});
  EXPECT_EQ(full.exit_status, 2);
  EXPECT_EQ(full.errors, "ferry: standard output: No space left on device\n");
  const Finished closed = run({hi_for_ever()}, {.output = Streams::To::closed});
  EXPECT_EQ(closed.exit_status, 2);
  EXPECT_EQ(closed.errors, "ferry: standard output: Bad file descriptor\n");
}

TEST_F(Run, DoesNotMistakeAFileForAClosedStream) {
  run({"--vcd", folder.path("out.vcd"), hi_and_exit(0)}, {.output = Streams::To::closed});
  EXPECT_THAT(folder.read("out.vcd"), Not(HasSubstr("hi")));
}

TEST_F(Run, SaysWhenAFileCannotBeWritten) {
  const std::string program = hi_and_exit(0);
  const Finished vcd = run({"--vcd", "/dev/full", program});
  EXPECT_EQ(vcd.exit_status, 2);
  EXPECT_EQ(vcd.errors, "ferry: /dev/full: No space left on device\n");
  const Finished report = run({"--report", "/dev/full", program});
  EXPECT_EQ(report.exit_status, 2);
  EXPECT_EQ(report.errors, "ferry: /dev/full: No space left on device\n");
  const Finished json = run({"--json", "/dev/full", program});
  EXPECT_EQ(json.exit_status, 2);
  EXPECT_EQ(json.errors, "ferry: /dev/full: No space left on device\n");
}

TEST(Ferry, PrintsItsVersion) {
  EXPECT_STREQ(app::version, FERRY_VERSION);
  const Finished ferry = run_ferry({"--version"});
  EXPECT_EQ(ferry.exit_status, 0);
  EXPECT_EQ(ferry.output, std::string("ferry ") + FERRY_VERSION + '\n');
}

TEST(Ferry, Helps) {
  const Finished general = run_ferry({"--help"});
  EXPECT_EQ(general.exit_status, 0);
  EXPECT_THAT(general.output, HasSubstr("run"));
  const Finished run = run_ferry({"run", "--help"});
  EXPECT_EQ(run.exit_status, 0);
  EXPECT_THAT(run.output, AllOf(HasSubstr("--wire PIN:PIN"), HasSubstr("Exit codes:"), HasSubstr("42 ")));
  // An option's value that may be left out, as the pages write it.
  EXPECT_THAT(run.output,
              AllOf(HasSubstr("--gdb[=3333] "), HasSubstr("--no-idle-skip "), Not(HasSubstr("{"))));
  EXPECT_THAT(run.errors, IsEmpty());
}

}  // namespace
}  // namespace ferry::tests
