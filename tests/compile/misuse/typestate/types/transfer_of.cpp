// Transfers of every form, in place, in one direction, in half duplex: left behind, ended twice, and what
// they own used while they run.
#include "parts.hpp"

void in_place_left_behind() {
  auto transfer = make_spi().transfer_in_place(make_in_place());
  use(transfer.is_done());
  // error: '~TransferOf' on object 'transfer' while it is in the 'unconsumed' state
}
void half_duplex_left_behind() {
  auto read = make_spi().half_duplex_read({.command = {0x9F, 8}}, make_rx());
  use(read.is_done());
  // error: '~TransferOf' on object 'read' while it is in the 'unconsumed' state
}
void other_kinds_left_behind() {
  auto write = make_spi().write(ferry::dma::gather(make_tx(), make_tx()));
  use(write.is_done());
  // error: '~TransferOf' on object 'write' while it is in the 'unconsumed' state
}
void ended_twice() {
  auto spi = make_spi();
  auto tx = make_tx();
  auto write = std::move(spi).half_duplex_write({.command = {0x02, 8}}, std::move(tx));
  if (!std::move(write).wait_into(spi, tx)) work();
  // error: 'is_done' on object 'write' while it is in the 'consumed' state
  use(write.is_done());
}
void in_flight() {
  auto spi = make_spi();
  auto frame = ferry::dma::gather(make_tx(), make_tx());
  auto write = std::move(spi).write(std::move(frame));
  // error: 'size' on object 'frame' while it is in the 'consumed' state
  use(static_cast<int>(frame.size()));
  // error: 'hold_cs' on object 'spi' while it is in the 'consumed' state
  spi.hold_cs();
  if (!std::move(write).wait_into(spi, frame)) work();
}
