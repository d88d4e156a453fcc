// How far GDMA has come in a list that it sends.
#include "ferry/dma/engine.hpp"
#include "hal/src/dma/events.hpp"

#include <cstdint>

namespace ferry::dma::detail {

// No register tells how far GDMA is within a descriptor, only which one it is at: OUT_DSCR_BF0, or, in the
// other reading of the documents, the one before that. In both all those before it have been read. Behind the
// last of a list that zeros follow comes the descriptor that they are in.
std::uint32_t Engine::sent_length() const {
  if (tx_list_->form == loop_form) return 0;  // it has been there any number of times
  const std::uint32_t at = mmio::read(tx_registers_, chip::dma::OutDscrBf0::outlink_dscr_bf0);
  std::uint32_t read = 0;
  const auto certain = [&read] { return read > most_waiting ? read - most_waiting : 0; };
  for (const Descriptor& descriptor : tx_list_->in_use()) {
    if (address_of(&descriptor) == at) return certain();
    read += descriptor.length();
  }
  if (tx_list_->form == zeros_form && tx_list_->in_use().back().next == at) return certain();
  return 0;  // it has not begun, or somebody has reset it
}

}  // namespace ferry::dma::detail
