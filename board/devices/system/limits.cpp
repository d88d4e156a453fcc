// What SYSTEM leaves out.
#include "board/limits.hpp"

#include "board/devices/system/system.hpp"
#include "chip/esp32c3/registers/system.hpp"

#include <array>

namespace ferry::board {

namespace reg = chip::system;

std::span<const Limit> System::limits() const {
  static constexpr auto list = std::to_array<Limit>({

      approximated<reg::CpuPerConf>(
          "stored; wfi stops the CPU's clock at once",
          reg::CpuPerConf::cpu_wait_mode_force_on.mask | reg::CpuPerConf::cpu_waiti_delay_num.mask),
      approximated<reg::MemPdMask>("stored; memory never loses power"),
      approximated<reg::BtLpckDivInt>("stored; clock of the radio"),
      approximated<reg::BtLpckDivFrac>("stored; clock of the radio"),
      approximated<reg::RsaPdCtrl>("stored; power of RSA's memory"),
      approximated<reg::EdmaCtrl>("stored; EDMA is not on this chip"),
      approximated<reg::CacheControl>("stored; the cache's clock and reset"),
      absent<reg::ExternalDeviceEncryptDecryptControl>("encryption of flash"),
      absent<reg::RtcFastmemConfig>("checksum of RTC memory"),
      absent<reg::RtcFastmemCrc>("checksum of RTC memory"),
      approximated<reg::RedundantEcoCtrl>("stored"),
      approximated<reg::ClockGate>("stored; the registers' clock never stops"),
      absent<reg::MemPvt>("monitors of the silicon's speed"),
      absent<reg::CombPvtLvtConf>("monitors of the silicon's speed"),
      absent<reg::CombPvtNvtConf>("monitors of the silicon's speed"),
      absent<reg::CombPvtHvtConf>("monitors of the silicon's speed"),
      absent<reg::CombPvtErrLvtSite>("monitors of the silicon's speed"),
      absent<reg::CombPvtErrNvtSite>("monitors of the silicon's speed"),
      absent<reg::CombPvtErrHvtSite>("monitors of the silicon's speed"),
  });
  return list;
}

}  // namespace ferry::board
