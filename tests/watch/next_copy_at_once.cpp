// watch: rx-read
// The receiving side of a copy has room for a second frame. Its sending side is started anew, and the bytes
// are read before the first of them has come.
#include "rig.hpp"

namespace {

alignas(4) std::array<std::byte, 100> from;
alignas(4) std::array<std::byte, 200> to;
rig::Descriptor sending_list;
std::array<rig::Descriptor, 2> receiving_list;

[[gnu::noinline]] unsigned last() {
  return std::to_integer<unsigned>(*static_cast<const volatile std::byte*>(&to[199]));  // access here in last
}

bool send(bool early) {
  rig::store<chip::dma::IntClr>(0, ~0u);
  rig::start_out(0, sending_list);
  if (early) (void)last();
  return rig::wait_for(0, chip::dma::IntRaw::in_suc_eof.mask);
}

}  // namespace

int main() {
  rig::open_clocks();
  rig::prepare_copy(0);
  from.fill(std::byte{1});
  sending_list = rig::sending(from.data(), 100);
  receiving_list[1] = rig::receiving(to.data() + 100, 100);
  receiving_list[0] = rig::receiving(to.data(), 100, &receiving_list[1]);
  rig::start_in(0, receiving_list[0]);  // transfer here in main
  if (!send(false)) return 1;
  if (!send(!rig::mended)) return 2;
  return last() == 1 ? 0 : 3;
}
