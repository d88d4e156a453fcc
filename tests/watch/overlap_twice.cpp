// watch: overlap
// Whoever hands out channels with a buffer of their own hands the same buffer out twice, as nobody marks it
// as taken (a channel that is handed out twice: Zephyr #116757): two transfers receive into it.
#include "rig.hpp"

namespace {

struct Slot {
  alignas(4) std::array<std::byte, 200> buffer;
  bool taken;
};
std::array<Slot, 2> slots;
alignas(4) std::array<std::byte, 200> from;
std::array<rig::Descriptor, 2> sending_list, receiving_list;

std::byte* hand_out() {
  for (Slot& slot : slots) {
    if (slot.taken) continue;
    slot.taken = rig::mended;
    return slot.buffer.data();
  }
  return nullptr;
}

[[gnu::always_inline]] inline void receive(std::uint32_t channel, chip::DmaPeripheral trigger) {
  rig::prepare_copy(channel, trigger);
  receiving_list[channel] = rig::receiving(hand_out(), 200);
  sending_list[channel] = rig::sending(from.data(), 200);
}

[[gnu::noinline]] void first_user() {
  receive(0, chip::DmaPeripheral::uhci0);
  rig::start_in(0, receiving_list[0]);  // transfer here in first_user
  rig::start_out(0, sending_list[0]);
}
[[gnu::noinline]] void second_user() {
  receive(1, chip::DmaPeripheral::aes);
  rig::start_in(1, receiving_list[1]);  // access here in second_user
  rig::start_out(1, sending_list[1]);
}

}  // namespace

int main() {
  rig::open_clocks();
  from.fill(std::byte{1});
  first_user();
  second_user();
  const bool first = rig::wait_for(0, chip::dma::IntRaw::in_suc_eof.mask);
  const bool second = rig::wait_for(1, chip::dma::IntRaw::in_suc_eof.mask);
  return first && second ? 0 : 1;
}
