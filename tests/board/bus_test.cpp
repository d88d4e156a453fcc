#include "board/bus.hpp"

#include "tests/board/cpu_machine.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <stdexcept>

namespace ferry::board {
namespace {

using test::Notices;
using test::WordsDevice;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::uint32_t base = 0x6002'4000;
constexpr std::uint32_t pc = 0x4038'0010;

class BusTest : public testing::Test {
 protected:
  BusTest() {
    observers.add(notices);
    bus.attach(device, base, 0x100);
  }
  BusResult load(std::uint32_t address, std::uint32_t width) { return bus.load({address, width, pc}); }
  BusResult store(std::uint32_t address, std::uint32_t width, std::uint32_t value) {
    return bus.store({address, width, pc}, value);
  }

  Observers observers;
  Notices notices;
  Memory memory;
  WordsDevice device{"SPI2"};
  Bus bus{memory, observers};
};

TEST_F(BusTest, DataBusTakesEveryWidthAndAlignment) {
  store(0x3FC8'0000, 4, 0x4433'2211);
  EXPECT_EQ(load(0x3FC8'0000, 1).value, 0x11u);
  EXPECT_EQ(load(0x3FC8'0001, 2).value, 0x3322u);
  EXPECT_EQ(load(0x3FC8'0002, 2).value, 0x4433u);
  EXPECT_EQ(load(0x3FC8'0001, 4).value, 0x0044'3322u);
  store(0x3FC8'0003, 2, 0xBBAA);
  EXPECT_EQ(load(0x3FC8'0003, 1).value, 0xAAu);
  EXPECT_EQ(load(0x3FC8'0004, 1).value, 0xBBu);
}

TEST_F(BusTest, MisalignedAccessCostsOneCycleMore) {
  EXPECT_EQ(load(0x3FC8'0004, 4).extra_cycles, 0u);
  EXPECT_EQ(load(0x3FC8'0006, 4).extra_cycles, 1u);
  EXPECT_EQ(load(0x3FC8'0005, 2).extra_cycles, 1u);
  EXPECT_EQ(store(0x3FC8'0006, 4, 0).extra_cycles, 1u);
  EXPECT_EQ(store(0x3FC8'0007, 1, 0).extra_cycles, 0u);
}

TEST_F(BusTest, MisalignedAccessIsReportedOncePerInstructionWhenStrict) {
  load(0x3FC8'0001, 4);
  EXPECT_THAT(notices.lines, IsEmpty());
  bus.set_strict_alignment(true);
  load(0x3FC8'0001, 4);
  load(0x3FC8'0001, 4);
  EXPECT_THAT(notices.lines,
              ElementsAre("misaligned access of 4 bytes at 0x3FC80001 by the instruction at 0x40380010"));
  bus.load({0x3FC8'0001, 4, pc + 4});
  EXPECT_EQ(notices.lines.size(), 2u);
}

TEST_F(BusTest, InstructionBusTakesWhatIsAligned) {
  store(0x4038'0000, 4, 0x1234'5678);
  EXPECT_EQ(load(0x4038'0000, 4).value, 0x1234'5678u);
  EXPECT_EQ(load(0x3FC8'0000, 4).value, 0x1234'5678u) << "the two buses reach the same bytes";
  EXPECT_EQ(load(0x4038'0001, 1).value, 0x56u) << "esp-hal reads bytes this way";
  EXPECT_EQ(load(0x4038'0002, 2).value, 0x1234u);
  EXPECT_TRUE(load(0x4038'0001, 2).fault);
  EXPECT_TRUE(load(0x4038'0002, 4).fault);
  EXPECT_FALSE(store(0x4038'0000, 1, 0).fault);
  EXPECT_TRUE(store(0x4037'C002, 4, 0).fault);
  EXPECT_FALSE(store(0x4037'C000, 4, 0).fault) << "SRAM0 answers on this bus only";
}

TEST_F(BusTest, RtcMemoryTakesEveryWidthAndAlignment) {
  store(0x5000'0000, 4, 0x4433'2211);
  EXPECT_EQ(load(0x5000'0001, 2).value, 0x3322u);
  EXPECT_FALSE(load(0x5000'1FFC, 4).fault);
  EXPECT_TRUE(load(0x5000'1FFE, 4).fault);
}

TEST_F(BusTest, NothingAnswersElsewhere) {
  constexpr std::array<std::uint32_t, 10> nowhere{0,           0x2000'0000, 0x3C80'0000, 0x3FC7'FFFC,
                                                  0x3FCE'0000, 0x403E'0000, 0x4280'0000, 0x5000'2000,
                                                  0x600D'1000, 0xFFFF'FFFC};
  for (const std::uint32_t address : nowhere) {
    EXPECT_TRUE(load(address, 4).fault) << std::hex << address;
    EXPECT_TRUE(store(address, 4, 0).fault) << std::hex << address;
  }
  EXPECT_TRUE(load(0x3FCD'FFFE, 4).fault) << "the end of memory inside an access";
  EXPECT_EQ(bus.register_loads(), 0u);
}

TEST_F(BusTest, RegistersAreReachedByWord) {
  device.words[2] = 0xCAFE'0001;
  EXPECT_EQ(load(base + 8, 4).value, 0xCAFE'0001u);
  EXPECT_EQ(load(base + 8, 4).extra_cycles, Bus::peripheral_extra_cycles);
  store(base + 12, 4, 77);
  EXPECT_THAT(device.writes, ElementsAre(WordsDevice::Write{12, 77}));
  EXPECT_EQ(bus.register_loads(), 2u);
  EXPECT_EQ(bus.register_stores(), 1u);
  EXPECT_THAT(notices.lines, IsEmpty());
}

TEST_F(BusTest, NarrowAccessToRegistersIsDoneAndReportedOnce) {
  device.words[1] = 0x4433'2211;
  EXPECT_EQ(load(base + 6, 1).value, 0x33u);
  EXPECT_EQ(load(base + 6, 2).value, 0x4433u);
  store(base + 5, 1, 0xFFAB);
  EXPECT_THAT(device.writes, ElementsAre(WordsDevice::Write{4, 0xAB00})) << "no read, no merge";
  EXPECT_THAT(
      notices.lines,
      ElementsAre("read of SPI2+0x006 takes 8 bits: registers are defined for words only",
                  "write to SPI2+0x005 takes 8 bits: registers are defined for words only; the other bits "
                  "are written as 0"));
}

TEST_F(BusTest, MisalignedAccessToRegistersFaults) {
  EXPECT_TRUE(load(base + 2, 4).fault);
  EXPECT_TRUE(store(base + 1, 2, 0).fault);
  EXPECT_EQ(bus.register_loads() + bus.register_stores(), 0u);
  EXPECT_THAT(device.writes, IsEmpty());
}

TEST_F(BusTest, ClosedDeviceReadsZeroAndSaysWhichBitIsMissing) {
  WordsDevice dma("DMA");
  dma.words[0x20] = 5;
  Gate gate{.clock = false, .reset = true};
  bus.attach(dma, 0x6003'F000, 0x400, &gate, {"PERIP_CLK_EN1.DMA_CLK_EN", "PERIP_RST_EN1.DMA_RST"});

  store(0x6003'F080, 4, 1);
  ASSERT_EQ(notices.accesses.size(), 1u);
  EXPECT_EQ(notices.accesses[0].closed, "no clock");
  EXPECT_EQ(load(0x6003'F080, 4).value, 0u);
  EXPECT_FALSE(load(0x6003'F080, 4).fault);
  EXPECT_THAT(notices.lines,
              ElementsAre("write to DMA+0x080 ignored: its clock is off (SYSTEM.PERIP_CLK_EN1.DMA_CLK_EN)"));
  gate.clock = true;
  EXPECT_EQ(load(0x6003'F080, 4).value, 0u);
  EXPECT_THAT(notices.lines.back(),
              "read of DMA+0x080 gives 0: it is held in reset (SYSTEM.PERIP_RST_EN1.DMA_RST)");
  EXPECT_THAT(dma.writes, IsEmpty());
  EXPECT_EQ(notices.accesses.back().closed, "in reset");
  gate.reset = false;
  EXPECT_EQ(load(0x6003'F080, 4).value, 5u);
  EXPECT_EQ(notices.accesses.back().closed, "");
  EXPECT_EQ(notices.lines.size(), 2u);
  EXPECT_EQ(bus.register_loads(), 4u) << "an access that did nothing was made all the same";
}

TEST_F(BusTest, UnmodelledRegistersReadZeroAndAreReportedOnceEach) {
  EXPECT_EQ(load(0x6001'6010, 4).value, 0u);
  EXPECT_FALSE(store(0x6001'6010, 4, 1).fault);
  EXPECT_FALSE(store(0x6001'6014, 4, 1).fault);
  EXPECT_EQ(load(0x6001'3000, 4).value, 0u);
  EXPECT_THAT(notices.lines, ElementsAre("unmodelled: read of RMT+0x010 (0x60016010) gives 0",
                                         "unmodelled: write to RMT+0x014 (0x60016014) ignored",
                                         "unmodelled: read of I2C0+0x000 (0x60013000) gives 0"));
}

TEST_F(BusTest, OfAnUnmodelledBlockTheFirstEightRegistersAreReported) {
  for (std::uint32_t address = 0x6001'9000; address < 0x6001'9080; address += 4) store(address, 4, 1);
  ASSERT_EQ(notices.lines.size(), 9u);
  EXPECT_EQ(notices.lines[7], "unmodelled: write to LEDC+0x01C (0x6001901C) ignored");
  EXPECT_EQ(notices.lines[8],
            "unmodelled: write to LEDC+0x020, and further registers of LEDC that are not listed, read 0 and "
            "ignore writes");
}

TEST_F(BusTest, AddressesBetweenTheBlocksBelongToNone) {
  load(0x6005'0000, 4);
  store(0x6004'4000, 4, 1);
  EXPECT_THAT(notices.lines, ElementsAre("unmodelled: read of 0x60050000 gives 0",
                                         "unmodelled: write to 0x60044000 ignored"));
  for (std::uint32_t address = 0x6006'0000; address < 0x6006'0040; address += 4) load(address, 4);
  ASSERT_EQ(notices.lines.size(), 9u);
  EXPECT_EQ(
      notices.lines[8],
      "unmodelled: read of 0x60060018, and further registers between the blocks that are not listed, read "
      "0 and ignore writes");
}

TEST_F(BusTest, RegisterUnknownToItsDeviceIsReportedAndNotPassedOn) {
  static constexpr chip::RegisterInfo table[] = {{"A", 0, 0, 1, 4, {}, {}}, {"B", 8, 0, 2, 4, {}, {}}};
  WordsDevice partial("PARTIAL");
  partial.table = table;
  partial.words.assign(64, 9);
  bus.attach(partial, 0x6000'0000, 0x100);
  EXPECT_EQ(load(0x6000'0000, 4).value, 9u);
  EXPECT_EQ(load(0x6000'000C, 4).value, 9u);
  EXPECT_THAT(notices.lines, IsEmpty());
  EXPECT_EQ(load(0x6000'0004, 4).value, 0u);
  store(0x6000'0010, 4, 1);
  EXPECT_THAT(partial.writes, IsEmpty());
  EXPECT_THAT(notices.lines, ElementsAre("unmodelled: read of PARTIAL+0x004 (0x60000004) gives 0",
                                         "unmodelled: write to PARTIAL+0x010 (0x60000010) ignored"));
}

TEST_F(BusTest, ObserversSeeRegisterAccesses) {
  device.words[1] = 3;
  load(base + 4, 4);
  store(base + 4, 4, 8);
  store(0x3FC8'0000, 4, 8);
  ASSERT_EQ(notices.accesses.size(), 2u);
  EXPECT_EQ(notices.accesses[0].address, base + 4);
  EXPECT_EQ(notices.accesses[0].value, 3u);
  EXPECT_FALSE(notices.accesses[0].write);
  EXPECT_EQ(notices.accesses[0].pc, pc);
  EXPECT_EQ(notices.accesses[1].value, 8u);
  EXPECT_TRUE(notices.accesses[1].write);
  load(base + 6, 1);
  EXPECT_EQ(notices.accesses[0].width, 4u);
  EXPECT_EQ(notices.accesses[2].width, 1u);
}

TEST_F(BusTest, AttachRefusesWhatMakesNoSense) {
  WordsDevice other("OTHER");
  EXPECT_THROW(bus.attach(other, base, 0x100), std::invalid_argument) << "taken";
  EXPECT_THROW(bus.attach(other, 0x6000'0080, 0x100), std::invalid_argument) << "not on a boundary";
  EXPECT_THROW(bus.attach(other, 0x3FC8'0000, 0x100), std::invalid_argument) << "not a peripheral's place";
  EXPECT_THROW(bus.attach(other, 0x600D'0F00, 0x200), std::invalid_argument) << "beyond the end";
}

TEST_F(BusTest, KnowsWhichDeviceIsWhere) {
  EXPECT_EQ(bus.device_at(base + 0xFF), &device);
  EXPECT_EQ(bus.device_at(base + 0x100), nullptr);
  EXPECT_EQ(bus.device_at(0x3FC8'0000), nullptr);
}

}  // namespace
}  // namespace ferry::board
