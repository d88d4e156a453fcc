#include "board/devices/uart/uart.hpp"
#include "chip/esp32c3/registers/uart.hpp"

namespace ferry::board {

namespace reg = chip::uart;

void Uart::push_transmit(std::uint8_t byte) {
  if (reg::Conf0::txfifo_rst.get(registers_.word<reg::Conf0>()) != 0) return;
  if (transmit_fifo_.size() >= transmit_capacity()) {
    notices_.once(std::string(name()) + ": a byte was written into a full TX FIFO and is lost");
    return;
  }
  transmit_fifo_.push_back(byte);
  ++transmit_pushed_;
  start_sending();
  update_interrupts();
}

// Held by its reset bits, by its clock, or by CTS.
bool Uart::transmitter_blocked() const {
  const std::uint32_t clock = registers_.word<reg::ClkConf>();
  if (reg::ClkConf::rst_core.get(clock) != 0 || reg::ClkConf::tx_rst_core.get(clock) != 0) return true;
  if (reg::ClkConf::sclk_en.get(clock) == 0 || reg::ClkConf::tx_sclk_en.get(clock) == 0) return true;
  return reg::Conf0::tx_flow_en.get(conf0()) != 0 && reg::Status::ctsn.get(status()) != 0;
}

void Uart::start_sending() {
  if (sending_ != Sending::nothing || transmit_fifo_.empty() || transmitter_blocked()) return;
  sent_byte_ = transmit_fifo_.front();
  transmit_fifo_.pop_front();
  ++transmit_popped_;
  sending_ = Sending::frame;
  frame_ = make_frame(sent_byte_);
  frame_bit_ = bit_time();
  frame_start_ = timeline_.now();
  transmit_event_.at(frame_start_ + frame_.length);
  frame_drawn_ = pins_.watched(signals_.txd);
  if (!frame_drawn_) return;
  drawn_bit_ = 0;
  draw_edge();
}

// Puts the current bit on the line and waits for the next one that differs.
void Uart::draw_edge() {
  const bool level = (frame_.levels >> drawn_bit_ & 1) != 0;
  send_level(level);
  unsigned next = drawn_bit_ + 1;
  while (next < frame_.bits && ((frame_.levels >> next & 1) != 0) == level) ++next;
  if (next >= frame_.bits) return;
  drawn_bit_ = next;
  edge_event_.at(frame_start_ + next * frame_bit_);
}

void Uart::send_level(bool level) {
  line_out_ = level;
  update_line_outputs();
}

void Uart::frame_sent() {
  const Sending ended = sending_;
  sending_ = Sending::nothing;
  send_level(true);
  if (ended == Sending::frame) {
    observers_.tell(&Observer::uart_sent, number_, sent_byte_);
    if (reg::Conf0::loopback.get(conf0()) != 0) store_received(sent_byte_, 0);
    if (transmit_fifo_.empty()) {
      raise(reg::IntRaw::tx_done_int_raw.mask);
      if (reg::Conf0::txd_brk.get(registers_.word<reg::Conf0>()) != 0) {
        // TX_BRK_NUM characters of low level follow.
        sending_ = Sending::break_characters;
        send_level(false);
        transmit_event_.after(frame_.length * registers_.get(reg::TxbrkConf::tx_brk_num));
        return;
      }
    }
  } else if (ended == Sending::break_characters) {
    raise(reg::IntRaw::tx_brk_done_int_raw.mask);
  } else if (ended == Sending::pause) {
    raise(reg::IntRaw::tx_brk_idle_done_int_raw.mask);
  }
  // Once its FIFO has run empty, the transmitter rests for TX_IDLE_NUM bits before it starts again.
  const std::uint32_t rest = registers_.get(reg::IdleConf::tx_idle_num);
  if (ended != Sending::pause && transmit_fifo_.empty() && rest != 0) {
    sending_ = Sending::pause;
    transmit_event_.after(bit_time() * rest);
    return;
  }
  start_sending();
  update_interrupts();
}

void Uart::stop_sending() {
  sending_ = Sending::nothing;
  transmit_event_.cancel();
  edge_event_.cancel();
  send_level(true);
}

}  // namespace ferry::board
