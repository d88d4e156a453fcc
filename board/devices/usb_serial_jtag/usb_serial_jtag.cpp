#include "board/devices/usb_serial_jtag/usb_serial_jtag.hpp"

#include "chip/esp32c3/registers/usb_serial_jtag.hpp"
#include "chip/esp32c3/registers/usb_serial_jtag_table.hpp"

namespace ferry::board {

namespace reg = chip::usb_serial_jtag;

UsbSerialJtag::UsbSerialJtag(Timeline& timeline, InterruptSink& interrupts, Observers& observers,
                             bool host_attached)
    : RegisterDevice("USB_SERIAL_JTAG", reg::registers, observers),
      timeline_(timeline),
      interrupts_(interrupts),
      host_attached_(host_attached),
      collect_event_(timeline, [this] { collected(); }),
      arrive_event_(timeline, [this] { packet_arrives(); }),
      frame_event_(timeline, [this] {
        settle_frames();
        schedule_frame();
      }) {
  reset();
}

void UsbSerialJtag::reset() {
  registers_.reset();
  in_packet_.clear();
  out_packet_.clear();
  in_waits_ = false;
  collect_event_.cancel();
  arrive_event_.cancel();
  frame_event_.cancel();
  frames_seen_ = timeline_.now() / frame_time;
  if (!out_waiting_.empty()) arrive_event_.after(collect_time);
  update_interrupts();
}

void UsbSerialJtag::archive_state(StateArchive& archive) {
  archive_registers(archive);
  archive(in_packet_, in_waits_, out_packet_, out_waiting_, frames_seen_, collect_event_, arrive_event_,
          frame_event_);
}

void UsbSerialJtag::push(std::uint8_t byte) {
  if (in_waits_) {
    notices_.once("USB_SERIAL_JTAG: a byte was written while SERIAL_IN_EP_DATA_FREE is 0 and is lost");
    return;
  }
  in_packet_.push_back(byte);
  if (in_packet_.size() == packet_size) flush();
}

// The packet is the host's now: there is no room until it has been collected.
void UsbSerialJtag::flush() {
  if (in_waits_) return;
  in_waits_ = true;
  if (host_attached_) collect_event_.after(collect_time);
}

void UsbSerialJtag::collected() {
  for (const std::uint8_t byte : in_packet_) observers_.tell(&Observer::uart_sent, console_number, byte);
  in_packet_.clear();
  in_waits_ = false;
  raise(reg::IntRaw::serial_in_empty_int_raw.mask | reg::IntRaw::in_token_rec_in_ep1_int_raw.mask);
}

void UsbSerialJtag::receive(std::span<const std::uint8_t> bytes) {
  if (!host_attached_) return;
  out_waiting_.insert(out_waiting_.end(), bytes.begin(), bytes.end());
  if (out_packet_.empty() && !out_waiting_.empty() && !arrive_event_.pending())
    arrive_event_.after(collect_time);
}

void UsbSerialJtag::packet_arrives() {
  while (!out_waiting_.empty() && out_packet_.size() < packet_size) {
    out_packet_.push_back(out_waiting_.front());
    out_waiting_.pop_front();
  }
  raise(reg::IntRaw::serial_out_recv_pkt_int_raw.mask);
}

std::uint8_t UsbSerialJtag::pop() {
  if (out_packet_.empty()) return 0;
  const std::uint8_t byte = out_packet_.front();
  out_packet_.pop_front();
  if (out_packet_.empty() && !out_waiting_.empty()) arrive_event_.after(collect_time);
  return byte;
}

// A host starts a frame every millisecond. Nobody is woken for that unless the interrupt is enabled.
void UsbSerialJtag::settle_frames() {
  const std::uint64_t frames = timeline_.now() / frame_time;
  if (!host_attached_ || frames == frames_seen_) return;
  frames_seen_ = frames;
  registers_.set(reg::FramNum::sof_frame_index, static_cast<std::uint32_t>(frames));
  raise(reg::IntRaw::sof_int_raw.mask);
}

void UsbSerialJtag::schedule_frame() {
  frame_event_.cancel();
  const bool wanted = (registers_.word<reg::IntEna>() & reg::IntRaw::sof_int_raw.mask) != 0;
  if (host_attached_ && wanted) frame_event_.at((timeline_.now() / frame_time + 1) * frame_time);
}

void UsbSerialJtag::raise(std::uint32_t interrupts) {
  registers_.word<reg::IntRaw>() |= interrupts;
  update_interrupts();
}

void UsbSerialJtag::update_interrupts() {
  const std::uint32_t status = registers_.word<reg::IntRaw>() & registers_.word<reg::IntEna>();
  registers_.word<reg::IntSt>() = status;
  interrupts_.set_source(chip::InterruptSource::usb_serial_jtag, status != 0);
}

}  // namespace ferry::board
