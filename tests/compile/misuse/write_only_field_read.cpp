// A trigger cannot be read back.
#include "chip/esp32c3/registers/dma.hpp"
#include "chip/esp32c3/registers/spi2.hpp"
#include "ferry/mmio.hpp"

using namespace ferry;

// error(Clang): no matching function for call to 'read'
// error(GNU): no matching function for call to 'read
std::uint32_t misuse() { return mmio::read(chip::dma::base, chip::dma::IntClr::in_done); }
