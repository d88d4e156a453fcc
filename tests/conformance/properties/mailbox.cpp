#include "tests/conformance/properties/mailbox.hpp"

#include "board/memory.hpp"

#include <rapidcheck.h>

#include <algorithm>
#include <span>

namespace properties {

using namespace ferry::board;

void Mailbox::begin() {
  board_.run_for(2 * millisecond);
  arena_ = board_.address_of("arena");
  request_ = board_.address_of("request");
  answer_ = board_.address_of("answer");
  go_ = board_.address_of("go");
  ready_ = board_.moment();
}

Bytes Mailbox::arena(std::size_t size) const {
  Bytes bytes(size);
  std::ranges::transform(board_.bytes(arena_, size), bytes.begin(),
                         [](std::byte byte) { return std::to_integer<std::uint8_t>(byte); });
  return bytes;
}

void Mailbox::store(std::uint32_t address, const void* bytes, std::size_t count) {
  RC_ASSERT(board_.board().memory().write(address, std::span{static_cast<const std::byte*>(bytes), count}));
}

// What an earlier case has found is not this one's: rapidcheck tries smaller ones, and not all of them fail.
void Mailbox::start_anew() {
  board_.go_back(ready_);
  times_before_.clear();
  for (const watch::Finding& finding : board_.findings()) times_before_.push_back(finding.times);
}

void Mailbox::check_findings() const {
  const auto& findings = board_.findings();
  bool silent = true;
  for (std::size_t index = 0; index < findings.size(); ++index) {
    if (index < times_before_.size() && findings[index].times == times_before_[index]) continue;
    RC_LOG() << watch::text_of(findings[index]) << '\n';
    silent = false;
  }
  RC_ASSERT(silent);
}

}  // namespace properties
