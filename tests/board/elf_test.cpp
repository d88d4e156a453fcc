// ELF files in, images out; everything that is not one gets a sentence.
#include "board/image/elf.hpp"

#include "board/image/firmware.hpp"
#include "tests/app/elf_builder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <filesystem>
#include <fstream>

namespace ferry::board {
namespace {

using testing::HasSubstr;
using tests::Bytes;
using tests::ElfBuilder;
using tests::patch;
using tests::patch_byte;

constexpr std::uint32_t text_start = 0x4038'0000, data_start = 0x3FC9'0000;

ElfBuilder two_segments() {
  ElfBuilder builder;
  builder.entry = text_start + 4;
  builder.segments = {
      {.address = data_start,
       .content = Bytes(10, std::byte{0x42}),
       .memory_size = 100,
       .flags = PF_R | PF_W},
      {.address = text_start, .content = tests::bytes_of({0x13, 0x6F}), .flags = PF_R | PF_X}};
  builder.symbols = {
      {"main", text_start + 4, 4}, {"counter", data_start, 4, STT_OBJECT}, {"$x", 0, 0, STT_NOTYPE}};
  return builder;
}

std::string error(const Bytes& file) {
  const auto image = parse_elf(file);
  if (image) return "no error";
  EXPECT_EQ(image.error().text.find('\n'), std::string::npos);
  return image.error().text;
}

// A right file with one segment moved or resized.
std::string segment_error(std::uint32_t address, std::uint32_t memory_size) {
  const Bytes file = two_segments().build();
  return error(patch(patch(file, 0, &Elf32_Phdr::p_vaddr, address), 0, &Elf32_Phdr::p_memsz, memory_size));
}

TEST(Elf, GivesSegmentsInOrderOfAddress) {
  const auto image = parse_elf(two_segments().build());
  ASSERT_TRUE(image.has_value()) << image.error().text;
  EXPECT_EQ(image->entry, text_start + 4);
  ASSERT_EQ(image->segments.size(), 2u);
  EXPECT_EQ(image->segments[0].address, data_start);
  EXPECT_EQ(image->segments[0].bytes, Bytes(10, std::byte{0x42}));
  EXPECT_EQ(image->segments[0].memory_size, 100u);
  EXPECT_FALSE(image->segments[0].executable);
  EXPECT_EQ(image->segments[1].address, text_start);
  EXPECT_EQ(image->segments[1].bytes.size(), 8u);
  EXPECT_TRUE(image->segments[1].executable);
}

TEST(Elf, GivesNamesOfFunctionsAndVariables) {
  const auto image = parse_elf(two_segments().build());
  ASSERT_TRUE(image.has_value());
  ASSERT_EQ(image->symbols.size(), 2u);
  EXPECT_EQ(image->symbols[0].name, "counter");
  EXPECT_FALSE(image->symbols[0].function);
  EXPECT_EQ(image->symbols[1].name, "main");
  EXPECT_EQ(image->symbols[1].address, text_start + 4);
  EXPECT_TRUE(image->symbols[1].function);
}

TEST(Elf, NeedsNoSymbols) {
  ElfBuilder builder = two_segments();
  builder.symbols.clear();
  const auto image = parse_elf(builder.build());
  ASSERT_TRUE(image.has_value());
  EXPECT_TRUE(image->symbols.empty());
}

TEST(Elf, SkipsEmptySegmentsAndOtherHeaders) {
  ElfBuilder builder = two_segments();
  builder.segments.push_back({.address = 0xDEAD'0000});
  builder.segments.push_back({.address = 0, .content = Bytes(4)});
  const auto image = parse_elf(patch(builder.build(), 3, &Elf32_Phdr::p_type, PT_NOTE));
  ASSERT_TRUE(image.has_value()) << image.error().text;
  EXPECT_EQ(image->segments.size(), 2u);
}

TEST(Elf, TakesEveryKindOfMemory) {
  EXPECT_EQ(segment_error(0x4037'C000, 0x4000), "no error");  // SRAM0
  EXPECT_EQ(segment_error(0x5000'0000, 0x2000), "no error");  // RTC
  EXPECT_EQ(segment_error(0x3FCC'0000, 0x2'0000), "no error");
  EXPECT_EQ(segment_error(0x403C'0000, 0x2'0000), "no error");
}

TEST(Elf, RefusesOtherFiles) {
  EXPECT_EQ(error({}), "the file is empty");
  EXPECT_EQ(error(Bytes(1, std::byte{'x'})), "not an ELF file");
  EXPECT_EQ(error(Bytes(1000, std::byte{0})), "not an ELF file");
}

TEST(Elf, RefusesOtherKindsOfElf) {
  const Bytes file = two_segments().build();
  EXPECT_EQ(error(patch_byte(file, EI_CLASS, ELFCLASS64)), "not a 32-bit ELF file");
  EXPECT_EQ(error(patch_byte(file, EI_DATA, ELFDATA2MSB)), "not a little-endian ELF file");
  EXPECT_EQ(error(patch_byte(file, EI_VERSION, 2)), "not version 1 of the ELF format");
  EXPECT_EQ(error(patch(file, &Elf32_Ehdr::e_version, 0)), "not version 1 of the ELF format");
  EXPECT_THAT(error(patch(file, &Elf32_Ehdr::e_machine, EM_XTENSA)),
              HasSubstr("another processor (ELF machine 94)"));
  EXPECT_THAT(error(patch(file, &Elf32_Ehdr::e_type, ET_REL)), HasSubstr("object file"));
  EXPECT_THAT(error(patch(file, &Elf32_Ehdr::e_type, ET_DYN)), HasSubstr("position-independent"));
  EXPECT_THAT(error(patch(file, &Elf32_Ehdr::e_type, ET_CORE)), HasSubstr("not an executable"));
  EXPECT_THAT(error(patch(file, &Elf32_Ehdr::e_flags, 0x9)), HasSubstr("RV32E"));
  EXPECT_THAT(error(patch(file, &Elf32_Ehdr::e_flags, 0x3)), HasSubstr("floating-point ABI"));
  EXPECT_EQ(error(patch(file, 0, &Elf32_Phdr::p_type, PT_INTERP)), "dynamically linked");
}

TEST(Elf, RefusesDamagedHeaders) {
  const Bytes file = two_segments().build();
  EXPECT_THAT(error(patch(file, &Elf32_Ehdr::e_phnum, 0)), HasSubstr("no program headers"));
  EXPECT_THAT(error(patch(file, &Elf32_Ehdr::e_phnum, PN_XNUM)), HasSubstr("too many"));
  EXPECT_THAT(error(patch(file, &Elf32_Ehdr::e_phnum, 1000)),
              HasSubstr("program headers lie beyond the end"));
  EXPECT_THAT(error(patch(file, &Elf32_Ehdr::e_phoff, 0xFFFF'FFFF)),
              HasSubstr("program headers lie beyond the end"));
  EXPECT_THAT(error(patch(file, &Elf32_Ehdr::e_phentsize, 56)), HasSubstr("unknown size"));
  EXPECT_THAT(error(patch(file, &Elf32_Ehdr::e_shoff, 0x1000'0000)),
              HasSubstr("section headers lie beyond the end"));
}

TEST(Elf, RefusesSegmentsThatTheFileDoesNotHold) {
  const Bytes file = two_segments().build();
  EXPECT_THAT(error(patch(file, 0, &Elf32_Phdr::p_offset, 0x7000'0000)),
              HasSubstr("beyond the end of the file"));
  EXPECT_THAT(error(patch(file, 0, &Elf32_Phdr::p_offset, 0xFFFF'FFFF)),
              HasSubstr("beyond the end of the file"));
  EXPECT_THAT(error(patch(file, 0, &Elf32_Phdr::p_filesz, 101)),
              HasSubstr("more bytes in the file than in memory"));
}

TEST(Elf, RefusesSegmentsOutsideMemory) {
  EXPECT_THAT(segment_error(0x2000'0000, 16),
              HasSubstr("0x20000000 (16 bytes) is not inside SRAM, RTC memory or a flash window"));
  EXPECT_THAT(segment_error(0x6000'0000, 16), HasSubstr("not inside"));
  EXPECT_THAT(segment_error(0x3FCD'FFF0, 17), HasSubstr("not inside"));
  EXPECT_THAT(segment_error(0x3FC7'FFFF, 16), HasSubstr("not inside"));
  EXPECT_THAT(segment_error(0x403D'FFF0, 17), HasSubstr("not inside"));
  EXPECT_THAT(segment_error(0x5000'1FF0, 17), HasSubstr("not inside"));
  EXPECT_THAT(segment_error(data_start, 0xFFFF'FFFF), HasSubstr("beyond the address space"));
  EXPECT_THAT(segment_error(0xFFFF'FFF0, 17), HasSubstr("beyond the address space"));
  EXPECT_THAT(segment_error(0x3C7F'FFF8, 16), HasSubstr("not inside"));
}

TEST(Elf, RefusesOverlappingSegments) {
  // The code as seen from the data bus begins at 0x3FC80000.
  EXPECT_EQ(segment_error(0x3FC8'0008, 16), "no error");
  EXPECT_THAT(segment_error(0x3FC8'0007, 16), HasSubstr("instruction and data bus reach the same SRAM"));
  EXPECT_THAT(segment_error(0x3FC8'0000, 16), HasSubstr("overlap"));
  const std::string same_bus = segment_error(0x4037'FFF8, 10);
  EXPECT_EQ(same_bus, "the segment at 0x4037fff8 (10 bytes) and the segment at 0x40380000 (8 bytes) overlap");
  EXPECT_EQ(segment_error(0x4037'FFF6, 10), "no error");
  EXPECT_EQ(segment_error(0x4037'FFF0, 32), "no error") << "room without content holds a place for others";
}

TEST(Elf, RefusesEntriesThatCannotRun) {
  ElfBuilder builder = two_segments();
  builder.entry = data_start;
  EXPECT_THAT(error(builder.build()), HasSubstr("0x3fc90000 is not in an executable segment"));
  builder.segments[0].flags |= PF_X;
  EXPECT_THAT(error(builder.build()),
              HasSubstr("on the data bus; code is fetched through the instruction bus, at 0x40"));
  builder.entry = data_start + 10;  // room without content
  EXPECT_THAT(error(builder.build()), HasSubstr("not in an executable segment"));
  builder.entry = text_start + 1;
  EXPECT_THAT(error(builder.build()), HasSubstr("odd"));
  builder.entry = text_start + 8;
  EXPECT_THAT(error(builder.build()), HasSubstr("not in an executable segment"));
}

TEST(Elf, RefusesFilesWithNothingToLoad) {
  ElfBuilder builder;
  builder.segments = {{.address = text_start}};
  EXPECT_THAT(error(builder.build()), HasSubstr("every segment is empty"));
}

// ---- Programs linked for flash

constexpr std::uint32_t rom_text = 0x4201'0020, rom_data = 0x3C00'0020, page = 0x1'0000;

ElfBuilder flash_program() {
  ElfBuilder builder;
  builder.entry = rom_text;
  builder.segments = {{.address = rom_data, .content = Bytes(300, std::byte{0x11}), .flags = PF_R},
                      {.address = rom_text, .content = tests::bytes_of({0x13, 0x6F}), .flags = PF_R | PF_X},
                      {.address = data_start, .content = Bytes(4, std::byte{0x42}), .flags = PF_R | PF_W}};
  return builder;
}

const FlashPart* part_at(const Image& image, std::uint32_t address) {
  for (const FlashPart& part : image.flash)
    if (address - part.address < part.bytes.size()) return &part;
  return nullptr;
}

TEST(Elf, PutsFlashSegmentsIntoPagesBehindThePartitionTable) {
  const auto image = parse_elf(flash_program().build());
  ASSERT_TRUE(image.has_value()) << image.error().text;
  ASSERT_EQ(image->segments.size(), 1u);
  EXPECT_EQ(image->segments[0].address, data_start);
  ASSERT_EQ(image->pages.size(), 2u);
  EXPECT_EQ(image->pages[1].window, 1u);
  EXPECT_EQ(image->pages[1].flash, 2u);
  ASSERT_NE(part_at(*image, page + 0x20), nullptr);
  EXPECT_EQ(part_at(*image, page + 0x20)->bytes[0x20], std::byte{0x11});
  EXPECT_EQ(part_at(*image, 2 * page + 0x20)->bytes[0x20], std::byte{0x13});
  EXPECT_EQ(part_at(*image, 0x8000)->bytes[0], std::byte{0xAA}) << "a partition table";
  EXPECT_TRUE(image->second_stage);
}

TEST(Elf, GrowsTheFlashChipForAProgram) {
  ElfBuilder builder = flash_program();
  builder.segments[0].address = 0x3C7F'0000;
  const auto image = parse_elf(builder.build());
  ASSERT_TRUE(image.has_value()) << image.error().text;
  EXPECT_EQ(image->flash_size, 16u * 1024 * 1024);
}

// One table maps both windows: page 1 cannot show this here and that there.
TEST(Elf, RefusesTwoContentsForOnePlaceInFlash) {
  ElfBuilder builder = flash_program();
  builder.segments[0].address = 0x3C01'0020;
  EXPECT_EQ(
      error(builder.build()),
      "two segments give different bytes for the flash page that is seen at 0x42010020 and at 0x3c010020");
}

// As esp-hal's and ESP-IDF's linker scripts do, to keep the other bus's place free.
TEST(Elf, SkipsSectionsWithoutContentInsideASegment) {
  ElfBuilder builder = flash_program();
  // One segment over both pages, whose first section is a dummy: the file has zeros for it.
  builder.segments[1] = {.address = 0x4200'0020, .content = Bytes(page + 4), .flags = PF_R | PF_X};
  builder.segments[1].content[page] = std::byte{0x13};
  EXPECT_THAT(error(builder.build()), HasSubstr("two segments give different bytes"));
  builder.empty_sections = {{0x4200'0020, page}};
  const auto image = parse_elf(builder.build());
  ASSERT_TRUE(image.has_value()) << image.error().text;
  EXPECT_EQ(part_at(*image, page + 0x20)->bytes[0x20], std::byte{0x11});
  EXPECT_EQ(part_at(*image, 2 * page + 0x20)->bytes[0x20], std::byte{0x13});
}

// A program that copies its data itself finds them where its linker script stored them.
TEST(Elf, StoresSegmentsWhereTheirLoadAddressSays) {
  const Bytes file = patch(flash_program().build(), 2, &Elf32_Phdr::p_paddr, 0x3C02'0000);
  const auto image = parse_elf(file);
  ASSERT_TRUE(image.has_value()) << image.error().text;
  EXPECT_EQ(part_at(*image, 3 * page)->bytes[0], std::byte{0x42});
  EXPECT_EQ(image->segments.size(), 1u) << "and in RAM, as a loader would";
}

TEST(Elf, FindsWhatAProgramSaysAboutItself) {
  ElfBuilder builder = flash_program();
  Bytes& data = builder.segments[0].content;
  std::memset(data.data(), 0, data.size());
  const std::uint32_t magic = 0xABCD'5432;
  std::memcpy(data.data(), &magic, sizeof magic);
  std::memcpy(data.data() + 16, "1.2", 3);
  std::memcpy(data.data() + 48, "blinky", 6);
  const auto image = parse_elf(builder.build());
  ASSERT_TRUE(image.has_value()) << image.error().text;
  EXPECT_EQ(image->description.project, "blinky");
  EXPECT_EQ(image->description.version, "1.2");
}

TEST(Elf, RefusesEveryTruncation) {
  const Bytes file = two_segments().build();
  for (std::size_t length = 0; length < file.size(); ++length) {
    EXPECT_NE(error(Bytes(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(length))), "no error")
        << length;
  }
}

TEST(Elf, SurvivesEveryChangedByte) {
  const Bytes file = two_segments().build();
  for (std::size_t offset = 0; offset < file.size(); ++offset) {
    for (const unsigned mask : {0x01u, 0x80u, 0xFFu}) {
      const auto image = parse_elf(patch_byte(file, offset, std::to_integer<unsigned>(file[offset]) ^ mask));
      EXPECT_TRUE(image || !image.error().text.empty());
    }
  }
}

TEST(Elf, SaysWhyAFileCannotBeRead) {
  EXPECT_EQ(load_firmware("/nowhere/at/all.elf").error().text, "No such file or directory");
  EXPECT_EQ(load_firmware("/").error().text, "it is a directory");
  EXPECT_EQ(load_firmware("/dev/null").error().text, "the file is empty");
  EXPECT_EQ(load_firmware("/dev/zero").error().text,
            "neither an ELF file nor a flash image");  // and it stops reading
}

TEST(Elf, RefusesHugeFilesUnread) {
  const auto path = std::filesystem::path(testing::TempDir()) / "ferry_huge.elf";
  std::ofstream(path) << "\x7F";
  std::filesystem::resize_file(path, std::uintmax_t{1} << 40);
  EXPECT_EQ(load_firmware(path).error().text, "it is larger than 256 MiB");
  std::filesystem::remove(path);
}

}  // namespace
}  // namespace ferry::board
