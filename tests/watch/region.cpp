// watch: region
// A table of constants in flash is given to GDMA, which cannot read flash (esp-hal #674).
#include "rig.hpp"

namespace {

alignas(4) std::array<std::byte, 32> in_memory;
alignas(4) std::array<std::byte, 32> to;
rig::Descriptor sending_list, receiving_list;
constexpr std::uint32_t in_flash = 0x3C00'0000;

}  // namespace

int main() {
  rig::open_clocks();
  rig::prepare_copy(0);
  in_memory.fill(std::byte{7});
  sending_list = rig::sending(in_memory.data(), 32);
  if (!rig::mended) sending_list.buffer = in_flash;
  receiving_list = rig::receiving(to.data(), 32);
  rig::start_in(0, receiving_list);
  rig::start_out(0, sending_list);  // access and transfer here in main
  rig::wait_for(0, chip::dma::IntRaw::in_suc_eof.mask | chip::dma::IntRaw::out_dscr_err.mask);
  rig::reset_channel(0);
  return 0;
}
