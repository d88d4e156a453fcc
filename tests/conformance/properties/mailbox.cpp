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

void Mailbox::check_findings() const {
  for (const watch::Finding& finding : board_.findings()) RC_LOG() << watch::text_of(finding) << '\n';
  RC_ASSERT(board_.findings().empty());
}

}  // namespace properties
