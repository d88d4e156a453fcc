// watch: lost-transfer
// A trap's handler that raises an exception of its own: the program goes round in it for good, and the
// transfer is lost.
#include "rig.hpp"

extern "C" [[gnu::naked, gnu::aligned(256)]] void watch_trap() {
  asm volatile("lw zero, 0(zero)");  // access here in watch_trap
}

namespace {

alignas(4) std::array<std::byte, 400> picture;
rig::Descriptor list;

}  // namespace

int main() {
  rig::connect_spi();
  picture.fill(std::byte{1});
  rig::prepare_spi(400, true, false);
  list = rig::sending(picture.data(), picture.size());
  rig::start_out(0, list);  // transfer here in main
  rig::wait_for_fifo(0);
  rig::start_spi();
  if (rig::mended) rig::wait_for_spi();
  if (rig::mended) return 0;
  asm volatile("csrw mtvec, %0\n lw zero, 0(zero)" ::"r"(watch_trap));
  return 0;
}
