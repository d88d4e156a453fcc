// watch: rx-read
// watch: desc-edit
// A stream through a list with an end: what came back and was read is appended to the end again (as esp-hal's
// DmaRxStreamBuf does). The engine finds it there by itself, as long as it has not come to the end: where the
// program has fallen behind, it takes RESTART. What was appended is the engine's.
#include "rig.hpp"

namespace {

constexpr unsigned count = 4, size = 64, blocks_of_a_frame = 2;
alignas(4) std::array<std::byte, blocks_of_a_frame * size> from;
alignas(4) std::array<std::array<std::byte, size>, count> to;
volatile rig::Descriptor list[count];
rig::Descriptor sending_list;

[[gnu::noinline]] unsigned sum(unsigned block) {
  unsigned result = 0;
  for (const std::byte& byte : to[block % count])
    result +=
        std::to_integer<unsigned>(*static_cast<const volatile std::byte*>(&byte));  // access here in sum
  return result;
}

[[gnu::noinline]] void append(unsigned block) {
  volatile rig::Descriptor &head = list[block % count], &tail = list[(block + count - 1) % count];
  head.word0 = rig::owner | size;
  head.next = 0;
  tail.next = rig::address(&head);  // access here in append
  rig::fence();
}

void start() {
  rig::prepare_copy(0);
  rig::store<chip::dma::InConf1>(0, 0);  // it does not wait for owner bits
  for (unsigned index = 0; index < count; ++index) {
    list[index].word0 = rig::owner | size;
    list[index].buffer = rig::address(to[index].data());
    list[index].next = index + 1 < count ? rig::address(&list[index + 1]) : 0;
  }
  rig::fence();
  using chip::dma::InLink;
  rig::store<InLink>(0, (rig::address(&list[0]) & InLink::inlink_addr.mask) | InLink::inlink_start.mask);
}

void send() {
  rig::store<chip::dma::IntClr>(0, ~0u);
  sending_list = rig::sending(from.data(), from.size());
  rig::start_out(0, sending_list);
}

bool came_back(unsigned block) { return (list[block % count].word0 & rig::owner) == 0; }

void wait_for(unsigned block) {
  while (!came_back(block)) {
  }
}

}  // namespace

int main() {
  rig::open_clocks();
  from.fill(std::byte{1});
  start();  // transfer here in main
  unsigned all = 0, block = 0;
  for (unsigned frame = 0; frame < 6; ++frame) {
    send();
    if (!rig::wait_for(0, chip::dma::IntRaw::out_total_eof.mask)) return 1;
    for (unsigned index = 0; index < blocks_of_a_frame; ++index, ++block) {
      wait_for(block);
      all += sum(block);
      append(block);
    }
  }
  rig::reset_channel(0);
  if (all != 6 * blocks_of_a_frame * size) return 2;

  start();  // transfer here in main
  send();
  wait_for(0);
  append(0);
  if (!rig::mended) (void)sum(0);
  wait_for(1);
  send();
  wait_for(3);
  ferry::delay(ferry::Duration::microseconds(1));
  append(1);  // to what the engine has at hand by now
  if (rig::mended) rig::store<chip::dma::InLink>(0, chip::dma::InLink::inlink_restart.mask);
  send();
  ferry::delay(ferry::Duration::microseconds(5));
  rig::reset_channel(0);
  return 0;
}
