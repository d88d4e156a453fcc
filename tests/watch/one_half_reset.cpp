// watch: one-sided
// Full duplex, of which nobody wants what comes in: once the receiving half has been reset, SPI's word is all
// that the sent bytes have to wait for.
#include "rig.hpp"

namespace {

alignas(4) std::array<std::byte, 64> from, to;
rig::Descriptor sending_list, receiving_list;

[[gnu::noinline]] void compose(std::byte value) {
  for (std::byte& byte : from) byte = value;  // access here in compose
  asm volatile("" ::: "memory");
}

}  // namespace

int main() {
  rig::connect_spi();
  compose(std::byte{1});
  rig::prepare_spi(64, true, true);
  sending_list = rig::sending(from.data(), 64);
  receiving_list = rig::receiving(to.data(), 64);
  rig::start_in(0, receiving_list);
  rig::start_out(0, sending_list);  // transfer here in main
  rig::wait_for_fifo(0);
  rig::start_spi();
  rig::wait_for_spi();
  if (rig::mended) {
    rig::store<chip::dma::InConf0>(0, chip::dma::InConf0::in_rst.mask);
    rig::store<chip::dma::InConf0>(0, 0);
  }
  compose(std::byte{2});
  rig::reset_channel(0);
  return 0;
}
