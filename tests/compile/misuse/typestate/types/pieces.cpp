// Several buffers as one, to send and to receive: used while a transfer has them and after they were taken
// apart; and what they are made of.
#include "parts.hpp"

void gathered() {
  auto spi = make_spi();
  auto head = make_tx();
  auto body = make_tx();
  auto frame = ferry::dma::gather(std::move(head), std::move(body));
  // error: 'fill' on object 'body' while it is in the 'consumed' state
  body.fill(0_b);
  auto write = std::move(spi).write(std::move(frame));
  // error: 'use' on object 'frame' while it is in the 'consumed' state
  frame.use<0>(0, 1);
  if (!std::move(write).wait_into(spi, frame)) work();
  std::move(frame).release_into(head, body);
  // error: 'size' on object 'frame' while it is in the 'consumed' state
  use(static_cast<int>(frame.size()));
}
void scattered() {
  auto spi = make_spi();
  auto head = make_rx();
  auto body = make_rx();
  auto frame = ferry::dma::scatter(std::move(head), std::move(body));
  // error: 'received' on object 'body' while it is in the 'consumed' state
  use(static_cast<int>(body.received()));
  auto read = std::move(spi).read(std::move(frame));
  // error: 'with' on object 'frame' while it is in the 'consumed' state
  frame.with<1>([](std::span<const std::byte>) {});
  if (!std::move(read).wait_into(spi, frame)) work();
  std::move(frame).release_into(head, body);
  // error: 'use' on object 'frame' while it is in the 'consumed' state
  frame.use<1>(4);
}
