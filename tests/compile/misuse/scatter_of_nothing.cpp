// Nor is there a place to receive into.
#include "parts.hpp"

void misuse() {
  // error-anywhere: scatter() makes one of several buffers, and there is none here
  static_cast<void>(ferry::dma::scatter());
}
