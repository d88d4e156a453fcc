#include "ferry/dma/copy.hpp"

#include "hal/src/exit.hpp"

namespace ferry::dma::detail {

void copy_dropped() {
  ferry::detail::fatal_at("a DMA copy was dropped: end it with wait_into() or cancel_into() on every path",
                          __builtin_return_address(0));
}

}  // namespace ferry::dma::detail
