// GDMA knows no descriptor of size 0.
// error-anywhere: a DMA receive buffer has 1 to 393,216 bytes
#include "parts.hpp"

ferry::dma::Buffers misuse() { return ferry::dma_buffers<0, 4>(); }
