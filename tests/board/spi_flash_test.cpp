// The SPI flash at its pins: every command, on every number of lines, with what the data sheet says about
// time and protection.
#include "board/parts/spi_flash.hpp"

#include "tests/app/temporary_folder.hpp"
#include "tests/board/spi_bench.hpp"

#include <gmock/gmock.h>

namespace ferry::board {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class SpiFlashTest : public SpiBench {
 protected:
  SpiFlash& make(const Attributes& attributes = {{"size", "1M"}}) {
    flash = &place<SpiFlash>("flash", attributes);
    connect("flash:CS", "GPIO10");
    connect("flash:CLK", "GPIO6");
    connect("flash:IO0", "GPIO7");
    connect("flash:IO1", "GPIO2");
    connect("flash:IO2", "GPIO5");
    connect("flash:IO3", "GPIO4");
    circuit.start();
    return *flash;
  }
  void fill_pattern() {
    Bytes bytes(flash->memory().size());
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = pattern(i);
    flash->memory().put(0, bytes);
  }
  static std::uint8_t pattern(std::size_t address) {
    return static_cast<std::uint8_t>(address * 7 + (address >> 8) * 13 + 1);
  }
  static Bytes patterns(std::size_t address, std::size_t count) {
    Bytes bytes;
    for (std::size_t i = 0; i < count; ++i) bytes.push_back(pattern(address + i));
    return bytes;
  }
  void enable() { transfer({0x06}); }
  std::uint8_t status(std::uint8_t command = 0x05) { return transfer({command}, 1).front(); }
  void wait() {
    for (int patience = 0; (status() & 1) != 0; ++patience) {
      ASSERT_LT(patience, 100'000);
      run(millisecond);
    }
  }
  void set_quad() {
    enable();
    transfer({0x31, 0x02});
    wait();
  }

  SpiFlash* flash = nullptr;
};

TEST_F(SpiFlashTest, TellsWhatItIs) {
  make({{"size", "4M"}});
  EXPECT_THAT(transfer({0x9F}, 4), ElementsAre(0xEF, 0x40, 0x16, 0xEF));
  EXPECT_THAT(transfer({0x90, 0, 0, 0}, 4), ElementsAre(0xEF, 0x15, 0xEF, 0x15));
  EXPECT_THAT(transfer({0x90, 0, 0, 1}, 2), ElementsAre(0x15, 0xEF));
  EXPECT_THAT(transfer({0xAB, 0, 0, 0}, 2), ElementsAre(0x15, 0x15));
  EXPECT_EQ(transfer({0x4B, 0, 0, 0, 0}, 8).size(), 8u);
  EXPECT_THAT(notes, IsEmpty());
}

TEST_F(SpiFlashTest, AnswersInModesZeroAndThree) {
  make({{"jedec_id", "0xC22016"}});
  for (const unsigned each : {0u, 3u}) {
    set_mode(each);
    EXPECT_THAT(transfer({0x9F}, 3), ElementsAre(0xC2, 0x20, 0x16)) << each;
  }
}

TEST_F(SpiFlashTest, ReadsOnOneLine) {
  make();
  fill_pattern();
  EXPECT_EQ(transfer({0x03, 0x01, 0x23, 0x45}, 5), patterns(0x12345, 5));
  EXPECT_EQ(transfer({0x0B, 0x01, 0x23, 0x45, 0x00}, 5), patterns(0x12345, 5));
  // The end goes on at the beginning, and bits above the size do not matter.
  EXPECT_THAT(transfer({0x03, 0xFF, 0xFF, 0xFF}, 2), ElementsAre(pattern(0xFFFFF), pattern(0)));
}

TEST_F(SpiFlashTest, ReadsOnTwoLines) {
  make();
  fill_pattern();
  select();
  send({0x3B, 0x01, 0x23, 0x45});
  skip(8);
  EXPECT_EQ(receive(5, 2), patterns(0x12345, 5));
  deselect();
  select();
  send({0xBB});
  send({0x01, 0x23, 0x45, 0xFF}, 2);
  EXPECT_EQ(receive(5, 2), patterns(0x12345, 5));
  deselect();
}

TEST_F(SpiFlashTest, ReadsOnFourLinesWithTheQuadBit) {
  make();
  fill_pattern();
  set_quad();
  select();
  send({0x6B, 0x01, 0x23, 0x45});
  skip(8);
  EXPECT_EQ(receive(5, 4), patterns(0x12345, 5));
  deselect();
  select();
  send({0xEB});
  send({0x01, 0x23, 0x45, 0x00}, 4);
  skip(4);
  EXPECT_EQ(receive(5, 4), patterns(0x12345, 5));
  deselect();
  EXPECT_THAT(notes, IsEmpty());
}

TEST_F(SpiFlashTest, GoesOnReadingWithoutACommand) {
  make({{"size", "1M"}, {"quad", "1"}});
  fill_pattern();
  select();
  send({0xEB});
  send({0x00, 0x10, 0x00, 0x20}, 4);
  skip(4);
  EXPECT_EQ(receive(2, 4), patterns(0x1000, 2));
  deselect();
  select();
  send({0x00, 0x20, 0x00, 0x00}, 4);
  skip(4);
  EXPECT_EQ(receive(2, 4), patterns(0x2000, 2));
  deselect();
  EXPECT_THAT(transfer({0x9F}, 1), ElementsAre(0xEF));
}

TEST_F(SpiFlashTest, QuadCommandsNeedTheQuadBit) {
  make();
  select();
  send({0x6B, 0, 0, 0, 0});
  deselect();
  EXPECT_THAT(notes, ElementsAre(HasSubstr("command 0x6b needs the QE bit")));
}

TEST_F(SpiFlashTest, ProgramsAPageAndIsBusyMeanwhile) {
  make();
  enable();
  EXPECT_EQ(status(), 0x02);
  const Time before = timeline.now();
  transfer({0x02, 0x00, 0x10, 0x10, 0x11, 0x22, 0x33});
  EXPECT_EQ(status(), 0x03);
  EXPECT_TRUE(flash->busy());
  transfer({0x03, 0, 0, 0});
  EXPECT_THAT(notes, ElementsAre("flash: command 0x03 while it is busy is ignored"));
  while ((status() & 1) != 0) run(microsecond);
  EXPECT_NEAR(static_cast<double>(timeline.now() - before), 400e6, 20e6);
  EXPECT_EQ(status(), 0x00);
  EXPECT_THAT(transfer({0x03, 0x00, 0x10, 0x0F}, 5), ElementsAre(0xFF, 0x11, 0x22, 0x33, 0xFF));
}

TEST_F(SpiFlashTest, ProgrammingMakesZerosAndGoesRoundInThePage) {
  make({{"size", "64K"}, {"busy", "none"}});
  enable();
  transfer({0x02, 0x00, 0x12, 0xFE, 1, 2, 3, 4});
  EXPECT_EQ(flash->memory().read(0x12FF), 2);
  EXPECT_EQ(flash->memory().read(0x1200), 3);
  EXPECT_EQ(flash->memory().read(0x1201), 4);
  EXPECT_EQ(flash->memory().read(0x1300), 0xFF);
  enable();
  transfer({0x02, 0x00, 0x12, 0x00, 0xF5});
  EXPECT_EQ(flash->memory().read(0x1200), 1);

  // Of 300 bytes the last 256 stay.
  enable();
  select();
  send({0x02, 0x00, 0x20, 0x00});
  for (unsigned i = 0; i < 300; ++i) send_bits(i & 0xFF, 8);
  deselect();
  EXPECT_EQ(flash->memory().read(0x2000), 0);
  EXPECT_EQ(flash->memory().read(0x202B), 43);
  EXPECT_EQ(flash->memory().read(0x202C), 44);
  EXPECT_EQ(flash->memory().read(0x20FF), 255);
}

TEST_F(SpiFlashTest, ProgramsOnFourLines) {
  make({{"size", "1M"}, {"quad", "1"}, {"busy", "none"}});
  enable();
  select();
  send({0x32, 0x00, 0x10, 0x00});
  send({0xDE, 0xAD, 0xBE, 0xEF}, 4);
  deselect();
  EXPECT_THAT(transfer({0x03, 0x00, 0x10, 0x00}, 4), ElementsAre(0xDE, 0xAD, 0xBE, 0xEF));
}

TEST_F(SpiFlashTest, ErasesSectorsBlocksAndAll) {
  make();
  const auto erased = [this](std::uint32_t from, std::uint32_t to) {
    const auto cells = flash->memory().cells().subspan(from, to - from);
    return std::ranges::all_of(cells, [](std::uint8_t cell) { return cell == 0xFF; });
  };
  const auto erase = [this](std::initializer_list<std::uint8_t> command) {
    fill_pattern();
    enable();
    transfer(command);
    const Time before = timeline.now();
    wait();
    return static_cast<int>((timeline.now() - before) / millisecond);
  };
  EXPECT_NEAR(erase({0x20, 0x01, 0x23, 0x45}), 45, 1);
  EXPECT_TRUE(erased(0x12000, 0x13000));
  EXPECT_NE(flash->memory().read(0x11FFF), 0xFF);
  EXPECT_NE(flash->memory().read(0x13000), 0xFF);
  EXPECT_NEAR(erase({0x52, 0x01, 0xA3, 0x45}), 120, 1);
  EXPECT_TRUE(erased(0x18000, 0x20000));
  EXPECT_NE(flash->memory().read(0x17FFF), 0xFF);
  EXPECT_NEAR(erase({0xD8, 0x01, 0x23, 0x45}), 150, 1);
  EXPECT_TRUE(erased(0x10000, 0x20000));
  EXPECT_NE(flash->memory().read(0x20000), 0xFF);
  EXPECT_NEAR(erase({0xC7}), 2500, 2);
  EXPECT_TRUE(erased(0, flash->memory().size()));
  EXPECT_EQ(flash->summary(), "bytes read: 0, pages programmed: 0, blocks erased: 4");
}

TEST_F(SpiFlashTest, ChangesNothingWithoutWriteEnableOrWithABitTooMany) {
  make();
  transfer({0x02, 0, 0, 0, 0x00});
  transfer({0x20, 0, 0, 0});
  enable();
  transfer({0x04});
  transfer({0x02, 0, 0, 0, 0x00});
  EXPECT_THAT(notes, ElementsAre("flash: a page program without write enable is ignored",
                                 "flash: an erase without write enable is ignored"));
  enable();
  select();
  send({0x02, 0, 0, 0, 0x00});
  send_bits(0, 3);
  deselect();
  EXPECT_EQ(flash->memory().read(0), 0xFF);
  EXPECT_EQ(status(), 0x02);  // nothing has been carried out
  transfer({0x04, 0x00});     // one byte too many
  EXPECT_EQ(status(), 0x02);
}

TEST_F(SpiFlashTest, ProtectsBlocks) {
  make({{"size", "1M"}, {"busy", "none"}});
  const auto set_status = [this](std::uint8_t one, std::uint8_t two) {
    enable();
    transfer({0x01, one, two});
  };
  const auto programs = [this](std::uint32_t address) {
    flash->memory().erase(address, 4096);
    enable();
    transfer(
        {0x02, static_cast<std::uint8_t>(address >> 16), static_cast<std::uint8_t>(address >> 8), 0, 0x5A});
    transfer({0x04});
    return flash->memory().read(address) == 0x5A;
  };
  set_status(0x04, 0);  // BP = 1: the last 64 KiB
  EXPECT_EQ(status(), 0x04);
  EXPECT_FALSE(programs(0xF0000));
  EXPECT_TRUE(programs(0xEFF00));
  set_status(0x24, 0);  // TB: the first
  EXPECT_FALSE(programs(0x0FF00));
  EXPECT_TRUE(programs(0x10000));
  set_status(0x64, 0);  // SEC: the first 4 KiB
  EXPECT_FALSE(programs(0x00000));
  EXPECT_TRUE(programs(0x01000));
  set_status(0x24, 0x40);  // CMP: all but the first 64 KiB
  EXPECT_TRUE(programs(0x00000));
  EXPECT_FALSE(programs(0x10000));
  set_status(0x1C, 0);
  EXPECT_FALSE(programs(0x80000));
  enable();
  transfer({0xC7});
  EXPECT_THAT(notes, ElementsAre("flash: a page program of a protected block is ignored",
                                 "flash: an erase of a protected block is ignored"));
}

TEST_F(SpiFlashTest, StatusRegistersAreKeptUnlessWrittenVolatile) {
  make();
  enable();
  const Time before = timeline.now();
  transfer({0x01, 0x04, 0x02});
  wait();
  EXPECT_NEAR(static_cast<double>(timeline.now() - before), 10e9, 1e9);
  transfer({0x50});
  EXPECT_EQ(status(), 0x04);  // WEL stays 0
  transfer({0x31, 0x00});
  EXPECT_FALSE(flash->busy());
  EXPECT_EQ(status(0x35), 0x00);
  EXPECT_EQ(status(0x15), 0x60);
  circuit.power_cycle();
  EXPECT_EQ(status(), 0x04);
  EXPECT_EQ(status(0x35), 0x02);
  transfer({0x31, 0x00});
  EXPECT_THAT(notes, ElementsAre("flash: a status write without write enable is ignored"));
}

TEST_F(SpiFlashTest, TheWriteProtectPinLocksStatusRegisters) {
  make({{"busy", "none"}});
  enable();
  transfer({0x01, 0x80});  // SRP
  drive(bench_io2, false);
  enable();
  transfer({0x01, 0x00});
  EXPECT_EQ(status(), 0x80);
  drive(bench_io2, true);
  enable();
  transfer({0x01, 0x00});
  EXPECT_EQ(status(), 0x00);
  enable();
  transfer({0x31, 0x01});  // SRL: until power goes
  enable();
  transfer({0x01, 0x04});
  EXPECT_EQ(status(), 0x00);
  circuit.power_cycle();
  enable();
  transfer({0x01, 0x04});
  EXPECT_EQ(status(), 0x04);
}

TEST_F(SpiFlashTest, HoldStopsATransferInTheMiddle) {
  make();
  fill_pattern();
  select();
  send({0x03, 0x00, 0x00, 0x10});
  EXPECT_EQ(receive(1), patterns(0x10, 1));
  drive(bench_io3, false);
  release(bench_io1);
  pull(bench_io1, Pull::up);
  EXPECT_THAT(receive(2), Each(0xFF));  // nobody drives
  drive(bench_io3, true);
  EXPECT_EQ(receive(2), patterns(0x11, 2));
  deselect();
}

TEST_F(SpiFlashTest, SleepsDeeplyAndWakesUp) {
  make();
  transfer({0xB9});
  EXPECT_TRUE(flash->powered_down());
  transfer({0x9F}, 1);
  EXPECT_THAT(notes, ElementsAre("flash: command 0x9f in deep power-down is ignored"));
  transfer({0xAB});
  half_period = 10 * nanosecond;
  transfer({0x05}, 1);
  EXPECT_THAT(notes.back(), HasSubstr("before it has woken up"));
  run(3 * microsecond);
  EXPECT_THAT(transfer({0x9F}, 1), ElementsAre(0xEF));
}

TEST_F(SpiFlashTest, ResetsInTwoSteps) {
  make();
  transfer({0x50});
  transfer({0x31, 0x02});
  transfer({0x99});
  EXPECT_EQ(status(0x35), 0x02);
  EXPECT_THAT(notes, ElementsAre("flash: command 0x99 without 0x66 before it is ignored"));
  transfer({0x66});
  transfer({0x99});
  run(30 * microsecond);
  EXPECT_EQ(status(0x35), 0x00);
}

// The tables of JESD216, as a driver that looks for them reads them.
TEST_F(SpiFlashTest, HasParameters) {
  make({{"size", "4M"}});
  EXPECT_THAT(transfer({0x5A, 0, 0, 0, 0}, 8), ElementsAre('S', 'F', 'D', 'P', 0x00, 0x01, 0x00, 0xFF));
  const Bytes header = transfer({0x5A, 0, 0, 8, 0}, 8);
  EXPECT_THAT(header, ElementsAre(0x00, 0x00, 0x01, 9, 0x10, 0x00, 0x00, 0xFF));
  const Bytes table = transfer({0x5A, 0, 0, 0x10, 0}, 37);
  EXPECT_EQ(table[1], 0x20);
  EXPECT_EQ(table[4] | table[5] << 8 | table[6] << 16 | table[7] << 24, 4 * 1024 * 1024 * 8 - 1);
  EXPECT_THAT(Bytes(table.begin() + 8, table.begin() + 16),
              ElementsAre(0x44, 0xEB, 0x08, 0x6B, 0x08, 0x3B, 0x80, 0xBB));
  EXPECT_EQ(table[36], 0xFF);
}

TEST_F(SpiFlashTest, SaysWhatItDoesNotKnow) {
  make();
  transfer({0x77, 0, 0, 0});
  transfer({0x77, 0, 0, 0});
  EXPECT_THAT(notes, ElementsAre("flash: command 0x77 is not known"));
}

TEST_F(SpiFlashTest, ItsContentIsAFile) {
  tests::TemporaryFolder folder;
  const std::string file = folder.write("content.bin", "hello" + std::string(65'531, '\xFF'));
  make({{"size", "64K"}, {"file", file}, {"write_back", "1"}, {"busy", "none"}});
  EXPECT_EQ(transfer({0x03, 0, 0, 0}, 6), (Bytes{'h', 'e', 'l', 'l', 'o', 0xFF}));
  enable();
  transfer({0x02, 0, 0, 5, '!'});
  ASSERT_TRUE(circuit.save().has_value());
  EXPECT_EQ(folder.read("content.bin").size(), 65'536u);
  EXPECT_EQ(folder.read("content.bin").substr(0, 7), "hello!\xFF");
}

TEST_F(SpiFlashTest, RefusesWhatCannotBe) {
  tests::TemporaryFolder folder;
  EXPECT_THAT(refusal<SpiFlash>({{"size", "100000"}}), HasSubstr("\"size\" is not a power of two"));
  EXPECT_THAT(refusal<SpiFlash>({{"size", "32M"}}), HasSubstr("attribute \"size\": \"32M\" is not"));
  EXPECT_THAT(refusal<SpiFlash>({{"file", folder.path("none")}}), HasSubstr("No such file"));
  EXPECT_THAT(refusal<SpiFlash>({{"write_back", "1"}}), HasSubstr("of no use without \"file\""));
  EXPECT_EQ(refusal<SpiFlash>({{"write_back", "1"}, {"file", folder.path("new")}}), "");
  EXPECT_THAT(refusal<SpiFlash>({{"write_back", "1"}, {"file", folder.write("short", "hello")}}),
              HasSubstr("short is not as large as the chip, 4194304 bytes; it is not overwritten"));
  EXPECT_EQ(refusal<SpiFlash>({{"file", folder.path("short")}}), "");
  const std::string large = folder.write("large", std::string(65'537, 'x'));
  EXPECT_THAT(refusal<SpiFlash>({{"size", "64K"}, {"file", large}}), HasSubstr("it is larger than"));
}

TEST_F(SpiFlashTest, IsPutBackInTheMiddleOfAByte) {
  make();
  fill_pattern();
  select();
  send({0x03, 0x00, 0x00, 0x10});
  send_bits(0, 3);
  std::vector<std::byte> kept;
  StateArchive keep(kept);
  keep(timeline, pins, circuit);
  const std::uint32_t rest = send_bits(0, 13);
  deselect();
  StateArchive back{std::span<const std::byte>(kept)};
  back(timeline, pins, circuit);
  levels &= ~(1u << bench_select);
  EXPECT_EQ(send_bits(0, 13), rest);
}

}  // namespace
}  // namespace ferry::board
