// What DMA watch looks for. board/watch/README.md has a section for each rule.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace ferry::board::watch {

enum class Rule : std::uint8_t {
  tx_write,
  rx_read,
  rx_write,
  desc_edit,
  overlap,
  dead_stack,
  region,
  rx_overrun,
  uninit_tx,
  trigger_clash,
  early_start,
  one_sided,
  lost_transfer,
  early_reclaim,
  misaligned_burst,
  clock_off,
};
inline constexpr std::size_t rule_count = 16;

// "tx-write": what reports, files of suppressions and documents call it.
std::string_view code_of(Rule rule);
std::optional<Rule> rule_of(std::string_view code);
// One line for people, without a full stop.
std::string_view meaning_of(Rule rule);

}  // namespace ferry::board::watch
