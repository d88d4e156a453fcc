// A master with DMA, while something has it and after it was taken apart.
#include "parts.hpp"

void second_transfer() {
  auto spi = make_spi();
  auto tx = make_tx();
  auto write = std::move(spi).write(std::move(tx));
  // error: 'read' on a temporary object while it is in the 'consumed' state
  auto read = std::move(spi).read(make_rx());
  if (!std::move(write).wait_into(spi, tx)) work();
  // error: '~TransferOf' on object 'read' while it is in the 'unconsumed' state
}
void after_without_dma(ferry::dma::ConfiguredChannel channel FERRY_TAKES_LIVE,
                       ferry::spi::Master master FERRY_TAKES_LIVE) {
  auto spi = std::move(master).with_dma(std::move(channel));
  master = std::move(spi).without_dma(channel);
  // error: 'frequency' on object 'spi' while it is in the 'consumed' state
  use(static_cast<int>(spi.frequency().value));
}
void in_a_prepared_transfer() {
  auto spi = make_spi();
  [[maybe_unused]] auto prepared = ferry::spi::prepare_write(std::move(spi), make_tx());
  // error: argument not in expected state; expected 'unconsumed', observed 'consumed'
  [[maybe_unused]] auto other = ferry::spi::prepare_read(std::move(spi), make_rx());
  // error: '~PreparedOf' on object 'other' while it is in the 'unconsumed' state
  // error: '~PreparedOf' on object 'prepared' while it is in the 'unconsumed' state
}
