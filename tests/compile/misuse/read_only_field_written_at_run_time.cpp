// INLINK_PARK is reported by the hardware.
#include "chip/esp32c3/registers/dma.hpp"
#include "chip/esp32c3/registers/spi2.hpp"
#include "ferry/mmio.hpp"

using namespace ferry;

void misuse(std::uint32_t value) {
  // error(Clang): invalid reference to function 'run_time': constraints not satisfied
  // error(GNU): no matching function for call to 'ferry::chip::Field<ferry::chip::dma::InLink,
  mmio::modify(chip::dma::base, chip::dma::InLink::inlink_park.run_time(value));
}
