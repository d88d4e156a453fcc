// Chunks are whole words, all of one size.
// error-anywhere: the chunks of a stream are whole words, and all of one size
#include "parts.hpp"

void misuse() { static_cast<void>(ferry::dma_tx_stream<4095, 3>()); }
