// What EFUSE leaves out.
#include "board/limits.hpp"

#include "board/devices/efuse/efuse.hpp"
#include "chip/esp32c3/registers/efuse.hpp"

#include <array>

namespace ferry::board {

namespace reg = chip::efuse;

std::span<const Limit> Efuse::limits() const {
  static constexpr auto list = std::to_array<Limit>({

      approximated<reg::PgmData>("stored; nothing is burnt"),
      approximated<reg::PgmCheckValue>("stored; nothing is burnt"),
      approximated<reg::Clk>("stored; the clock never stops"),
      approximated<reg::Status>("idle"),
      absent<reg::Cmd>("burning fuses", reg::Cmd::pgm_cmd.mask),
      absent<reg::IntRaw>("burning fuses", reg::IntRaw::pgm_done_int_raw.mask),
      approximated<reg::DacConf>("stored; nothing is burnt"),
      approximated<reg::RdTimConf>("stored; reading takes 5 µs"),
      approximated<reg::WrTimConf1>("stored; nothing is burnt"),
      approximated<reg::WrTimConf2>("stored; nothing is burnt"),
  });
  return list;
}

}  // namespace ferry::board
