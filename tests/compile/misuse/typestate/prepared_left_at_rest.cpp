// A prepared transfer owns driver and buffers, also while it does not run.
#include "parts.hpp"

void misuse() {
  auto sample = ferry::spi::prepare_write(make_spi(), make_tx());
  auto running = std::move(sample).start();
  // error: '~PreparedOf' on object 'sample' while it is in the 'unconsumed' state
  if (!std::move(running).wait_into(sample)) return;
  work();
  // error: '~PreparedOf' on object 'sample' while it is in the 'unconsumed' state
}
