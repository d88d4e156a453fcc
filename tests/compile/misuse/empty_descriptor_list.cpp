// A list without a descriptor describes nothing.
#include "parts.hpp"

void misuse() {
  // error-anywhere: a descriptor list has at least one descriptor
  static_cast<void>(ferry::dma_descriptors<8, 0>());
}
