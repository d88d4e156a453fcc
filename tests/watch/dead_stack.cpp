// watch: dead-stack
// A function sends from its own frame, and returns when its timeout is over, not when the transfer is: as the
// SPI of Pigweed's backends for NXP's chips does, which leaves the caller's bytes in use.
#include "rig.hpp"

namespace {

rig::Descriptor list;

[[gnu::noinline]] void send(std::byte value) {
  alignas(4) std::array<std::byte, 200> bytes;
  bytes.fill(value);
  list = rig::sending(bytes.data(), bytes.size());
  rig::start_out(0, list);  // transfer here in send
  rig::wait_for_fifo(0);
  rig::start_spi();
  const std::uint32_t patience = rig::mended ? 1'000'000 : 10;
  for (std::uint32_t poll = 0; poll < patience && !rig::spi_is_done(); ++poll) {
  }
  asm volatile("" ::"r"(bytes.data()) : "memory");
}  // access here in send

}  // namespace

int main() {
  rig::connect_spi();
  rig::prepare_spi(200, true, false);
  send(std::byte{6});
  rig::wait_for_spi();
  return 0;
}
