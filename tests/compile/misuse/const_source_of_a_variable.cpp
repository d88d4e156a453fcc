// What is sent without an owner has to be constant.
#include "parts.hpp"

#include <array>

std::array<std::byte, 4> bytes;

void misuse() {
  // error(Clang): no matching function for call to 'of'
  // error(GNU): no matching function for call to
  auto source = ferry::dma::ConstSource::of<bytes>();
}
