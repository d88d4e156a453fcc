#include "board/devices/uart/uart.hpp"
#include "chip/esp32c3/registers/uart.hpp"

namespace ferry::board {

namespace reg = chip::uart;

bool Uart::pure(std::uint32_t offset) const { return offset != reg::Fifo::offset; }

// TXD, RTS and DTR as they leave the chip.
void Uart::update_line_outputs() {
  pins_.drive(signals_.txd, line_out_ != (reg::Conf0::txd_inv.get(conf0()) != 0));
  const std::uint32_t written = registers_.word<reg::Conf0>();
  // RTS is active low: software sets it, or with RX_FLOW_EN it rises when the RX FIFO holds more than the
  // threshold.
  bool request = reg::Conf0::sw_rts.get(written) == 0;
  if (registers_.get(reg::Conf1::rx_flow_en) != 0)
    request = receive_fifo_.size() > registers_.get(reg::MemConf::rx_flow_thrhd);
  pins_.drive(signals_.rts, request != (reg::Conf0::rts_inv.get(written) != 0));
  const bool ready = reg::Conf0::sw_dtr.get(written) == 0;
  pins_.drive(signals_.dtr, ready != (reg::Conf0::dtr_inv.get(written) != 0));
}

std::uint32_t Uart::status() const {
  const std::uint32_t written = registers_.word<reg::Conf0>();
  const bool loopback = reg::Conf0::loopback.get(conf0()) != 0;
  const bool request = registers_.get(reg::Conf1::rx_flow_en) != 0
                           ? receive_fifo_.size() > registers_.get(reg::MemConf::rx_flow_thrhd)
                           : reg::Conf0::sw_rts.get(written) == 0;
  const bool clear =
      loopback ? request : pins_.input(signals_.cts) != (reg::Conf0::cts_inv.get(written) != 0);
  const bool ready_in = pins_.input(signals_.dsr) != (reg::Conf0::dsr_inv.get(written) != 0);
  const bool received =
      loopback ? line_out_ : pins_.input(signals_.rxd) != (reg::Conf0::rxd_inv.get(conf0()) != 0);
  std::uint32_t value = 0;
  value = reg::Status::rxfifo_cnt.put(value, static_cast<std::uint32_t>(receive_fifo_.size()));
  value = reg::Status::txfifo_cnt.put(value, static_cast<std::uint32_t>(transmit_fifo_.size()));
  value = reg::Status::dsrn.put(value, ready_in);
  value = reg::Status::ctsn.put(value, clear);
  value = reg::Status::rxd.put(value, received);
  value = reg::Status::dtrn.put(value, reg::Conf0::sw_dtr.get(written) == 0);
  value = reg::Status::rtsn.put(value, request);
  return reg::Status::txd.put(value, line_out_);
}

// 0 is idle. The real states inside a frame are not documented; what drivers test is idle or not.
std::uint32_t Uart::fsm_status() const {
  constexpr std::uint32_t busy = 2;
  const bool sending = sending_ == Sending::frame || sending_ == Sending::break_characters;
  std::uint32_t value = reg::FsmStatus::st_utx_out.put(0, sending ? busy : 0);
  return reg::FsmStatus::st_urx_out.put(value, receiving_ ? busy : 0);
}

std::uint32_t Uart::read(std::uint32_t offset) {
  switch (offset) {
    case reg::Fifo::offset:
      return pop_received();
    case reg::IntSt::offset:
      return registers_.word<reg::IntRaw>() & registers_.word<reg::IntEna>();
    case reg::Status::offset:
      return status();
    case reg::FsmStatus::offset:
      return fsm_status();
    case reg::MemTxStatus::offset: {
      // Where the FIFOs stand in the UARTs' memory, both ends in bytes: TX from 0 on, RX from 256 on.
      const auto address = [&](std::uint32_t count) {
        return count % static_cast<std::uint32_t>(transmit_capacity());
      };
      return reg::MemTxStatus::tx_raddr.put(reg::MemTxStatus::apb_tx_waddr.put(0, address(transmit_pushed_)),
                                            address(transmit_popped_));
    }
    case reg::MemRxStatus::offset: {
      const auto address = [&](std::uint32_t count) {
        return 256 + count % static_cast<std::uint32_t>(receive_capacity());
      };
      return reg::MemRxStatus::rx_waddr.put(reg::MemRxStatus::apb_rx_raddr.put(0, address(receive_popped_)),
                                            address(receive_pushed_));
    }
    default:
      return RegisterDevice::read(offset);
  }
}

void Uart::write(std::uint32_t offset, std::uint32_t value) {
  switch (offset) {
    case reg::Fifo::offset:
      return push_transmit(static_cast<std::uint8_t>(value));
    case reg::IntClr::offset:
      registers_.word<reg::IntRaw>() &= ~value;
      return update_interrupts();
    case reg::Conf0::offset:
      return change_conf0(value);
    case reg::ClkConf::offset:
      return change_clock_config(value);
    case reg::Id::offset:
      registers_.store(offset, value & ~reg::Id::reg_update.mask);
      if (reg::Id::reg_update.get(value) != 0 || reg::Id::high_speed.get(value) != 0) take_over_settings();
      return;
    default:
      break;
  }
  registers_.store(offset, value);
  switch (offset) {
    case reg::Clkdiv::offset:
      if (registers_.get(reg::Id::high_speed) != 0) take_over_settings();
      return;
    case reg::Conf1::offset:
      update_line_outputs();
      schedule_timeout();
      return update_interrupts();
    case reg::IntEna::offset:
      return update_interrupts();
    default:
      return;
  }
}

}  // namespace ferry::board
