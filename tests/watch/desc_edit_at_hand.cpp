// watch: desc-edit
// A list that takes a frame by each of its descriptors. Between two frames the second descriptor gets another
// buffer, but the engine has read it already, when the first frame ended: the second frame lands in the old
// buffer. Mended, the list is started anew.
#include "rig.hpp"

namespace {

alignas(4) std::array<std::byte, 64> first, second, other;
std::array<rig::Descriptor, 2> list;

[[gnu::noinline]] void receive_into(std::byte* buffer) {
  list[1].buffer = rig::address(buffer);  // access here in receive_into
  rig::fence();
}

}  // namespace

int main() {
  rig::connect_spi();
  rig::prepare_spi(64, false, true);
  list[1] = rig::receiving(second.data(), 64);
  list[0] = rig::receiving(first.data(), 64, &list[1]);
  rig::start_in(0, list[0]);  // transfer here in main
  if (!rig::receive_frame()) return 1;
  receive_into(other.data());
  if (rig::mended) rig::start_in(0, list[1]);
  return rig::receive_frame() ? 0 : 2;
}
