// watch: rx-read
// A list that takes a frame by each of its descriptors. USR for the second frame is stored, and its bytes are
// read before the first of them has come: from USR on they are the engine's.
#include "rig.hpp"

namespace {

alignas(4) std::array<std::array<std::byte, 64>, 2> to;
std::array<rig::Descriptor, 2> list;

[[gnu::noinline]] unsigned first_of(const std::array<std::byte, 64>& bytes) {
  return std::to_integer<unsigned>(
      *static_cast<const volatile std::byte*>(bytes.data()));  // access here in first_of
}

bool receive(bool early) {
  rig::store<chip::dma::IntClr>(0, ~0u);
  rig::start_spi();
  if (early) (void)first_of(to[1]);
  return rig::wait_for(0, chip::dma::IntRaw::in_suc_eof.mask);
}

}  // namespace

int main() {
  rig::connect_spi();
  rig::prepare_spi(64, false, true);
  list[1] = rig::receiving(to[1].data(), 64);
  list[0] = rig::receiving(to[0].data(), 64, &list[1]);
  rig::start_in(0, list[0]);  // transfer here in main
  if (!receive(false)) return 1;
  (void)first_of(to[1]);  // which nothing is under way to
  if (!receive(!rig::mended)) return 2;
  return first_of(to[1]) == 0 ? 0 : 3;
}
