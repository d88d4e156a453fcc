// watch: overlap
// The copy's target begins before its source has ended: what is read depends on who is faster.
#include "rig.hpp"

namespace {

alignas(4) std::array<std::byte, 300> bytes;
rig::Descriptor sending_list, receiving_list;

}  // namespace

int main() {
  rig::open_clocks();
  rig::prepare_copy(0);
  bytes.fill(std::byte{5});
  const std::uint32_t target = rig::mended ? 150 : 100;
  sending_list = rig::sending(bytes.data(), 150);
  receiving_list = rig::receiving(bytes.data() + target, 150);
  rig::start_out(0, sending_list);   // transfer here in main
  rig::start_in(0, receiving_list);  // access here in main
  return rig::wait_for(0, chip::dma::IntRaw::in_suc_eof.mask) ? 0 : 1;
}
