// watch: desc-edit
// A ring whose descriptors are handed back by storing all of their three words, the first one first, as the
// store of a structure does: what stores into the other two what they hold already changes nothing. To change
// one of them then is too late.
#include "rig.hpp"

namespace {

constexpr std::uint32_t bytes = 64;
alignas(4) std::array<std::array<std::byte, bytes>, 4> to;
std::array<rig::Descriptor, 3> ring;

[[gnu::noinline]] void hand_back(volatile rig::Descriptor& descriptor, std::byte* buffer) {
  const std::uint32_t next = descriptor.next;
  descriptor.word0 = rig::owner | bytes;
  descriptor.buffer = rig::address(buffer);  // access here in hand_back
  descriptor.next = next;
}

}  // namespace

int main() {
  rig::connect_spi();
  rig::prepare_spi(8 * bytes, false, true);
  for (std::size_t index = 0; index < ring.size(); ++index)
    ring[index] = rig::receiving(to[index].data(), bytes, &ring[(index + 1) % ring.size()]);
  rig::start_in(0, ring[0]);  // transfer here in main
  rig::start_spi();
  for (std::size_t round = 0; round < 8; ++round) {
    volatile rig::Descriptor& descriptor = ring[round % ring.size()];
    while ((descriptor.word0 & rig::owner) != 0) {
    }
    const bool changes = !rig::mended && round == 4;
    hand_back(descriptor, to[changes ? 3 : round % ring.size()].data());
  }
  rig::reset_channel(0);
  return 0;
}
