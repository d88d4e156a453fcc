// watch: tx-write
// watch: rx-write
// With the owner check on, a descriptor that says CPU at START is not the engine's. The program composes it
// and its buffer while others are sent, and sets the owner bit last: a ring that is filled while it is sent,
// and a list with a fence that the program keeps.
#include "rig.hpp"

namespace {

constexpr unsigned count = 3, size = 512, rest = 64;
alignas(4) std::array<std::byte, count * size> from;
alignas(4) std::array<std::byte, 2 * size + rest> to;
std::array<rig::Descriptor, count> ring;
std::array<rig::Descriptor, 2> fenced;
rig::Descriptor receiving_list, sending_list;

[[gnu::noinline]] void fill() {
  auto* const words = reinterpret_cast<volatile std::uint32_t*>(from.data() + 2 * size);
  for (unsigned index = 0; index < rest / 4; ++index) words[index] = index;  // access here in fill
}
[[gnu::noinline]] void clear() {
  auto* const words = reinterpret_cast<volatile std::uint32_t*>(to.data() + size);
  for (unsigned index = 0; index < rest / 4; ++index) words[index] = 0;  // access here in clear
}
void hand_over(rig::Descriptor& descriptor) {
  rig::fence();
  *static_cast<volatile std::uint32_t*>(&descriptor.word0) = descriptor.word0 | rig::owner;
}

[[gnu::noinline]] bool send_ring() {
  rig::prepare_copy(0);
  rig::store<chip::dma::OutConf0>(0, chip::dma::OutConf0::out_auto_wrback.mask);
  ring[0] = rig::sending(from.data(), size, &ring[1]);
  ring[1] = rig::sending(from.data() + size, size, &ring[2]);
  ring[2] = rig::sending(from.data() + 2 * size, rest, &ring[0]);
  ring[2].word0 = (ring[2].word0 | rig::suc_eof) & ~rig::owner;
  receiving_list = rig::receiving(to.data(), to.size());
  rig::start_in(0, receiving_list);
  rig::start_out(0, ring[0]);  // transfer here in send_ring
  if (rig::mended) fill();
  hand_over(ring[2]);
  if (!rig::mended) fill();
  const bool ended = rig::wait_for(0, chip::dma::IntRaw::in_suc_eof.mask);
  rig::reset_channel(0);
  return ended;
}

[[gnu::noinline]] bool keep_fence() {
  rig::prepare_copy(0);
  fenced[0] = rig::receiving(to.data(), size, &fenced[1]);
  fenced[1] = rig::receiving(to.data() + size, rest);
  fenced[1].word0 &= ~rig::owner;
  sending_list = rig::sending(from.data(), 2 * size);
  rig::start_in(0, fenced[0]);  // transfer here in keep_fence
  rig::start_out(0, sending_list);
  if (!rig::mended) hand_over(fenced[1]);
  clear();
  rig::wait_for(0, chip::dma::IntRaw::in_done.mask);
  const bool halted = rig::wait_for(0, chip::dma::IntRaw::in_dscr_err.mask);
  clear();
  rig::reset_channel(0);
  return halted == rig::mended;
}

}  // namespace

int main() {
  rig::open_clocks();
  from.fill(std::byte{1});
  const bool sent = send_ring();
  return keep_fence() && sent ? 0 : 1;
}
