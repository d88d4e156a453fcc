// watch: early-reclaim
// A transfer is stopped and its buffer used at once. STOP lets the access that is under way end: only PARK
// (or a reset of the channel) says that the engine rests.
#include "rig.hpp"

namespace {

alignas(4) std::array<std::byte, 400> picture;
rig::Descriptor list;

[[gnu::noinline]] void draw(std::byte colour) {
  for (std::byte& pixel : picture) pixel = colour;  // access here in draw
  asm volatile("" ::: "memory");
}

}  // namespace

int main() {
  rig::connect_spi();
  draw(std::byte{1});
  rig::prepare_spi(400, true, false);
  list = rig::sending(picture.data(), picture.size());
  rig::start_out(0, list);  // transfer here in main
  rig::wait_for_fifo(0);
  rig::start_spi();
  rig::stop_out(0);
  if (rig::mended) rig::wait_for_rest(0);
  draw(std::byte{2});
  rig::reset_channel(0);
  return 0;
}
