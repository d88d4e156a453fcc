// watch: rx-read
// watch: rx-write
// watch: rx-read
// watch: rx-read
// A ring that receives, and a program that changes its links: what is led to by a link that the engine comes
// to, and says that it is the engine's, is that from the store of the link on, be it new or taken out before.
// What is taken out is the program's.
#include "rig.hpp"

namespace {

using Buffer = std::array<std::byte, 64>;
constexpr unsigned count = 4;
alignas(4) std::array<Buffer, count + 1> buffers;
std::array<rig::Descriptor, count + 1> ring;  // and one more

[[gnu::noinline]] unsigned first_of(unsigned index) {
  return std::to_integer<unsigned>(*static_cast<const volatile std::byte*>(buffers[index].data()));
}

void wait_for(unsigned index) {
  while ((*static_cast<const volatile std::uint32_t*>(&ring[index].word0) & rig::owner) != 0) {
  }
}
void hand_back(unsigned index) {
  *static_cast<volatile std::uint32_t*>(&ring[index].word0) = rig::owner | sizeof(Buffer);
}
void link(unsigned index, const rig::Descriptor* next) {
  *static_cast<volatile std::uint32_t*>(&ring[index].next) = rig::address(next);
}

// The engine has the third one, and comes to the first two by way of the last.
[[gnu::noinline]] void start() {
  rig::reset_channel(0);
  for (unsigned index = 0; index < count; ++index)
    ring[index] = rig::receiving(buffers[index].data(), sizeof(Buffer), &ring[(index + 1) % count]);
  rig::prepare_spi(count * sizeof(Buffer), false, true);
  rig::connect_spi();
  rig::start_in(0, ring[0]);  // transfer here in start
  rig::start_spi();
  wait_for(1);
}

[[gnu::noinline]] unsigned take_out_and_link_in() {
  start();
  link(0, &ring[2]);
  hand_back(1);
  unsigned all = first_of(1);
  if (rig::mended) all += first_of(1);
  link(0, &ring[1]);
  if (!rig::mended) all += first_of(1);  // access here in take_out_and_link_in
  return all;
}

// Handed back, and taken out after that.
[[gnu::noinline]] unsigned take_out() {
  start();
  hand_back(1);
  link(0, &ring[2]);
  return first_of(1);
}

[[gnu::noinline]] unsigned link_in_new() {
  start();
  ring[count] = rig::receiving(buffers[count].data(), sizeof(Buffer), &ring[2]);
  rig::fence();
  volatile std::byte& first = buffers[count].front();
  if (rig::mended) first = std::byte{0};
  link(0, &ring[count]);
  if (!rig::mended) first = std::byte{0};  // access here in link_in_new
  return first_of(1);
}

[[gnu::noinline]] unsigned close_again() {
  start();
  link(1, nullptr);
  link(0, nullptr);
  hand_back(1);
  unsigned all = first_of(1);
  if (rig::mended) all += first_of(1);
  link(1, &ring[2]);
  all += first_of(1);
  link(0, &ring[1]);
  if (!rig::mended) all += first_of(1);  // access here in close_again
  return all;
}

[[gnu::noinline]] unsigned open() {
  start();
  link(1, nullptr);
  unsigned all = 0;
  if (rig::mended) all += first_of(1);
  hand_back(1);
  if (!rig::mended) all += first_of(1);  // access here in open
  rig::reset_channel(0);
  return all;
}

}  // namespace

int main() {
  const unsigned all = take_out_and_link_in() + take_out() + link_in_new() + close_again() + open();
  return all == 0 ? 0 : 1;
}
