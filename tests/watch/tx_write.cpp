// watch: tx-write
// A display's picture is changed as soon as its transfer has been started: what LVGL's flush callback allows
// when it says "ready" before the last byte is out. The display shows parts of both pictures.
#include "rig.hpp"

namespace {

alignas(4) std::array<std::byte, 400> picture;
rig::Descriptor list;

void flush() {
  list = rig::sending(picture.data(), picture.size());
  rig::start_out(0, list);  // transfer here
  rig::wait_for_fifo(0);
  rig::start_spi();
}

[[gnu::noinline]] void draw(std::byte colour) {
  for (std::byte& pixel : picture) pixel = colour;  // access here
  asm volatile("" ::: "memory");
}

}  // namespace

int main() {
  rig::open_clocks();
  rig::reset_channel(0);
  rig::connect(0, ferry::chip::DmaPeripheral::spi2);
  rig::prepare_spi(picture.size(), true, false);
  draw(std::byte{1});
  flush();
  if (rig::mended) rig::wait_for_spi();
  draw(std::byte{2});
  rig::wait_for_spi();
  return 0;
}
