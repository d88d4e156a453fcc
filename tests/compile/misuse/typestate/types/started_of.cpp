// A prepared transfer that was started, in every form: left behind, ended twice, and prepared used while it
// runs.
#include "parts.hpp"

void in_place_left_behind() {
  auto started = ferry::spi::prepare_in_place(make_spi(), make_in_place()).start();
  use(started.is_done());
  // error: '~StartedOf' on object 'started' while it is in the 'unconsumed' state
}
void write_left_behind() {
  auto started = ferry::spi::prepare_write(make_spi(), make_tx()).start();
  use(started.is_done());
  // error: '~StartedOf' on object 'started' while it is in the 'unconsumed' state
}
void half_duplex_left_behind() {
  auto started = ferry::spi::prepare_half_duplex_read(make_spi(), {.command = {0x9F, 8}}, make_rx()).start();
  use(started.is_done());
  // error: '~StartedOf' on object 'started' while it is in the 'unconsumed' state
}
void ended_twice() {
  auto prepared = ferry::spi::prepare_half_duplex_write(make_spi(), {.command = {0x02, 8}}, make_tx());
  auto started = std::move(prepared).start();
  if (!std::move(started).wait_into(prepared)) work();
  // error: 'is_done' on object 'started' while it is in the 'consumed' state
  use(started.is_done());
  // error: '~PreparedOf' on object 'prepared' while it is in the 'unconsumed' state
}
void in_flight() {
  auto prepared = ferry::spi::prepare_read(make_spi(), make_rx());
  auto started = std::move(prepared).start();
  // error: 'with' on object 'prepared' while it is in the 'consumed' state
  prepared.with<0>([](std::span<std::byte>) {});
  if (!std::move(started).cancel_into(prepared)) work();
  // error: '~PreparedOf' on object 'prepared' while it is in the 'unconsumed' state
}
