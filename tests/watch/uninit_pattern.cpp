// watch: uninit-tx
// A frame of the same bytes on a stack that is stored to over and over. Whatever their value, they have been
// written; of the bug's frame, half has not.
#include "rig.hpp"

namespace {

alignas(4) std::array<std::byte, 64> to;
rig::Descriptor sending_list, receiving_list;

[[gnu::noinline]] void use_the_stack() {
  volatile std::uint32_t busy[16];
  busy[0] = 0;
  for (std::uint32_t count = 0; count < 100; ++count) busy[0] = busy[0] + 1;
}

[[gnu::noinline]] bool send() {
  alignas(4) std::array<std::byte, 64> frame;
  volatile std::byte* const bytes = frame.data();
  for (std::size_t byte = 0; byte < (rig::mended ? frame.size() : 32); ++byte) bytes[byte] = std::byte{0xA5};
  sending_list = rig::sending(frame.data(), frame.size());
  receiving_list = rig::receiving(to.data(), to.size());
  rig::start_in(0, receiving_list);
  rig::start_out(0, sending_list);  // access and transfer here in send
  return rig::wait_for(0, chip::dma::IntRaw::in_suc_eof.mask);
}

}  // namespace

int main() {
  rig::open_clocks();
  rig::prepare_copy(0);
  use_the_stack();
  return send() ? 0 : 1;
}
