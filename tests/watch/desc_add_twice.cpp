// watch: desc-edit
// watch: desc-edit
// A list is continued twice while it runs: the engine comes to the first addition by itself, and has read its
// end before the second one. One RESTART behind both is enough, and here it is forgotten.
#include "rig.hpp"

namespace {

constexpr unsigned long_part = 512, part = 4;
alignas(4) std::array<std::byte, long_part + 3 * part> from;
alignas(4) std::array<std::byte, from.size()> to;
std::array<rig::Descriptor, 4> sending_list;
rig::Descriptor receiving_list;

[[gnu::noinline]] void add_one() {
  sending_list[1].next = rig::address(&sending_list[2]);  // access here in add_one
  rig::fence();
}
[[gnu::noinline]] void add_another() {
  sending_list[2].next = rig::address(&sending_list[3]);  // access here in add_another
  rig::fence();
}

}  // namespace

int main() {
  rig::open_clocks();
  rig::prepare_copy(0);
  from.fill(std::byte{4});
  const std::byte* const parts = from.data() + long_part;
  sending_list = {rig::sending(from.data(), long_part, &sending_list[1]), rig::sending(parts, part),
                  rig::sending(parts + part, part), rig::sending(parts + 2 * part, part)};
  sending_list[1].word0 &= ~rig::suc_eof;
  sending_list[2].word0 &= ~rig::suc_eof;
  receiving_list = rig::receiving(to.data(), to.size());
  rig::start_out(0, sending_list[0]);  // transfer here in main
  add_one();                           // the FIFO is full, the first descriptor under way
  rig::start_in(0, receiving_list);
  ferry::delay(ferry::Duration::microseconds(50));
  add_another();
  if (rig::mended) rig::restart_out(0);
  ferry::delay(ferry::Duration::microseconds(20));
  if (rig::mended) return rig::wait_for(0, chip::dma::IntRaw::in_suc_eof.mask) ? 0 : 1;
  rig::reset_channel(0);
  return 0;
}
