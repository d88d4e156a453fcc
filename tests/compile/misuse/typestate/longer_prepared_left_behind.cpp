// A prepared transfer that was made longer is ended on every path, and is gone until then.
#include "parts.hpp"

void misuse() {
  auto spi = make_spi();
  auto rx = make_rx();
  auto next = make_rx();
  auto prepared = ferry::spi::prepare_read(std::move(spi), std::move(rx));
  auto running = std::move(prepared).start();
  auto longer = std::move(running).append(std::move(next));
  // error: 'received' on object 'prepared' while it is in the 'consumed' state
  use(static_cast<int>(prepared.received<0>()));
  // error: 'is_done' on object 'running' while it is in the 'consumed' state
  while (!running.is_done()) work();
  // error: '~LongerOf' on object 'longer' while it is in the 'unconsumed' state
}
