// watch: lost-transfer
// watch: lost-transfer
// A program that resets the chip while a transfer is alive. Mended, it has waited for the end.
#include "chip/esp32c3/registers/rtc_cntl.hpp"
#include "rig.hpp"

namespace {

alignas(4) std::array<std::byte, 2000> from, to;
rig::Descriptor sending_list, receiving_list;

[[gnu::noinline]] void copy() {
  sending_list = rig::sending(from.data(), from.size());
  receiving_list = rig::receiving(to.data(), to.size());
  rig::start_in(0, receiving_list);  // transfer here in copy
  rig::start_out(0, sending_list);   // transfer here in copy
}

[[gnu::noinline]] void restart() {
  using namespace chip::rtc_cntl;
  ferry::mmio::modify(base, Options0::sw_sys_rst(1));  // access here in restart
  for (;;) {
  }
}

bool was_restarted() {
  using namespace chip::rtc_cntl;
  constexpr std::uint32_t by_software = 3;
  return ResetState::reset_cause_procpu.get(ferry::mmio::read<ResetState>(base)) == by_software;
}

}  // namespace

int main() {
  if (was_restarted()) return 0;
  from.fill(std::byte{1});
  rig::open_clocks();
  rig::prepare_copy(0);
  copy();
  if (rig::mended) rig::wait_for(0, chip::dma::IntRaw::in_suc_eof.mask);
  restart();
}
