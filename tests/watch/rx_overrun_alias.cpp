// watch: rx-overrun
// A variable has a second name, as assemblers and linkers give them, by which less of it is meant. How much
// room there is says the larger one.
#include "rig.hpp"

asm(".pushsection .bss.watch_frame, \"aw\", @nobits\n .balign 4\n"
    "watch_frame: .skip 60\n .type watch_frame, @object\n .size watch_frame, 60\n"
    ".globl watch_frame_head\n .set watch_frame_head, watch_frame\n"
    ".type watch_frame_head, @object\n .size watch_frame_head, 4\n .skip 4\n"
    ".popsection");
extern "C" std::byte watch_frame_head[4];

namespace {

alignas(4) std::array<std::byte, 64> from;
rig::Descriptor sending_list, receiving_list;

}  // namespace

int main() {
  rig::open_clocks();
  rig::prepare_copy(0);
  from.fill(std::byte{1});
  const std::uint32_t count = rig::mended ? 60 : 64;
  sending_list = rig::sending(from.data(), count);
  receiving_list = rig::receiving(watch_frame_head, count);
  rig::start_in(0, receiving_list);  // access and transfer here in main
  rig::start_out(0, sending_list);
  return rig::wait_for(0, chip::dma::IntRaw::in_suc_eof.mask) ? 0 : 1;
}
