// More than there is memory for DMA.
// error-anywhere: a DMA buffer has 1 to 393,216 bytes
#include "parts.hpp"

#include <array>

std::array<std::byte, 393217> bytes;

ferry::dma::RxMemory misuse() { return ferry::dma::RxMemory::of<bytes>(); }
