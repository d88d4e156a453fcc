// watch: dead-stack
// access: longjmp
// A function that sends from its frame is left by the boot ROM's longjmp().
#include "rig.hpp"

namespace {

constexpr std::uintptr_t longjmp_in_rom = 0x4000'041C, setjmp_in_rom = 0x4000'0420;
std::array<std::uint32_t, 16> place;
rig::Descriptor list;

[[gnu::noinline]] void send() {
  alignas(4) std::array<std::byte, 400> bytes;
  bytes.fill(std::byte{6});
  list = rig::sending(bytes.data(), bytes.size());
  rig::start_out(0, list);  // transfer here in send
  rig::wait_for_fifo(0);
  rig::start_spi();
  if (rig::mended) rig::wait_for_spi();
  asm volatile("" ::"r"(bytes.data()) : "memory");
  reinterpret_cast<void (*)(void*, int)>(longjmp_in_rom)(place.data(), 1);
}

[[gnu::noinline]] int run() {
  volatile bool sent = false;
  const int value = reinterpret_cast<int (*)(void*)>(setjmp_in_rom)(place.data());
  if (value == 0 && !sent) {
    sent = true;
    send();
  }
  return value;
}

}  // namespace

int main() {
  rig::connect_spi();
  rig::prepare_spi(400, true, false);
  const bool jumped = run() == 1;
  rig::wait_for_spi();
  return jumped ? 0 : 1;
}
