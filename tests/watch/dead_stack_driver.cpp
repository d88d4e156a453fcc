// watch: dead-stack
// A driver with a task of its own starts the transfer that another task has asked for, out of that one's
// frame. Who has asked gives up and returns, as after a timeout.
#include "tasks.hpp"

namespace {

rig::Stack<512> driver_stack;
std::uint32_t main_pointer;
rig::Descriptor list;

[[noreturn]] void driver() {
  for (;;) {
    rig::start_out(0, list);  // transfer here in driver
    rig::wait_for_fifo(0);
    rig::start_spi();
    watch_switch(&driver_stack.pointer, &main_pointer);
  }
}

[[gnu::noinline]] void request() {
  alignas(4) std::array<std::byte, 200> bytes;
  bytes.fill(std::byte{6});
  list = rig::sending(bytes.data(), bytes.size());
  watch_switch(&main_pointer, &driver_stack.pointer);
  if (rig::mended) rig::wait_for_spi();
  asm volatile("" ::"r"(bytes.data()) : "memory");
}  // access here in request

}  // namespace

int main() {
  rig::connect_spi();
  rig::prepare_spi(200, true, false);
  driver_stack.prepare(driver);
  request();
  rig::wait_for_spi();
  return 0;
}
