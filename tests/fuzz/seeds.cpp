// Writes the inputs that the fuzzer starts from: seeds FOLDER
#include "board/debug/packet.hpp"
#include "tests/app/app_image_builder.hpp"
#include "tests/app/tiny_firmware.hpp"
#include "tests/board/board_script.hpp"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace {

using ferry::tests::TinyFirmware;
using Text = std::string;

void write(const std::filesystem::path& folder, std::string_view target, unsigned number,
           const Text& content) {
  const auto place = folder / target;
  std::filesystem::create_directories(place);
  std::ofstream file(place / ("seed-" + std::to_string(number)), std::ios::binary);
  file << content;
}

Text text_of(const std::vector<std::byte>& bytes) {
  Text text;
  for (const std::byte byte : bytes) text += static_cast<char>(byte);
  return text;
}

// Runs on everything, short and long.
void write_scripts(const std::filesystem::path& folder) {
  std::mt19937 engine(1);
  for (unsigned number = 0; number < 24; ++number) {
    Text text;
    for (unsigned count = 40 * (1 + number); count != 0; --count) text += static_cast<char>(engine());
    write(folder, "registers", number, text);
    write(folder, "snapshot", number, static_cast<char>(number) + text);
  }
}

void write_elf_files(const std::filesystem::path& folder) {
  const ferry::tests::ElfBuilder plain = TinyFirmware().print("x").drain().exit(0).elf();
  ferry::tests::ElfBuilder rich =
      TinyFirmware().disable_watchdogs().copy_by_dma().pulse(1).sleep_for_ever().elf();
  rich.segments.push_back(
      {.address = 0x3FC9'8000, .content = ferry::tests::bytes_of({1, 2, 3}), .memory_size = 64});
  rich.segments.push_back({.address = 0x5000'0000, .content = ferry::tests::bytes_of({4}), .memory_size = 4});
  rich.symbols = {{"main", TinyFirmware::code_start, 16}, {"_ZN3app7counterE", 0x3FC9'8000, 4, STT_OBJECT}};
  write(folder, "elf", 0, text_of(plain.build()));
  write(folder, "elf", 1, text_of(rich.build()));
  write(folder, "elf", 2, text_of(TinyFirmware().illegal_instruction().elf().build()));
}

void write_images(const std::filesystem::path& folder) {
  const auto loop = ferry::tests::bytes_of({0x0000'006F});  // j .
  ferry::tests::AppImageBuilder flash, ram;
  flash.entry = 0x4201'0020;
  flash.add_flash_segment(flash.entry, loop);
  flash.segments.push_back({.address = 0x3FC9'0000, .content = ferry::tests::bytes_of({1, 2, 3, 4})});
  ram.entry = TinyFirmware::code_start;
  ram.segments = {{.address = ram.entry, .content = loop}};
  const auto table = ferry::tests::partition_table({{0, 0, 0x1'0000, 0xF'0000, "factory"}});
  unsigned number = 0;
  for (const ferry::tests::AppImageBuilder& builder : {flash, ram}) {
    const Text image = text_of(builder.build());
    write(folder, "image", number++, '\0' + image);
    write(folder, "image", number++, '\x01' + image);
    write(folder, "image", number++, '\x02' + text_of(table).substr(0, 64) + image);
  }
}

void write_packets(const std::filesystem::path& folder) {
  unsigned number = 0;
  for (const std::string_view lines :
       {"?\nqSupported:multiprocess+\nqXfer:features:read:target.xml:0,200\nqXfer:memory-map:read::0,"
        "1000\nvCont?\n",
        "g\np20\nP5=78563412\nm3fc90000,40\nM3fc90000,4:01020304\nX3fc90000,2:ab\nm60024000,4\nM60024000,4:"
        "00000000\n",
        "Z0,40380014,2\nvCont;c\nz0,40380014,2\nvCont;s:1\nvCont;r40380014,40380030:1\ns\nc\n",
        "Z2,3fc8fffc,4\nc\nz2,3fc8fffc,4\nZ3,3fc8fff8,4\nc\nZ4,60024000,4\nM600c2200,4:01000000\nc\n",
        "qRcmd,646d61\nqRcmd,70696e73\nqRcmd,74696d65\nqRcmd,7265736574\nqRcmd,"
        "68656c70\nqC\nqfThreadInfo\nHg0\n",
        "QStartNoAckMode\nG00\nD\n?\nk\n", "Z0,40380180,2\nZ1,40380184,4\nC05\nS05;40380014\nc40380000\n"}) {
    write(folder, "gdb", number++, '\0' + Text(lines));
    Text framed = "\x01";
    for (std::string_view rest = lines; !rest.empty();) {
      const std::string_view line = rest.substr(0, rest.find('\n'));
      rest.remove_prefix(line.size() + 1);
      framed += ferry::board::debug::frame(line) + '\n';
    }
    write(folder, "gdb", number++, framed);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: seeds FOLDER\n", stderr);
    return 2;
  }
  const std::filesystem::path folder = argv[1];
  write_scripts(folder);
  write_elf_files(folder);
  write_images(folder);
  write_packets(folder);
  return 0;
}
