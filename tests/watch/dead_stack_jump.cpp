// watch: dead-stack
// A function that sends from its frame is left by a jump that loads the stack pointer, as longjmp() does.
#include "rig.hpp"

namespace {

std::array<std::uint32_t, 2> place;
alignas(4) std::array<std::byte, 200> to;
rig::Descriptor sending_list, receiving_list;

[[gnu::noinline]] void start(const std::byte* bytes, std::uint32_t count) {
  sending_list = rig::sending(bytes, count);
  receiving_list = rig::receiving(to.data(), count);
  rig::start_in(0, receiving_list);
  rig::start_out(0, sending_list);  // transfer here in start
}

[[gnu::always_inline]] inline void jump_back() {
  asm volatile("lw sp, 0(%0)\n lw t0, 4(%0)\n jr t0" ::"r"(place.data()) : "memory");
}

[[gnu::noinline]] void send() {
  alignas(4) std::array<std::byte, 200> bytes;
  bytes.fill(std::byte{6});
  start(bytes.data(), bytes.size());
  if (rig::mended) rig::wait_for(0, chip::dma::IntRaw::in_suc_eof.mask);
  jump_back();  // access here in send
}

}  // namespace

int main() {
  rig::open_clocks();
  rig::prepare_copy(0);
  asm volatile("sw sp, 0(%0)\n la t0, 1f\n sw t0, 4(%0)" ::"r"(place.data()) : "t0", "memory");
  send();
  asm volatile("1:" ::
                   : "memory", "ra", "t0", "t1", "t2", "s0", "s1", "a0", "a1", "a2", "a3", "a4", "a5", "s2",
                     "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10", "s11");
  rig::wait_for(0, chip::dma::IntRaw::in_suc_eof.mask);
  return 0;
}
