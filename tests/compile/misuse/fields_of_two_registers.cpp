// One store writes one register.
#include "chip/esp32c3/registers/dma.hpp"
#include "chip/esp32c3/registers/spi2.hpp"
#include "ferry/mmio.hpp"

using namespace ferry;

void misuse() {
  // error(Clang): invalid operands to binary expression ('FieldValue<InConf0>' and 'FieldValue<OutConf0>')
  // error(GNU): no match for 'operator|'
  mmio::write(chip::dma::base, chip::dma::InConf0::in_rst(1) | chip::dma::OutConf0::out_rst(1));
}
