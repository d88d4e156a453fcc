// The boot ROM's functions, called at their documented addresses.
#include "board/board.hpp"
#include "board/bus.hpp"
#include "board/cpu/cpu.hpp"
#include "board/flash/flash_chip.hpp"
#include "board/image/md5.hpp"
#include "board/memory.hpp"
#include "board/record/text_matcher.hpp"
#include "chip/esp32c3/rom_functions.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <bit>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace ferry::board {
namespace {

constexpr std::uint32_t back = 0x4038'0000, scratch = 0x3FC9'0000, stack = 0x3FCA'0000;

struct Sent : Observer {
  void uart_sent(unsigned uart, std::uint8_t byte) override {
    if (uart == 0) text += static_cast<char>(byte);
  }
  void chip_reset(std::string_view) override { ++resets; }
  void notice(std::string_view line) override { notices.emplace_back(line); }
  std::string text;
  std::vector<std::string> notices;
  unsigned resets = 0;
};

class RomTest : public testing::Test {
 protected:
  RomTest() {
    board.observers().add(sent, 0);
    const std::array<std::byte, 4> loop{std::byte{0x6F}};  // j .: where calls return to
    board.load({.entry = back, .segments = {{back, {loop.begin(), loop.end()}, 4, true}}});
    board.cpu().set_csr(0x300, 0);
  }

  static std::uint32_t address_of(std::string_view name) {
    const auto function = std::ranges::find(chip::rom_functions, name, &chip::RomFunction::name);
    EXPECT_NE(function, chip::rom_functions.end()) << name;
    return function == chip::rom_functions.end() ? 0 : function->address;
  }
  // Calls the function with up to eight words and runs until it has returned.
  std::uint32_t call(std::string_view name, const std::vector<std::uint32_t>& arguments = {}) {
    Cpu& cpu = board.cpu();
    for (unsigned index = 0; index < 8; ++index)
      cpu.set_register(10 + index, index < arguments.size() ? arguments[index] : 0xDEAD'0000 + index);
    cpu.set_register(1, back);
    cpu.set_register(2, stack);
    cpu.set_pc(address_of(name));
    EXPECT_TRUE(cpu.set_breakpoint(back));
    const Board::Stop stop = board.run_for(10 * second);
    cpu.remove_breakpoint(back);
    EXPECT_EQ(stop, Board::Stop::breakpoint) << name << ": it has not returned; pc " << std::hex << cpu.pc();
    EXPECT_EQ(cpu.register_value(2), stack) << name << ": the stack is as before";
    return cpu.register_value(10);
  }
  std::uint64_t call64(std::string_view name, const std::vector<std::uint32_t>& arguments) {
    const std::uint32_t low = call(name, arguments);
    return low | std::uint64_t{board.cpu().register_value(11)} << 32;
  }
  void put(std::uint32_t address, std::string_view text) {
    const std::string whole(text);
    ASSERT_TRUE(board.memory().write(address, std::as_bytes(std::span(whole.c_str(), whole.size() + 1))));
  }
  std::string get(std::uint32_t address, std::size_t length) {
    std::string text(length, '\0');
    EXPECT_TRUE(board.memory().read(address, std::as_writable_bytes(std::span(text))));
    return text;
  }
  std::uint32_t word(std::uint32_t address) {
    return board.bus().load({.address = address, .width = 4, .pc = 0}).value;
  }
  void set_word(std::uint32_t address, std::uint32_t value) {
    board.bus().store({.address = address, .width = 4, .pc = 0}, value);
  }

  Sent sent;
  Board board;
};

TEST_F(RomTest, TableOfFunctionsIsInOrder) {
  EXPECT_TRUE(std::ranges::is_sorted(chip::rom_functions, {}, &chip::RomFunction::address));
  EXPECT_EQ(Board::rom_function(0x4000'0040), "ets_printf");
  EXPECT_EQ(Board::rom_function(0x4000'0041), "");
}

TEST_F(RomTest, CopiesAndComparesMemory) {
  put(scratch, "hello, world");
  EXPECT_EQ(call("memcpy", {scratch + 64, scratch, 13}), scratch + 64);
  EXPECT_EQ(get(scratch + 64, 12), "hello, world");
  call("memmove", {scratch + 2, scratch, 10});
  EXPECT_EQ(get(scratch, 12), "hehello, wor");
  EXPECT_EQ(call("memset", {scratch, 'x', 3}), scratch);
  EXPECT_EQ(get(scratch, 4), "xxxe");
  EXPECT_EQ(call("memcmp", {scratch, scratch + 1, 2}), 0u);
  EXPECT_EQ(static_cast<std::int32_t>(call("memcmp", {scratch + 2, scratch + 64, 2})), 1);
  EXPECT_EQ(call("memchr", {scratch + 64, 'w', 12}), scratch + 64 + 7);
}

TEST_F(RomTest, WorksOnTexts) {
  put(scratch, "ferry,board,,chip");
  EXPECT_EQ(call("strlen", {scratch}), 17u);
  put(scratch + 64, "board");
  EXPECT_EQ(call("strstr", {scratch, scratch + 64}), scratch + 6);
  EXPECT_EQ(static_cast<std::int32_t>(call("strcmp", {scratch, scratch + 64})), 1);
  EXPECT_EQ(call("strchr", {scratch, ','}), scratch + 5);
  EXPECT_EQ(call("strrchr", {scratch, ','}), scratch + 12);
  put(scratch + 80, ",");
  std::vector<std::string> tokens;
  for (std::uint32_t token = call("strtok_r", {scratch, scratch + 80, scratch + 96}); token != 0;
       token = call("strtok_r", {0, scratch + 80, scratch + 96}))
    tokens.push_back(get(token, call("strlen", {token})));
  EXPECT_THAT(tokens, testing::ElementsAre("ferry", "board", "chip"));
  call("strncpy", {scratch + 128, scratch + 64, 8});
  EXPECT_EQ(get(scratch + 128, 8), std::string("board\0\0\0", 8));
  EXPECT_EQ(call("strlcpy", {scratch + 160, scratch + 64, 3}), 5u);
  EXPECT_EQ(get(scratch + 160, 3), std::string("bo\0", 3));
}

TEST_F(RomTest, ConvertsNumbers) {
  call("itoa", {0u - 77, scratch, 10});
  EXPECT_EQ(get(scratch, 4), std::string("-77\0", 4));
  call("utoa", {255, scratch, 16});
  EXPECT_EQ(get(scratch, 3), std::string("ff\0", 3));
  put(scratch, " -0x1F,");
  EXPECT_EQ(static_cast<std::int32_t>(call("strtol", {scratch, scratch + 64, 0})), -31);
  EXPECT_EQ(word(scratch + 64), scratch + 6);
  put(scratch, "99999999999");
  EXPECT_EQ(call("atoi", {scratch}), 0x7FFF'FFFFu);
}

TEST_F(RomTest, DividesLongNumbers) {
  EXPECT_EQ(call64("__udivdi3", {0, 1, 3, 0}), (std::uint64_t{1} << 32) / 3);
  EXPECT_EQ(call64("__umoddi3", {5, 1, 10, 0}), ((std::uint64_t{1} << 32) + 5) % 10);
  EXPECT_EQ(static_cast<std::int64_t>(call64("__divdi3", {0u - 7, ~0u, 2, 0})), -3);
  EXPECT_EQ(static_cast<std::int64_t>(call64("__moddi3", {0u - 7, ~0u, 2, 0})), -1);
  EXPECT_EQ(call64("__udivdi3", {1, 0, 0, 0}), ~std::uint64_t{0}) << "by nothing, as the core's divu";
  EXPECT_EQ(call64("__muldi3", {0xFFFF'FFFF, 0, 0xFFFF'FFFF, 0}), 0xFFFF'FFFE'0000'0001u);
  EXPECT_EQ(call64("__ashldi3", {1, 0, 40}), std::uint64_t{1} << 40);
  EXPECT_EQ(call("__clzsi2", {1}), 31u);
  EXPECT_EQ(call("__popcountsi2", {0xF0F0}), 8u);
}

TEST_F(RomTest, ComputesWithFloatsInSoftware) {
  const auto bits = [](float value) { return std::bit_cast<std::uint32_t>(value); };
  EXPECT_EQ(std::bit_cast<float>(call("__addsf3", {bits(1.5F), bits(2.25F)})), 3.75F);
  EXPECT_EQ(std::bit_cast<float>(call("__divsf3", {bits(1.0F), bits(3.0F)})), 1.0F / 3.0F);
  EXPECT_EQ(static_cast<std::int32_t>(call("__ltsf2", {bits(1.0F), bits(2.0F)})), -1);
  EXPECT_EQ(call("__fixsfsi", {bits(-3.9F)}), 0u - 3);
  EXPECT_EQ(call("__fixunssfsi", {bits(1e20F)}), ~0u) << "beyond the range: the nearest";
  EXPECT_EQ(std::bit_cast<double>(call64("__floatsidf", {0u - 5})), -5.0);
  EXPECT_EQ(std::bit_cast<double>(call64("__extendsfdf2", {bits(0.5F)})), 0.5);
}

TEST_F(RomTest, PrintsFormattedText) {
  put(scratch, "%d %5u|%-4x|%04X %s %c %%\n");
  put(scratch + 64, "text");
  call("ets_printf", {scratch, 0u - 42, 7, 0xAB, 0xCD, scratch + 64, 'z'});
  board.run_for(10 * millisecond);
  EXPECT_EQ(sent.text, "-42     7|ab  |00CD text z %\r\n");
}

TEST_F(RomTest, WaitsWhereTheFifoIsFull) {
  const std::string line(300, 'a');
  put(scratch, line);
  const Time before = board.now();
  EXPECT_EQ(call("ets_printf", {scratch}), 300u);
  EXPECT_GT(board.now() - before, 14 * millisecond) << "170 characters at 115,200 baud";
  board.run_for(20 * millisecond);
  EXPECT_EQ(sent.text, line);
}

TEST_F(RomTest, PrintsThroughAFunctionOfTheProgram) {
  // sb a0, 0(t3); addi t3, t3, 1; ret
  constexpr std::uint32_t output = 0x4038'0100;
  const std::array<std::uint32_t, 3> code{0x00AE'0023, 0x001E'0E13, 0x0000'8067};
  ASSERT_TRUE(board.memory().write(output, std::as_bytes(std::span(code))));
  call("ets_install_putc1", {output});
  put(scratch, "n=%d\n");
  board.cpu().set_register(28, scratch + 64);
  EXPECT_EQ(call("ets_printf", {scratch, 12}), 6u);
  EXPECT_EQ(get(scratch + 64, 6), "n=12\r\n");
}

TEST_F(RomTest, DelaysByTheClockItWasTold) {
  const Time before = board.now();
  call("ets_delay_us", {1000});
  EXPECT_NEAR(static_cast<double>(board.now() - before), static_cast<double>(millisecond), 2e6);
  call("ets_update_cpu_frequency", {40});
  EXPECT_EQ(call("ets_get_cpu_frequency"), 40u);
  const Time second_time = board.now();
  call("ets_delay_us", {1000});
  EXPECT_NEAR(static_cast<double>(board.now() - second_time), 2.0 * static_cast<double>(millisecond), 2e6);
}

TEST_F(RomTest, TakesInterruptsDuringADelay) {
  // The handler counts in t3 and lowers the source: FROM_CPU_0.
  constexpr std::uint32_t vectors = 0x4038'0200, from_cpu = 0x600C'0028;
  std::array<std::uint32_t, 35> code{};
  code.fill(0x0000'006F);
  code[3] = 0x0740'006F;   // line 3: j +116, to code[32]
  code[32] = 0x001E'0E13;  // addi t3, t3, 1
  code[33] = 0x000E'A023;  // sw x0, 0(t4)
  code[34] = 0x3020'0073;  // mret
  ASSERT_TRUE(board.memory().write(vectors, std::as_bytes(std::span(code))));
  board.cpu().set_csr(0x305, vectors);
  board.cpu().set_csr(0x300, 8);
  board.cpu().set_register(28, 0);
  board.cpu().set_register(29, from_cpu);
  call("intr_matrix_set", {0, 50, 3});
  call("esprv_intc_int_set_priority", {3, 1});
  call("esprv_intc_int_enable", {1u << 3});
  board.at(board.now() + 200 * microsecond, [this] { set_word(from_cpu, 1); });
  const Time before = board.now();
  call("ets_delay_us", {1000});
  EXPECT_EQ(board.cpu().register_value(28), 1u);
  EXPECT_NEAR(static_cast<double>(board.now() - before), static_cast<double>(millisecond), 3e6);
}

TEST_F(RomTest, SortsWithTheProgramsComparison) {
  // lw a0, 0(a0); lw a1, 0(a1); sub a0, a0, a1; ret
  constexpr std::uint32_t compare = 0x4038'0100;
  const std::array<std::uint32_t, 4> code{0x0005'2503, 0x0005'A583, 0x40B5'0533, 0x0000'8067};
  ASSERT_TRUE(board.memory().write(compare, std::as_bytes(std::span(code))));
  const std::array<std::uint32_t, 9> numbers{5, 3, 9, 1, 1, 8, 0, 7, 2};
  ASSERT_TRUE(board.memory().write(scratch, std::as_bytes(std::span(numbers))));
  call("qsort", {scratch, numbers.size(), 4, compare});
  std::vector<std::uint32_t> sorted;
  for (std::uint32_t index = 0; index < numbers.size(); ++index) sorted.push_back(word(scratch + 4 * index));
  EXPECT_THAT(sorted, testing::ElementsAre(0, 1, 1, 2, 3, 5, 7, 8, 9));
}

// The functions that the C library needs of the program, in a table where syscall_table_ptr says.
class RomSyscallTest : public RomTest {
 protected:
  static constexpr std::uint32_t functions = 0x4038'0100, table = scratch + 0x400, owner = scratch + 0x500,
                                 memory = scratch + 0x600;
  static constexpr std::uint32_t ret = 0x0000'8067;
  RomSyscallTest() {
    // __getreent: mv a0, t3. _malloc_r: the owner to 0(t4), the size to 4(t4), mv a0, t5. _fstat_r: the mode
    // in t5 to 4(a2), mv a0, t4.
    const std::array<std::uint32_t, 12> code{0x000E'0513, ret,         0,           0,  // at 0x00
                                             0x00AE'A023, 0x00BE'A223, 0x000F'0513, ret,
                                             0x01E6'2223, 0x000E'8513, ret,         0};
    EXPECT_TRUE(board.memory().write(functions, std::as_bytes(std::span(code))));
    set_word(table, functions);
    set_word(table + 4, functions + 0x10);
    set_word(table + 4 * 14, functions + 0x20);
    set_word(0x3FCD'FFE0, table);
  }
};

TEST_F(RomSyscallTest, CopiesTextsIntoTheProgramsMemory) {
  board.cpu().set_register(28, owner);
  board.cpu().set_register(29, scratch + 0x700);
  board.cpu().set_register(30, memory);
  put(scratch, "a text");
  EXPECT_EQ(call("strdup", {scratch}), memory);
  EXPECT_EQ(get(memory, 7), std::string("a text\0", 7));
  EXPECT_EQ(word(scratch + 0x700), owner);
  EXPECT_EQ(word(scratch + 0x704), 7u);
  EXPECT_EQ(call("strndup", {scratch, 3}), memory);
  EXPECT_EQ(get(memory, 4), std::string("a t\0", 4));
  EXPECT_EQ(word(scratch + 0x704), 4u);
  board.cpu().set_register(30, 0);
  EXPECT_EQ(call("strdup", {scratch}), 0u) << "no memory";
}

TEST_F(RomSyscallTest, KnowsACharacterDevice) {
  board.cpu().set_register(29, 0);
  board.cpu().set_register(30, 0x21FF);
  EXPECT_EQ(call("_isatty_r", {owner, 1}), 1u);
  board.cpu().set_register(30, 0x81FF);
  EXPECT_EQ(call("_isatty_r", {owner, 1}), 0u) << "a file";
  board.cpu().set_register(29, ~0u);
  board.cpu().set_register(30, 0x21FF);
  EXPECT_EQ(call("_isatty_r", {owner, 1}), 0u) << "none";
}

TEST_F(RomTest, SetsTheDividerOfAUart) {
  call("uart_div_modify", {0, (80'000'000u << 4) / 115'200});
  EXPECT_EQ(word(0x6000'0014), 694u | 7u << 20);
  EXPECT_EQ(word(0x6000'0020) & (3u << 17), 0u) << "the FIFOs' resets are over";
  call("uart_div_modify", {3, 0x100});
  EXPECT_EQ(word(0x6000'0014), 694u | 7u << 20) << "device 3 is USB";
}

TEST_F(RomTest, FindsNoFusesForFlashPads) {
  EXPECT_EQ(call("ets_efuse_get_spiconfig"), 0u);
  EXPECT_EQ(call("ets_efuse_get_wp_pad"), 0x3Fu);
}

TEST_F(RomTest, KnowsTheRadiosVersions) {
  const std::uint32_t text = call("esp_coex_rom_version_get");
  EXPECT_EQ(word(text), 0x3738'3339u) << "9387";
  EXPECT_EQ(word(text + 4), 0x0039'3032u) << "209";
  EXPECT_EQ(call("esp_pp_rom_version_get"), text);
  EXPECT_EQ(call("esp_net80211_rom_version_get"), text);
  EXPECT_THAT(sent.notices, testing::IsEmpty());
}

TEST_F(RomTest, JumpsBack) {
  EXPECT_EQ(call("setjmp", {scratch}), 0u);
  board.cpu().set_register(8, 1234);
  EXPECT_EQ(call("longjmp", {scratch, 7}), 7u);
  EXPECT_NE(board.cpu().register_value(8), 1234u);
}

TEST_F(RomTest, KnowsChecksums) {
  put(scratch, "123456789");
  EXPECT_EQ(call("crc32_le", {0, scratch, 9}), 0xCBF4'3926u);
  EXPECT_EQ(call("crc32_be", {0, scratch, 9}), 0xFC89'1918u);
  EXPECT_EQ(call("crc16_le", {0, scratch, 9}), 0x906Eu);
  EXPECT_EQ(call("crc16_be", {0, scratch, 9}), 0xD64Eu);
  call("MD5Init", {scratch + 64});
  call("MD5Update", {scratch + 64, scratch, 4});
  call("MD5Update", {scratch + 64, scratch + 4, 5});
  call("MD5Final", {scratch + 256, scratch + 64});
  const std::string text = "123456789";
  const auto sum = md5(std::as_bytes(std::span(text)));
  EXPECT_EQ(get(scratch + 256, 16), std::string(reinterpret_cast<const char*>(sum.data()), sum.size()));
}

TEST_F(RomTest, ReadsProgramsAndErasesFlash) {
  EXPECT_EQ(call("esp_rom_spiflash_erase_sector", {5}), 0u);
  put(scratch, "kept in flash...");
  EXPECT_EQ(call("esp_rom_spiflash_write", {0x50F8, scratch, 16}), 0u) << "over a page's end";
  EXPECT_EQ(board.flash().read(0x5100, 1)[0], std::byte{'f'});
  EXPECT_EQ(call("esp_rom_spiflash_read", {0x50F8, scratch + 64, 16}), 0u);
  EXPECT_EQ(get(scratch + 64, 16), "kept in flash...");
  const Time before = board.now();
  EXPECT_EQ(call("esp_rom_spiflash_erase_sector", {5}), 0u);
  EXPECT_GE(board.now() - before, 45 * millisecond);
  EXPECT_EQ(board.flash().read(0x50F8, 1)[0], std::byte{0xFF});
  EXPECT_EQ(call("esp_rom_spiflash_read", {0x3F'FFFC, scratch, 16}), 1u) << "beyond the chip";
}

TEST_F(RomTest, ChangesTheCachesTable) {
  EXPECT_EQ(call("Cache_Dbus_MMU_Set", {0, 0x3C02'0000, 0x3'0000, 64, 2, 0}), 0u);
  EXPECT_EQ(word(0x600C'5008), 3u);
  EXPECT_EQ(word(0x600C'500C), 4u);
  EXPECT_NE(call("Cache_Ibus_MMU_Set", {0, 0x4202'0100, 0, 64, 1, 0}), 0u);
  call("Cache_Resume_ICache", {0});
  EXPECT_EQ(word(0x600C'4000), 1u);
  call("Cache_Suspend_ICache");
  EXPECT_EQ(word(0x600C'4000), 0u);
  EXPECT_EQ(call("Cache_Set_IDROM_MMU_Size", {8, 504}), 0u);
  EXPECT_EQ(call("Cache_Get_IROM_MMU_End"), 8u);
  EXPECT_EQ(call("Cache_Get_DROM_MMU_End"), 512u);
  EXPECT_NE(call("Cache_Set_IDROM_MMU_Size", {8, 508}), 0u) << "more than there is";
  EXPECT_EQ(call("Cache_Get_IROM_MMU_End"), 8u);
  call("Cache_MMU_Init");
  EXPECT_EQ(word(0x600C'5008), 0x100u);
}

TEST_F(RomTest, SetsUpPads) {
  call("rom_gpio_matrix_in", {4, 64, 1});
  EXPECT_EQ(word(0x6000'4000 + 0x154 + 4 * 64), 4u | 1u << 5 | 1u << 6);
  call("rom_gpio_matrix_out", {5, 63, 1, 0});
  EXPECT_EQ(word(0x6000'4000 + 0x554 + 4 * 5), 63u | 1u << 8);
  EXPECT_EQ(word(0x6000'4020) & 1u << 5, 1u << 5) << "its output is enabled";
  call("rom_gpio_pad_pullup", {9});
  EXPECT_EQ(word(0x6000'9004 + 4 * 9) & (1u << 7 | 1u << 8), 1u << 8);
}

TEST_F(RomTest, SpeaksToTheAnalogBlocks) {
  constexpr std::uint32_t pll = 0x66;
  call("rom_i2c_writeReg", {pll, 0, 2, 0x55});
  EXPECT_EQ(call("rom_i2c_readReg", {pll, 0, 2}), 0x55u);
  call("rom_i2c_writeReg_Mask", {pll, 0, 2, 6, 4, 3});
  EXPECT_EQ(call("rom_i2c_readReg", {pll, 0, 2}), 0x35u);
  EXPECT_EQ(call("rom_i2c_readReg_Mask", {pll, 0, 2, 6, 4}), 3u);
}

TEST_F(RomTest, ResetsTheChip) {
  EXPECT_EQ(call("rtc_get_reset_reason", {0}), 1u);
  board.cpu().set_pc(address_of("software_reset"));
  board.run_for(millisecond);
  EXPECT_EQ(sent.resets, 1u);
  EXPECT_EQ(board.cpu().pc(), back) << "and starts anew";
  EXPECT_EQ(call("rtc_get_reset_reason", {0}), 3u);
}

TEST_F(RomTest, AResetOfTheCpuMasksEveryLine) {
  // A line that is high through the reset: FROM_CPU_0 by way of line 5.
  constexpr std::uint32_t from_cpu = 0x600C'0028, enable = 0x600C'2104, map = 0x600C'20C8;
  call("intr_matrix_set", {0, 50, 5});
  call("esprv_intc_int_set_priority", {5, 2});
  call("esprv_intc_int_enable", {1u << 5});
  set_word(from_cpu, 1);
  board.cpu().set_pc(address_of("software_reset_cpu"));
  board.run_for(millisecond);
  EXPECT_EQ(sent.resets, 1u);
  EXPECT_EQ(word(map), 5u) << "the matrix is not reset";
  EXPECT_EQ(word(enable), 0u) << "but the ROM masks the lines before it lets interrupts in";
  EXPECT_EQ(board.cpu().pc(), back);
}

TEST_F(RomTest, StopsAtAFunctionWithoutAnAnswer) {
  board.cpu().set_pc(address_of("ets_aes_block"));
  EXPECT_EQ(board.run_for(millisecond), Board::Stop::rom_call);
  EXPECT_EQ(board.cpu().pc(), address_of("ets_aes_block"));
}

TEST_F(RomTest, ABadPointerIsAnExceptionAtTheCall) {
  board.cpu().set_register(10, 0x1000'0000);
  board.cpu().set_register(11, scratch);
  board.cpu().set_register(12, 4);
  board.cpu().stop_at_exceptions(true);
  board.cpu().set_pc(address_of("memcpy"));
  EXPECT_EQ(board.run_for(millisecond), Board::Stop::exception);
  ASSERT_TRUE(board.cpu().pending_exception());
  EXPECT_EQ(board.cpu().pending_exception()->cause, 7u);
  EXPECT_EQ(board.cpu().pending_exception()->value, 0x1000'0000u);
}

// Bytes next to those that somebody looks at are in the same lines.
TEST_F(RomTest, TakesAsLongWhenSomebodyLooks) {
  struct Looker : AccessWatcher {
    explicit Looker(bool only_looks) : only(only_looks) {}
    void cpu_accesses(const BusAccess& access, std::optional<std::uint32_t> stored) override {
      bytes += access.width;
      if (stored) stores += access.width;
    }
    bool only_looks() const override { return only; }
    bool only;
    unsigned bytes = 0, stores = 0;
  };
  constexpr std::uint32_t big = scratch + 0x100, other = scratch + 0x1000;
  const auto work = [&] {
    sent.text.clear();
    call("memset", {big, 'x', 2000});
    call("memcpy", {other, big + 1, 1999});
    call("memmove", {other + 3, other, 1500});
    call("memcmp", {other, big, 1000});
    put(scratch, "%s, board\n");
    put(scratch + 0x40, "ferry");
    call("strlen", {scratch + 0x40});
    call("strncpy", {other + 0x40, scratch + 0x40, 100});
    call("strupr", {other + 0x40});
    call("strcmp", {other + 0x40, scratch + 0x40});
    call("itoa", {1234, scratch + 0x60, 10});
    call("ets_printf", {scratch, scratch + 0x40});
    call("uart_tx_wait_idle", {0});
    return std::tuple(board.counters().cycles, board.counters().instructions, board.now(), sent.text,
                      get(scratch, 0x2000));
  };
  const Snapshot start = board.snapshot();
  const auto alone = work();
  const std::uint32_t offset = *Memory::offset(scratch);
  for (const bool only_looks : {true, false}) {
    for (const bool all : {true, false}) {
      board.restore(start);
      Looker looker(only_looks);
      const WatchedRange watched{.offset = all ? offset : offset + 0x120,
                                 .length = all ? 0x2000u : 8,
                                 .reads = true,
                                 .writes = true};
      board.cpu().watches().set(looker, std::span(&watched, 1));
      EXPECT_TRUE(work() == alone) << only_looks << all;
      EXPECT_GT(looker.bytes, looker.stores);
      if (!all) {
        EXPECT_EQ(looker.stores, 8u) << "by memset, each of them once";
      }
      board.cpu().watches().set(looker, {});
    }
  }
}

TEST_F(RomTest, HasItsConstants) {
  EXPECT_EQ(word(0x4000'0010), 5u) << "_rom_chip_id";
  EXPECT_EQ(word(word(0x3FF1'FFFC) + 4), 0x3FCD'F060u) << "ets_rom_layout_p: where reserved memory begins";
  EXPECT_THAT(sent.notices, testing::IsEmpty());
  const std::uint32_t flash = word(0x3FCD'FFF0);
  EXPECT_EQ(word(flash + 4), 4u * 1024 * 1024) << "rom_spiflash_legacy_data: the chip's size";
}

TEST_F(RomTest, OtherDataReadZeroWithOneNotice) {
  EXPECT_EQ(word(0x3FF1'8000), 0u);
  EXPECT_EQ(word(0x4005'0000), 0u);
  EXPECT_THAT(sent.notices,
              testing::ElementsAre("read of 0x3FF18000 gives 0: the board has no data of the boot "
                                   "ROM there (a real one: --rom)"));
}

TEST_F(RomTest, TheRealOneHasAllOfItsData) {
  board.set_rom(std::vector<std::byte>(Memory::rom_size, std::byte{7}));
  EXPECT_EQ(word(0x3FF1'8000), 0u) << "it is there from the next reset on";
  EXPECT_THAT(sent.notices, testing::IsEmpty());
}

}  // namespace
}  // namespace ferry::board
