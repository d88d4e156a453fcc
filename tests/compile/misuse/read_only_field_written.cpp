// INLINK_PARK is reported by the hardware.
#include "chip/esp32c3/registers/dma.hpp"
#include "chip/esp32c3/registers/spi2.hpp"
#include "ferry/mmio.hpp"

using namespace ferry;

// error(Clang): no matching function for call to object of type 'const Field<InLink
// error(GNU): no match for call to
void misuse() { mmio::write(chip::dma::base, chip::dma::InLink::inlink_park(1)); }
