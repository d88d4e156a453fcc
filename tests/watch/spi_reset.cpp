// watch: tx-write
// SPI2 is reset in the middle of what it sends. CMD.USR is 0 then, but that says nothing of the list, which
// GDMA has read by that time only because the program has waited. Mended, the channel is reset, too.
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
  using namespace chip::system;
  rig::connect_spi();
  rig::prepare_spi(message.size(), true, false);
  compose();
  list = rig::sending(message.data(), message.size());
  rig::start_out(0, list);  // transfer here in main
  rig::wait_for_fifo(0);
  rig::start_spi();
  ferry::delay(ferry::Duration::microseconds(20));
  if (spi_rests()) return 1;
  ferry::mmio::modify(base, PeripRstEn0::spi2_rst(1));
  ferry::mmio::modify(base, PeripRstEn0::spi2_rst(0));
  if (!spi_rests()) return 2;
  if (rig::mended) rig::reset_channel(0);
  compose();
  rig::reset_channel(0);
  return 0;
}
