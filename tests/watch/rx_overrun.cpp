// watch: rx-overrun
// Nine bytes are asked for; the driver rounds the length up to whole words and receives twelve, three of them
// into what lies behind the buffer (esp-idf #8343).
#include "rig.hpp"

namespace {

struct {
  alignas(4) std::array<std::byte, 9> wanted;
  std::array<std::byte, 3> behind;
} memory;
rig::Descriptor list;

void receive(std::byte* bytes, std::uint32_t count) {
  const std::uint32_t rounded = (count + 3) / 4 * 4;
  rig::prepare_spi(rig::mended ? count : rounded, false, true);
  list = rig::receiving(bytes, rounded);
  list.word0 |= count << 12;
  rig::start_in(0, list);  // access and transfer here in receive
  rig::start_spi();
  rig::wait_for(0, chip::dma::IntRaw::in_suc_eof.mask);
}

}  // namespace

int main() {
  rig::connect_spi();
  memory.behind.fill(std::byte{0x5A});
  receive(memory.wanted.data(), memory.wanted.size());
  const bool intact = memory.behind.front() == std::byte{0x5A};
  return intact || !rig::mended ? 0 : 1;
}
