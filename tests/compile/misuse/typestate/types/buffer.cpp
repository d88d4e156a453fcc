// Buffers of each direction, after they were given away.
#include "parts.hpp"

void turned() {
  auto tx = make_tx();
  auto rx = std::move(tx).turn_around();
  // error: 'size' on object 'tx' while it is in the 'consumed' state
  use(static_cast<int>(tx.size() + rx.size()));
}
void in_place() {
  auto spi = make_spi();
  auto both = make_in_place();
  auto transfer = std::move(spi).transfer_in_place(std::move(both));
  // error: 'with_received' on object 'both' while it is in the 'consumed' state
  both.with_received([](std::span<const std::byte>) {});
  if (!std::move(transfer).wait_into(spi, both)) work();
}
void prepared(ferry::dma::RxDescriptors list) {
  auto rx = make_rx();
  [[maybe_unused]] auto prepared = ferry::dma::prepare(std::move(rx), std::move(list));
  // error: 'received' on object 'rx' while it is in the 'consumed' state
  use(static_cast<int>(rx.received()));
}
void read(MasterDma spi FERRY_TAKES_LIVE) {
  auto rx = make_rx();
  auto read = std::move(spi).read(std::move(rx));
  // error: 'with_first' on object 'rx' while it is in the 'consumed' state
  rx.with_first(4, [](std::span<const std::byte>) {});
  if (!std::move(read).wait_into(spi, rx)) work();
}
