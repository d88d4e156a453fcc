#include "board/devices/gpio/gpio.hpp"
#include "chip/esp32c3/registers/gpio.hpp"

namespace ferry::board {

namespace reg = chip::gpio;

std::uint32_t Gpio::read(std::uint32_t offset) {
  switch (offset) {
    case reg::In::offset:
      return pins_.gpio_input();
    case reg::Strap::offset:
      return straps_;
    case reg::PcpuInt::offset:
      return registers_.word<reg::Status>() & to_cpu_;
    case reg::PcpuNmiInt::offset:
      return registers_.word<reg::Status>() & to_nmi_;
    case reg::StatusNext::offset:
      return active_levels();
    default:
      return RegisterDevice::read(offset);
  }
}

void Gpio::write(std::uint32_t offset, std::uint32_t value) {
  // W1TS and W1TC: a written 1 sets or clears the bit of the paired register, a 0 leaves it.
  switch (offset) {
    case reg::OutW1ts::offset:
      registers_.store(reg::Out::offset, registers_.word<reg::Out>() | value);
      return change_output();
    case reg::OutW1tc::offset:
      registers_.store(reg::Out::offset, registers_.word<reg::Out>() & ~value);
      return change_output();
    case reg::EnableW1ts::offset:
      registers_.store(reg::Enable::offset, registers_.word<reg::Enable>() | value);
      return change_output();
    case reg::EnableW1tc::offset:
      registers_.store(reg::Enable::offset, registers_.word<reg::Enable>() & ~value);
      return change_output();
    case reg::StatusW1ts::offset:
      registers_.store(reg::Status::offset, registers_.word<reg::Status>() | value);
      return update_interrupts();
    case reg::StatusW1tc::offset:
      // A level that is still there sets its bit again at once.
      registers_.store(reg::Status::offset, (registers_.word<reg::Status>() & ~value) | active_levels());
      return update_interrupts();
    default:
      break;
  }
  registers_.store(offset, value);
  if (offset == reg::Out::offset || offset == reg::Enable::offset) {
    change_output();
  } else if (offset == reg::Status::offset) {
    update_interrupts();
  } else if (is<reg::Pin>(offset)) {
    change_pin(index_of<reg::Pin>(offset));
  } else if (is<reg::FuncOutSelCfg>(offset)) {
    change_output_select(index_of<reg::FuncOutSelCfg>(offset));
  } else if (is<reg::FuncInSelCfg>(offset)) {
    change_input_select(index_of<reg::FuncInSelCfg>(offset));
  }
}

}  // namespace ferry::board
