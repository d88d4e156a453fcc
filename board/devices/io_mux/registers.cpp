#include "board/devices/io_mux/io_mux.hpp"
#include "chip/esp32c3/registers/io_mux.hpp"

namespace ferry::board {

namespace reg = chip::io_mux;

void IoMux::write(std::uint32_t offset, std::uint32_t value) {
  registers_.store(offset, value);
  if (is<reg::Gpio>(offset)) change_pad(index_of<reg::Gpio>(offset));
}

}  // namespace ferry::board
