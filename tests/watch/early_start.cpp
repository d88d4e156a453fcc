// watch: early-start
// SPI is started before the list that it is to send: its first bytes come from nowhere (esp-hal #489).
#include "rig.hpp"

namespace {

alignas(4) std::array<std::byte, 64> bytes;
rig::Descriptor list;

[[gnu::noinline]] void start_bus() {
  rig::start_spi();  // access here in start_bus
}

}  // namespace

int main() {
  rig::connect_spi();
  bytes.fill(std::byte{1});
  rig::prepare_spi(64, true, false);
  list = rig::sending(bytes.data(), 64);
  if (!rig::mended) start_bus();
  rig::start_out(0, list);
  rig::wait_for_fifo(0);
  if (rig::mended) start_bus();
  rig::wait_for_spi();
  rig::reset_channel(0);
  return 0;
}
