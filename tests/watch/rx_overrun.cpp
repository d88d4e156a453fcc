// watch: rx-overrun
// Five bytes are wanted; a driver that rounds the length up to whole words receives eight, three of them into
// what lies behind (esp-idf #8343).
#include "rig.hpp"

namespace {

alignas(4) std::array<std::byte, 8> from;
struct {
  alignas(4) std::array<std::byte, 5> wanted;
  std::array<std::byte, 3> behind;
} to;
rig::Descriptor sending_list, receiving_list;

}  // namespace

int main() {
  constexpr std::uint32_t wanted = 5, rounded = (wanted + 3) / 4 * 4;
  rig::open_clocks();
  rig::prepare_copy(0);
  from.fill(std::byte{8});
  to.behind.fill(std::byte{0});
  sending_list = rig::sending(from.data(), rig::mended ? wanted : rounded);
  receiving_list = rig::receiving(to.wanted.data(), rounded);
  receiving_list.word0 |= wanted << 12;
  rig::start_in(0, receiving_list);  // transfer here
  rig::start_out(0, sending_list);
  return rig::wait_for(0, chip::dma::IntRaw::in_suc_eof.mask) ? 0 : 1;
}
