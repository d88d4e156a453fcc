// A slave's lengths, too.
#include "parts.hpp"

void misuse(SlaveDma& spi) {
  // error: tx_length is larger than the buffer to send from
  auto both = std::move(spi).transfer(make_rx(), make_sized_tx(), {.tx_length = 65});
  // error: this length is larger than the buffer it is for
  auto in_place = std::move(spi).transfer_in_place(make_sized_in_place(), 65);
  // error: this length is larger than the buffer it is for
  auto read = std::move(spi).read(make_sized_rx(), 65);
  // error: this length is larger than the buffer it is for
  auto write = std::move(spi).write(make_sized_tx(), 65);
}
