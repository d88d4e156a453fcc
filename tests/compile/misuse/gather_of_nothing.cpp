// Of no pieces there is nothing to send.
#include "parts.hpp"

void misuse() {
  // error-anywhere: gather() makes one of several buffers, and there is none here
  static_cast<void>(ferry::dma::gather());
}
