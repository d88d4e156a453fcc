// watch: tx-write
// A list is paused by STOP and taken up again by RESTART. From that store on the rest of it is the engine's,
// although it comes there some cycles later only.
#include "rig.hpp"

namespace {

alignas(4) std::array<std::byte, 400> header;
alignas(4) std::array<std::byte, 64> message;
std::array<rig::Descriptor, 2> list;

[[gnu::noinline]] void number(std::byte value) {
  message.front() = value;  // access here in number
  asm volatile("" ::: "memory");
}

}  // namespace

int main() {
  rig::connect_spi();
  header.fill(std::byte{1});
  message.fill(std::byte{1});
  rig::prepare_spi(464, true, false);
  list[1] = rig::sending(message.data(), message.size());
  list[0] = rig::sending(header.data(), header.size(), &list[1]);
  rig::start_out(0, list[0]);
  rig::wait_for_fifo(0);
  rig::start_spi();
  rig::stop_out(0);
  rig::wait_for_rest(0);
  if (rig::mended) number(std::byte{2});
  rig::restart_out(0);  // transfer here in main
  if (!rig::mended) number(std::byte{2});
  rig::reset_channel(0);
  return 0;
}
