// watch: uninit-tx
// A message is shorter than its buffer, and the buffer is sent as a whole: what memory held before goes out.
#include "rig.hpp"

namespace {

[[gnu::section(".noinit"), gnu::used]] alignas(64) std::array<std::byte, 256> message;
alignas(4) std::array<std::byte, 256> to;
rig::Descriptor sending_list, receiving_list;

}  // namespace

int main() {
  rig::open_clocks();
  rig::prepare_copy(0);
  constexpr std::uint32_t length = 100;
  for (std::uint32_t i = 0; i < length; ++i) message[i] = std::byte{9};
  sending_list = rig::sending(message.data(), rig::mended ? length : message.size());
  receiving_list = rig::receiving(to.data(), to.size());
  rig::start_in(0, receiving_list);
  rig::start_out(0, sending_list);  // access and transfer here in main
  return rig::wait_for(0, chip::dma::IntRaw::in_suc_eof.mask) ? 0 : 1;
}
