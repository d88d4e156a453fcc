// watch: rx-read
// run: --wire GPIO4:GPIO2
// The received bytes are read after a delay that is "long enough". Today it is; elapsed time proves nothing.
#include "rig.hpp"

namespace {

using namespace ferry::literals;

alignas(4) std::array<std::byte, 100> from, to;
rig::Descriptor sending_list, receiving_list;

[[gnu::noinline]] std::uint32_t sum() {
  std::uint32_t result = 0;
  for (const std::byte& each : to) result += std::to_integer<std::uint32_t>(each);  // access here in sum
  return result;
}

}  // namespace

int main() {
  rig::open_clocks();
  rig::prepare_copy(0);
  from.fill(std::byte{1});
  sending_list = rig::sending(from.data(), from.size());
  receiving_list = rig::receiving(to.data(), to.size());
  rig::start_in(0, receiving_list);  // transfer here in main
  rig::start_out(0, sending_list);
  if (rig::mended) {
    rig::wait_for(0, chip::dma::IntRaw::in_suc_eof.mask);
  } else {
    ferry::delay(50_us);
  }
  const bool right = sum() == 100;
  rig::wait_for(0, chip::dma::IntRaw::in_suc_eof.mask);
  return right ? 0 : 1;
}
