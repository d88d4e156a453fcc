// watch: rx-write
// A receive buffer is cleared after the transfer was started: what has come in by then is lost.
#include "rig.hpp"

namespace {

alignas(4) std::array<std::byte, 64> from, to;
rig::Descriptor sending_list, receiving_list;

[[gnu::noinline]] void clear() {
  for (std::byte& each : to) each = std::byte{0};  // access here in clear
  asm volatile("" ::: "memory");
}

}  // namespace

int main() {
  rig::open_clocks();
  rig::prepare_copy(1);
  from.fill(std::byte{1});
  sending_list = rig::sending(from.data(), from.size());
  receiving_list = rig::receiving(to.data(), to.size());
  if (rig::mended) clear();
  rig::start_in(1, receiving_list);  // transfer here in main
  if (!rig::mended) clear();
  rig::start_out(1, sending_list);
  return rig::wait_for(1, chip::dma::IntRaw::in_suc_eof.mask) ? 0 : 1;
}
