// A prepared transfer that was made longer while it runs: left behind, ended twice, and what it owns used
// meanwhile.
#include "parts.hpp"

void left_behind() {
  auto prepared = ferry::spi::prepare(make_spi(), make_rx(), make_tx());
  auto longer = std::move(prepared).start().append(make_rx(), make_tx());
  use(longer.is_done());
  // error: '~LongerOf' on object 'longer' while it is in the 'unconsumed' state
}
void ended_twice() {
  auto prepared = ferry::spi::prepare_write(make_spi(), make_tx());
  auto more = make_tx();
  auto longer = std::move(prepared).start().append(std::move(more));
  if (!std::move(longer).wait_into(prepared, more)) work();
  // error: 'is_done' on object 'longer' while it is in the 'consumed' state
  use(longer.is_done());
  // error: '~PreparedOf' on object 'prepared' while it is in the 'unconsumed' state
}
void in_flight() {
  auto prepared = ferry::spi::prepare_read(make_spi(), make_rx());
  auto more = make_rx();
  auto started = std::move(prepared).start();
  auto longer = std::move(started).append(std::move(more));
  // error: 'is_done' on object 'started' while it is in the 'consumed' state
  use(started.is_done());
  // error: 'received' on object 'more' while it is in the 'consumed' state
  use(static_cast<int>(more.received()));
  // error: 'received' on object 'prepared' while it is in the 'consumed' state
  use(static_cast<int>(prepared.received<0>()));
  if (!std::move(longer).cancel_into(prepared, more)) work();
  // error: '~PreparedOf' on object 'prepared' while it is in the 'unconsumed' state
}
