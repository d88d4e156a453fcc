// watch: lost-transfer
// A timeout ends the wait, not the transfer (esp-idf's polling_end): the next START finds it alive.
#include "rig.hpp"

namespace {

alignas(4) std::array<std::byte, 400> first_picture, second_picture;
rig::Descriptor first_list, second_list;

[[gnu::noinline]] void send(rig::Descriptor& list, std::array<std::byte, 400>& picture) {
  list = rig::sending(picture.data(), picture.size());
  rig::start_out(0, list);
  rig::wait_for_fifo(0);
}

}  // namespace

int main() {
  rig::open_clocks();
  rig::reset_channel(0);
  rig::connect(0, chip::DmaPeripheral::spi2);
  first_picture.fill(std::byte{1});
  second_picture.fill(std::byte{2});
  rig::prepare_spi(400, true, false);
  send(first_list, first_picture);  // transfer here
  rig::start_spi();
  const std::uint32_t patience = rig::mended ? 1'000'000 : 10;
  for (std::uint32_t poll = 0; poll < patience && !rig::spi_is_done(); ++poll) {
  }
  send(second_list, second_picture);  // access here
  rig::reset_channel(0);
  return 0;
}
