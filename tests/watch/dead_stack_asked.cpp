// watch: dead-stack
// times: 2
// Two tasks with arrays for stacks. One asks the other, a driver's, for a transfer out of its frame and
// returns early. It has never started one itself: that its array is a stack shows only in that its pointer
// was there.
#include "tasks.hpp"

extern "C" {

// As an interrupt's handler would: on a stack of its own, the top of which is made of three parts.
alignas(16) std::array<std::uint32_t, 256> watch_own_stack;
void watch_give_up();

[[gnu::naked, gnu::noinline]] void watch_on_own_stack() {
  asm volatile(
      "addi sp, sp, -16\n sw ra, 12(sp)\n sw s1, 8(sp)\n mv s1, sp\n"
      "la sp, watch_own_stack\n addi sp, sp, 1024\n call watch_give_up\n mv sp, s1\n"
      "lw ra, 12(sp)\n lw s1, 8(sp)\n addi sp, sp, 16\n ret");
}

}  // extern "C"

namespace {

rig::Stack<256> driver_stack, user_stack;
std::uint32_t main_pointer;
const std::uint32_t* asking;
rig::Descriptor list;

[[noreturn]] void driver() {
  for (;;) {
    rig::start_out(0, list);  // transfer here in driver
    rig::wait_for_fifo(0);
    rig::start_spi();
    watch_switch(&driver_stack.pointer, asking);
  }
}

[[gnu::noinline]] void request(std::uint32_t* own) {
  alignas(4) std::array<std::byte, 200> bytes;
  bytes.fill(std::byte{6});
  list = rig::sending(bytes.data(), bytes.size());
  asking = own;
  watch_switch(own, &driver_stack.pointer);
  if (rig::mended) rig::wait_for_spi();
  asm volatile("" ::"r"(bytes.data()) : "memory");
}  // access here in request

[[noreturn]] void user() {
  request(&user_stack.pointer);
  rig::wait_for_spi();
  for (;;) watch_switch(&user_stack.pointer, &main_pointer);
}

}  // namespace

// The same once more, in a handler.
void watch_give_up() {
  std::uint32_t pointer = 0;
  request(&pointer);
  rig::wait_for_spi();
}

int main() {
  rig::connect_spi();
  rig::prepare_spi(200, true, false);
  driver_stack.prepare(driver);
  user_stack.prepare(user);
  watch_switch(&main_pointer, &user_stack.pointer);
  rig::store_spi<chip::spi2::DmaIntClr>(~0u);
  watch_on_own_stack();
  return 0;
}
