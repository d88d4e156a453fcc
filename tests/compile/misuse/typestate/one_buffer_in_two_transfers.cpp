// The second transfer would use what the first has.
#include "parts.hpp"

void misuse(MasterDma other FERRY_TAKES_LIVE) {
  auto spi = make_spi();
  auto rx = make_rx();
  auto tx = make_tx();
  auto second_tx = make_tx();
  auto transfer = std::move(spi).transfer(std::move(rx), std::move(tx));
  // error: argument not in expected state; expected 'unconsumed', observed 'consumed'
  auto second = std::move(other).transfer(std::move(rx), std::move(second_tx));
  if (!std::move(second).wait_into(other, rx, second_tx)) work();
  // error: argument not in expected state; expected 'consumed', observed 'unconsumed'
  if (!std::move(transfer).wait_into(spi, rx, tx)) work();
}
