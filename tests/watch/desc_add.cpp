// watch: desc-edit
// A list is continued while it runs, as the manual allows, but RESTART is forgotten: the engine has read the
// end of the list before, and the addition is never sent.
#include "rig.hpp"

namespace {

alignas(4) std::array<std::byte, 128> from;
alignas(4) std::array<std::byte, 128> to;
std::array<rig::Descriptor, 2> sending_list;
rig::Descriptor receiving_list;

[[gnu::noinline]] void add() {
  sending_list[0].next = rig::address(&sending_list[1]);  // access here in add
  rig::fence();
}

}  // namespace

int main() {
  rig::open_clocks();
  rig::prepare_copy(0);
  from.fill(std::byte{4});
  sending_list[0] = rig::sending(from.data(), 64);
  sending_list[0].word0 &= ~rig::suc_eof;
  sending_list[1] = rig::sending(from.data() + 64, 64);
  receiving_list = rig::receiving(to.data(), 128);
  rig::start_in(0, receiving_list);
  rig::start_out(0, sending_list[0]);  // transfer here in main
  ferry::delay(ferry::Duration::microseconds(10));
  add();
  if (rig::mended) rig::restart_out(0);
  ferry::delay(ferry::Duration::microseconds(20));
  if (rig::mended) return rig::wait_for(0, chip::dma::IntRaw::in_suc_eof.mask) ? 0 : 1;
  rig::reset_channel(0);
  return 0;
}
