// What `--trace bus` says about register accesses. Addresses and fields are those of the technical reference
// manual: SPI2 at 0x60024000, GDMA at 0x6003F000, GPIO at 0x60004000.
#include "board/record/trace_bus.hpp"

#include "board/record/register_names.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace ferry::board {
namespace {

using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

constexpr std::uint32_t spi2 = 0x6002'4000, dma = 0x6003'F000, gpio = 0x6000'4000, uart0 = 0x6000'0000;
constexpr std::uint32_t perip_rst_en0 = 0x600C'0018;

TEST(RegisterNames, AreThoseOfTheManual) {
  EXPECT_EQ(name_register(spi2).text(), "SPI2.CMD");
  EXPECT_EQ(name_register(spi2 + 0x98).text(), "SPI2.W[0]");
  EXPECT_EQ(name_register(spi2 + 0xD4).text(), "SPI2.W[15]");
  // Three channels, 0xC0 apart; FUNC64_IN_SEL_CFG takes SPI2's MISO, FUNC4_OUT_SEL_CFG is GPIO4's.
  EXPECT_EQ(name_register(dma + 0x80).text(), "DMA.IN_LINK[0]");
  EXPECT_EQ(name_register(dma + 0x80 + 2 * 0xC0).text(), "DMA.IN_LINK[2]");
  EXPECT_EQ(name_register(gpio + 0x154 + 4 * 64).text(), "GPIO.FUNC_IN_SEL_CFG[64]");
  EXPECT_EQ(name_register(gpio + 0x554 + 4 * 4).text(), "GPIO.FUNC_OUT_SEL_CFG[4]");
  EXPECT_EQ(name_register(0x6001'0000).text(), "UART1.FIFO");
  EXPECT_EQ(name_register(0x6002'0048).text(), "TIMG1.WDTCONFIG0");
}

TEST(RegisterNames, FallBackToTheBlockAndTheOffset) {
  EXPECT_EQ(name_register(0x6001'3004).text(), "I2C0+0x004");
  EXPECT_EQ(name_register(spi2 + 0x44).text(), "SPI2+0x044");
  EXPECT_EQ(name_register(0x600D'0FFC).text(), "WORLD_CNTL+0xffc");
  EXPECT_EQ(name_register(0x6005'0000).text(), "0x60050000") << "between the blocks";
}

class TraceBus : public testing::Test {
 protected:
  void load(std::uint32_t address, std::uint32_t value, std::uint32_t pc = 0x4038'0000) {
    trace.register_accessed({.address = address, .value = value, .write = false, .pc = pc});
  }
  void store(std::uint32_t address, std::uint32_t value, std::uint32_t pc = 0x4038'0000) {
    trace.register_accessed({.address = address, .value = value, .write = true, .pc = pc});
  }
  BusTrace make(FunctionNames functions, std::set<std::string_view> blocks) {
    return {[this](std::string_view line) { lines.emplace_back(line); }, [this] { return now; },
            std::move(functions), std::move(blocks)};
  }

  std::vector<std::string> lines;
  Time now = 0;
  BusTrace trace = make(FunctionNames({}), {});
};

TEST_F(TraceBus, ShowsTimeInstructionRegisterValueAndFields) {
  now = 1'234'567'890;
  store(spi2 + 0x0C, 0x0001'F7DF);  // CLOCK: N = 31, H = 31, L = 31
  load(spi2, 1u << 24);             // CMD.USR: busy
  EXPECT_THAT(lines,
              ElementsAre("bus   0.001234567 s  0x40380000 writes SPI2.CLOCK                   0x0001f7df  "
                          "CLKCNT_L 31, CLKCNT_H 31, CLKCNT_N 31",
                          "bus   0.001234567 s  0x40380000 reads  SPI2.CMD                     0x01000000  "
                          "USR 1"));
}

TEST_F(TraceBus, ShowsWhatAStoreChanges) {
  load(spi2 + 0x10, 0x8000'00C0);   // USER as after reset
  store(spi2 + 0x10, 0x1800'00C1);  // MISO and MOSI phases and full duplex, no command phase
  EXPECT_THAT(lines.back(), EndsWith("0x180000c1  DOUTDIN 0 -> 1, USR_MOSI 0 -> 1, USR_MISO 0 -> 1, "
                                     "USR_COMMAND 1 -> 0"));
  store(spi2 + 0x10, 0x1800'00C1);
  EXPECT_THAT(lines.back(), EndsWith("0x180000c1  changes nothing"));
}

TEST_F(TraceBus, ShowsTriggersWheneverTheyAreWritten) {
  load(spi2, 0);
  store(spi2, 1u << 23);
  EXPECT_THAT(lines.back(), EndsWith("  UPDATE 1"));
  store(spi2, 1u << 23);
  EXPECT_THAT(lines.back(), EndsWith("  UPDATE 1"));
  // The address of a descriptor stays, start is taken back by hardware.
  store(dma + 0x80, 0x0040'0000 | 0x8'1000);
  store(dma + 0x80, 0x0040'0000 | 0x8'1000);
  EXPECT_THAT(lines.back(), EndsWith("  INLINK_START 1"));
  store(dma + 0x80, 0x0040'0000 | 0x8'2000);
  EXPECT_THAT(lines.back(), EndsWith("  INLINK_ADDR 0x00081000 -> 0x00082000, INLINK_START 1"));
}

TEST_F(TraceBus, DoesNotCompareWhatGoesIntoAFifo) {
  store(uart0, 'h');
  store(uart0, 'i');
  EXPECT_THAT(lines.back(), EndsWith("  RXFIFO_RD_BYTE 105"));
}

TEST_F(TraceBus, LeavesOutFieldsThatStoresDoNotReach) {
  store(dma + 0x00, 0xFFFF'FFFF);  // INT_RAW of channel 0: R/WTC/SS
  EXPECT_THAT(lines.back(), EndsWith(" 0xffffffff"));
}

TEST_F(TraceBus, ForgetsWhatResetsMayHaveChanged) {
  const std::vector<std::function<void()>> resets{[this] { trace.chip_reset("watchdog"); },
                                                  [this] { store(perip_rst_en0, 1u << 6); }};
  for (const auto& reset : resets) {
    store(spi2 + 0x1C, 255);
    reset();
    store(spi2 + 0x1C, 511);
    EXPECT_THAT(lines.back(), EndsWith("  MS_DATA_BITLEN 511"));
  }
}

TEST_F(TraceBus, SaysWhatDidNotReachTheDevice) {
  trace.register_accessed(
      {.address = spi2 + 0x10, .value = 1u << 27, .write = true, .pc = 0, .closed = "no clock"});
  EXPECT_THAT(lines.back(), HasSubstr("0x08000000  (no clock)"));
  store(spi2 + 0x10, 1u << 27);
  EXPECT_THAT(lines.back(), HasSubstr("USR_MOSI 1")) << "it is not known to have been set before";
}

TEST_F(TraceBus, CountsTurnsOfALoopThatReadsSeveralRegisters) {
  for (unsigned turn = 0; turn < 5; ++turn) {
    now += microsecond;
    load(spi2, 1u << 24, 0x4038'0000);
    load(dma, 0, 0x4038'0010);
  }
  load(spi2, 1u << 24, 0x4038'0000);
  load(dma, 2, 0x4038'0010);  // what it waited for
  ASSERT_THAT(lines, SizeIs(5));
  EXPECT_THAT(lines[0], HasSubstr("0.000001000 s  0x40380000 reads  SPI2.CMD"));
  EXPECT_THAT(lines[1], HasSubstr("reads  DMA.INT_RAW[0]"));
  EXPECT_EQ(lines[2], "bus   0.000005000 s  the same 2 reads 4 times more, here the last");
  EXPECT_THAT(lines[3], HasSubstr("0.000005000 s  0x40380000 reads  SPI2.CMD"));
  EXPECT_THAT(lines[4], EndsWith("0x00000002  IN_SUC_EOF 1"));
}

TEST_F(TraceBus, AStoreBetweenReadsMakesNoLoopOfThem) {
  for (unsigned turn = 0; turn < 3; ++turn) {
    load(spi2, 0);
    store(spi2, 1u << 23);
  }
  EXPECT_THAT(lines, SizeIs(6));
}

TEST_F(TraceBus, CountsReadsThatRepeat) {
  load(spi2, 1u << 24);
  for (int again = 1; again <= 3; ++again) {
    now = static_cast<Time>(again) * microsecond;
    load(spi2, 1u << 24);
  }
  now = 4 * microsecond;
  load(spi2, 0);
  ASSERT_THAT(lines, SizeIs(3));
  EXPECT_EQ(lines[1], "bus   0.000003000 s  the same 3 times more, here the last");
  EXPECT_THAT(lines[2], EndsWith(" 0x00000000"));
  load(spi2, 0);
  trace.finish();
  trace.finish();
  ASSERT_THAT(lines, SizeIs(4));
  EXPECT_EQ(lines[3], "bus   0.000004000 s  the same once more, here the last");
}

TEST_F(TraceBus, NeverJoinsStoresOrOtherInstructions) {
  store(uart0, 'o');
  store(uart0, 'o');
  load(spi2, 0, 0x4038'0000);
  load(spi2, 0, 0x4038'0004);
  EXPECT_THAT(lines, SizeIs(4));
}

TEST_F(TraceBus, NamesTheByteOfANarrowAccess) {
  store(spi2 + 0x98 + 1, 0x42);
  EXPECT_THAT(lines.back(), HasSubstr("writes SPI2.W[0] byte 1"));
}

TEST_F(TraceBus, KeepsToTheChosenBlocks) {
  BusTrace some = make(FunctionNames({}), {"SPI2", "DMA"});
  some.register_accessed({.address = gpio + 4, .value = 1, .write = true, .pc = 0});
  EXPECT_THAT(lines, IsEmpty());
  some.register_accessed({.address = spi2, .value = 1, .write = true, .pc = 0});
  some.register_accessed({.address = dma, .value = 1, .write = false, .pc = 0});
  EXPECT_THAT(lines, SizeIs(2));
}

TEST_F(TraceBus, NamesTheFunction) {
  const std::vector<Symbol> symbols{
      {.address = 0x4038'0000, .size = 8, .name = "_start", .function = true},
      {.address = 0x4038'0010, .size = 16, .name = "_ZN5ferry3spi6Master5startEj", .function = true}};
  BusTrace named = make(FunctionNames(symbols), {});
  named.register_accessed({.address = spi2, .value = 0, .write = false, .pc = 0x4038'001C});
  EXPECT_THAT(lines.back(), HasSubstr(" 0x4038001c ferry::spi::Master::start    reads  SPI2.CMD "));
  named.register_accessed({.address = spi2, .value = 0, .write = false, .pc = 0x4038'0020});
  EXPECT_THAT(lines.back(), Not(HasSubstr("ferry::spi")));
}

TEST(FunctionNames, AreShort) {
  EXPECT_EQ(readable_name("main"), "main");
  EXPECT_EQ(readable_name("_Znonsense"), "_Znonsense");
  EXPECT_EQ(readable_name("_ZNK5ferry3spi6Master4busyEv"), "ferry::spi::Master::busy");
  EXPECT_EQ(readable_name("_ZN12_GLOBAL__N_111PrimeSearch4lookEj"), "PrimeSearch::look");
  EXPECT_EQ(readable_name("_ZN5ferry5printIJjjEEEvPKcDpT_"), "ferry::print");
  EXPECT_EQ(readable_name("_ZNO5ferry3spi9MasterDma8transferEv"), "ferry::spi::MasterDma::transfer");
  EXPECT_EQ(readable_name("_ZNKR5ferry3spi6Master4busyEv"), "ferry::spi::Master::busy");
  // Constrained templates, whose mangling is younger than the demangler.
  EXPECT_EQ(readable_name("_ZNO5ferry3dma6Copier4copyITkNS0_6TargetENS0_6BufferILi0EEEEEvT_"),
            "ferry::dma::Copier::copy");
  EXPECT_EQ(readable_name("_Z1fi.isra.0"), "f");
  EXPECT_EQ(readable_name("draw.constprop.0.isra.12.cold"), "draw");
  EXPECT_EQ(readable_name("state.0"), "state.0");
  EXPECT_EQ(readable_name(".part.0"), ".part.0");
}

}  // namespace
}  // namespace ferry::board
