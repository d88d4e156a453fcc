// watch: rx-read
// A ring that one frame fills exactly. The engine is at the first descriptor again before the CPU has looked,
// for a frame that may come; mended, IN_SUC_EOF says all the same that what came is the program's, and so
// does each owner bit.
#include "rig.hpp"

namespace {

constexpr unsigned count = 2, size = 64;
alignas(4) std::array<std::byte, count * size> to;
volatile rig::Descriptor ring[count];

[[gnu::noinline]] unsigned sum(unsigned index) {
  const volatile std::byte* bytes = to.data() + index * size;
  unsigned result = 0;
  for (unsigned place = 0; place < size; ++place)
    result += std::to_integer<unsigned>(bytes[place]);  // access here in sum
  return result;
}

[[gnu::noinline]] void receive() {
  using chip::dma::InLink;
  rig::reset_channel(0);
  rig::connect(0, chip::DmaPeripheral::spi2);
  rig::store<chip::dma::InConf1>(0, 0);  // it does not wait for owner bits
  rig::prepare_spi(count * size, false, true);
  for (unsigned index = 0; index < count; ++index) {
    ring[index].word0 = rig::owner | size;
    ring[index].buffer = rig::address(to.data() + index * size);
    ring[index].next = rig::address(&ring[(index + 1) % count]);
  }
  rig::fence();
  const std::uint32_t first = rig::address(&ring[0]) & InLink::inlink_addr.mask;
  rig::store<InLink>(0, first | InLink::inlink_start.mask);  // transfer here in receive
  rig::start_spi();
}

bool came_back(unsigned index) { return (ring[index].word0 & rig::owner) == 0; }

}  // namespace

int main() {
  rig::open_clocks();
  receive();
  if (rig::mended) rig::wait_for(0, chip::dma::IntRaw::in_suc_eof.mask);
  unsigned all = sum(0) + sum(1);
  rig::wait_for_spi();
  receive();
  rig::wait_for_spi();
  for (unsigned index = count; index-- > 0;)
    while (!came_back(index)) {
    }
  all += sum(0) + sum(1);
  rig::reset_channel(0);
  return all == 1 ? 1 : 0;
}
