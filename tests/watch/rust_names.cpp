// watch: tx-write
// The same bug in a program whose functions have the names that Rust's compilers give them, of either scheme.
#include "rig.hpp"

namespace {

alignas(4) std::array<std::byte, 400> picture;
rig::Descriptor list;

}  // namespace

extern "C" {
// `display::panel::flush` in the scheme of today, `display::panel::draw` in the older one.
void flush() asm("_RNvNtCs4fqI2P2rA04_7display5panel5flush");
void draw(unsigned colour) asm("_ZN7display5panel4draw17h0123456789abcdefE");
}

[[gnu::noinline]] void flush() {
  list = rig::sending(picture.data(), picture.size());
  rig::start_out(0, list);  // transfer here in display::panel::flush
  rig::wait_for_fifo(0);
  rig::start_spi();
}

[[gnu::noinline]] void draw(unsigned colour) {
  for (std::byte& pixel : picture) pixel = std::byte(colour);  // access here in display::panel::draw
  asm volatile("" ::: "memory");
}

int main() {
  rig::connect_spi();
  rig::prepare_spi(picture.size(), true, false);
  draw(1);
  flush();
  if (rig::mended) rig::wait_for_spi();
  draw(2);
  rig::wait_for_spi();
  return 0;
}
