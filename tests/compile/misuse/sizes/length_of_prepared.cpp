// What is prepared is checked as what is started.
#include "parts.hpp"

void misuse() {
  // error: rx_length is larger than the buffer to receive into
  auto both = ferry::spi::prepare(make_spi(), make_sized_rx(), make_tx(), {.rx_length = 65});
  // error: this length is larger than the buffer it is for
  auto in_place = ferry::spi::prepare_in_place(make_spi(), make_sized_in_place(), 65);
  // error: this length is larger than the buffer it is for
  auto write = ferry::spi::prepare_write(make_spi(), make_sized_tx(), 65);
  // error: this length is larger than the buffer it is for
  auto read = ferry::spi::prepare_read(make_spi(), make_sized_rx(), 65);
  // error: this length is larger than the buffer it is for
  auto sent = ferry::spi::prepare_half_duplex_write(make_spi(), {}, make_sized_tx(), 65);
  // error: this length is larger than the buffer it is for
  auto got = ferry::spi::prepare_half_duplex_read(make_spi(), {}, make_sized_rx(), 65);
}
void with_a_list(MasterDma& spi, ferry::dma::TxDescriptors& list) {
  // error: this length is larger than the buffer it is for
  auto write = std::move(spi).write(ferry::dma::prepare(make_sized_tx(), std::move(list)), 65);
}
void appended(ferry::spi::PreparedOf<TxBuffer>& prepared) {
  // error: this length is larger than the buffer it is for
  auto longer = std::move(prepared).start().append(make_sized_tx(), 65);
}
