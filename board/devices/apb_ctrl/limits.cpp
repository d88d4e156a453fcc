// What APB_CTRL leaves out.
#include "board/limits.hpp"

#include "board/devices/apb_ctrl/apb_ctrl.hpp"
#include "chip/esp32c3/registers/apb_ctrl.hpp"

#include <array>

namespace ferry::board {

namespace reg = chip::apb_ctrl;

std::span<const Limit> ApbCtrl::limits() const {
  static constexpr auto list = std::to_array<Limit>({

      approximated<reg::SysclkConf>("stored; SYSTEM sets the clocks"),
      approximated<reg::TickConf>("stored"),
      approximated<reg::ClkOutEn>("stored; clocks of the radio"),
      approximated<reg::WifiBbCfg>("stored; the board has no radio"),
      approximated<reg::WifiBbCfg2>("stored; the board has no radio"),
      approximated<reg::WifiClkEn>("stored; the board has no radio"),
      approximated<reg::WifiRstEn>("stored; the board has no radio"),
      approximated<reg::HostInfSel>("stored"),
      absent<reg::ExtMemPmsLock>("permissions for flash"),
      absent<reg::FlashAceAttr>("permissions for flash"),
      absent<reg::FlashAceAddr>("permissions for flash"),
      absent<reg::FlashAceSize>("permissions for flash"),
      absent<reg::SpiMemPmsCtrl>("permissions for flash"),
      absent<reg::SpiMemRejectAddr>("permissions for flash"),
      approximated<reg::SdioCtrl>("stored"),
      approximated<reg::RedcySig0>("stored"),
      approximated<reg::RedcySig1>("stored"),
      approximated<reg::FrontEndMemPd>("stored; memory never loses power"),
      approximated<reg::RetentionCtrl>("stored; the board does not sleep"),
      approximated<reg::ClkgateForceOn>("stored; the clocks never stop"),
      approximated<reg::MemPowerDown>("stored; memory never loses power"),
      approximated<reg::MemPowerUp>("stored; memory never loses power"),
      approximated<reg::RndData>("a fixed sequence instead of noise"),
      absent<reg::PeriBackupConfig>("backup of registers"),
      absent<reg::PeriBackupApbAddr>("backup of registers"),
      absent<reg::PeriBackupMemAddr>("backup of registers"),
      absent<reg::PeriBackupIntRaw>("backup of registers"),
      absent<reg::PeriBackupIntSt>("backup of registers"),
      absent<reg::PeriBackupIntEna>("backup of registers"),
      absent<reg::PeriBackupIntClr>("backup of registers"),
  });
  return list;
}

}  // namespace ferry::board
