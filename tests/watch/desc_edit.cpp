// watch: desc-edit
// A list is prepared for its next round while the engine still works through it: the lengths that it finds
// belong to two rounds.
#include "rig.hpp"

namespace {

alignas(4) std::array<std::byte, 600> picture;
std::array<rig::Descriptor, 2> list;

[[gnu::noinline]] void shorten(std::uint32_t length) {
  list[1].word0 = rig::sending(picture.data() + 300, length).word0;  // access here in shorten
  rig::fence();
}

}  // namespace

int main() {
  rig::connect_spi();
  picture.fill(std::byte{3});
  rig::prepare_spi(600, true, false);
  list[1] = rig::sending(picture.data() + 300, 300);
  list[0] = rig::sending(picture.data(), 300, &list[1]);
  rig::start_out(0, list[0]);  // transfer here in main
  rig::wait_for_fifo(0);
  rig::start_spi();
  if (rig::mended) rig::wait_for_spi();
  shorten(200);
  rig::wait_for_spi();
  return 0;
}
