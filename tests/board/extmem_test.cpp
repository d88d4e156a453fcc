// The cache's registers and its table, the flash windows behind them, and the flash chip through SPI1.
#include "chip/esp32c3/registers/extmem.hpp"

#include "board/board.hpp"
#include "board/bus.hpp"
#include "board/cpu/cpu.hpp"
#include "board/flash/flash_chip.hpp"
#include "board/memory.hpp"
#include "chip/esp32c3/registers/interrupt_core0.hpp"
#include "chip/esp32c3/registers/spi1.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

namespace ferry::board {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
namespace ext = chip::extmem;
namespace spi = chip::spi1;

constexpr std::uint32_t table = 0x600C'5000, unmapped = 0x100, data_window = 0x3C00'0000,
                        text_window = 0x4200'0000;
constexpr std::uint32_t loop_code = 0x4038'0000;

struct Notices : Observer {
  void notice(std::string_view line) override { lines.emplace_back(line); }
  std::vector<std::string> lines;
};

class ExtmemTest : public testing::Test {
 protected:
  ExtmemTest() {
    board.observers().add(notices, 0);
    const std::array<std::byte, 4> loop{std::byte{0x6F}};  // j .
    board.load({.entry = loop_code, .segments = {{loop_code, {loop.begin(), loop.end()}, 4, true}}});
    std::vector<std::byte> content(2 * FlashChip::page_size);
    for (std::size_t index = 0; index < content.size(); ++index)
      content[index] = static_cast<std::byte>(index >> 8);
    board.flash().load(0, content);
  }
  std::uint32_t load(std::uint32_t address, std::uint32_t width = 4) {
    return board.bus().load({.address = address, .width = width, .pc = loop_code}).value;
  }
  bool store(std::uint32_t address, std::uint32_t value) {
    return !board.bus().store({.address = address, .width = 4, .pc = loop_code}, value).fault;
  }
  void set(std::uint32_t offset, std::uint32_t value) { store(ext::base + offset, value); }
  std::uint32_t get(std::uint32_t offset) { return load(ext::base + offset); }
  void open() {
    set(ext::IcacheCtrl::offset, 1);
    set(ext::IcacheCtrl1::offset, 0);
  }

  Notices notices;
  Board board;
};

TEST_F(ExtmemTest, NothingIsMappedAndTheCacheIsOffForAProgramInRam) {
  EXPECT_EQ(load(table), unmapped);
  EXPECT_EQ(load(table + 4 * 127), unmapped);
  EXPECT_EQ(get(ext::IcacheCtrl::offset), 0u);
  EXPECT_EQ(get(ext::IcacheCtrl1::offset), 3u);
}

TEST_F(ExtmemTest, OneEntryShowsAPageInBothWindows) {
  open();
  store(table + 4 * 5, 1);
  EXPECT_EQ(load(data_window + 0x5'0100), 0x0101'0101u);
  EXPECT_EQ(load(text_window + 0x5'0200), 0x0202'0202u);
  EXPECT_EQ(load(data_window + 0x5'0201, 1), 0x02u);
  EXPECT_THAT(notices.lines, ElementsAre());
  store(table + 4 * 5, 0);
  EXPECT_EQ(load(data_window + 0x5'0100), 0x0101'0101u) << "page 0 looks the same modulo 64 KiB";
}

TEST_F(ExtmemTest, APageBeyondTheChipWrapsAsItsAddressDoes) {
  open();
  store(table, 64);  // of 64 in 4 MiB
  EXPECT_EQ(load(data_window + 0x100), 0x0101'0101u);
}

// IDF's panic handler knows these registers: components/esp_system/port/soc/esp32c3/cache_err_int.c.
TEST_F(ExtmemTest, AnUnmappedPageIsAFaultOfTheCacheAndNoException) {
  open();
  EXPECT_EQ(load(data_window + 0x3'0010), 0u);
  EXPECT_EQ(get(ext::CacheIlgIntSt::offset), ext::CacheIlgIntSt::mmu_entry_fault_st.mask);
  EXPECT_EQ(get(ext::CacheMmuFaultVaddr::offset), data_window + 0x3'0010);
  EXPECT_EQ(get(ext::CacheMmuFaultContent::offset), unmapped);
  EXPECT_THAT(notices.lines, ElementsAre(HasSubstr("0x3c030010, in a page that the MMU table does not map")));
  set(ext::CacheIlgIntClr::offset, ext::CacheIlgIntClr::mmu_entry_fault_int_clr.mask);
  EXPECT_EQ(get(ext::CacheIlgIntSt::offset), 0u);
}

TEST_F(ExtmemTest, AShutBusAndACacheThatIsOffAreAnotherFault) {
  open();
  store(table, 0);
  set(ext::IcacheCtrl1::offset, ext::IcacheCtrl1::icache_shut_dbus.mask);
  EXPECT_EQ(load(data_window + 0x100), 0u);
  EXPECT_EQ(get(ext::Core0AcsCacheIntSt::offset), ext::Core0AcsCacheIntSt::core0_dbus_acs_msk_icache_st.mask);
  set(ext::IcacheCtrl::offset, 0);
  board.cpu().set_pc(text_window);
  EXPECT_EQ(board.cpu().step(), std::nullopt);
  EXPECT_EQ(board.cpu().csr(0x342), 1u) << "an instruction access fault";
}

TEST_F(ExtmemTest, FaultsRaiseTheirInterrupts) {
  constexpr std::uint32_t matrix = 0x600C'2000, cache_ia = 36, line = 5;
  store(matrix + 4 * cache_ia, line);
  store(matrix + chip::interrupt_core0::CpuIntEnable::offset, 1u << line);
  store(matrix + chip::interrupt_core0::CpuIntPri::offset + 4 * line, 1);
  set(ext::CacheIlgIntEna::offset, ext::CacheIlgIntEna::mmu_entry_fault_int_ena.mask);
  open();
  (void)load(data_window);
  EXPECT_EQ(load(matrix + chip::interrupt_core0::CpuIntEipStatus::offset), 1u << line);
}

TEST_F(ExtmemTest, FlashIsNotWrittenThroughItsWindow) {
  open();
  store(table, 0);
  EXPECT_FALSE(store(data_window, 1));
  EXPECT_EQ(get(ext::Core0AcsCacheIntSt::offset), ext::Core0AcsCacheIntSt::core0_dbus_wr_icache_st.mask);
}

TEST_F(ExtmemTest, OperationsOnTheCacheTakeTime) {
  set(ext::IcacheSyncCtrl::offset, 1);
  EXPECT_EQ(get(ext::IcacheSyncCtrl::offset), 1u);
  board.run_for(10 * microsecond);
  EXPECT_EQ(get(ext::IcacheSyncCtrl::offset), ext::IcacheSyncCtrl::icache_sync_done.mask);
}

// Code that takes the window away from under itself faults at the next instruction.
TEST_F(ExtmemTest, CodeThatSwitchesTheCacheOffIsGone) {
  open();
  const std::array<std::uint32_t, 2> code{0x0002'A023, 0x0000'006F};  // sw x0, 0(x5); j .
  board.flash().load(0, std::as_bytes(std::span(code)));
  store(table, 0);
  board.cpu().set_pc(text_window);
  board.cpu().set_register(5, ext::base + ext::IcacheCtrl::offset);
  (void)board.cpu().step();
  EXPECT_EQ(board.cpu().pc(), text_window + 4);
  (void)board.cpu().step();
  EXPECT_EQ(board.cpu().csr(0x342), 1u);
  EXPECT_EQ(board.cpu().csr(0x341), text_window + 4);
}

TEST_F(ExtmemTest, CodeFollowsItsPage) {
  open();
  const std::array<std::uint32_t, 1> one{0x0010'0513}, two{0x0020'0513};  // li a0, 1; li a0, 2
  board.flash().load(0, std::as_bytes(std::span(one)));
  store(table, 0);
  const auto result = [&] {
    board.cpu().set_pc(text_window);
    (void)board.cpu().step();
    return board.cpu().register_value(10);
  };
  EXPECT_EQ(result(), 1u);
  board.flash().load(0, std::as_bytes(std::span(two)));
  EXPECT_EQ(result(), 2u) << "what was decoded is forgotten";
  store(table, 1);
  board.flash().load(FlashChip::page_size, std::as_bytes(std::span(one)));
  EXPECT_EQ(result(), 1u) << "another page";
}

// ---- SPI1

class Spi1Test : public ExtmemTest {
 protected:
  std::uint32_t spi_get(std::uint32_t offset) { return load(spi::base + offset); }
  void spi_set(std::uint32_t offset, std::uint32_t value) { store(spi::base + offset, value); }
  // Starts a command and waits until CMD reads 0.
  void command(std::uint32_t bits) {
    spi_set(spi::Cmd::offset, bits);
    for (int polls = 0; spi_get(spi::Cmd::offset) != 0 && polls < 1000; ++polls) board.run_for(microsecond);
    EXPECT_EQ(spi_get(spi::Cmd::offset), 0u);
  }
  std::uint32_t status() {
    command(spi::Cmd::flash_rdsr.mask);
    return spi_get(spi::RdStatus::offset) & 0xFF;
  }
};

TEST_F(Spi1Test, ReadsTheIdentity) {
  spi_set(spi::Cmd::offset, spi::Cmd::flash_rdid.mask);
  EXPECT_NE(spi_get(spi::Cmd::offset), 0u) << "not within the store that starts it";
  board.run_for(100 * microsecond);
  EXPECT_EQ(spi_get(spi::W::offset) & 0xFF'FFFF, 0x1640EFu) << "a W25Q32, first byte lowest";
}

TEST_F(Spi1Test, ReadsWithAUserCommand) {
  spi_set(spi::User::offset,
          spi::User::usr_command.mask | spi::User::usr_addr.mask | spi::User::usr_miso.mask);
  spi_set(spi::User1::offset, 23u << 26);
  spi_set(spi::User2::offset, 7u << 28 | 0x03);
  spi_set(spi::Addr::offset, 0x1'0203u);
  spi_set(spi::MisoDlen::offset, 8 * 8 - 1);
  command(spi::Cmd::usr.mask);
  EXPECT_EQ(spi_get(spi::W::offset), 0x0202'0202u);
  // With the mode of continuous reads behind the address.
  spi_set(spi::User1::offset, 31u << 26);
  spi_set(spi::User2::offset, 7u << 28 | 0xBB);
  spi_set(spi::Addr::offset, 0x1'0303u << 8 | 0xFF);
  command(spi::Cmd::usr.mask);
  EXPECT_EQ(spi_get(spi::W::offset), 0x0303'0303u);
}

TEST_F(Spi1Test, ErasesAndProgramsAfterWriteEnableOnly) {
  spi_set(spi::Addr::offset, 0x1000);
  command(spi::Cmd::flash_se.mask);
  EXPECT_EQ(board.flash().read(0x1000, 1)[0], std::byte{0x10}) << "not enabled";
  command(spi::Cmd::flash_wren.mask);
  EXPECT_EQ(status(), 2u);
  command(spi::Cmd::flash_se.mask);
  EXPECT_EQ(status(), 1u) << "busy";
  board.run_for(46 * millisecond);
  EXPECT_EQ(status(), 0u);
  EXPECT_EQ(board.flash().read(0x1FFF, 1)[0], std::byte{0xFF});
  EXPECT_EQ(board.flash().read(0x2000, 1)[0], std::byte{0x20});
  command(spi::Cmd::flash_wren.mask);
  spi_set(spi::Addr::offset, 0x10FE | 4u << 24);
  spi_set(spi::W::offset, 0x4433'2211);
  command(spi::Cmd::flash_pp.mask);
  EXPECT_EQ(board.flash().read(0x10FE, 2)[1], std::byte{0x22});
  EXPECT_EQ(board.flash().read(0x1000, 2)[0], std::byte{0x33}) << "a page program wraps inside its page";
}

}  // namespace
}  // namespace ferry::board
