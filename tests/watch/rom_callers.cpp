// watch: rx-read
// watch: rx-read
// says: in memcpy (0x40000358)
// Two functions hand the buffer of a copy that runs to the boot ROM's memcpy(). It is the same instruction
// that touches, but these are two bugs.
#include "rig.hpp"

namespace {

alignas(4) std::array<std::byte, 64> from;
alignas(4) std::array<std::byte, 64> to;
std::array<std::byte, 8> taken;
rig::Descriptor sending_list, receiving_list;

using Copy = void* (*)(void*, const void*, std::uint32_t);
const auto rom_memcpy = reinterpret_cast<Copy>(0x4000'0358);

[[gnu::noinline]] void take_head() {
  rom_memcpy(taken.data(), to.data(), 4);  // access here in take_head
  asm volatile("" ::: "memory");
}
[[gnu::noinline]] void take_tail() {
  rom_memcpy(taken.data() + 4, to.data() + 60, 4);  // access here in take_tail
  asm volatile("" ::: "memory");
}

}  // namespace

int main() {
  rig::open_clocks();
  rig::prepare_copy(0);
  from.fill(std::byte{1});
  sending_list = rig::sending(from.data(), from.size());
  receiving_list = rig::receiving(to.data(), to.size());
  rig::start_in(0, receiving_list);  // transfer here in main
  rig::start_out(0, sending_list);
  if (rig::mended) rig::wait_for(0, chip::dma::IntRaw::in_suc_eof.mask);
  take_head();
  take_tail();
  if (!rig::mended) rig::wait_for(0, chip::dma::IntRaw::in_suc_eof.mask);
  return 0;
}
