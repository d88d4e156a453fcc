// watch: clock-off
// START before GDMA's clock is on: the store goes nowhere.
#include "rig.hpp"

namespace {

alignas(4) std::array<std::byte, 40> from, to;
rig::Descriptor sending_list, receiving_list;

[[gnu::noinline]] void start() {
  rig::start_in(0, receiving_list);  // access here in start
}

}  // namespace

int main() {
  if (rig::mended) rig::open_clocks();
  from.fill(std::byte{1});
  if (rig::mended) rig::prepare_copy(0);
  sending_list = rig::sending(from.data(), from.size());
  receiving_list = rig::receiving(to.data(), to.size());
  start();
  if (!rig::mended) return 0;
  rig::start_out(0, sending_list);
  return rig::wait_for(0, chip::dma::IntRaw::in_suc_eof.mask) ? 0 : 1;
}
