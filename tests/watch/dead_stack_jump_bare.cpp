// watch: dead-stack
// dwarf: none
// A jump as longjmp() does it, out of the function that sends from its frame, in a program of whose frames
// nothing is known but its code. Mended, the jump comes after the end; and tasks that are switched to and fro
// meanwhile, whose pointers are loaded from memory in the same way, give nothing up.
#include "rig.hpp"

extern "C" {

// The registers that functions preserve, on the stack that is left; then those of the other one.
[[gnu::naked, gnu::noinline]] void watch_switch([[maybe_unused]] std::uint32_t* mine,
                                                [[maybe_unused]] const std::uint32_t* other) {
  asm volatile(
      "addi sp, sp, -16\n sw ra, 12(sp)\n sw s0, 8(sp)\n sw s1, 4(sp)\n"
      "sw sp, 0(a0)\n lw sp, 0(a1)\n"
      "lw ra, 12(sp)\n lw s0, 8(sp)\n lw s1, 4(sp)\n addi sp, sp, 16\n ret");
}

}  // extern "C"

namespace {

// Memory that nothing else uses, above the other stack.
auto* const stack = reinterpret_cast<std::uint32_t*>(0x3FCD'0000);
constexpr std::size_t words = 512;
std::uint32_t task_pointer, main_pointer;
std::array<std::uint32_t, 2> place;
alignas(4) std::array<std::byte, 200> to;
rig::Descriptor sending_list, receiving_list;

[[noreturn]] void task() {
  for (;;) watch_switch(&task_pointer, &main_pointer);
}

[[gnu::noinline]] void start(const std::byte* bytes, std::uint32_t count) {
  sending_list = rig::sending(bytes, count);
  receiving_list = rig::receiving(to.data(), count);
  rig::start_in(0, receiving_list);
  rig::start_out(0, sending_list);
  watch_switch(&main_pointer, &task_pointer);
}

[[gnu::always_inline]] inline void jump_back() {
  asm volatile("lw sp, 0(%0)\n lw t0, 4(%0)\n jr t0" ::"r"(place.data()) : "memory");
}

[[gnu::noinline]] void send() {
  alignas(4) std::array<std::byte, 200> bytes;
  bytes.fill(std::byte{6});
  start(bytes.data(), bytes.size());
  if (rig::mended) rig::wait_for(0, chip::dma::IntRaw::in_suc_eof.mask);
  jump_back();
}

}  // namespace

int main() {
  rig::open_clocks();
  rig::prepare_copy(0);
  stack[words - 1] = rig::address(reinterpret_cast<const void*>(task));
  task_pointer = rig::address(&stack[words - 4]);
  asm volatile("sw sp, 0(%0)\n la t0, 1f\n sw t0, 4(%0)" ::"r"(place.data()) : "t0", "memory");
  send();
  asm volatile("1:" ::
                   : "memory", "ra", "t0", "t1", "t2", "s0", "s1", "a0", "a1", "a2", "a3", "a4", "a5", "s2",
                     "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10", "s11");
  rig::wait_for(0, chip::dma::IntRaw::in_suc_eof.mask);
  return 0;
}
