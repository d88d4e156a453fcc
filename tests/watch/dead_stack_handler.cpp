// watch: dead-stack
// START is stored by a handler that has a stack of its own, as interrupts often have; the buffer is in the
// frame of the function that it interrupts, which returns early.
#include "rig.hpp"

extern "C" {

alignas(16) std::array<std::uint32_t, 256> watch_handler_stack;
rig::Descriptor watch_list;

[[gnu::noinline]] void watch_handler() {
  rig::start_out(0, watch_list);  // transfer here in watch_handler
  rig::wait_for_fifo(0);
  rig::start_spi();
}

[[gnu::naked, gnu::noinline]] void watch_on_own_stack() {
  asm volatile(
      "addi sp, sp, -16\n sw ra, 12(sp)\n sw s1, 8(sp)\n mv s1, sp\n"
      "la sp, watch_handler_stack\n addi sp, sp, 1024\n call watch_handler\n mv sp, s1\n"
      "lw ra, 12(sp)\n lw s1, 8(sp)\n addi sp, sp, 16\n ret");
}

}  // extern "C"

namespace {

[[gnu::noinline]] void work() {
  alignas(4) std::array<std::byte, 200> bytes;
  bytes.fill(std::byte{6});
  watch_list = rig::sending(bytes.data(), bytes.size());
  watch_on_own_stack();
  if (rig::mended) rig::wait_for_spi();
  asm volatile("" ::"r"(bytes.data()) : "memory");
}  // access here in work

}  // namespace

int main() {
  rig::connect_spi();
  rig::prepare_spi(200, true, false);
  work();
  rig::wait_for_spi();
  return 0;
}
