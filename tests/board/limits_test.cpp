// What devices leave out: that it is said once to whoever asks for it, and how the ledger shows it.
#include "board/limits.hpp"

#include "board/board.hpp"
#include "board/bus.hpp"
#include "board/observer.hpp"
#include "board/record/ledger.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

namespace ferry::board {
namespace {

using chip::Access;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct Conf {
  static constexpr std::uint32_t offset = 4;
};
struct State {
  static constexpr std::uint32_t offset = 8;
};

constexpr chip::FieldInfo conf_fields[] = {{"EN", 0, 1, Access::read_write},
                                           {"LEVEL", 1, 2, Access::read_write},
                                           {"RADIO", 4, 4, Access::read_write},
                                           {"BUSY", 31, 1, Access::read_only}};
constexpr chip::FieldInfo state_fields[] = {{"STATE", 0, 32, Access::read_only}};
constexpr chip::RegisterInfo registers[] = {{"CONF", 4, 0x10, 1, 4, conf_fields, {}},
                                            {"STATE", 8, 0, 2, 4, state_fields, {}}};

TEST(Limits, ARegisterWithoutAnyIsModelled) {
  const Standing standing = standing_of(registers[0], {});
  EXPECT_EQ(standing.support, Support::modelled);
  EXPECT_EQ(standing.remark, "");
}

TEST(Limits, ARegisterIsAbsentWhenAllOfItIs) {
  const Limit limits[] = {absent<State>("signals from space")};
  EXPECT_EQ(standing_of(registers[1], limits).support, Support::absent);
  EXPECT_EQ(standing_of(registers[1], limits).remark, "signals from space");
  EXPECT_EQ(standing_of(registers[0], limits).support, Support::modelled);
}

TEST(Limits, PartOfARegisterIsNamed) {
  const Limit limits[] = {absent<Conf>("radio", 0xF0), approximated<Conf>("stored", 0x7)};
  const Standing standing = standing_of(registers[0], limits);
  EXPECT_EQ(standing.support, Support::approximated);
  EXPECT_EQ(standing.remark, "RADIO: no radio; EN, LEVEL: stored");
}

TEST(Limits, AStoreIsToldOnceAndOnlyWhenItChangesSomething) {
  const Limit limits[] = {absent<Conf>("radio", 0xF0), absent<Conf>("engine", 1),
                          approximated<Conf>("stored", 6)};
  LimitWatch watch(registers, limits);
  EXPECT_THAT(watch.stored(4, 0x10), IsEmpty()) << "the reset value";
  EXPECT_THAT(watch.stored(4, 0x16), IsEmpty()) << "approximated only";
  EXPECT_THAT(watch.stored(4, 0x20), ElementsAre("radio"));
  EXPECT_THAT(watch.stored(4, 0x31), ElementsAre("engine"));
  EXPECT_THAT(watch.stored(4, 0xFF), IsEmpty());
  EXPECT_THAT(watch.stored(0x1000, 0xFF), IsEmpty());
}

TEST(Limits, ALoadIsToldWhenOnlyHardwareWouldChangeTheRegister) {
  const Limit limits[] = {absent<Conf>("radio", 0xF0), absent<State>("radio")};
  LimitWatch watch(registers, limits);
  EXPECT_THAT(watch.loaded(4), IsEmpty());
  EXPECT_THAT(watch.loaded(12), ElementsAre("radio")) << "the second of the array";
  EXPECT_THAT(watch.loaded(8), IsEmpty());
  EXPECT_THAT(watch.stored(4, 0xF0), IsEmpty()) << "one line for each text";
}

// ---- The board's own limits

struct Notices final : Observer {
  void notice(std::string_view line) override { lines.emplace_back(line); }
  std::vector<std::string> lines;
};

TEST(BoardLimits, EachIsAboutBitsThatExist) {
  Board board;
  for (const AttachedDevice& attached : board.bus().devices())
    for (const Limit& limit : attached.device->limits()) {
      std::uint32_t known = 0;
      for (const chip::RegisterInfo& info : attached.device->registers())
        if (info.offset == limit.offset)
          for (const chip::FieldInfo& field : info.fields) known |= field.mask();
      EXPECT_NE(known & limit.mask, 0u) << attached.device->name() << ": " << limit.what;
      EXPECT_FALSE(limit.what.empty() || limit.what.ends_with('.')) << limit.what;
    }
}

// On a fresh board the first store to an absent bit says its line, and the second one says nothing.
TEST(BoardLimits, EachAbsentThingIsToldOnce) {
  std::set<std::string> told;
  Board board({.flash_boot = false});
  for (std::size_t device = 0; device < board.bus().devices().size(); ++device)
    for (const Limit& limit : board.bus().devices()[device].device->limits()) {
      if (limit.support != Support::absent) continue;
      Board fresh({.flash_boot = false});
      for (const std::uint32_t offset : {0x10u, 0x14u}) {
        fresh.bus().store({0x600C'0000 + offset, 4, 0}, ~0u);
        fresh.bus().store({0x600C'0008 + offset, 4, 0}, 0);
      }
      const AttachedDevice attached = fresh.bus().devices()[device];
      Notices notices;
      fresh.observers().add(notices);
      for (int time = 0; time < 2; ++time)
        for (const chip::RegisterInfo& info : attached.device->registers()) {
          if (info.offset != limit.offset) continue;
          const BusAccess access{attached.base + info.offset, 4, 0};
          fresh.bus().store(access, info.reset_of(0) ^ limit.mask);
          fresh.bus().load(access);
        }
      const std::string line = std::string(attached.device->name()) + ": " + std::string(limit.what) +
                               ": the board does not do this";
      // Read-only bits of a register that is not absent as a whole have nothing to say by themselves.
      if (std::ranges::count(notices.lines, line) != 0) told.insert(line);
      EXPECT_LE(std::ranges::count(notices.lines, line), 1) << line;
      fresh.observers().remove(notices);
    }
  for (const AttachedDevice& attached : board.bus().devices())
    for (const Limit& limit : attached.device->limits())
      EXPECT_TRUE(limit.support != Support::absent ||
                  told.contains(std::string(attached.device->name()) + ": " + std::string(limit.what) +
                                ": the board does not do this"))
          << attached.device->name() << ": " << limit.what << " never gets told";
}

TEST(BoardLimits, TheLedgerHasEveryRegister) {
  Board board;
  const auto entries = ledger_of(board.bus());
  std::size_t count = 0;
  for (const AttachedDevice& attached : board.bus().devices()) count += attached.device->registers().size();
  EXPECT_EQ(entries.size(), count);
  const std::string text = ledger_text(entries);
  EXPECT_THAT(text, HasSubstr("GPIO\n"));
  EXPECT_THAT(text, HasSubstr("0x60004004  OUT"));
  EXPECT_THAT(text, HasSubstr("absent        SDIO\n"));
  const auto json = nlohmann::json::parse(ledger_json(entries));
  ASSERT_EQ(json.size(), count);
  EXPECT_EQ(json[0]["block"], "UART0");
  EXPECT_EQ(json[0]["register"], "FIFO");
  EXPECT_EQ(json[0]["support"], "modelled");
}

}  // namespace
}  // namespace ferry::board
