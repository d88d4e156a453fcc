// What is sent over and over is gone as long as somebody sends it.
#include "parts.hpp"

void misuse() {
  auto copier = make_copier();
  auto to = make_rx();
  auto from = make_tx();
  auto wave = ferry::dma::loop(std::move(from));
  auto copy = std::move(copier).copy(std::move(to), std::move(wave));
  // error: 'release' on a temporary object while it is in the 'consumed' state
  from = std::move(wave).release();
  static_cast<void>(std::move(copy).wait_into(copier, to, wave));
}
