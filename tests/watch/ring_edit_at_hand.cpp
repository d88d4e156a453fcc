// watch: desc-edit
// A ring of one descriptor, which takes a frame at a time. Between two frames it gets another buffer, but the
// engine has come round to it and read it already: the second frame lands in the old buffer. Mended, the ring
// is started anew; that its owner bit is set meanwhile harms nobody in either.
#include "rig.hpp"

namespace {

alignas(4) std::array<std::byte, 64> first, second;
rig::Descriptor ring;

[[gnu::noinline]] void receive_into(std::byte* buffer) {
  *static_cast<volatile std::uint32_t*>(&ring.buffer) = rig::address(buffer);  // access here in receive_into
}

void start() {
  rig::start_in(0, ring);  // transfer here in start
}

}  // namespace

int main() {
  rig::connect_spi();
  rig::store<chip::dma::InConf1>(0, 0);  // nobody checks the owner bit
  rig::prepare_spi(64, false, true);
  ring = rig::receiving(first.data(), 64, &ring);
  start();
  if (!rig::receive_frame()) return 1;
  receive_into(second.data());
  *static_cast<volatile std::uint32_t*>(&ring.word0) = rig::owner | 64;
  if (rig::mended) {
    rig::reset_channel(0);
    start();
  }
  const bool received = rig::receive_frame();
  rig::reset_channel(0);
  return received ? 0 : 2;
}
