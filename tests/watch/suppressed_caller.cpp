// watch: tx-write
// suppress: tx-write:draw_cursor
// In one transfer one line of one helper is come to by two ways: the cursor may tear, the text may not.
#include "rig.hpp"

namespace {

alignas(4) std::array<std::byte, 400> picture;
rig::Descriptor list;

[[gnu::noinline]] void fill(std::uint32_t first) {
  volatile std::byte* const pixels = &picture[first];
  for (std::uint32_t index = 0; index < 8; ++index) pixels[index] = std::byte{5};
}

[[gnu::noinline]] void draw_cursor() {
  fill(0);
  asm volatile("" ::: "memory");
}

[[gnu::noinline]] void draw_text() {
  fill(100);  // access here in draw_text
  asm volatile("" ::: "memory");
}

}  // namespace

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
