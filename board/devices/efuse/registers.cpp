#include "board/devices/efuse/efuse.hpp"
#include "chip/esp32c3/registers/efuse.hpp"

namespace ferry::board {

namespace reg = chip::efuse;

void Efuse::write(std::uint32_t offset, std::uint32_t value) {
  // A command needs its code in CONF: 0x5AA5 to read, 0x5A5A to burn.
  if (offset == reg::Cmd::offset) {
    registers_.set(reg::Cmd::blk_num, reg::Cmd::blk_num.get(value));
    if (reg::Cmd::read_cmd.get(value) == 0 || registers_.get(reg::Conf::op_code) != 0x5AA5) return;
    registers_.set(reg::Cmd::read_cmd, 1);
    return read_event_.after(read_time);
  }
  if (offset == reg::IntClr::offset) {
    registers_.word<reg::IntRaw>() &= ~value;
    return update_interrupts();
  }
  registers_.store(offset, value);
  if (offset == reg::IntEna::offset) update_interrupts();
}

}  // namespace ferry::board
