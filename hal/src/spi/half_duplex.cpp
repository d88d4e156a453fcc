// Half duplex for who has the phases at hand as registers say them: transfers by DMA.
#include "ferry/spi/port.hpp"

namespace ferry::spi::detail {

std::optional<Error> Port::fill_header(Header& header, const PhaseRegisters& phases) const {
  return make_header(header, phases);
}

void Port::set_shape(const Header& header, const Shape& shape) { write_shape(header, shape); }

}  // namespace ferry::spi::detail
