// A slave's transfers of every form: left behind, ended twice, and what they own used while they wait.
#include "parts.hpp"

void in_place_left_behind() {
  auto transfer = make_slave().transfer_in_place(make_in_place());
  use(transfer.is_done());
  // error: '~SlaveTransferOf' on object 'transfer' while it is in the 'unconsumed' state
}
void other_kinds_left_behind() {
  auto transfer = make_slave().transfer(make_rx(), ferry::dma::loop(make_tx()));
  use(transfer.is_done());
  // error: '~SlaveTransferOf' on object 'transfer' while it is in the 'unconsumed' state
}
void ended_twice() {
  auto spi = make_slave();
  auto both = make_in_place();
  auto transfer = std::move(spi).transfer_in_place(std::move(both));
  if (!std::move(transfer).cancel_into(spi, both)) work();
  // error: 'is_done' on object 'transfer' while it is in the 'consumed' state
  use(transfer.is_done());
}
void in_flight() {
  auto spi = make_slave();
  auto both = make_in_place();
  auto transfer = std::move(spi).transfer_in_place(std::move(both));
  // error: 'fill' on object 'both' while it is in the 'consumed' state
  both.fill(0_b);
  // error: 'apply_config' on object 'spi' while it is in the 'consumed' state
  spi.apply_config({});
  if (!std::move(transfer).wait_into(spi, both)) work();
}
