// A field holds no negative value.
// error-anywhere(GNU): the_value_does_not_fit_the_field
// says: the_value_does_not_fit_the_field
#include "chip/esp32c3/registers/dma.hpp"
#include "chip/esp32c3/registers/spi2.hpp"
#include "ferry/mmio.hpp"

using namespace ferry;

// error(Clang): call to consteval function 'ferry::chip::Bits<18>::Bits<int>' is not a constant expression
void misuse() { mmio::write(chip::spi2::base, chip::spi2::MsDlen::ms_data_bitlen(-1)); }
