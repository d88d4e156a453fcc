// watch: trigger-clash
// A copy from memory to memory needs a peripheral's trigger on this chip, and the lowest number is SPI2's:
// while SPI2 uses it, each takes the other's requests (esp-idf #10575, with async_memcpy).
#include "rig.hpp"

#include <bit>

namespace {

alignas(4) std::array<std::byte, 64> picture, from, to;
rig::Descriptor picture_list, sending_list, receiving_list;

void copy_memory() {
  constexpr std::uint32_t triggers = 0x1CD, of_spi2 = 1;  // SPI2, UHCI0, I2S0, AES, SHA, ADC
  const std::uint32_t free = rig::mended ? triggers & ~of_spi2 : triggers;
  rig::prepare_copy(1, static_cast<chip::DmaPeripheral>(std::countr_zero(free)));
  sending_list = rig::sending(from.data(), from.size());
  receiving_list = rig::receiving(to.data(), to.size());
  rig::start_in(1, receiving_list);
  rig::start_out(1, sending_list);  // access here in copy_memory
  rig::wait_for(1, chip::dma::IntRaw::in_suc_eof.mask);
}

}  // namespace

int main() {
  rig::open_clocks();
  picture.fill(std::byte{1});
  from.fill(std::byte{2});
  rig::reset_channel(0);
  rig::connect(0, chip::DmaPeripheral::spi2);
  rig::prepare_spi(picture.size(), true, false);
  picture_list = rig::sending(picture.data(), picture.size());
  rig::start_out(0, picture_list);  // transfer here in main
  rig::wait_for_fifo(0);
  rig::start_spi();
  copy_memory();
  rig::wait_for_spi();
  rig::reset_channel(0);
  rig::reset_channel(1);
  return 0;
}
