// watch: tx-write
// A copy of memory whose end is seen by nothing but the owner bit of what receives: that proves both sides,
// as what was stored has been read.
#include "rig.hpp"

namespace {

alignas(4) std::array<std::byte, 200> from;
alignas(4) std::array<std::byte, 200> to;
rig::Descriptor sending_list, receiving_list;

[[gnu::noinline]] void compose() {
  for (std::byte& byte : from) byte = std::byte{2};  // access here in compose
  asm volatile("" ::: "memory");
}

void wait() {
  while ((*static_cast<const volatile std::uint32_t*>(&receiving_list.word0) & rig::owner) != 0) {
  }
}

}  // namespace

int main() {
  rig::open_clocks();
  rig::prepare_copy(0);
  from.fill(std::byte{1});
  sending_list = rig::sending(from.data(), from.size());
  receiving_list = rig::receiving(to.data(), to.size());
  rig::start_in(0, receiving_list);
  rig::start_out(0, sending_list);  // transfer here in main
  if (rig::mended) wait();
  compose();
  if (!rig::mended) wait();
  return to.front() == std::byte{1} || !rig::mended ? 0 : 1;
}
