// A loop that asks is_done() and does nothing else, of a transfer that something was done to.
#pragma once

#include "check.hpp"
#include "deeds.hpp"
#include "ferry/ferry.hpp"

#include <cstdint>

namespace polled {

/// Two looks apart: what is under way may end the first one with "not yet". A call takes two microseconds.
inline constexpr std::uint32_t most_polls = 2 * 1024;

void ends(auto& transfer FERRY_BORROWS) {
  std::uint32_t polls = 0;
  while (polls <= most_polls && !transfer.is_done()) ++polls;
  FERRY_CHECK(polls <= most_polls);
  FERRY_CHECK(transfer.is_done());
}

void spoil(auto& transfer FERRY_BORROWS, ferry::Duration after, const deed::Deed& deed) {
  ferry::delay(after);
  deed();
  ends(transfer);
}

void is_told(const auto& outcome, const deed::Deed& deed) {
  FERRY_CHECK_EQUAL(deed::in_words(outcome), deed::in_words(deed.error));
}

}  // namespace polled
