// watch: rx-read
// A frame that is shorter than the list it is received by: its end frees the whole list, and the next frame
// takes the rest of it.
#include "rig.hpp"

namespace {

alignas(4) std::array<std::byte, 400> from;
alignas(4) std::array<std::array<std::byte, 400>, 2> to;
rig::Descriptor sending_list;
std::array<rig::Descriptor, 2> receiving_list;

void send() {
  sending_list = rig::sending(from.data(), from.size());
  rig::store<chip::dma::IntClr>(0, ~0u);
  rig::start_out(0, sending_list);
}

[[gnu::noinline]] unsigned sum(const std::array<std::byte, 400>& buffer) {
  unsigned result = 0;
  for (const std::byte& byte : buffer)
    result +=
        std::to_integer<unsigned>(*static_cast<const volatile std::byte*>(&byte));  // access here in sum
  return result;
}

}  // namespace

int main() {
  rig::open_clocks();
  rig::prepare_copy(0);
  from.fill(std::byte{1});
  receiving_list[0] = rig::receiving(to[0].data(), 400, &receiving_list[1]);
  receiving_list[1] = rig::receiving(to[1].data(), 400);
  rig::start_in(0, receiving_list[0]);  // transfer here in main
  send();
  if (!rig::wait_for(0, chip::dma::IntRaw::in_suc_eof.mask)) return 1;
  unsigned all = sum(to[0]) + sum(to[1]);
  send();
  ferry::delay(ferry::Duration::microseconds(2));
  if (!rig::mended) all += sum(to[1]);
  if (!rig::wait_for(0, chip::dma::IntRaw::in_suc_eof.mask)) return 2;
  all += sum(to[1]);
  return all >= 800 ? 0 : 3;
}
