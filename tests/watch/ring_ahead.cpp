// watch: rx-read
// watch: rx-read
// A ring takes a frame by each of its descriptors. What follows the frame that has come is for one that
// nobody has asked for yet: no side of that is done.
#include "rig.hpp"

namespace {

constexpr unsigned count = 4, size = 64;
alignas(4) std::array<std::byte, size> from;
alignas(4) std::array<std::array<std::byte, size>, count> to;
std::array<rig::Descriptor, count> ring;
rig::Descriptor sending_list;

[[gnu::noinline]] unsigned first_of(unsigned block) {
  return std::to_integer<unsigned>(
      *static_cast<const volatile std::byte*>(to[block % count].data()));  // access here in first_of
}

void start_ring() {
  for (unsigned index = 0; index < count; ++index)
    ring[index] = rig::receiving(to[index].data(), size, &ring[(index + 1) % count]);
  rig::start_in(0, ring[0]);
}

void send() {
  rig::store<chip::dma::IntClr>(0, ~0u);
  sending_list = rig::sending(from.data(), size);
  rig::start_out(0, sending_list);
}

[[gnu::noinline]] unsigned by_spi() {
  rig::connect_spi();
  rig::prepare_spi(size, true, true, 8);
  start_ring();  // transfer here in by_spi
  unsigned all = 0;
  for (unsigned block = 0; block < 3; ++block) {
    rig::store_spi<chip::spi2::DmaIntClr>(~0u);
    send();
    rig::wait_for_fifo(0);
    rig::start_spi();
    rig::wait_for(0, chip::dma::IntRaw::in_suc_eof.mask);
    rig::wait_for_spi();
    if (!rig::mended) all += first_of(block + 1);
    all += first_of(block);
  }
  return all;
}

void wait_for(unsigned block) {
  while ((*static_cast<const volatile std::uint32_t*>(&ring[block % count].word0) & rig::owner) != 0) {
  }
}

[[gnu::noinline]] unsigned by_copy() {
  rig::prepare_copy(0);
  start_ring();  // transfer here in by_copy
  unsigned all = 0;
  for (unsigned block = 0; block < 6; ++block) {
    send();
    wait_for(block);
    if (!rig::mended) all += first_of(block + 1);
    all += first_of(block);
    *static_cast<volatile std::uint32_t*>(&ring[block % count].word0) = rig::owner | size;
    rig::wait_for(0, chip::dma::IntRaw::out_total_eof.mask);
  }
  return all;
}

}  // namespace

int main() {
  from.fill(std::byte{1});
  (void)by_spi();
  const unsigned all = by_copy();
  rig::reset_channel(0);
  return all >= 6 ? 0 : 1;
}
