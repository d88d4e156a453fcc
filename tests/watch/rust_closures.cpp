// watch: tx-write
// suppress: tx-write:display::draw::{closure#0}
// Two closures of one function, as Rust's compilers call them: their numbers tell them apart.
#include "rig.hpp"

namespace {

alignas(4) std::array<std::byte, 400> picture;
rig::Descriptor list;

}  // namespace

extern "C" {
void draw_cursor() asm("_RNCNvCs4fqI2P2rA04_7display4draw0B3_");
void draw_text() asm("_RNCNvCs4fqI2P2rA04_7display4draws_0B3_");
}

[[gnu::noinline]] void draw_cursor() {
  volatile std::byte* const pixels = picture.data();
  pixels[0] = std::byte{2};
}

[[gnu::noinline]] void draw_text() {
  volatile std::byte* const pixels = picture.data();
  pixels[100] = std::byte{2};  // access here in display::draw::{closure#1}
}

int main() {
  rig::connect_spi();
  rig::prepare_spi(picture.size(), true, false);
  picture.fill(std::byte{1});
  list = rig::sending(picture.data(), picture.size());
  rig::start_out(0, list);  // transfer here in main
  rig::wait_for_fifo(0);
  rig::start_spi();
  draw_cursor();
  if (!rig::mended) draw_text();
  rig::wait_for_spi();
  if (rig::mended) draw_text();
  return 0;
}
