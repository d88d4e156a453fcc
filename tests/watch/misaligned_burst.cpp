// watch: misaligned-burst
// A receive buffer of ten bytes with bursts on: bursts write whole words, and address and size have to be
// multiples of four.
#include "rig.hpp"

namespace {

alignas(4) std::array<std::byte, 12> from, to;
rig::Descriptor sending_list, receiving_list;

}  // namespace

int main() {
  rig::open_clocks();
  rig::prepare_copy(0);
  rig::burst_in(0);
  from.fill(std::byte{1});
  sending_list = rig::sending(from.data(), 10);
  receiving_list = rig::receiving(to.data(), rig::mended ? 12 : 10);
  rig::start_in(0, receiving_list);  // access and transfer here in main
  rig::start_out(0, sending_list);
  rig::wait_for(0, chip::dma::IntRaw::in_suc_eof.mask | chip::dma::IntRaw::in_dscr_err.mask);
  rig::reset_channel(0);
  return 0;
}
