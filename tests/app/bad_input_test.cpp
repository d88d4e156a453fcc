// Whatever `ferry` is given: one line on standard error and exit code 2, never a crash.
#include "board/board.hpp"
#include "board/image/elf.hpp"
#include "tests/app/ferry_process.hpp"
#include "tests/app/temporary_folder.hpp"
#include "tests/app/tiny_firmware.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

namespace ferry::tests {
namespace {

using testing::HasSubstr;

class BadInput : public testing::Test {
 protected:
  static Bytes good_elf() {
    TinyFirmware program;
    return program.print("hi\n").drain().exit(0).elf().build();
  }
  std::string good() { return folder.write("good.elf", good_elf()); }

  // One line with `reason` in it, and nothing else.
  static void expect_refused(const std::vector<std::string>& arguments, const std::string& reason) {
    const Finished ferry = run_ferry(arguments);
    EXPECT_EQ(ferry.exit_status, 2) << reason;
    EXPECT_EQ(ferry.output, "") << reason;
    EXPECT_THAT(ferry.errors, testing::StartsWith("ferry: "));
    EXPECT_THAT(ferry.errors, HasSubstr(reason));
    EXPECT_EQ(std::ranges::count(ferry.errors, '\n'), 1) << ferry.errors;
    EXPECT_THAT(ferry.errors, testing::EndsWith("\n"));
  }
  void expect_refused_elf(const Bytes& file, const std::string& reason) {
    expect_refused({"run", folder.write("bad.elf", file)}, "bad.elf: " + reason);
  }

  TemporaryFolder folder;
};

TEST_F(BadInput, CommandLine) {
  const std::string elf = good();
  expect_refused({}, "no command given");
  expect_refused({"walk"}, "walk");
  expect_refused({"run"}, "FILE is required");
  expect_refused({"registers", "nothing"}, "BLOCK: there is no block \"nothing\"");
  expect_refused({"registers", "AES"}, "BLOCK: the board does not have AES");
  expect_refused({"registers", "--xml"}, "--xml");
  expect_refused({"run", "--speed", "9", elf}, "--speed");
  expect_refused({"run", elf, "second.elf"}, "second.elf");
  expect_refused({"run", elf, "--wire"}, "--wire");
  expect_refused({"run", "--timeout", "10", elf}, "--timeout: the time \"10\" lacks its unit");
  expect_refused({"run", "--timeout", "", elf}, "--timeout: \"\" is not a time");
  expect_refused({"run", "--for", "ever", elf}, "--for: \"ever\" is not a time");
  expect_refused({"run", "--timeout", "1s", "--timeout", "2s", elf}, "--timeout");
  expect_refused({"run", "--expect-exit", "none", elf}, "--expect-exit: \"none\" is no exit code");
  expect_refused({"run", "--expect-text", "", elf}, "--expect-text: the text may not be empty");
  expect_refused({"run", "--fail-text", "", elf}, "--fail-text: the text may not be empty");
  expect_refused({"run", "--expect-text=", "--for", "1ms", elf}, "--expect-text: the text may not be empty");
  expect_refused({"run", elf, "--vcd="}, "--vcd: nothing follows the equals sign");
  for (const std::string option : {"--vcd", "--report", "--junit", "--flash"})
    expect_refused({"run", option, "-", elf}, option + ": only --json can go to standard output");
  expect_refused({"run", "--trace", "cpu", elf}, "--trace: \"cpu\" is not known");
  expect_refused({"run", "--watch=often", elf}, "--watch: \"often\" is not known");
  expect_refused({"run", "--watch-suppress", "none", elf}, "--watch-suppress is of no use without --watch");
  expect_refused({"run", "--watch", "--watch-suppress", "/nowhere/none", elf}, "/nowhere/none: No such file");
  expect_refused({"run", "--vcd-pins", "GPIO1", elf}, "without --vcd");
  expect_refused({"run", "--send", "hello", elf}, "TIME:TEXT");
  expect_refused({"run", "--send", "1:hello", elf}, "lacks its unit");
  expect_refused({"run", "--send", R"(1s:\q)", elf}, "unknown escape");
  expect_refused({"run", "--send", R"(1s:\x4)", elf}, "unknown escape");
  expect_refused({"run", "--send", R"(1s:\)", elf}, "unknown escape");
  expect_refused({"run", "a\nb\nc.elf"}, "a\\x0ab\\x0ac.elf: No such file");
}

TEST_F(BadInput, PinsThatDoNotExist) {
  const std::string elf = good();
  expect_refused({"run", "--wire", "GPIO4:GPIO22", elf}, "there is no pin \"GPIO22\"");
  expect_refused({"run", "--wire", "GPIO4", elf}, "a wire is written GPIO4:GPIO2");
  expect_refused({"run", "--wire", "GPIO4:GPIO4", elf}, "joins a pin with itself");
  expect_refused({"run", "--wire", "GPIO4:GPIO2", "--wire", "MOSI:MISO", elf}, "\"MOSI\" is not a pin");
  expect_refused({"run", "--vcd", folder.path("x.vcd"), "--vcd-pins", "GPIO1,GPIO77", elf}, "\"GPIO77\"");
}

TEST_F(BadInput, FirmwareThatIsNone) {
  expect_refused({"run", folder.path("absent.elf")}, "absent.elf: No such file or directory");
  expect_refused({"run", folder.path("")}, "it is a directory");
  expect_refused({"run", "/dev/zero"}, "neither an ELF file nor a flash image");
  expect_refused_elf({}, "the file is empty");
  expect_refused_elf(Bytes(100, std::byte{'A'}), "neither an ELF file nor a flash image");
  expect_refused_elf(Bytes(100, std::byte{0xE9}), "the image is made for chip 59881, not for the ESP32-C3");
}

TEST_F(BadInput, FirmwareForOthers) {
  const Bytes elf = good_elf();
  expect_refused_elf(patch_byte(elf, EI_CLASS, ELFCLASS64), "not a 32-bit ELF file");
  expect_refused_elf(patch_byte(elf, EI_DATA, ELFDATA2MSB), "not a little-endian ELF file");
  expect_refused_elf(patch(elf, &Elf32_Ehdr::e_machine, EM_ARM),
                     "made for another processor (ELF machine 40)");
  expect_refused_elf(patch(elf, &Elf32_Ehdr::e_type, ET_DYN), "position-independent");
  expect_refused_elf(patch(elf, &Elf32_Ehdr::e_flags, 8), "built for RV32E");
}

TEST_F(BadInput, FirmwareThatDoesNotFit) {
  ElfBuilder builder = TinyFirmware().exit(0).elf();
  builder.segments.push_back({.address = 0x3FC8'0010, .content = Bytes(16)});
  expect_refused_elf(builder.build(), "the segment at 0x40380000");  // the same SRAM by way of the other bus
  builder.segments.back().address = 0x2000'0000;
  expect_refused_elf(builder.build(), "the segment at 0x20000000 (16 bytes) is not inside SRAM");
  builder.segments.back().address = 0x427F'FFF8;
  expect_refused_elf(builder.build(), "the segment at 0x427ffff8 (16 bytes) is not inside SRAM");
  builder.segments.back() = {.address = 0x3FCD'FFF0, .memory_size = 0xFFFF'FFF0};
  expect_refused_elf(builder.build(),
                     "the segment at 0x3fcdfff0 (4294967280 bytes) reaches beyond the address space");
  builder.segments.pop_back();
  builder.entry = 0x4038'1000;
  expect_refused_elf(builder.build(), "the entry point 0x40381000 is not in an executable segment");
  builder.segments.clear();
  expect_refused_elf(builder.build(), "nothing to load");
}

TEST_F(BadInput, Diagrams) {
  const auto expect_refused_diagram = [this](const std::string& text, const std::string& reason) {
    expect_refused({"run", "--diagram", folder.write("diagram.json", text), good()},
                   "diagram.json: " + reason);
  };
  expect_refused_diagram("GPIO4 to GPIO2\n", "not JSON");
  expect_refused_diagram("", "not JSON");
  expect_refused_diagram("[]", "not a wokwi diagram");
  expect_refused_diagram(R"({"parts": []})", "no ESP32-C3 board");
  expect_refused_diagram(R"({"parts": [{"id": "esp", "type": "board-esp32-c3-devkitm-1"},
    {"id": "b", "type": "wokwi-pushbutton", "attrs": {"press": "now"}}]})",
                         "b (wokwi-pushbutton): attribute");
  expect_refused_diagram(R"({"parts": [{"id": "esp", "type": "board-esp32-c3-devkitm-1"}],
                             "connections": [["esp:4", "esp:44", "", []]]})",
                         "connection 1: the board has no pin \"44\"");
  expect_refused({"run", "--diagram", folder.path("absent.json"), good()}, "absent.json: No such file");
  expect_refused({"run", "--diagram", folder.path(""), good()}, "it is a directory");
}

TEST_F(BadInput, FilesThatCannotBeWritten) {
  expect_refused({"run", "--vcd", "/nowhere/pins.vcd", good()},
                 "/nowhere/pins.vcd: No such file or directory");
  expect_refused({"run", "--json", folder.path(""), good()}, "Is a directory");
  const std::string elf = good();
  expect_refused({"run", "--vcd", elf, elf}, "it is not overwritten");
  EXPECT_EQ(folder.read("good.elf").size(), good_elf().size());
  const std::string diagram =
      folder.write("diagram.json", R"({"parts": [{"id": "esp", "type": "board-esp32-c3-devkitm-1"}]})");
  expect_refused({"run", "--diagram", diagram, "--json", diagram, elf}, "this is the diagram");
  expect_refused({"run", "--diagram", diagram, "--press", "b:1s:1s", elf}, "the diagram has no part \"b\"");
  expect_refused({"run", "--diagram", diagram, "--press", "b", elf}, "BUTTON:TIME:LENGTH");
  expect_refused({"run", "--diagram", diagram, "--press", "b:1s", elf}, "TIME:LENGTH");
  expect_refused({"run", "--diagram", diagram, "--screenshot", "d=x.png", elf},
                 "the diagram has no part \"d\"");
  expect_refused({"run", "--diagram", diagram, "--screenshot", "d", elf}, "DISPLAY=FILE");
  expect_refused({"run", "--press", "b:1s:1s", elf}, "without a --diagram");
  EXPECT_NE(folder.read("diagram.json"), "");
  const std::string both = folder.path("both");
  expect_refused({"run", "--vcd", both, "--json", both, elf}, "this is the file of --vcd");
  // Through links to what is not there yet.
  std::filesystem::create_symlink("both", folder.path("link"));
  std::filesystem::create_symlink(folder.path("link"), folder.path("link_to_link"));
  expect_refused({"run", "--json", both, "--junit", folder.path("link"), elf}, "this is the file of --json");
  expect_refused({"run", "--vcd", folder.path("link_to_link"), "--json", folder.path("link"), elf},
                 "this is the file of --vcd");
  EXPECT_FALSE(std::filesystem::exists(both));
  expect_refused({"run", "--report", elf, elf}, "it is not overwritten");
  expect_refused({"run", "--flash", both, "--vcd", both, elf}, "this is the file of --flash");
  expect_refused({"run", "--flash", folder.path("./good.elf"), elf}, "this is the firmware");
  expect_refused({"run", "--rom", diagram, "--report", diagram, elf}, "this is the boot ROM");
  expect_refused({"run", "--report", "/nowhere/run.html", elf},
                 "/nowhere/run.html: No such file or directory");
}

TEST_F(BadInput, FilesThatAreNoFlashChip) {
  const std::string elf = good();
  const std::string reason = "this is not the content of a flash chip; it is not overwritten";
  expect_refused({"run", "--flash", folder.write("notes.txt", "do not lose me"), elf}, reason);
  EXPECT_EQ(folder.read("notes.txt"), "do not lose me");
  std::string large(1024 * 1024, '\xFF');
  EXPECT_EQ(run_ferry({"run", "--flash", folder.write("kept.bin", large), elf}).exit_status, 0);
  expect_refused({"run", "--flash", folder.path("no/such/folder.bin"), elf}, "No such file or directory");
  expect_refused({"run", "--flash", folder.write("longer.bin", large + '!'), elf}, reason);
  large.replace(0, 4, "\177ELF");
  expect_refused({"run", "--flash", folder.write("large.elf", large), elf}, reason);
}

// What parts write and read is nobody else's to write.
TEST_F(BadInput, FilesOfParts) {
  const std::string elf = good(), content = folder.write("content.bin", std::string(65'536, 'x'));
  const auto flash = [](const std::string& id, const std::string& file, const std::string& write_back) {
    return R"(, {"id": ")" + id + R"(", "type": "ferry-spi-flash", "attrs": {"size": "64K", "file": ")" +
           file + R"(", "write_back": ")" + write_back + R"("}})";
  };
  const auto diagram = [this](const std::string& parts) {
    return folder.write("diagram.json", R"({"parts": [{"id": "esp", "type": "board-esp32-c3-devkitm-1"},
                                         {"id": "d", "type": "wokwi-ili9341"})" +
                                            parts + "]}");
  };
  const std::string plain = diagram("");
  const std::string picture = folder.path("z.png");
  expect_refused({"run", "--diagram", plain, "--screenshot", "d=" + plain, elf}, "this is the diagram");
  expect_refused({"run", "--diagram", plain, "--screenshot", "d=" + picture, "--vcd", picture, elf},
                 "z.png: this is the file of --vcd; it is not overwritten");
  EXPECT_FALSE(std::filesystem::exists(picture));
  expect_refused({"run", "--diagram", plain, "--screenshot", "d=" + picture, "--screenshot", "d=q.png", elf},
                 "--screenshot: the display \"d\" is named twice");
  expect_refused({"run", "--diagram", diagram(flash("f", "content.bin", "1")), "--vcd", content, elf},
                 "this is the file of --vcd");
  expect_refused({"run", "--diagram", diagram(flash("f", "content.bin", "0")), "--vcd", content, elf},
                 "this is the file of --vcd");
  const std::string both = flash("f", "content.bin", "1") + flash("g", "content.bin", "1");
  expect_refused({"run", "--diagram", diagram(both), elf}, "this is the file of part \"f\"");
  expect_refused({"run", "--diagram", diagram(flash("f", "good.elf", "1")), elf},
                 "good.elf is not as large as the chip, 65536 bytes; it is not overwritten");
  EXPECT_EQ(folder.read("content.bin"), std::string(65'536, 'x'));
  EXPECT_EQ(folder.read("good.elf").size(), good_elf().size());
  Bytes as_large_as_the_chip = good_elf();
  as_large_as_the_chip.resize(65'536);
  const std::string large = folder.write("large.elf", as_large_as_the_chip);
  expect_refused({"run", "--diagram", diagram(flash("f", "large.elf", "1")), large}, "this is the firmware");
}

TEST_F(BadInput, TextThatCannotBeWritten) {
  for (const std::vector<std::string>& arguments :
       std::vector<std::vector<std::string>>{{"registers"}, {"--help"}, {"--version"}}) {
    const Finished ferry = run_ferry(arguments, {.output = Streams::To::full_device});
    EXPECT_EQ(ferry.exit_status, 2);
    EXPECT_EQ(ferry.errors, "ferry: standard output: No space left on device\n");
  }
}

TEST_F(BadInput, EveryTruncation) {
  const Bytes elf = good_elf();
  for (std::size_t length = 0; length < elf.size(); ++length) {
    expect_refused_elf(Bytes(elf.begin(), elf.begin() + static_cast<std::ptrdiff_t>(length)), "");
  }
}

// A changed byte may leave a program, and that program may do anything but harm.
TEST_F(BadInput, EveryChangedByte) {
  const Bytes elf = good_elf();
  for (std::size_t offset = 0; offset < elf.size(); ++offset) {
    const unsigned original = std::to_integer<unsigned>(elf[offset]);
    const std::string path = folder.write("changed.elf", patch_byte(elf, offset, original ^ 0xFF));
    const Finished ferry = run_ferry({"run", "--timeout", "3ms", path});
    EXPECT_THAT(ferry.exit_status, testing::AnyOf(0, 1, 2, 42)) << "byte " << offset << ": " << ferry.errors;
    const bool one_line = std::ranges::count(ferry.errors, '\n') == 1;
    EXPECT_TRUE(ferry.exit_status != 2 || one_line) << ferry.errors;
  }
}

TEST_F(BadInput, EveryChangedBitInOneProcess) {
  const Bytes elf = good_elf();
  for (std::size_t bit = 0; bit < 8 * elf.size(); ++bit) {
    const unsigned original = std::to_integer<unsigned>(elf[bit / 8]);
    auto image = board::parse_elf(patch_byte(elf, bit / 8, original ^ 1u << bit % 8));
    if (!image) continue;
    board::Board board;
    board.load(std::move(*image));
    board.run_until(500 * board::microsecond);
  }
}

}  // namespace
}  // namespace ferry::tests
