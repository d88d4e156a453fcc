// Every register of every device on an assembled board, by way of the bus: its reset value, and for each of
// its fields what a store changes and what a load shows. What is expected comes from the register description
// alone; a device that joins the board is walked without a line here. Where a register does something that
// its description cannot say, the exception has its reason beside it, and an exception that is no longer
// needed fails.
#include "board/board.hpp"
#include "board/bus.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <functional>
#include <iomanip>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <string_view>

namespace ferry::board {
namespace {

using chip::Access;
using chip::FieldInfo;
using chip::RegisterInfo;

// SYSTEM's clock and reset registers, the keys of RTC_CNTL's watchdogs, SPI2's own clock gate.
constexpr std::uint32_t cpu_peri_clk_en = 0x600C'0000, cpu_peri_rst_en = 0x600C'0004;
constexpr std::uint32_t perip_clk_en = 0x600C'0010, perip_rst_en = 0x600C'0018;

constexpr std::uint32_t rtc_wdt_key = 0x6000'80A8, rtc_swd_key = 0x6000'80B0, spi2_clk_gate = 0x6002'40E8;

struct Exception {
  std::string_view block, name, field;  // "" is every one
  std::string_view reason;
};

constexpr auto reset_exceptions = std::to_array<Exception>({
    {"GPIO", "IN", "", "shows the pads: some are pulled up after reset"},
    {"GPIO", "STRAP", "", "the pads' levels at power-on"},
    {"RTC_CNTL", "RESET_STATE", "", "shows the cause of the reset"},
    {"EFUSE", "RD_MAC_SPI_SYS_", "", "the chip's own MAC address and revision"},
    {"APB_CTRL", "RND_DATA", "", "a random number"},
});

constexpr auto access_exceptions = std::to_array<Exception>({
    {"APB_CTRL", "RND_DATA", "", "a random number"},
    {"UART0", "FIFO", "", "a store goes to one FIFO, a load takes from the other"},
    {"UART1", "FIFO", "", "a store goes to one FIFO, a load takes from the other"},
    {"USB_SERIAL_JTAG", "EP1", "", "a store goes to one FIFO, a load takes from the other"},
    {"REGI2C", "I2C_CTRL", "", "a store starts a transaction, and one that comes too early is lost"},
    {"TIMG0", "T0CONFIG", "ALARM_EN", "it is the alarm that clears it, and a timer that stands raises none"},
    {"TIMG1", "T0CONFIG", "ALARM_EN", "it is the alarm that clears it, and a timer that stands raises none"},
});

class ExceptionList {
 public:
  explicit ExceptionList(std::span<const Exception> list) : list_(list) {}

  // Whether the list has this place. A name that ends in _ stands for all that begin with it.
  bool has(std::string_view block, std::string_view name, std::string_view field) {
    bool found = false;
    for (std::size_t index = 0; index < list_.size(); ++index) {
      const Exception& entry = list_[index];
      const bool same_name = entry.name.empty() || entry.name == name ||
                             (entry.name.ends_with('_') && name.starts_with(entry.name));
      if (entry.block != block || !same_name || (!entry.field.empty() && entry.field != field)) continue;
      found = true;
      used_.insert(index);
    }
    return found;
  }
  void expect_all_used() const {
    for (std::size_t index = 0; index < list_.size(); ++index)
      EXPECT_TRUE(used_.contains(index)) << "no longer needed: " << list_[index].block << "."
                                         << list_[index].name << "." << list_[index].field;
  }

 private:
  std::span<const Exception> list_;
  std::set<std::size_t> used_;
};

std::string hex(std::uint32_t value) {
  std::ostringstream text;
  text << "0x" << std::hex << std::setw(8) << std::setfill('0') << value;
  return text.str();
}

std::string name_of(const Device& device, const RegisterInfo& info, std::uint32_t index) {
  std::string name = std::string(device.name()) + "." + std::string(info.name);
  return info.count > 1 ? name + "[" + std::to_string(index) + "]" : name;
}

// A board as it is after power-on, with nobody on the CPU but a jump to itself.
struct WalkedBoard {
  WalkedBoard() { board.load({.entry = code, .segments = {loop}, .symbols = {}}); }

  std::uint32_t load(std::uint32_t address) { return board.bus().load({address, 4, 0}).value; }
  void store(std::uint32_t address, std::uint32_t value) { board.bus().store({address, 4, 0}, value); }
  void open_gates() {
    for (const std::uint32_t offset : {0u, 4u}) {
      store(perip_clk_en + offset, ~0u);
      store(perip_rst_en + offset, 0);
    }
    store(cpu_peri_clk_en, ~0u);
    store(cpu_peri_rst_en, 0);
    // The watchdogs' registers take stores while their keys are there.
    store(rtc_wdt_key, 0x50D8'3AA1);
    store(rtc_swd_key, 0x8F1D'312A);
    // Without its clock SPI2's engine never takes a command's bit back.
    store(spi2_clk_gate, 3);
  }

  static constexpr std::uint32_t code = 0x4038'0000;
  static inline const Segment loop{.address = code,
                                   .bytes = {std::byte{0x6F}, std::byte{0}, std::byte{0}, std::byte{0}},
                                   .memory_size = 4,
                                   .executable = true};
  // Watchdogs would bite while a field's end is waited for.
  Board board{{.flash_boot = false}};
};

// Calls `visit` for every register of every device, once for each index of an array.
void for_each_register(
    Board& board,
    const std::function<void(const AttachedDevice&, const RegisterInfo&, std::uint32_t index)>& visit) {
  for (const AttachedDevice& attached : board.bus().devices())
    for (const RegisterInfo& info : attached.device->registers())
      for (std::uint32_t index = 0; index < info.count; ++index) visit(attached, info, index);
}

TEST(RegisterWalk, EveryRegisterHasItsResetValue) {
  ExceptionList exceptions(reset_exceptions);
  // Without firmware: the boot ROM's part in starting one changes UART0.
  Board board({.flash_boot = false});
  const auto walk = [&](bool gated) {
    for_each_register(board,
                      [&](const AttachedDevice& attached, const RegisterInfo& info, std::uint32_t index) {
                        if ((attached.gate != nullptr) != gated) return;
                        const std::uint32_t address = attached.base + info.offset + index * info.stride;
                        const std::uint32_t value = board.bus().load({address, 4, 0}).value;
                        std::uint32_t expected = 0;
                        // What cannot be read shows as 0.
                        for (const FieldInfo& field : info.fields)
                          if (chip::readable(field.access)) expected |= info.reset_of(index) & field.mask();
                        if (value == expected || exceptions.has(attached.device->name(), info.name, ""))
                          return;
                        ADD_FAILURE() << name_of(*attached.device, info, index) << " is " << hex(value)
                                      << ", not " << hex(expected);
                      });
  };
  walk(false);
  for (const std::uint32_t offset : {0u, 4u}) {
    board.bus().store({perip_clk_en + offset, 4, 0}, ~0u);
    board.bus().store({perip_rst_en + offset, 4, 0}, 0);
  }
  walk(true);
  exceptions.expect_all_used();
}

TEST(RegisterWalk, EveryResetValueLiesInAField) {
  Board board;
  for_each_register(
      board, [&](const AttachedDevice& attached, const RegisterInfo& info, std::uint32_t index) {
        std::uint32_t known = 0;
        for (const FieldInfo& field : info.fields) {
          EXPECT_EQ(known & field.mask(), 0u) << name_of(*attached.device, info, index) << ": fields overlap";
          known |= field.mask();
        }
        EXPECT_EQ(info.reset_of(index) & ~known, 0u) << name_of(*attached.device, info, index);
      });
}

// One register, a board to itself.
class FieldWalk {
 public:
  FieldWalk(std::uint32_t address, const RegisterInfo& info, std::string name, ExceptionList& exceptions,
            std::string_view block)
      : address_(address), info_(info), name_(std::move(name)), exceptions_(exceptions), block_(block) {
    walked_.open_gates();
  }

  void walk() {
    std::uint32_t known = 0;
    for (const FieldInfo& field : info_.fields) {
      known |= field.mask();
      try_field(field);
    }
    // Bits that belong to no field are not there.
    store(~known);
    if (const std::uint32_t kept = load() & ~known; kept != 0)
      fail("", "keeps bits that it does not have: " + hex(kept));
  }

 private:
  std::uint32_t load() { return walked_.load(address_); }
  void store(std::uint32_t value) { walked_.store(address_, value); }

  // What a store has to repeat to leave the other fields alone.
  std::uint32_t kept_bits(std::uint32_t word) const {
    std::uint32_t kept = 0;
    for (const FieldInfo& field : info_.fields)
      if (chip::writable(field.access) && chip::readable(field.access)) kept |= field.mask();
    return word & kept;
  }

  void try_field(const FieldInfo& field) {
    const std::uint32_t mask = field.mask();
    for (const std::uint32_t pattern : {~0u, 0x5555'5555u << field.lsb, 0xAAAA'AAAAu << field.lsb, 0u}) {
      const std::uint32_t before = load();
      const std::uint32_t written = pattern & mask;
      store((kept_bits(before) & ~mask) | written);
      const std::uint32_t after = load();
      switch (field.access) {
        case Access::read_write:
        case Access::set_by_hardware:
        case Access::sticky_writable:
          if ((after & mask) != written)
            fail(field.name, "shows " + hex(after & mask) + " after a store of " + hex(written));
          break;
        case Access::read_only:
        case Access::sticky:
          if ((after & mask) != (before & mask)) fail(field.name, "is changed by a store");
          break;
        case Access::write_only:
        case Access::write_trigger:
          if ((after & mask) != 0) fail(field.name, "can be read");
          break;
        case Access::self_clearing:
          if ((after & ~written & mask) != 0) fail(field.name, "shows bits that were not written");
          walked_.board.run_for(millisecond);
          if ((load() & mask) != 0) fail(field.name, "does not clear itself");
          break;
      }
      // Its neighbours are not touched.
      for (const FieldInfo& other : info_.fields)
        if (other.access == Access::read_write && &other != &field && ((after ^ before) & other.mask()) != 0)
          fail(other.name, "changes with a store to " + std::string(field.name));
    }
  }

  void fail(std::string_view field, const std::string& what) {
    if (exceptions_.has(block_, info_.name, field)) return;
    ADD_FAILURE() << name_ << (field.empty() ? "" : ".") << field << " " << what;
  }

  WalkedBoard walked_;
  std::uint32_t address_;
  const RegisterInfo& info_;
  std::string name_;
  ExceptionList& exceptions_;
  std::string_view block_;
};

TEST(RegisterWalk, EveryFieldHasItsAccessType) {
  ExceptionList exceptions(access_exceptions);
  Board board;
  for_each_register(board,
                    [&](const AttachedDevice& attached, const RegisterInfo& info, std::uint32_t index) {
                      FieldWalk(attached.base + info.offset + index * info.stride, info,
                                name_of(*attached.device, info, index), exceptions, attached.device->name())
                          .walk();
                    });
  exceptions.expect_all_used();
}

// A register X with twins X_W1TS and X_W1TC: a written 1 sets or clears X's bit, a 0 leaves it.
TEST(RegisterWalk, EverySetAndClearRegisterReachesItsTwin) {
  unsigned pairs = 0;
  Board board;
  for (const AttachedDevice& attached : board.bus().devices()) {
    const auto offset_of = [&](std::string_view name) -> std::optional<std::uint32_t> {
      for (const RegisterInfo& info : attached.device->registers())
        if (info.name == name) return info.offset;
      return std::nullopt;
    };
    for (const RegisterInfo& info : attached.device->registers()) {
      const std::string name(info.name);
      const auto set = offset_of(name + "_W1TS"), clear = offset_of(name + "_W1TC");
      ASSERT_EQ(set.has_value(), clear.has_value()) << attached.device->name() << "." << name;
      if (!set) continue;
      ++pairs;
      WalkedBoard walked;
      walked.open_gates();
      const std::uint32_t twin = attached.base + info.offset;
      std::uint32_t known = 0;
      for (const FieldInfo& field : info.fields) known |= field.mask();
      const std::uint32_t some = known & 0x5555'5555, one = known & ~(known - 1);
      walked.store(twin, 0);
      walked.store(attached.base + *set, some);
      EXPECT_EQ(walked.load(twin), some) << name;
      walked.store(attached.base + *set, known & ~some);
      EXPECT_EQ(walked.load(twin), known) << name;
      walked.store(attached.base + *clear, one);
      EXPECT_EQ(walked.load(twin), known & ~one) << name;
    }
  }
  EXPECT_EQ(pairs, 4u);
}

}  // namespace
}  // namespace ferry::board
