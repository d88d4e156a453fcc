// watch: uninit-tx
// Three bytes of padding in a structure, in memory that is stored to over and over. Mended, they are
// composed, and later they come to be what was there at power-on: they have been something else before, when
// they were sent.
#include "rig.hpp"

namespace {

alignas(4) std::array<std::byte, 8> to;
rig::Descriptor sending_list, receiving_list;
constexpr std::uint32_t uncleared = 0x3FCC'0000;

struct Message {
  std::uint8_t kind;
  std::uint8_t padding[3];
  std::uint32_t value;
};

bool send(const volatile Message& message) {
  rig::store<chip::dma::IntClr>(0, ~0u);
  sending_list = rig::sending(&message, sizeof message);
  receiving_list = rig::receiving(to.data(), to.size());
  rig::start_in(0, receiving_list);
  rig::start_out(0, sending_list);  // access and transfer here in send
  return rig::wait_for(0, chip::dma::IntRaw::in_suc_eof.mask);
}

}  // namespace

int main() {
  rig::open_clocks();
  rig::prepare_copy(0);
  volatile Message& message = *reinterpret_cast<volatile Message*>(uncleared);
  for (std::uint32_t count = 0; count < 1000; ++count) message.value = count;
  message.kind = 1;
  if (!rig::mended) return send(message) ? 0 : 1;
  std::array<std::uint8_t, 3> before;
  for (unsigned byte = 0; byte < 3; ++byte) {
    before[byte] = message.padding[byte];
    message.padding[byte] = static_cast<std::uint8_t>(~before[byte]);
  }
  if (!send(message)) return 1;
  for (unsigned byte = 0; byte < 3; ++byte) message.padding[byte] = before[byte];
  return send(message) ? 0 : 1;
}
