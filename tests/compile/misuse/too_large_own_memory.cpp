// More than one transfer can move.
// error-anywhere: a DMA buffer has 1 to 32,736 bytes
#include "parts.hpp"

#include <array>

std::array<std::byte, 32737> bytes;

ferry::dma::RxMemory misuse() { return ferry::dma::RxMemory::of<bytes>(); }
