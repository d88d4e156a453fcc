// What GDMA leaves out.
#include "board/limits.hpp"

#include "board/devices/gdma/gdma.hpp"
#include "chip/esp32c3/registers/dma.hpp"

#include <array>

namespace ferry::board {

namespace reg = chip::dma;

std::span<const Limit> Gdma::limits() const {
  static constexpr auto list = std::to_array<Limit>({

      absent<reg::IntRaw>("errors in received data", reg::IntRaw::in_err_eof.mask),
      absent<reg::IntEna>("errors in received data", reg::IntRaw::in_err_eof.mask),
      approximated<reg::AhbTest>("stored; a test of the bus master"),
      approximated<reg::MiscConf>("stored; the registers' clock never stops", reg::MiscConf::clk_en.mask),
      approximated<reg::InfifoStatus>("a FIFO of 64 bytes; INFIFO_CNT ends at 63; IN_BUF_HUNGRY is 0"),
      approximated<reg::InLink>("no effect without errors in received data",
                                reg::InLink::inlink_auto_ret.mask),
      approximated<reg::InState>("0 is idle; other codes are the board's own"),
      approximated<reg::InErrEofDesAddr>("0: received data has no errors"),
      approximated<reg::OutfifoStatus>("a FIFO of 64 bytes; OUTFIFO_CNT ends at 63"),
      approximated<reg::OutState>("0 is idle; other codes are the board's own"),
  });
  return list;
}

}  // namespace ferry::board
