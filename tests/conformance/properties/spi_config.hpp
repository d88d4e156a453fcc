// SPI's settings as a request has them by index.
#pragma once

#include "ferry/ferry.hpp"
#include "tests/conformance/properties/request.hpp"

#include <iterator>

namespace properties {

template <class Asked>
ferry::spi::Config spi_config_of(const Asked& request) {
  using namespace ferry;
  using namespace ferry::literals;
  constexpr spi::Frequency choices[] = {1_MHz, 4_MHz, 10_MHz, 20_MHz, 40_MHz};
  static_assert(std::size(choices) == frequencies.size());
  const spi::BitOrder order = request.lsb_first != 0 ? spi::BitOrder::lsb_first : spi::BitOrder::msb_first;
  return {.frequency = choices[request.frequency],
          .mode = static_cast<spi::Mode>(request.mode),
          .write_bit_order = order,
          .read_bit_order = order};
}

}  // namespace properties
