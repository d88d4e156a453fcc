// More than one transfer can move.
// error-anywhere: a DMA receive buffer has 1 to 32,736 bytes
// error-anywhere: a DMA transmit buffer has 1 to 32,736 bytes
#include "parts.hpp"

ferry::dma::Buffers misuse() { return ferry::dma_buffers<32737>(); }
