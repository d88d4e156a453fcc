#include "board/devices/usb_serial_jtag/usb_serial_jtag.hpp"
#include "chip/esp32c3/registers/usb_serial_jtag.hpp"

namespace ferry::board {

namespace reg = chip::usb_serial_jtag;

bool UsbSerialJtag::pure(std::uint32_t offset) const {
  // The start of a frame shows in these as time passes, without an event.
  return offset != reg::Ep1::offset && offset != reg::IntRaw::offset && offset != reg::FramNum::offset;
}

Time UsbSerialJtag::steady_until(std::uint32_t offset) const {
  if (pure(offset)) return never;
  if (offset == reg::Ep1::offset) return 0;
  return host_attached_ ? (timeline_.now() / frame_time + 1) * frame_time : never;
}

std::uint32_t UsbSerialJtag::read(std::uint32_t offset) {
  switch (offset) {
    case reg::Ep1::offset:
      return pop();
    case reg::Ep1Conf::offset:
      return reg::Ep1Conf::serial_out_ep_data_avail.put(
          reg::Ep1Conf::serial_in_ep_data_free.put(0, in_waits_ ? 0 : 1), out_packet_.empty() ? 0 : 1);
    case reg::OutEp1St::offset:
      return reg::OutEp1St::out_ep1_rec_data_cnt.put(0, static_cast<std::uint32_t>(out_packet_.size()));
    default:
      break;
  }
  settle_frames();
  return RegisterDevice::read(offset);
}

void UsbSerialJtag::write(std::uint32_t offset, std::uint32_t value) {
  switch (offset) {
    case reg::Ep1::offset:
      return push(static_cast<std::uint8_t>(value));
    case reg::Ep1Conf::offset:
      if (reg::Ep1Conf::wr_done.get(value) != 0) flush();
      return;
    case reg::IntClr::offset:
      settle_frames();
      registers_.word<reg::IntRaw>() &= ~value;
      return update_interrupts();
    case reg::IntEna::offset:
      settle_frames();
      registers_.store(offset, value);
      schedule_frame();
      return update_interrupts();
    default:
      return registers_.store(offset, value);
  }
}

}  // namespace ferry::board
