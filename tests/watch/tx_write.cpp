// watch: tx-write
// marks: a waveform and a page have them, too
// A display driver's flush callback calls flush_ready() as soon as the transfer is under way, and the
// graphics library draws the next picture into the same memory: the display shows parts of both
// (esp32-smartdisplay #303, with LVGL).
#include "rig.hpp"

namespace {

alignas(4) std::array<std::byte, 400> picture;
rig::Descriptor list;
bool may_draw = true;

void flush_ready() { may_draw = true; }

void flush() {
  may_draw = false;
  list = rig::sending(picture.data(), picture.size());
  rig::start_out(0, list);  // transfer here in flush
  rig::wait_for_fifo(0);
  rig::start_spi();
  if (!rig::mended) flush_ready();
}

void wait_until_ready() {
  while (!may_draw)
    if (rig::spi_is_done()) flush_ready();
}

[[gnu::noinline]] void draw(std::byte colour) {
  for (std::byte& pixel : picture) pixel = colour;  // access here in draw
  asm volatile("" ::: "memory");
}

}  // namespace

int main() {
  rig::connect_spi();
  rig::prepare_spi(picture.size(), true, false);
  draw(std::byte{1});
  flush();
  wait_until_ready();
  draw(std::byte{2});
  rig::wait_for_spi();
  return 0;
}
