// Each direction's length is for its own buffer, and in place both are for one.
#include "parts.hpp"

void receive(MasterDma& spi, SizedRx& rx, TxBuffer& tx) {
  // error: rx_length is larger than the buffer to receive into
  auto transfer = std::move(spi).transfer(std::move(rx), std::move(tx), {.rx_length = 65, .tx_length = 4});
}
void send(MasterDma& spi, RxBuffer& rx, SizedTx& tx) {
  // error: tx_length is larger than the buffer to send from
  auto transfer = std::move(spi).transfer(std::move(rx), std::move(tx), {.tx_length = 1000});
}
void in_place(MasterDma& spi, SizedInPlace& buffer) {
  // error: this length is larger than the buffer it is for
  auto transfer = std::move(spi).transfer_in_place(std::move(buffer), 65);
}
