// What a UART leaves out.
#include "board/limits.hpp"

#include "board/devices/uart/uart.hpp"
#include "chip/esp32c3/registers/uart.hpp"

#include <array>

namespace ferry::board {

namespace reg = chip::uart;

namespace {

constexpr std::uint32_t rs485_interrupts = reg::IntRaw::rs485_parity_err_int_raw.mask |
                                           reg::IntRaw::rs485_frm_err_int_raw.mask |
                                           reg::IntRaw::rs485_clash_int_raw.mask;
constexpr std::uint32_t xon_interrupts = reg::IntRaw::sw_xon_int_raw.mask | reg::IntRaw::sw_xoff_int_raw.mask;

}  // namespace

std::span<const Limit> Uart::limits() const {
  static constexpr auto list = std::to_array<Limit>({

      absent<reg::IntRaw>("RS485", rs485_interrupts),
      absent<reg::IntEna>("RS485", rs485_interrupts),
      absent<reg::IntRaw>("flow control by XON and XOFF", xon_interrupts),
      absent<reg::IntEna>("flow control by XON and XOFF", xon_interrupts),
      absent<reg::IntRaw>("detection of AT commands", reg::IntRaw::at_cmd_char_det_int_raw.mask),
      absent<reg::IntEna>("detection of AT commands", reg::IntRaw::at_cmd_char_det_int_raw.mask),
      absent<reg::IntRaw>("wake-up", reg::IntRaw::wakeup_int_raw.mask),
      absent<reg::IntEna>("wake-up", reg::IntRaw::wakeup_int_raw.mask),
      absent<reg::RxFilt>("filter at the receiver's input"),
      absent<reg::Conf0>("IrDA", reg::Conf0::irda_en.mask | reg::Conf0::irda_dplx.mask |
                                     reg::Conf0::irda_tx_en.mask | reg::Conf0::irda_wctl.mask |
                                     reg::Conf0::irda_tx_inv.mask | reg::Conf0::irda_rx_inv.mask),
      absent<reg::Conf0>("detection of the baud rate", reg::Conf0::autobaud_en.mask),
      approximated<reg::Conf0>("stored; the clocks never stop",
                               reg::Conf0::clk_en.mask | reg::Conf0::mem_clk_en.mask),
      approximated<reg::Conf1>("stored", reg::Conf1::rx_tout_flow_dis.mask),
      absent<reg::Lowpulse>("detection of the baud rate"),
      absent<reg::Highpulse>("detection of the baud rate"),
      absent<reg::RxdCnt>("detection of the baud rate"),
      absent<reg::Pospulse>("detection of the baud rate"),
      absent<reg::Negpulse>("detection of the baud rate"),
      absent<reg::FlowConf>("flow control by XON and XOFF"),
      absent<reg::SwfcConf0>("flow control by XON and XOFF"),
      absent<reg::SwfcConf1>("flow control by XON and XOFF"),
      absent<reg::SleepConf>("wake-up"),
      approximated<reg::IdleConf>("stored; for UHCI0, which the board does not have",
                                  reg::IdleConf::rx_idle_thrhd.mask),
      absent<reg::Rs485Conf>("RS485"),
      absent<reg::AtCmdPrecnt>("detection of AT commands"),
      absent<reg::AtCmdPostcnt>("detection of AT commands"),
      absent<reg::AtCmdGaptout>("detection of AT commands"),
      absent<reg::AtCmdChar>("detection of AT commands"),
      approximated<reg::MemConf>("stored; memory never loses power",
                                 reg::MemConf::mem_force_pd.mask | reg::MemConf::mem_force_pu.mask),
      approximated<reg::FsmStatus>("0 is idle, 2 is busy"),
  });
  return list;
}

}  // namespace ferry::board
