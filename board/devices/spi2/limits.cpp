// What SPI2 leaves out.
#include "board/limits.hpp"

#include "board/devices/spi2/spi2.hpp"
#include "chip/esp32c3/registers/spi2.hpp"

#include <array>

namespace ferry::board {

namespace reg = chip::spi2;

std::span<const Limit> Spi2::limits() const {
  static constexpr auto list = std::to_array<Limit>({

      absent<reg::Slave>("clocks after the end of chip select", reg::Slave::clk_mode.mask),
      approximated<reg::Cmd>("UPDATE reads 1 for an APB period and two of the engine's clock",
                             reg::Cmd::update.mask),
      approximated<reg::Ctrl>("keeps the lines driven that are let go of otherwise",
                              reg::Ctrl::dummy_out.mask),
      approximated<reg::Misc>("of four lines, as other chips of the family say",
                              reg::Misc::quad_din_pin_swap.mask),
      approximated<reg::DinMode>("clk_hclk is the APB clock; without TIMING_HCLK_ACTIVE it delays nothing"),
      approximated<reg::DoutMode>("half a period of the engine's clock"),
      approximated<reg::DmaConf>("AFIFOs of one byte (TX) and four (RX); the CPU's holds none",
                                 reg::DmaConf::rx_afifo_rst.mask | reg::DmaConf::buf_afifo_rst.mask |
                                     reg::DmaConf::dma_afifo_rst.mask),
  });
  return list;
}

}  // namespace ferry::board
