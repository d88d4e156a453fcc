// Also what nobody can change is moved into a transfer, and is back at its end.
#include "parts.hpp"

#include <array>

static constexpr std::array<std::byte, 4> bytes{};

void misuse() {
  auto spi = make_spi();
  auto source = ferry::dma::ConstSource::of<bytes>();
  auto write = std::move(spi).write(std::move(source));
  // error: 'size' on object 'source' while it is in the 'consumed' state
  use(static_cast<int>(source.size()));
  if (!std::move(write).wait_into(spi, source)) work();
}
