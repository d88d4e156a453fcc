// watch: overlap
// A list that receives is continued while it runs, into memory that another channel is sending. Mended, the
// successor is written byte by byte, as compilers do with packed structures.
#include "rig.hpp"

namespace {

alignas(4) std::array<std::byte, 400> sent;
alignas(4) std::array<std::byte, 100> first;
alignas(4) std::array<std::byte, 100> second;
rig::Descriptor sending_list;
std::array<rig::Descriptor, 2> receiving_list;

[[gnu::noinline]] void go_on() {
  using namespace chip::dma;
  rig::fence();
  rig::store<InLink>(0, InLink::inlink_restart.mask);  // access here in go_on
  asm volatile("" ::: "memory");
}

void append(const rig::Descriptor& successor) {
  const std::uint32_t next = rig::address(&successor);
  auto* bytes = reinterpret_cast<volatile std::uint8_t*>(&receiving_list[0].next);
  for (unsigned byte = 0; byte < 4; ++byte) bytes[byte] = static_cast<std::uint8_t>(next >> (8 * byte));
}

}  // namespace

int main() {
  rig::open_clocks();
  rig::reset_channel(0);
  rig::reset_channel(1);
  rig::connect(0, chip::DmaPeripheral::spi2);
  rig::connect(1, chip::DmaPeripheral::uhci0);
  sent.fill(std::byte{1});
  sending_list = rig::sending(sent.data(), sent.size());
  rig::start_out(1, sending_list);  // transfer here in main
  receiving_list[0] = rig::receiving(first.data(), first.size());
  receiving_list[1] = rig::receiving(rig::mended ? second.data() : sent.data() + 100, second.size());
  rig::start_in(0, receiving_list[0]);
  ferry::delay(ferry::Duration::microseconds(10));
  append(receiving_list[1]);
  go_on();
  rig::reset_channel(0);
  rig::reset_channel(1);
  return 0;
}
