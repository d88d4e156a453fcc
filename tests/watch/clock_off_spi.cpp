// watch: clock-off
// SPI2's own gate is shut while its transfer is under way: GDMA has its clock, and waits for ever.
#include "rig.hpp"

namespace {

alignas(4) std::array<std::byte, 400> picture;
rig::Descriptor list;

[[gnu::noinline]] void save_power() {
  rig::store_spi<chip::spi2::ClkGate>(0);  // access here in save_power
  asm volatile("" ::: "memory");
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
  using namespace chip::spi2;
  rig::store_spi<ClkGate>(ClkGate::clk_en.mask | ClkGate::mst_clk_active.mask | ClkGate::mst_clk_sel.mask);
  rig::wait_for_spi();
  return 0;
}
