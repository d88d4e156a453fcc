// watch: one-sided
// run: --wire GPIO4:GPIO2
// SPI says that it is done, and the last bytes are still on their way into memory: a driver has to wait for
// both sides.
#include "rig.hpp"

namespace {

alignas(4) std::array<std::byte, 16> from, to;
rig::Descriptor sending_list, receiving_list;

[[gnu::noinline]] std::byte last() {
  return to.back();  // access here in last
}

}  // namespace

int main() {
  rig::connect_spi();
  from.fill(std::byte{1});
  rig::prepare_spi(16, true, true);
  sending_list = rig::sending(from.data(), 16);
  receiving_list = rig::receiving(to.data(), 16);
  rig::start_in(0, receiving_list);  // transfer here in main
  rig::start_out(0, sending_list);
  rig::wait_for_fifo(0);
  rig::start_spi();
  rig::wait_for_spi();
  if (rig::mended) rig::wait_for(0, chip::dma::IntRaw::in_suc_eof.mask);
  const std::byte got = last();
  asm volatile("" ::"r"(got));
  rig::wait_for(0, chip::dma::IntRaw::in_suc_eof.mask);
  return 0;
}
