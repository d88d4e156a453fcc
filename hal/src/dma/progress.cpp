// How far GDMA has come in a list that it sends.
#include "ferry/dma/engine.hpp"
#include "hal/src/dma/events.hpp"
#include "hal/src/dma/zeros.hpp"

#include <algorithm>
#include <cstdint>

namespace ferry::dma::detail {

namespace {

// Bounds for what has left, when GDMA is at a descriptor that so many bytes come before, or at the one behind
// that.
Engine::Sent behind(std::uint32_t bytes) {
  return {.least = bytes > most_waiting ? bytes - most_waiting : 0, .most = bytes + 2 * largest_chunk};
}

}  // namespace

// No register tells how far GDMA is within a descriptor, only which one it is at: OUT_DSCR_BF0, or, in the
// other reading of the documents, the one before that. In both all those before it have been read. Behind the
// last of a list that zeros follow come the descriptors that they are in, the last of which has no end.
Engine::Sent Engine::sent() const {
  constexpr Sent unknown{.least = 0, .most = 0xFFFF'FFFF};
  if (tx_list_->form == loop_form) return unknown;  // it has been there any number of times
  const std::uint32_t at = mmio::read(tx_registers_, chip::dma::OutDscrBf0::outlink_dscr_bf0);
  std::uint32_t before = 0;
  for (const Descriptor& descriptor : tx_list_->in_use()) {
    if (address_of(&descriptor) == at) return behind(before);
    before += descriptor.length();
  }
  if (tx_list_->form != zeros_form) return unknown;  // it has not begun, or somebody has reset it
  const auto zeros = zeros_list();
  for (const Descriptor& descriptor : zeros.first(counted_zeros)) {
    if (address_of(&descriptor) == at) return behind(before);
    before += descriptor.length();
  }
  return address_of(&zeros.back()) == at ? Sent{.least = behind(before).least, .most = unknown.most}
                                         : unknown;
}

std::uint32_t Engine::sent_length() const { return std::min(sent().least, tx_list_->length); }

}  // namespace ferry::dma::detail
