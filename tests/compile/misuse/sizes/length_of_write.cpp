// More is to be sent than there is.
#include "parts.hpp"

void misuse(MasterDma& spi, SizedTx& tx) {
  // error: this length is larger than the buffer it is for
  auto write = std::move(spi).write(std::move(tx), 65);
}
