#include "tests/conformance/properties/mailbox.hpp"

#include <rapidcheck.h>

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
  Bytes bytes;
  for (const std::byte byte : board_.bytes(arena_, size))
    bytes.push_back(std::to_integer<std::uint8_t>(byte));
  return bytes;
}

void Mailbox::store(std::uint32_t address, const void* bytes, std::size_t count) {
  Bytes words((count + 3) / 4 * 4);
  std::memcpy(words.data(), bytes, count);
  for (std::size_t at = 0; at < words.size(); at += 4) {
    std::uint32_t word = 0;
    std::memcpy(&word, &words[at], 4);
    board_.set_word(address + static_cast<std::uint32_t>(at), word);
  }
}

void Mailbox::check_findings() const {
  for (const watch::Finding& finding : board_.findings()) RC_LOG() << watch::text_of(finding) << '\n';
  RC_ASSERT(board_.findings().empty());
}

}  // namespace properties
