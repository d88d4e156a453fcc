#include "board/devices/sha/sha.hpp"
#include "chip/esp32c3/registers/sha.hpp"

#include <bit>

namespace ferry::board {

namespace reg = chip::sha;

std::uint32_t Sha::read(std::uint32_t offset) {
  if (is<reg::HMem>(offset)) return std::byteswap(state_[index_of<reg::HMem>(offset)]);
  if (is<reg::MMem>(offset)) return std::byteswap(message_[index_of<reg::MMem>(offset)]);
  if (offset == reg::Busy::offset) return reg::Busy::state.put(0, busy() ? 1 : 0);
  return RegisterDevice::read(offset);
}

void Sha::write(std::uint32_t offset, std::uint32_t value) {
  if (is<reg::HMem>(offset)) {
    state_[index_of<reg::HMem>(offset)] = std::byteswap(value);
    return;
  }
  if (is<reg::MMem>(offset)) {
    message_[index_of<reg::MMem>(offset)] = std::byteswap(value);
    return;
  }
  switch (offset) {
    case reg::Start::offset:
      if (reg::Start::start.get(value) != 0) start_block(true);
      return;
    case reg::Continue::offset:
      if (reg::Continue::continue_.get(value) != 0) start_block(false);
      return;
    case reg::DmaStart::offset:
      if (reg::DmaStart::dma_start.get(value) != 0) start_dma(true);
      return;
    case reg::DmaContinue::offset:
      if (reg::DmaContinue::dma_continue.get(value) != 0) start_dma(false);
      return;
    case reg::ClearIrq::offset:
      if (reg::ClearIrq::clear_interrupt.get(value) != 0) interrupt_ = false;
      return update_interrupts();
    default:
      registers_.store(offset, value);
      return update_interrupts();
  }
}

}  // namespace ferry::board
