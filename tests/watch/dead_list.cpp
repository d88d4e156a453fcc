// watch: dead-stack
// says: the stack pointer rises above
// What is sent is static, but its descriptor lies in the frame of the function that has started it, and that
// returns meanwhile: the engine may read the next call's words for a descriptor, and writes its verdict
// there.
#include "rig.hpp"

namespace {

alignas(4) std::array<std::byte, 200> bytes;

[[gnu::noinline]] void send() {
  const rig::Descriptor list = rig::sending(bytes.data(), bytes.size());
  rig::start_out(0, list);  // transfer here in send
  rig::wait_for_fifo(0);
  rig::start_spi();
  if (rig::mended) rig::wait_for_spi();
  asm volatile("" ::"r"(&list) : "memory");
}  // access here in send

}  // namespace

int main() {
  bytes.fill(std::byte{6});
  rig::connect_spi();
  rig::prepare_spi(200, true, false);
  send();
  rig::wait_for_spi();
  return 0;
}
