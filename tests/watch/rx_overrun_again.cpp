// watch: rx-overrun
// A descriptor that is used again, its word composed anew: the length in it is what is wanted this time, also
// where it is the one that the engine has left there.
#include "rig.hpp"

namespace {

alignas(4) std::array<std::byte, 12> from, to;
rig::Descriptor sending_list, receiving_list;

[[gnu::noinline]] void copy(std::uint32_t wanted, std::uint32_t sent) {
  sending_list = rig::sending(from.data(), sent);
  receiving_list = rig::receiving(to.data(), to.size());
  receiving_list.word0 |= wanted << 12;
  rig::prepare_copy(0);
  rig::start_in(0, receiving_list);  // access and transfer here in copy
  rig::start_out(0, sending_list);
  rig::wait_for(0, chip::dma::IntRaw::in_suc_eof.mask);
}

}  // namespace

int main() {
  rig::open_clocks();
  from.fill(std::byte{1});
  copy(9, 9);
  copy(rig::mended ? 12 : 9, 12);
  return 0;
}
