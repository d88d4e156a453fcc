// watch: rx-read
// Received bytes are looked at while more come in, for a progress bar. The program says that it means to.
#include "ferry/watch.hpp"
#include "rig.hpp"

namespace {

using namespace ferry::literals;

alignas(4) std::array<std::byte, 100> from, to;
rig::Descriptor sending_list, receiving_list;

[[gnu::noinline]] std::uint32_t progress() {
  std::uint32_t arrived = 0;
  for (const std::byte& each : to) arrived += each == std::byte{1} ? 1 : 0;  // access here in progress
  return arrived;
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
  if (rig::mended) ferry::watch::on_purpose(&to[50]);
  const bool some = progress() <= 100;
  rig::wait_for(0, chip::dma::IntRaw::in_suc_eof.mask);
  return some ? 0 : 1;
}
