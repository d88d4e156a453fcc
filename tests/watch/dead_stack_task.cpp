// watch: dead-stack
// A task whose stack is an array, as those of an RTOS are: its function sends from its frame and returns
// early. Mended, it waits, and while it does so another task runs: a switch to another stack gives nothing
// up.
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

struct Stack {
  alignas(16) std::array<std::uint32_t, 512> words;
  std::uint32_t pointer;

  void prepare(void (*task)()) {
    pointer = rig::address(words.data() + words.size() - 4);
    words[words.size() - 1] = static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(task));
  }
};
Stack sender, other;
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
