// watch: rx-overrun
// A receive descriptor with more room than is asked for. Mended, it is a used one that was copied: the length
// in it is what the engine has left there, and asks for nothing.
#include "rig.hpp"

namespace {

alignas(4) std::array<std::byte, 100> from;
alignas(4) std::array<std::byte, 100> to;
rig::Descriptor sending_list;
std::array<rig::Descriptor, 2> receiving_lists;

void copy(rig::Descriptor& receiving, std::uint32_t length) {
  sending_list = rig::sending(from.data(), length);
  rig::store<chip::dma::IntClr>(0, ~0u);
  rig::start_in(0, receiving);  // access and transfer here in copy
  rig::start_out(0, sending_list);
  rig::wait_for(0, chip::dma::IntRaw::in_suc_eof.mask);
}

}  // namespace

int main() {
  rig::open_clocks();
  rig::prepare_copy(0);
  from.fill(std::byte{1});
  receiving_lists[0] = rig::receiving(to.data(), 50);
  copy(receiving_lists[0], 50);
  receiving_lists[1] = receiving_lists[0];
  receiving_lists[1].word0 = rig::owner | 100 | (rig::mended ? receiving_lists[0].word0 & ~0xFFFu : 60 << 12);
  copy(receiving_lists[1], 100);
  return to.back() == std::byte{1} ? 0 : 1;
}
