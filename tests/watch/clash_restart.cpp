// watch: trigger-clash
// A list that had come to its end is made longer while another channel is at work for the same peripheral:
// RESTART starts a channel as START does.
#include "rig.hpp"

namespace {

alignas(4) std::array<std::byte, 64> header, more, picture;
std::array<rig::Descriptor, 2> list;
rig::Descriptor picture_list;

[[gnu::noinline]] void show(const std::array<std::byte, 64>& what) {
  rig::reset_channel(1);
  rig::connect(1, chip::DmaPeripheral::spi2);
  picture_list = rig::sending(what.data(), what.size());
  rig::start_out(1, picture_list);  // transfer here in show
}

[[gnu::noinline]] void add() {
  list[1] = rig::sending(more.data(), more.size());
  list[0].next = rig::address(&list[1]);
  rig::restart_out(0);  // access here in add
}

}  // namespace

int main() {
  header.fill(std::byte{1});
  more.fill(std::byte{2});
  picture.fill(std::byte{3});
  rig::connect_spi();
  rig::prepare_spi(header.size(), true, false);
  list[0] = rig::sending(header.data(), header.size());
  rig::start_out(0, list[0]);
  rig::wait_for_fifo(0);
  rig::start_spi();
  rig::wait_for_spi();
  show(picture);
  if (rig::mended) rig::reset_channel(1);
  add();
  rig::reset_channel(0);
  rig::reset_channel(1);
  return 0;
}
