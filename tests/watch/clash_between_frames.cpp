// watch: trigger-clash
// A frame has ended with room left in its list: channel 0 is started still, and waits for the next one. Who
// starts channel 1 for it gets nothing, as the bytes go to channel 0.
#include "rig.hpp"

namespace {

alignas(4) std::array<std::array<std::byte, 64>, 3> to;
std::array<rig::Descriptor, 2> list;
rig::Descriptor second_list;

bool receive(std::uint32_t channel) {
  rig::prepare_spi(64, false, true);
  rig::start_spi();
  return rig::wait_for(channel, chip::dma::IntRaw::in_suc_eof.mask);
}

[[gnu::noinline]] void use_second_channel() {
  rig::reset_channel(1);
  rig::connect(1, chip::DmaPeripheral::spi2);
  second_list = rig::receiving(to[2].data(), 64);
  rig::start_in(1, second_list);  // access here in use_second_channel
}

}  // namespace

int main() {
  rig::connect_spi();
  list[1] = rig::receiving(to[1].data(), 64);
  list[0] = rig::receiving(to[0].data(), 64, &list[1]);
  rig::start_in(0, list[0]);  // transfer here in main
  if (!receive(0)) return 1;
  if (rig::mended) {
    rig::reset_channel(0);
    rig::connect(0, chip::DmaPeripheral::uhci0);
  }
  use_second_channel();
  const bool received = receive(1);
  rig::reset_channel(1);
  rig::reset_channel(0);
  return received == rig::mended ? 0 : 2;
}
