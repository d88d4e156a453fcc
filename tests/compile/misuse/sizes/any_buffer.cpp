// No buffer is as long as that: there is not more memory for DMA.
#include "parts.hpp"

void misuse(MasterDma& spi) {
  // error: this length is larger than the buffer it is for
  auto write = std::move(spi).write(make_tx(), 393'217);
}
