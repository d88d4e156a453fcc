// More than there is memory for DMA.
// error-anywhere: a DMA buffer has 1 to 393,216 bytes
#include "parts.hpp"

auto misuse() { return ferry::dma_buffer_in_place<393217>(); }
