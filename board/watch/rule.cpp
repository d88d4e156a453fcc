#include "board/watch/rule.hpp"

#include <algorithm>
#include <array>

namespace ferry::board::watch {

namespace {

struct Entry {
  std::string_view code, meaning;
};

constexpr std::array<Entry, rule_count> entries{{
    {"tx-write", "the CPU stores to bytes that a transfer is sending"},
    {"rx-read", "the CPU loads bytes that a transfer is receiving"},
    {"rx-write", "the CPU stores to bytes that a transfer is receiving"},
    {"desc-edit", "the CPU stores to a descriptor that the engine owns"},
    {"overlap", "two transfers have the same bytes, and at least one of them writes"},
    {"dead-stack", "a transfer has a buffer or descriptor on the stack whose function has returned"},
    {"region", "a descriptor names memory that GDMA cannot reach"},
    {"rx-overrun", "the engine writes beyond what was asked for"},
    {"uninit-tx", "a transfer sends bytes that nobody has written"},
    {"trigger-clash", "two channels have the same trigger in the same direction"},
    {"early-start", "SPI starts before there is anything to send"},
    {"one-sided", "a buffer is used when only one side of its transfer is known to be done"},
    {"lost-transfer", "a transfer is forgotten while it is alive"},
    {"early-reclaim", "a buffer is used after STOP, before the engine is known to rest"},
    {"misaligned-burst", "a receive buffer does not fit the bursts that write to it"},
    {"clock-off", "GDMA, or SPI2 with it, is to work without its clock"},
}};

}  // namespace

std::string_view code_of(Rule rule) { return entries[static_cast<std::size_t>(rule)].code; }
std::string_view meaning_of(Rule rule) { return entries[static_cast<std::size_t>(rule)].meaning; }

std::optional<Rule> rule_of(std::string_view code) {
  const auto* const entry = std::ranges::find(entries, code, &Entry::code);
  if (entry == entries.end()) return std::nullopt;
  return static_cast<Rule>(entry - entries.begin());
}

}  // namespace ferry::board::watch
