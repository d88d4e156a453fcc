// watch: rx-read
// A list to receive by is started ahead of a message that is only sent. The end of that says nothing of it:
// what is read too early later on is that, and not the other side of a transfer with two.
#include "rig.hpp"

namespace {

alignas(4) std::array<std::byte, 64> from, to;
rig::Descriptor sending_list, receiving_list;

[[gnu::noinline]] std::byte last() {
  return to.back();  // access here in last
}

}  // namespace

int main() {
  rig::connect_spi();
  rig::prepare_spi(64, true, false);
  from.fill(std::byte{1});
  sending_list = rig::sending(from.data(), 64);
  receiving_list = rig::receiving(to.data(), 64);
  rig::start_in(0, receiving_list);  // transfer here in main
  rig::start_out(0, sending_list);
  rig::wait_for_fifo(0);
  rig::start_spi();
  rig::wait_for_spi();
  from.fill(std::byte{2});
  rig::prepare_spi(64, false, true);
  rig::start_spi();
  if (!rig::mended) ferry::delay(ferry::Duration::milliseconds(2));
  if (rig::mended) rig::wait_for(0, chip::dma::IntRaw::in_suc_eof.mask);
  const std::byte got = last();
  asm volatile("" ::"r"(got));
  return rig::wait_for(0, chip::dma::IntRaw::in_suc_eof.mask) ? 0 : 1;
}
