// A slave with DMA, while a transfer has it and after it was taken apart.
#include "parts.hpp"

void second_transfer() {
  auto spi = make_slave();
  auto tx = make_tx();
  auto write = std::move(spi).write(std::move(tx));
  // error: 'read' on a temporary object while it is in the 'consumed' state
  auto read = std::move(spi).read(make_rx());
  if (!std::move(write).wait_into(spi, tx)) work();
  // error: '~SlaveTransferOf' on object 'read' while it is in the 'unconsumed' state
}
void after_without_dma(ferry::dma::ConfiguredChannel channel FERRY_TAKES_LIVE,
                       ferry::spi::Slave slave FERRY_TAKES_LIVE) {
  auto spi = std::move(slave).with_dma(std::move(channel));
  slave = std::move(spi).without_dma(channel);
  // error: 'apply_config' on object 'spi' while it is in the 'consumed' state
  spi.apply_config({});
}
