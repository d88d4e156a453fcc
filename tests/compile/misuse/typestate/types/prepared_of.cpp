// A prepared transfer: used after its start or after it was taken apart, and what it owns used meanwhile.
#include "parts.hpp"

void started_twice() {
  auto prepared = ferry::spi::prepare_read(make_spi(), make_rx());
  auto started = std::move(prepared).start();
  // error: 'start' on a temporary object while it is in the 'consumed' state
  auto again = std::move(prepared).start();
  if (!std::move(started).wait_into(prepared)) work();
  // error: '~StartedOf' on object 'again' while it is in the 'unconsumed' state
  // error: '~PreparedOf' on object 'prepared' while it is in the 'unconsumed' state
}
void used_after_release() {
  auto spi = make_spi();
  auto rx = make_rx();
  auto tx = make_tx();
  auto prepared = ferry::spi::prepare(std::move(spi), std::move(rx), std::move(tx));
  std::move(prepared).release_into(spi, rx, tx);
  // error: 'received' on object 'prepared' while it is in the 'consumed' state
  use(static_cast<int>(prepared.received<0>()));
}
void parts_of_it() {
  auto spi = make_spi();
  auto both = make_in_place();
  auto prepared = ferry::spi::prepare_in_place(std::move(spi), std::move(both));
  // error: 'fill' on object 'both' while it is in the 'consumed' state
  both.fill(0_b);
  // error: 'apply_config' on object 'spi' while it is in the 'consumed' state
  spi.apply_config({});
  prepared.with<0>([](std::span<std::byte>) {});
  // error: '~PreparedOf' on object 'prepared' while it is in the 'unconsumed' state
}
