// watch: dead-stack
// Tasks once more, with what else changes a stack pointer: a switch that takes the other one by way of a
// register that functions preserve, and a handler with a stack of its own, above the task's, whose address is
// made of two halves. The transfer is started by a function that has long returned. Neither gives a frame up;
// that the sending function returns early does.
#include "rig.hpp"

extern "C" {

std::uint32_t watch_saved;

[[gnu::naked, gnu::noinline]] void watch_switch([[maybe_unused]] std::uint32_t* mine,
                                                [[maybe_unused]] const std::uint32_t* other) {
  asm volatile(
      "addi sp, sp, -16\n sw ra, 12(sp)\n sw s0, 8(sp)\n sw s1, 4(sp)\n"
      "sw sp, 0(a0)\n lw s1, 0(a1)\n mv sp, s1\n"
      "lw ra, 12(sp)\n lw s0, 8(sp)\n lw s1, 4(sp)\n addi sp, sp, 16\n ret");
}

[[gnu::noinline]] void watch_handler() {
  volatile unsigned frame[8];
  for (volatile unsigned& each : frame) each = 1;
}

[[gnu::naked, gnu::noinline]] void watch_on_own_stack() {
  asm volatile(
      ".option push\n .option norelax\n"
      "addi sp, sp, -16\n sw ra, 12(sp)\n lui t0, %hi(watch_saved)\n sw sp, %lo(watch_saved)(t0)\n"
      "lui sp, %hi(0x3fcb07f0)\n addi sp, sp, %lo(0x3fcb07f0)\n"
      "call watch_handler\n"
      "lui t0, %hi(watch_saved)\n lw sp, %lo(watch_saved)(t0)\n lw ra, 12(sp)\n addi sp, sp, 16\n ret\n"
      ".option pop");
}

}  // extern "C"

namespace {

// Memory that nothing else uses: the address has to be a whole page for what its halves are.
auto* const stacks = reinterpret_cast<std::uint32_t*>(0x3FCB'0000);
std::uint32_t sender_pointer, other_pointer, main_pointer;
rig::Descriptor list;

std::uint32_t prepare(std::uint32_t words, void (*task)()) {
  stacks[words - 1] = rig::address(reinterpret_cast<const void*>(task));
  return rig::address(&stacks[words - 4]);
}

[[gnu::noinline]] void begin(const std::byte* bytes) {
  volatile unsigned frame[20];
  for (volatile unsigned& each : frame) each = 1;
  list = rig::sending(bytes, 200);
  rig::start_out(0, list);  // transfer here in begin
  rig::wait_for_fifo(0);
  rig::start_spi();
  for (volatile unsigned& each : frame) each = 2;
}

[[noreturn]] void work() {
  for (;;) watch_switch(&other_pointer, &sender_pointer);
}

[[gnu::noinline]] void send() {
  alignas(4) std::array<std::byte, 200> bytes;
  bytes.fill(std::byte{6});
  begin(bytes.data());
  do {
    watch_on_own_stack();
    watch_switch(&sender_pointer, &other_pointer);
  } while (rig::mended && !rig::spi_is_done());
  asm volatile("" ::"r"(bytes.data()) : "memory");
}  // access here in send

[[noreturn]] void task() {
  send();
  rig::wait_for_spi();
  for (;;) watch_switch(&sender_pointer, &main_pointer);
}

}  // namespace

int main() {
  rig::connect_spi();
  rig::prepare_spi(200, true, false);
  sender_pointer = prepare(256, task);
  other_pointer = prepare(1024, work);
  watch_switch(&main_pointer, &sender_pointer);
  return 0;
}
