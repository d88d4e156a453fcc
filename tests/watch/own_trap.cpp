// watch: tx-write
// times: 2
// A trap handler of the program's own, as compilers make them, draws into what is sent. Whom it has
// interrupted did not call it: it is one bug, wherever it strikes.
#include "rig.hpp"

namespace {

alignas(4) std::array<std::byte, 400> picture;
rig::Descriptor list;
volatile bool allowed = true;

[[gnu::interrupt, gnu::aligned(256)]] void on_trap() {
  volatile std::byte* const pixels = picture.data();
  if (allowed) pixels[0] = std::byte{5};  // access here in on_trap
  std::uint32_t back = 0;
  asm volatile("csrr %0, mepc\n addi %0, %0, 4\n csrw mepc, %0" : "=&r"(back));
}

[[gnu::noinline]] void one() {
  asm volatile(".option push\n .option norvc\n ecall\n .option pop" ::: "memory");
}
[[gnu::noinline]] void other() {
  asm volatile("nop\n .option push\n .option norvc\n ecall\n .option pop" ::: "memory");
}
[[gnu::noinline]] void by_way_of(bool first) {
  if (first) {
    one();
  } else {
    other();
  }
  asm volatile("" ::: "memory");
}

}  // namespace

int main() {
  asm volatile("csrw mtvec, %0" ::"r"(rig::address(reinterpret_cast<const void*>(&on_trap)) | 1));
  rig::connect_spi();
  picture.fill(std::byte{1});
  for (int round = 0; round < 2; ++round) {
    rig::reset_channel(0);
    rig::prepare_spi(picture.size(), true, false);
    list = rig::sending(picture.data(), picture.size());
    rig::start_out(0, list);  // transfer here in main
    rig::wait_for_fifo(0);
    rig::start_spi();
    allowed = !rig::mended;
    by_way_of(round == 0);
    rig::wait_for_spi();
  }
  return 0;
}
