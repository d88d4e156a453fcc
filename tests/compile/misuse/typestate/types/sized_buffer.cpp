// Buffers of which the size is known, after they were given away.
#include "parts.hpp"

void in_flight() {
  auto spi = make_spi();
  auto rx = make_sized_rx();
  auto tx = make_sized_tx();
  auto transfer = std::move(spi).transfer(std::move(rx), std::move(tx));
  // error: 'operator[]' on object 'rx' while it is in the 'consumed' state
  use(std::to_integer<int>(rx[0]));
  // error: 'with_first' on object 'rx' while it is in the 'consumed' state
  rx.with_first(4, [](std::span<const std::byte>) {});
  // error: 'received' on object 'rx' while it is in the 'consumed' state
  use(static_cast<int>(rx.received()));
  // error: 'fill' on object 'tx' while it is in the 'consumed' state
  tx.fill(0_b);
  if (!std::move(transfer).wait_into(spi, rx, tx)) work();
}
void left_behind() {
  auto transfer = make_spi().transfer_in_place(make_sized_in_place());
  use(transfer.is_done());
  // error: '~TransferOf' on object 'transfer' while it is in the 'unconsumed' state
}
void turned() {
  auto tx = make_sized_tx();
  auto rx = std::move(tx).turn_around();
  // error: 'size' on object 'tx' while it is in the 'consumed' state
  use(static_cast<int>(tx.size() + rx.size()));
}
void forgotten() {
  auto rx = make_sized_rx();
  auto any = std::move(rx).forget_size();
  // error: 'size' on object 'rx' while it is in the 'consumed' state
  use(static_cast<int>(rx.size() + any.size()));
}
void assigned_over() {
  auto rx = make_sized_rx();
  // error: 'operator=' on object 'rx' while it is in the 'unconsumed' state
  rx = make_sized_rx();
}
void moved_twice() {
  auto rx = make_sized_rx();
  auto first = std::move(rx);
  auto second = std::move(rx);
  // error: 'size' on object 'second' while it is in the 'consumed' state
  use(static_cast<int>(first.size() + second.size()));
}
