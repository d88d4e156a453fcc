// watch: trigger-clash
// A copy from memory to memory borrows SPI2's trigger while SPI2 uses it (esp-idf #10575): each takes the
// other's requests.
#include "rig.hpp"

namespace {

alignas(4) std::array<std::byte, 64> picture, from, to;
rig::Descriptor picture_list, sending_list, receiving_list;

}  // namespace

int main() {
  rig::open_clocks();
  picture.fill(std::byte{1});
  from.fill(std::byte{2});
  rig::reset_channel(0);
  rig::connect(0, chip::DmaPeripheral::spi2);
  rig::prepare_copy(1, rig::mended ? chip::DmaPeripheral::uhci0 : chip::DmaPeripheral::spi2);
  rig::prepare_spi(64, true, false);
  picture_list = rig::sending(picture.data(), 64);
  sending_list = rig::sending(from.data(), 64);
  receiving_list = rig::receiving(to.data(), 64);
  rig::start_out(0, picture_list);  // transfer here
  rig::wait_for_fifo(0);
  rig::start_spi();
  rig::start_in(1, receiving_list);
  rig::start_out(1, sending_list);  // access here
  rig::wait_for(1, chip::dma::IntRaw::in_suc_eof.mask);
  rig::wait_for_spi();
  rig::reset_channel(0);
  rig::reset_channel(1);
  return 0;
}
