// More than there is memory for DMA.
// error-anywhere: a DMA receive buffer has 1 to 393,216 bytes
// error-anywhere: a DMA transmit buffer has 1 to 393,216 bytes
#include "parts.hpp"

ferry::dma::Buffers misuse() { return ferry::dma_buffers<393217>(); }
