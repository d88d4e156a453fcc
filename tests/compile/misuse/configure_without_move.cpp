// What is used up is moved, visibly.
#include "parts.hpp"

void misuse(ferry::dma::Dma& dma, ferry::dma::Buffers& buffers) {
  auto channel =
      // error(Clang): 'this' argument to member function 'configure' is an lvalue
      // error(GNU): as 'this' argument discards qualifiers
      dma.channel0.configure({}, std::move(buffers.rx_descriptors), std::move(buffers.tx_descriptors));
}
