// watch: dead-stack
// A task whose stack is an array, as those of an RTOS are: its function sends from its frame and returns
// early. Mended, it waits, and while it does so another task runs: a switch to another stack gives nothing
// up.
#include "tasks.hpp"

namespace {

rig::Stack<512> sender, other;
std::uint32_t main_pointer;
rig::Descriptor list;

[[gnu::noinline]] unsigned deep(unsigned depth) {
  std::array<unsigned, 8> frame;
  frame.fill(depth);
  asm volatile("" ::"r"(frame.data()) : "memory");
  return depth == 0 ? 0 : deep(depth - 1) + frame[depth % 8];
}

[[noreturn]] void work() {
  for (;;) {
    (void)deep(6);
    watch_switch(&other.pointer, &sender.pointer);
  }
}

[[gnu::noinline]] void send() {
  alignas(4) std::array<std::byte, 200> bytes;
  bytes.fill(std::byte{6});
  list = rig::sending(bytes.data(), bytes.size());
  rig::start_out(0, list);  // transfer here in send
  rig::wait_for_fifo(0);
  rig::start_spi();
  watch_switch(&sender.pointer, &other.pointer);
  while (rig::mended && !rig::spi_is_done()) watch_switch(&sender.pointer, &other.pointer);
  asm volatile("" ::"r"(bytes.data()) : "memory");
}  // access here in send

[[noreturn]] void task() {
  send();
  rig::wait_for_spi();
  for (;;) watch_switch(&sender.pointer, &main_pointer);
}

}  // namespace

int main() {
  rig::connect_spi();
  rig::prepare_spi(200, true, false);
  sender.prepare(task);
  other.prepare(work);
  watch_switch(&main_pointer, &sender.pointer);
  return 0;
}
