// watch: rx-read
// A ring that receives, as in hand_back.cpp: here the word with the owner bit comes from a list that is kept
// aside, by the boot ROM's memcpy().
#include "rig.hpp"

namespace {

alignas(4) std::array<std::array<std::byte, 64>, 3> buffers;
std::array<rig::Descriptor, 3> ring;

[[gnu::noinline]] unsigned sum(const std::array<std::byte, 64>& buffer) {
  unsigned result = 0;
  for (const std::byte& byte : buffer)
    result +=
        std::to_integer<unsigned>(*static_cast<const volatile std::byte*>(&byte));  // access here in sum
  return result;
}

void wait_for(const rig::Descriptor& descriptor) {
  while ((*static_cast<const volatile std::uint32_t*>(&descriptor.word0) & rig::owner) != 0) {
  }
}
void hand_back(rig::Descriptor& descriptor) {
  using Copy = void* (*)(void*, const void*, std::uint32_t);
  static const rig::Descriptor fresh = rig::receiving(nullptr, 64);
  reinterpret_cast<Copy>(0x4000'0358)(&descriptor.word0, &fresh.word0, 4);
}

}  // namespace

int main() {
  rig::connect_spi();
  for (unsigned index = 0; index < ring.size(); ++index)
    ring[index] = rig::receiving(buffers[index].data(), 64, &ring[(index + 1) % ring.size()]);
  rig::prepare_spi(64 * 8, false, true);
  rig::start_in(0, ring[0]);  // transfer here in main
  rig::start_spi();
  unsigned all = 0;
  for (unsigned round = 0; round < 8; ++round) {
    const unsigned index = round % ring.size();
    wait_for(ring[index]);
    if (rig::mended) all += sum(buffers[index]);
    hand_back(ring[index]);
    if (!rig::mended) all += sum(buffers[index]);
  }
  rig::reset_channel(0);
  return all == 0 ? 0 : 1;
}
