// watch: rx-read
// A library's copy, which has no lines, reads with four instructions in a round: it is one call, and one bug.
#include "rig.hpp"

extern "C" void watch_copy(void* target, const void* source, std::uint32_t bytes);
asm(".pushsection .text.watch_copy, \"ax\", @progbits\n"
    ".globl watch_copy\n .type watch_copy, @function\n"
    "watch_copy:\n"
    "1: lw t0, 0(a1)\n lw t1, 4(a1)\n lw t2, 8(a1)\n lw a3, 12(a1)\n"
    "sw t0, 0(a0)\n sw t1, 4(a0)\n sw t2, 8(a0)\n sw a3, 12(a0)\n"
    "addi a0, a0, 16\n addi a1, a1, 16\n addi a2, a2, -16\n bnez a2, 1b\n ret\n"
    ".size watch_copy, . - watch_copy\n"
    ".popsection");

namespace {

alignas(4) std::array<std::byte, 400> from, to;
alignas(4) std::array<std::byte, 64> taken;
rig::Descriptor sending_list, receiving_list;

[[gnu::noinline]] void take() {
  watch_copy(taken.data(), to.data(), taken.size());  // access here in take
  asm volatile("" ::: "memory");
}

}  // namespace

int main() {
  rig::open_clocks();
  rig::prepare_copy(0);
  from.fill(std::byte{1});
  sending_list = rig::sending(from.data(), from.size());
  receiving_list = rig::receiving(to.data(), to.size());
  rig::start_in(0, receiving_list);  // transfer here in main
  rig::start_out(0, sending_list);
  if (rig::mended) rig::wait_for(0, chip::dma::IntRaw::in_suc_eof.mask);
  take();
  return rig::wait_for(0, chip::dma::IntRaw::in_suc_eof.mask) ? 0 : 1;
}
