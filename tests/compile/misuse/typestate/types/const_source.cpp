// Constant data may be copied, but not used where it was moved away.
#include "parts.hpp"

#include <array>

constexpr std::array<std::byte, 3> bytes{1_b, 2_b, 3_b};

void in_flight() {
  auto spi = make_spi();
  auto source = ferry::dma::ConstSource::of<bytes>();
  auto write = std::move(spi).write(std::move(source));
  // error: 'size' on object 'source' while it is in the 'consumed' state
  use(static_cast<int>(source.size()));
  if (!std::move(write).wait_into(spi, source)) work();
}
void as_a_piece() {
  auto source = ferry::dma::ConstSource::of<bytes>();
  [[maybe_unused]] auto frame = ferry::dma::gather(std::move(source), make_tx());
  // error: argument not in expected state; expected 'unconsumed', observed 'consumed'
  [[maybe_unused]] auto other = ferry::dma::gather(std::move(source), make_tx());
}
