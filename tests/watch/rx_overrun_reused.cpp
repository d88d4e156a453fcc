// watch: rx-overrun
// A descriptor with room for twelve bytes has taken a frame of nine, and takes one of twelve. Its word is the
// same both times: owner set, mark cleared, the nine still in it. All of the descriptor is composed anew, so
// nine are wanted. Mended, the driver only hands it to the engine again: the nine are what the engine has
// left there.
#include "rig.hpp"

namespace {

alignas(4) std::array<std::byte, 12> from;
alignas(4) std::array<std::byte, 12> to;
rig::Descriptor sending_list;
volatile rig::Descriptor receiving_list;

void copy(std::uint32_t length) {
  sending_list = rig::sending(from.data(), length);
  rig::store<chip::dma::IntClr>(0, ~0u);
  rig::start_in(0, const_cast<const rig::Descriptor&>(receiving_list));  // access and transfer here in copy
  rig::start_out(0, sending_list);
  rig::wait_for(0, chip::dma::IntRaw::in_suc_eof.mask);
}

}  // namespace

int main() {
  rig::open_clocks();
  rig::prepare_copy(0);
  from.fill(std::byte{1});
  receiving_list.word0 = rig::owner | to.size();
  receiving_list.buffer = rig::address(to.data());
  copy(9);
  if (!rig::mended) receiving_list.buffer = rig::address(to.data());
  receiving_list.word0 = (receiving_list.word0 & ~rig::suc_eof) | rig::owner;
  copy(12);
  return to.back() == std::byte{1} ? 0 : 1;
}
