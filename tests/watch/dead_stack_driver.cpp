// watch: dead-stack
// A driver with a task of its own starts the transfer that another task has asked for, out of that one's
// frame. Who has asked gives up and returns, as after a timeout.
#include "rig.hpp"

extern "C" {

[[gnu::naked, gnu::noinline]] void watch_switch([[maybe_unused]] std::uint32_t* mine,
                                                [[maybe_unused]] const std::uint32_t* other) {
  asm volatile(
      "addi sp, sp, -16\n sw ra, 12(sp)\n sw s0, 8(sp)\n sw s1, 4(sp)\n"
      "sw sp, 0(a0)\n lw sp, 0(a1)\n"
      "lw ra, 12(sp)\n lw s0, 8(sp)\n lw s1, 4(sp)\n addi sp, sp, 16\n ret");
}

}  // extern "C"

namespace {

alignas(16) std::array<std::uint32_t, 512> driver_stack;
std::uint32_t driver_pointer, main_pointer;
rig::Descriptor list;

[[noreturn]] void driver() {
  for (;;) {
    rig::start_out(0, list);  // transfer here in driver
    rig::wait_for_fifo(0);
    rig::start_spi();
    watch_switch(&driver_pointer, &main_pointer);
  }
}

[[gnu::noinline]] void request() {
  alignas(4) std::array<std::byte, 200> bytes;
  bytes.fill(std::byte{6});
  list = rig::sending(bytes.data(), bytes.size());
  watch_switch(&main_pointer, &driver_pointer);
  if (rig::mended) rig::wait_for_spi();
  asm volatile("" ::"r"(bytes.data()) : "memory");
}  // access here in request

}  // namespace

int main() {
  rig::connect_spi();
  rig::prepare_spi(200, true, false);
  driver_pointer = rig::address(driver_stack.data() + driver_stack.size() - 4);
  driver_stack.back() = rig::address(reinterpret_cast<const void*>(driver));
  request();
  rig::wait_for_spi();
  return 0;
}
