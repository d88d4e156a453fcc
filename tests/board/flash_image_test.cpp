// Application images and whole flash chips: what starts, and a sentence for what does not.
#include "board/board.hpp"
#include "board/bus.hpp"
#include "board/cpu/cpu.hpp"
#include "board/flash/flash_chip.hpp"
#include "board/image/firmware.hpp"
#include "board/image/second_stage.hpp"
#include "board/memory.hpp"
#include "tests/app/app_image_builder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ferry::board {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using tests::AppImageBuilder;
using tests::Bytes;
using tests::FlashBuilder;

constexpr std::uint32_t text_address = 0x4201'0020, data_address = 0x3C00'0020, ram_address = 0x3FC9'0000;
constexpr std::uint32_t endless_loop = 0x0000'006F;  // j .

AppImageBuilder application(std::uint8_t mark = 0x11) {
  AppImageBuilder builder;
  builder.entry = text_address;
  builder.add_flash_segment(data_address, Bytes(256, static_cast<std::byte>(mark)));
  builder.segments.push_back({.address = ram_address, .content = Bytes(16, std::byte{0x42})});
  builder.add_flash_segment(text_address, tests::bytes_of({endless_loop}));
  return builder;
}

AppImageBuilder ram_image() {
  AppImageBuilder builder;
  builder.entry = 0x4038'0000;
  builder.segments = {{.address = 0x4038'0000, .content = tests::bytes_of({endless_loop})}};
  return builder;
}

std::string error(const Bytes& file) {
  const auto image = parse_firmware(file);
  if (image) return "no error";
  EXPECT_EQ(image.error().text.find('\n'), std::string::npos);
  return image.error().text;
}

std::uint32_t word(Board& board, std::uint32_t address) {
  return board.bus().load({.address = address, .width = 4, .pc = 0}).value;
}

TEST(AppImage, StartsAtOnceUnlessARealRomFindsALoader) {
  const auto start_of = [](const Bytes& file) {
    auto image = parse_firmware(file);
    EXPECT_TRUE(image.has_value());
    Board board;
    board.set_rom(std::vector<std::byte>(Memory::rom_size));
    board.load(std::move(*image));
    return board.cpu().pc();
  };
  EXPECT_EQ(start_of(application().build()), text_address);
  EXPECT_EQ(start_of(ram_image().build()), 0x4000'0000u);  // it lies at the start of flash
}

TEST(AppImage, StartsWithItsPagesMappedAndItsRamFilled) {
  auto image = parse_firmware(application().build());
  ASSERT_TRUE(image.has_value()) << image.error().text;
  Board board;
  board.load(std::move(*image));
  EXPECT_EQ(board.cpu().pc(), text_address);
  EXPECT_EQ(word(board, data_address), 0x1111'1111u);
  EXPECT_EQ(word(board, text_address), endless_loop);
  EXPECT_EQ(word(board, ram_address), 0x4242'4242u);
  EXPECT_EQ(board.run_for(millisecond), Board::Stop::reached_time);
  EXPECT_EQ(board.cpu().pc(), text_address) << "it runs from flash";
}

// IDF's own start code goes on where the ROM's stack is, and stores to it first thing.
TEST(AppImage, StartsOnTheRomsStack) {
  for (const Bytes& file : {application().build(), ram_image().build()}) {
    auto image = parse_firmware(file);
    ASSERT_TRUE(image.has_value()) << image.error().text;
    Board board;
    board.load(std::move(*image));
    EXPECT_EQ(board.cpu().register_value(2), 0x3FCD'E710u);
  }
}

TEST(AppImage, InRamAloneStartsAsTheRomWouldLoadIt) {
  auto image = parse_firmware(ram_image().build());
  ASSERT_TRUE(image.has_value()) << image.error().text;
  EXPECT_FALSE(image->second_stage);
  Board board;
  board.load(std::move(*image));
  EXPECT_EQ(board.run_for(millisecond), Board::Stop::reached_time);
  board.reset();
  EXPECT_EQ(board.cpu().pc(), 0x4038'0000u) << "the flash holds it for the next start";
}

TEST(AppImage, RefusesWhatTheBootLoadersRefuse) {
  AppImageBuilder builder = application();
  builder.chip = 13;
  EXPECT_EQ(error(builder.build()), "the image is made for the ESP32-C6, not for the ESP32-C3");
  builder.chip = 77;
  EXPECT_EQ(error(builder.build()), "the image is made for chip 77, not for the ESP32-C3");
  const Bytes good = application().build();
  EXPECT_EQ(error(tests::patch_byte(good, 40, 0x99)), "the image's checksum is wrong");
  EXPECT_EQ(error(tests::patch_byte(good, good.size() - 1, std::to_integer<unsigned>(good.back()) ^ 1)),
            "the image's SHA-256 is wrong");
  EXPECT_EQ(error(tests::patch_byte(good, 1, 0)), "the image claims 0 segments; there may be 1 to 16");
  EXPECT_EQ(error(tests::patch_byte(good, 1, 17)), "the image claims 17 segments; there may be 1 to 16");
  EXPECT_EQ(error(tests::patch_byte(good, 15, 101)),
            "the image needs chip revision v1.1; the board's is v0.4");
  EXPECT_EQ(error(Bytes(good.begin(), good.begin() + 20)), "truncated: the image's header is incomplete");
}

TEST(AppImage, HashIsCheckedOnlyWhereThereIsOne) {
  AppImageBuilder builder = application();
  builder.hash = false;
  EXPECT_EQ(error(builder.build()), "no error");
}

TEST(AppImage, RefusesSegmentsThatCannotBe) {
  AppImageBuilder builder = application();
  builder.segments.push_back({.address = ram_address + 8, .content = Bytes(16)});
  EXPECT_EQ(error(builder.build()), "the image's segments for 0x3fc90000 and 0x3fc90008 overlap");
  builder.segments.back().address = ram_address + 8 + 0x70'0000;
  EXPECT_EQ(error(builder.build()), "the image's segments for 0x3fc90000 and 0x40390008 overlap");
  builder.segments.back().address = 0x6000'0000;
  EXPECT_EQ(error(builder.build()),
            "the image's segment for 0x60000000 (16 bytes) is not inside SRAM, RTC memory or a flash window");
  builder.segments.back().address = 0x3C02'0000;
  EXPECT_THAT(error(builder.build()), HasSubstr("in flash, which no page can show there"));
  builder = application();
  builder.entry = ram_address;
  EXPECT_EQ(error(builder.build()),
            "the image's entry point 0x3fc90000 is not in one of its segments of code");
}

TEST(AppImage, RefusesEveryTruncation) {
  const Bytes file = ram_image().build();
  for (std::size_t length = 0; length < file.size(); ++length)
    EXPECT_NE(error(Bytes(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(length))), "no error")
        << length;
}

TEST(AppImage, SurvivesEveryChangedByte) {
  const Bytes file = ram_image().build();
  for (std::size_t offset = 0; offset < file.size(); ++offset)
    for (const unsigned mask : {0x01u, 0x80u, 0xFFu})
      EXPECT_FALSE(
          error(tests::patch_byte(file, offset, std::to_integer<unsigned>(file[offset]) ^ mask)).empty());
}

// ---- Whole flash chips

constexpr std::uint32_t size = 1024 * 1024, factory = 0x1'0000, slot0 = 0x5'0000, slot1 = 0x9'0000,
                        ota_data = 0xD000;
constexpr std::uint32_t slot_size = 0x4'0000, sector = 0x1000;

FlashBuilder whole_flash() {
  FlashBuilder builder(size);
  builder.put(0, ram_image().build())
      .put(0x8000, tests::partition_table({{1, 0, ota_data, 2 * sector, "otadata"},
                                           {0, 0x00, factory, slot_size, "factory"},
                                           {0, 0x10, slot0, slot_size, "ota_0"},
                                           {0, 0x11, slot1, slot_size, "ota_1"}}))
      .put(factory, application(0x01).build())
      .put(slot0, application(0x02).build())
      .put(slot1, application(0x03).build());
  return builder;
}

// Which application starts, by the mark in its data; 0 for none.
std::uint32_t started(const Bytes& file) {
  auto image = parse_firmware(file);
  EXPECT_TRUE(image.has_value()) << image.error().text;
  if (!image) return 0;
  Board board;
  board.load(std::move(*image));
  return word(board, data_address) & 0xFF;
}

TEST(FlashImage, StartsTheFactoryApplicationWithoutAChoice) { EXPECT_EQ(started(whole_flash().build()), 1u); }

TEST(FlashImage, StartsTheSlotThatOtaDataChoose) {
  FlashBuilder builder = whole_flash();
  EXPECT_EQ(started(builder.put(ota_data, tests::ota_choice(1)).build()), 2u);
  EXPECT_EQ(started(builder.put(ota_data + sector, tests::ota_choice(2)).build()), 3u) << "the later one";
  EXPECT_EQ(started(builder.put(ota_data, tests::ota_choice(3)).build()), 2u);
  EXPECT_EQ(started(builder.put(ota_data, tests::ota_choice(5, 4)).build()), 3u)
      << "an aborted one does not count";
}

TEST(FlashImage, GoesOnToTheNextApplicationAndSaysSo) {
  FlashBuilder builder = whole_flash();
  builder.put(ota_data, tests::ota_choice(1)).put(slot0 + 0x40, Bytes(1, std::byte{0x99}));
  const auto image = parse_firmware(builder.build());
  ASSERT_TRUE(image.has_value());
  EXPECT_THAT(image->remarks,
              ElementsAre("partition \"ota_0\" does not start: the image's checksum is wrong"));
  EXPECT_EQ(started(builder.build()), 1u);
}

TEST(FlashImage, StartsTheTestApplicationWhenNothingElseDoes) {
  const auto with_factory = [](const Bytes& content) {
    return FlashBuilder(size)
        .put(0, ram_image().build())
        .put(0x8000, tests::partition_table(
                         {{0, 0x20, slot0, slot_size, "test"}, {0, 0x00, factory, slot_size, "factory"}}))
        .put(factory, content)
        .put(slot0, application(0x05).build())
        .build();
  };
  EXPECT_EQ(started(with_factory(application(0x01).build())), 1u);
  const Bytes damaged = tests::patch_byte(application(0x01).build(), 0x40, 0x99);
  EXPECT_EQ(started(with_factory(damaged)), 5u);
  const auto image = parse_firmware(with_factory(damaged));
  ASSERT_TRUE(image.has_value());
  EXPECT_THAT(image->remarks,
              ElementsAre("partition \"factory\" does not start: the image's checksum is wrong"));
  EXPECT_EQ(started(FlashBuilder(size)
                        .put(0, ram_image().build())
                        .put(0x8000, tests::partition_table({{0, 0x20, slot0, slot_size, "test"}}))
                        .put(slot0, application(0x05).build())
                        .build()),
            5u)
      << "the only one";
}

TEST(FlashImage, RefusesDamagedTables) {
  EXPECT_EQ(error(tests::patch_byte(whole_flash().build(), 0x8010, 0x77)),
            "the partition table's MD5 is wrong");
  EXPECT_EQ(error(FlashBuilder(size)
                      .put(0, ram_image().build())
                      .put(0x8000, tests::partition_table({{0, 0, factory, 4 * size, "factory"}}))
                      .build()),
            "partition \"factory\" reaches beyond the flash chip's 4 MiB")
      << "the boot loader's header says 4 MiB";
  EXPECT_EQ(error(FlashBuilder(size)
                      .put(0, ram_image().build())
                      .put(0x8000, tests::partition_table({{1, 2, 0x9000, 0x6000, "nvs"}}))
                      .build()),
            "the partition table names no application");
  EXPECT_EQ(error(tests::patch_byte(whole_flash().build(), 24 + 8, 0)),
            "the boot loader at 0 does not start: the image's checksum is wrong");
}

TEST(FlashImage, RefusesMoreThanAChipHolds) {
  Bytes file(17 * 1024 * 1024, std::byte{0xFF});
  file[0] = std::byte{0xE9};
  EXPECT_EQ(error(file), "it is larger than the largest flash chip, 16 MiB");
}

// A reset looks at the flash again: what the firmware has changed there counts.
TEST(FlashImage, AResetStartsWhatFlashSaysThen) {
  auto image = parse_firmware(whole_flash().build());
  ASSERT_TRUE(image.has_value());
  Board board;
  board.load(std::move(*image));
  board.flash().load(ota_data, tests::ota_choice(2));
  board.reset();
  EXPECT_EQ(word(board, data_address) & 0xFF, 3u);
}

TEST(FlashImage, SnapshotsKeepWhatChangedInFlash) {
  auto image = parse_firmware(whole_flash().build());
  ASSERT_TRUE(image.has_value());
  Board board;
  board.load(std::move(*image));
  board.flash().load(factory + 0x20, Bytes(4, std::byte{0x77}));
  EXPECT_EQ(word(board, data_address), 0x7777'7777u) << "the window follows";
  const Snapshot moment = board.snapshot();
  board.flash().load(factory + 0x20, Bytes(4, std::byte{0x88}));
  EXPECT_EQ(word(board, data_address), 0x8888'8888u);
  board.restore(moment);
  EXPECT_EQ(word(board, data_address), 0x7777'7777u);
  Board other;
  other.restore(moment);
  EXPECT_EQ(word(other, data_address), 0x7777'7777u);
  EXPECT_EQ(word(other, text_address), endless_loop);
}

TEST(FlashImage, DirectBootMapsTheChipAsItIs) {
  Bytes file = tests::bytes_of({0xAEDB'041D, 0xAEDB'041D, endless_loop, 0x1234'5678});
  auto image = parse_firmware(file);
  ASSERT_TRUE(image.has_value()) << image.error().text;
  Board board;
  board.load(std::move(*image));
  EXPECT_EQ(board.cpu().pc(), 0x4200'0008u);
  EXPECT_EQ(word(board, 0x3C00'000C), 0x1234'5678u);
  EXPECT_EQ(board.run_for(millisecond), Board::Stop::reached_time);
}

}  // namespace
}  // namespace ferry::board
