// watch: rx-read
// says: : ebreak
// What comes in is shown to the debugger, which reads it from memory on the program's behalf: before all of
// it is there.
#include "rig.hpp"

namespace {

alignas(4) std::array<std::byte, 64> from;
alignas(4) std::array<std::byte, 64> to;
rig::Descriptor sending_list, receiving_list;

[[gnu::noinline]] void show(const std::byte* text) {
  constexpr long write_text = 0x04;  // SYS_WRITE0
  register long operation asm("a0") = write_text;
  register const void* parameter asm("a1") = text;
  asm volatile(
      ".option push\n.option norvc\n slli zero, zero, 0x1f\n ebreak\n srai zero, zero, 7\n.option pop"
      : "+r"(operation)
      : "r"(parameter)
      : "memory");
}

}  // namespace

int main() {
  rig::open_clocks();
  rig::prepare_copy(0);
  from.fill(std::byte{'.'});
  from.back() = std::byte{0};
  sending_list = rig::sending(from.data(), from.size());
  receiving_list = rig::receiving(to.data(), to.size());
  rig::start_in(0, receiving_list);  // transfer here in main
  rig::start_out(0, sending_list);
  if (rig::mended) rig::wait_for(0, chip::dma::IntRaw::in_suc_eof.mask);
  show(to.data());  // access here in main
  rig::wait_for(0, chip::dma::IntRaw::in_suc_eof.mask);
  return 0;
}
