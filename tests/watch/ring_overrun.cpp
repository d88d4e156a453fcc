// watch: rx-read
// A ring that receives with the owner check on, and a program that is slow. The engine comes round to a
// descriptor that is the CPU's, halts there and takes nothing: who reads what came back reads its own.
#include "rig.hpp"

namespace {

constexpr unsigned count = 3, size = 512;
alignas(4) std::array<std::byte, 4 * size> from;
alignas(4) std::array<std::array<std::byte, size>, count> buffers;
std::array<rig::Descriptor, count> ring;
rig::Descriptor sending_list;

[[gnu::noinline]] unsigned sum(unsigned index) {
  unsigned result = 0;
  for (const std::byte& byte : buffers[index])
    result +=
        std::to_integer<unsigned>(*static_cast<const volatile std::byte*>(&byte));  // access here in sum
  return result;
}

void compose() {
  for (unsigned index = 0; index < count; ++index)
    ring[index] = rig::receiving(buffers[index].data(), size, &ring[(index + 1) % count]);
}
void wait_for(const rig::Descriptor& descriptor) {
  while ((*static_cast<const volatile std::uint32_t*>(&descriptor.word0) & rig::owner) != 0) {
  }
}
void hand_back(rig::Descriptor& descriptor) {
  *static_cast<volatile std::uint32_t*>(&descriptor.word0) = rig::owner | size;
}
bool has_halted() { return rig::wait_for(0, chip::dma::IntRaw::in_dscr_err.mask); }

[[gnu::noinline]] unsigned copy() {
  rig::prepare_copy(0);
  compose();
  sending_list = rig::sending(from.data(), 4 * size - 8);
  rig::start_in(0, ring[0]);  // transfer here in copy
  rig::start_out(0, sending_list);
  wait_for(ring[0]);
  const unsigned all = rig::mended ? sum(0) : sum(1);
  hand_back(ring[0]);  // too late
  return has_halted() ? all : 0;
}

// Of one long message.
[[gnu::noinline]] unsigned receive() {
  rig::reset_channel(0);
  rig::connect(0, chip::DmaPeripheral::spi2);
  rig::prepare_spi(4 * size, false, true, 8);
  compose();
  rig::start_in(0, ring[0]);
  rig::start_spi();
  wait_for(ring[0]);
  unsigned all = sum(0);
  if (has_halted()) all += sum(0);
  hand_back(ring[0]);
  return all;
}

}  // namespace

int main() {
  rig::open_clocks();
  from.fill(std::byte{1});
  unsigned all = copy();
  all += receive();
  rig::reset_channel(0);
  return all == 0 ? 1 : 0;
}
