// One chunk is filled, one is next, one is read.
// error-anywhere: a stream has at least three chunks: one that is filled, one next, one to read
#include "parts.hpp"

void misuse() { static_cast<void>(ferry::dma_rx_stream<4096, 2>()); }
