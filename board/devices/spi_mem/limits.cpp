// What SPI0 and SPI1 leave out.
#include "board/limits.hpp"

#include "board/devices/spi_mem/spi_mem.hpp"
#include "chip/esp32c3/registers/spi0.hpp"
#include "chip/esp32c3/registers/spi1.hpp"

#include <array>

namespace ferry::board {

namespace spi0 = chip::spi0;
namespace spi1 = chip::spi1;

std::span<const Limit> Spi0::limits() const {
  static constexpr auto list = std::to_array<Limit>({

      approximated<spi0::Ctrl>("stored; the cache reads flash without it"),
      approximated<spi0::Ctrl1>("stored; the cache reads flash without it"),
      approximated<spi0::Ctrl2>("stored; the cache reads flash without it"),
      approximated<spi0::Clock>("stored; the cache reads flash without it"),
      approximated<spi0::User>("stored; the cache reads flash without it"),
      approximated<spi0::User1>("stored; the cache reads flash without it"),
      approximated<spi0::User2>("stored; the cache reads flash without it"),
      approximated<spi0::RdStatus>("stored; the cache reads flash without it"),
      approximated<spi0::Misc>("stored; the cache reads flash without it"),
      approximated<spi0::CacheFctrl>("stored; the cache reads flash without it"),
      approximated<spi0::Fsm>("stored; the cache reads flash without it"),
      approximated<spi0::TimingCali>("stored; the cache reads flash without it"),
      approximated<spi0::DinMode>("stored; the cache reads flash without it"),
      approximated<spi0::DinNum>("stored; the cache reads flash without it"),
      approximated<spi0::DoutMode>("stored; the cache reads flash without it"),
      approximated<spi0::ClockGate>("stored; the cache reads flash without it"),
      approximated<spi0::CoreClkSel>("stored; the cache reads flash without it"),
      approximated<spi0::Date>("stored; the cache reads flash without it"),
  });
  return list;
}

std::span<const Limit> Spi1::limits() const {
  static constexpr auto list = std::to_array<Limit>({

      approximated<spi1::Cmd>("always idle", spi1::Cmd::spi1_mst_st.mask | spi1::Cmd::mspi_st.mask),
      approximated<spi1::Ctrl>("the wires are not modelled", ~spi1::Ctrl::wrsr_2b.mask),
      approximated<spi1::Ctrl1>("stored; the wires are not modelled"),
      approximated<spi1::Ctrl2>("stored; the wires are not modelled"),
      approximated<spi1::Clock>("only how long a bit takes"),
      approximated<spi1::User>(
          "the wires are not modelled",
          ~(spi1::User::usr_command.mask | spi1::User::usr_addr.mask | spi1::User::usr_dummy.mask |
            spi1::User::usr_miso.mask | spi1::User::usr_mosi.mask | spi1::User::usr_miso_highpart.mask |
            spi1::User::usr_mosi_highpart.mask)),
      approximated<spi1::RdStatus>("stored", spi1::RdStatus::wb_mode.mask),
      approximated<spi1::Misc>("stored; the wires are not modelled"),
      absent<spi1::TxCrc>("checksums on the wire"),
      approximated<spi1::CacheFctrl>("stored; the wires are not modelled"),
      absent<spi1::FlashWaitiCtrl>("suspending what the flash chip does"),
      absent<spi1::FlashSusCtrl>("suspending what the flash chip does"),
      absent<spi1::FlashSusCmd>("suspending what the flash chip does"),
      absent<spi1::SusStatus>("suspending what the flash chip does"),
      approximated<spi1::TimingCali>("stored; the wires are not modelled"),
      absent<spi1::IntEna>("its interrupts"),
      absent<spi1::IntClr>("its interrupts"),
      absent<spi1::IntRaw>("its interrupts"),
      absent<spi1::IntSt>("its interrupts"),
  });
  return list;
}

}  // namespace ferry::board
