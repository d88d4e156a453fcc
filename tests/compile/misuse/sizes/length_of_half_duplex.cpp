// The data behind the phases are for the buffer.
#include "parts.hpp"

void misuse(MasterDma& spi, const ferry::spi::Phases& phases) {
  // error: this length is larger than the buffer it is for
  auto read = std::move(spi).half_duplex_read({.command = {0x03, 8}}, make_sized_rx(), 256);
  // error: this length is larger than the buffer it is for
  auto write = std::move(spi).half_duplex_write(phases, make_sized_tx(), 256);
}
