// Streams that receive, that send and that do both: left behind, used after their end, and what they own used
// while they run.
#include "parts.hpp"

void reception_left_behind() {
  auto stream = ferry::spi::stream(make_spi(), ferry::dma_rx_stream<4096, 4>());
  use(static_cast<int>(stream.available()));
  // error: '~StreamOf' on object 'stream' while it is in the 'unconsumed' state
}
void transmission_left_behind() {
  auto stream = ferry::spi::stream(make_spi(), ferry::dma_tx_stream<4096, 4>());
  stream.flush();
  // error: '~StreamOf' on object 'stream' while it is in the 'unconsumed' state
}
void exchange_left_behind() {
  auto stream =
      ferry::spi::stream(make_spi(), ferry::dma_rx_stream<4096, 4>(), ferry::dma_tx_stream<4096, 4>());
  stream.keep_going();
  // error: '~StreamOf' on object 'stream' while it is in the 'unconsumed' state
}
void used_after_its_end() {
  auto spi = make_spi();
  auto rx = ferry::dma_rx_stream<4096, 4>();
  auto reception = ferry::spi::stream(std::move(spi), std::move(rx));
  if (!std::move(reception).stop_into(spi, rx)) work();
  // error: 'available' on object 'reception' while it is in the 'consumed' state
  use(static_cast<int>(reception.available()));
  auto tx = ferry::dma_tx_stream<4096, 4>();
  auto transmission = ferry::spi::stream(std::move(spi), std::move(tx));
  if (!std::move(transmission).stop_into(spi, tx)) work();
  // error: 'push' on object 'transmission' while it is in the 'consumed' state
  use(static_cast<int>(transmission.push({})));
  auto exchange = ferry::spi::stream(std::move(spi), std::move(rx), std::move(tx));
  if (!std::move(exchange).stop_into(spi, rx, tx)) work();
  // error: 'stop_into' on a temporary object while it is in the 'consumed' state
  // error: argument not in expected state; expected 'consumed', observed 'unconsumed'
  if (!std::move(exchange).stop_into(spi, rx, tx)) work();
}
void in_flight() {
  auto spi = make_spi();
  auto rx = ferry::dma_rx_stream<4096, 4>();
  auto tx = ferry::dma_tx_stream<4096, 4>();
  auto stream = ferry::spi::stream(std::move(spi), std::move(rx), std::move(tx));
  // error: 'available' on object 'rx' while it is in the 'consumed' state
  use(static_cast<int>(rx.available()));
  // error: 'room' on object 'tx' while it is in the 'consumed' state
  use(static_cast<int>(tx.room()));
  // error: 'release_cs' on object 'spi' while it is in the 'consumed' state
  spi.release_cs();
  if (!std::move(stream).stop_into(spi, rx, tx)) work();
}
