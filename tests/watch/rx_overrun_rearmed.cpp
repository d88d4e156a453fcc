// watch: rx-overrun
// A receive descriptor that is used again for a longer frame. Mended, its owner bit is set and the mark of a
// frame's end cleared, no more: the length in it is what the engine has left there, and asks for nothing.
#include "rig.hpp"

namespace {

alignas(4) std::array<std::byte, 100> from;
alignas(4) std::array<std::byte, 100> to;
rig::Descriptor sending_list, receiving_list;

void copy(std::uint32_t length) {
  sending_list = rig::sending(from.data(), length);
  rig::store<chip::dma::IntClr>(0, ~0u);
  rig::start_in(0, receiving_list);  // access and transfer here in copy
  rig::start_out(0, sending_list);
  rig::wait_for(0, chip::dma::IntRaw::in_suc_eof.mask);
}

}  // namespace

int main() {
  rig::open_clocks();
  rig::prepare_copy(0);
  from.fill(std::byte{1});
  receiving_list = rig::receiving(to.data(), to.size());
  copy(50);
  receiving_list.word0 = (receiving_list.word0 & ~rig::suc_eof) | rig::owner;
  if (!rig::mended) receiving_list.word0 += 10 << 12;  // sixty are wanted
  copy(100);
  return to.back() == std::byte{1} ? 0 : 1;
}
