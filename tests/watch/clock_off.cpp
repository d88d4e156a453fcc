// watch: clock-off
// Power is saved while a transfer runs: GDMA stands still in the middle of it.
#include "rig.hpp"

namespace {

alignas(4) std::array<std::byte, 400> picture;
rig::Descriptor list;

[[gnu::noinline]] void save_power() {
  using chip::system::PeripClkEn1;
  ferry::mmio::modify(chip::system::base, PeripClkEn1::dma_clk_en(0));  // access here in save_power
}

}  // namespace

int main() {
  rig::connect_spi();
  picture.fill(std::byte{1});
  rig::prepare_spi(400, true, false);
  list = rig::sending(picture.data(), picture.size());
  rig::start_out(0, list);  // transfer here in main
  rig::wait_for_fifo(0);
  rig::start_spi();
  if (rig::mended) rig::wait_for_spi();
  save_power();
  rig::open_clocks();
  rig::wait_for_spi();
  return 0;
}
