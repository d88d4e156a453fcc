#include "board/devices/uart/uart.hpp"
#include "chip/esp32c3/registers/uart.hpp"

namespace ferry::board {

namespace reg = chip::uart;

// A falling edge while nothing is being received is a start bit. Every bit is then looked at in its middle.
void Uart::line_changed(bool level) {
  const bool high = level != (reg::Conf0::rxd_inv.get(conf0()) != 0);
  const std::uint32_t clock = registers_.word<reg::ClkConf>();
  if (high || receiving_ || reg::Conf0::loopback.get(conf0()) != 0) return;
  if (reg::ClkConf::rst_core.get(clock) != 0 || reg::ClkConf::rx_rst_core.get(clock) != 0) return;
  if (reg::ClkConf::sclk_en.get(clock) == 0 || reg::ClkConf::rx_sclk_en.get(clock) == 0) return;
  receiving_ = true;
  incoming_ = make_frame(0);
  incoming_bit_ = bit_time();
  incoming_index_ = 0;
  incoming_levels_ = 0;
  timeout_event_.cancel();
  receive_event_.after(incoming_bit_ / 2);
}

void Uart::receive_sample() {
  const bool level = pins_.input(signals_.rxd) != (reg::Conf0::rxd_inv.get(conf0()) != 0);
  if (incoming_index_ == 0 && level) {
    stop_receiving();
    return raise(reg::IntRaw::glitch_det_int_raw.mask);
  }
  if (level) incoming_levels_ |= 1u << incoming_index_;
  if (++incoming_index_ < incoming_.bits) return receive_event_.after(incoming_bit_);
  receiving_ = false;
  frame_received(incoming_levels_);
}

void Uart::frame_received(std::uint32_t levels) {
  const auto byte = static_cast<std::uint8_t>(levels >> 1 & ((1u << incoming_.data_bits) - 1));
  std::uint32_t errors = 0;
  if (incoming_.parity) {
    const bool sent = (levels >> (1 + incoming_.data_bits) & 1) != 0;
    const bool right = (make_frame(byte).levels >> (1 + incoming_.data_bits) & 1) != 0;
    if (sent != right) errors |= reg::IntRaw::parity_err_int_raw.mask;
  }
  if ((levels >> (incoming_.bits - 1) & 1) == 0) {
    errors |= reg::IntRaw::frm_err_int_raw.mask;
    if (levels == 0) errors |= reg::IntRaw::brk_det_int_raw.mask;
  }
  store_received(byte, errors);
}

// ERR_WR_MASK keeps bytes with an error out of the FIFO.
void Uart::store_received(std::uint8_t byte, std::uint32_t errors) {
  const std::uint32_t written = registers_.word<reg::Conf0>();
  const bool held = reg::Conf0::rxfifo_rst.get(written) != 0;
  const bool masked = errors != 0 && reg::Conf0::err_wr_mask.get(conf0()) != 0;
  if (!held && !masked) {
    if (receive_fifo_.size() < receive_capacity()) {
      receive_fifo_.push_back(byte);
      ++receive_pushed_;
    } else if (registers_.get(reg::Conf1::dis_rx_dat_ovf) == 0) {
      errors |= reg::IntRaw::rxfifo_ovf_int_raw.mask;
    }
  }
  raise(errors);
  update_line_outputs();
  schedule_timeout();
}

// RX_TOUT_THRHD bits of silence after a byte, while something is in the FIFO.
void Uart::schedule_timeout() {
  timeout_event_.cancel();
  if (registers_.get(reg::Conf1::rx_tout_en) == 0 || receive_fifo_.empty()) return;
  timeout_event_.after(bit_time() * registers_.get(reg::MemConf::rx_tout_thrhd));
}

std::uint8_t Uart::pop_received() {
  if (receive_fifo_.empty()) return 0;
  const std::uint8_t byte = receive_fifo_.front();
  receive_fifo_.pop_front();
  ++receive_popped_;
  if (receive_fifo_.empty()) timeout_event_.cancel();
  update_line_outputs();
  update_interrupts();
  return byte;
}

void Uart::receive(std::uint8_t byte) {
  injected_.push_back(byte);
  schedule_injected();
}

void Uart::schedule_injected() {
  if (injected_.empty() || injected_event_.pending()) return;
  timeout_event_.cancel();
  injected_event_.after(make_frame(injected_.front()).length);
}

void Uart::injected_byte_arrived() {
  const std::uint8_t byte = injected_.front();
  injected_.pop_front();
  store_received(static_cast<std::uint8_t>(byte & ((1u << data_bits()) - 1)), 0);
  schedule_injected();
}

void Uart::stop_receiving() {
  receiving_ = false;
  receive_event_.cancel();
}

}  // namespace ferry::board
