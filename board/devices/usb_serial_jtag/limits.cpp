// What USB Serial/JTAG leaves out.
#include "board/limits.hpp"

#include "board/devices/usb_serial_jtag/usb_serial_jtag.hpp"
#include "chip/esp32c3/registers/usb_serial_jtag.hpp"

#include <array>

namespace ferry::board {

namespace reg = chip::usb_serial_jtag;

namespace {

constexpr std::uint32_t jtag_interrupts =
    reg::IntRaw::jtag_in_flush_int_raw.mask | reg::IntRaw::out_ep2_zero_payload_int_raw.mask;
constexpr std::uint32_t bus_interrupts =
    reg::IntRaw::pid_err_int_raw.mask | reg::IntRaw::crc5_err_int_raw.mask |
    reg::IntRaw::crc16_err_int_raw.mask | reg::IntRaw::stuff_err_int_raw.mask |
    reg::IntRaw::usb_bus_reset_int_raw.mask | reg::IntRaw::out_ep1_zero_payload_int_raw.mask;

}  // namespace

std::span<const Limit> UsbSerialJtag::limits() const {
  static constexpr auto list = std::to_array<Limit>({

      absent<reg::IntRaw>("JTAG", jtag_interrupts),
      absent<reg::IntEna>("JTAG", jtag_interrupts),
      approximated<reg::IntRaw>("the bus has no errors and no resets", bus_interrupts),
      approximated<reg::Conf0>("stored; the host is there whatever the pads do"),
      absent<reg::Test>("test of the pads"),
      absent<reg::JfifoSt>("JTAG"),
      approximated<reg::InEpSt>("its reset value"),
      approximated<reg::OutEp0St>("its reset value"),
      approximated<reg::OutEp1St>("0", ~reg::OutEp1St::out_ep1_rec_data_cnt.mask),
      approximated<reg::OutEp2St>("its reset value"),
      approximated<reg::MiscConf>("stored; the clock never stops"),
      approximated<reg::MemConf>("stored; memory never loses power"),
  });
  return list;
}

}  // namespace ferry::board
