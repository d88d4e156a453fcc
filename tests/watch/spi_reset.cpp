// watch: tx-write
// times: 2
// SPI2 is reset in the middle of what it sends, by SYSTEM or by its own SOFT_RESET. CMD.USR is 0 then, but
// that says nothing of the list, as it does at the end of a transfer. Mended, the channel is reset, too.
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

void reset_spi() {
  using namespace chip::system;
  ferry::mmio::modify(base, PeripRstEn0::spi2_rst(1));
  ferry::mmio::modify(base, PeripRstEn0::spi2_rst(0));
}

void soft_reset_spi() { rig::store_spi<chip::spi2::Slave>(chip::spi2::Slave::soft_reset.mask); }

}  // namespace

int main() {
  rig::connect_spi();
  compose();
  list = rig::sending(message.data(), message.size());
  for (const auto reset : {reset_spi, soft_reset_spi}) {
    rig::prepare_spi(message.size(), true, false);
    rig::start_out(0, list);  // transfer here in main
    rig::wait_for_fifo(0);
    rig::start_spi();
    ferry::delay(ferry::Duration::microseconds(20));
    if (spi_rests()) return 1;
    reset();
    if (!spi_rests()) return 2;
    if (rig::mended) rig::reset_channel(0);
    compose();
    rig::reset_channel(0);
  }
  return 0;
}
