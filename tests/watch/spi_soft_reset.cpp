// watch: tx-write
// SPI2 is reset by SOFT_RESET in the middle of what it sends. CMD.USR is 0 then, but that says nothing of the
// list, as it does at the end of a transfer. Mended, the channel is reset, too.
#include "rig.hpp"

namespace {

alignas(4) std::array<std::byte, 64> message;
rig::Descriptor list;

[[gnu::noinline]] void compose() {
  for (std::byte& byte : message)
    *static_cast<volatile std::byte*>(&byte) = std::byte{7};  // access here in compose
}

bool spi_rests() {
  using namespace chip::spi2;
  return (ferry::mmio::read<Cmd>(base) & Cmd::usr.mask) == 0;
}

}  // namespace

int main() {
  rig::connect_spi();
  rig::prepare_spi(message.size(), true, false);
  compose();
  list = rig::sending(message.data(), message.size());
  rig::start_out(0, list);  // transfer here in main
  rig::wait_for_fifo(0);
  rig::start_spi();
  ferry::delay(ferry::Duration::microseconds(20));
  if (spi_rests()) return 1;
  rig::store_spi<chip::spi2::Slave>(chip::spi2::Slave::soft_reset.mask);
  if (!spi_rests()) return 2;
  if (rig::mended) rig::reset_channel(0);
  compose();
  rig::reset_channel(0);
  return 0;
}
