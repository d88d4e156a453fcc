// watch: uninit-tx
// The head of a message is stored to over and over, the rest of it never, in memory that nobody has cleared.
#include "rig.hpp"

namespace {

alignas(4) std::array<std::byte, 16> to;
rig::Descriptor sending_list, receiving_list;
constexpr std::uint32_t uncleared = 0x3FCC'0000;

}  // namespace

int main() {
  rig::open_clocks();
  rig::prepare_copy(0);
  auto* const message = reinterpret_cast<volatile std::uint8_t*>(uncleared);
  for (unsigned count = 0; count < 100; ++count) message[0] = static_cast<std::uint8_t>(count);
  for (unsigned byte = 1; byte < to.size(); ++byte)
    if (rig::mended || byte < 8) message[byte] = byte % 3 == 0 ? 0xA5 : 1;
  sending_list = rig::sending(reinterpret_cast<const volatile void*>(uncleared), to.size());
  receiving_list = rig::receiving(to.data(), to.size());
  rig::start_in(0, receiving_list);
  rig::start_out(0, sending_list);  // access and transfer here in main
  return rig::wait_for(0, chip::dma::IntRaw::in_suc_eof.mask) ? 0 : 1;
}
