#include "ferry/dma/dropped.hpp"

#include "hal/src/exit.hpp"

namespace ferry::dma::detail {

void nothing_was_dropped() {
  ferry::detail::fatal_at("nothing of this kind was dropped: there is nothing to recover",
                          __builtin_return_address(0));
}

void dropped_again() {
  ferry::detail::fatal_at(
      "a DMA transfer, or what was prepared for one, was dropped, and what was dropped before was not "
      "recovered",
      __builtin_return_address(0));
}

}  // namespace ferry::dma::detail
