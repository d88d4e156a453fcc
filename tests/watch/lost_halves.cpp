// watch: lost-transfer
// watch: lost-transfer
// access: ferry::detail::report_exit
// The program ends while a copy is alive. Its two halves were started by one line, and each is a transfer.
#include "rig.hpp"

namespace {

alignas(4) std::array<std::byte, 64> from;
alignas(4) std::array<std::byte, 64> to;
rig::Descriptor sending_list, receiving_list;

[[gnu::noinline]] void start(std::uint32_t link, std::uint32_t value) {
  *reinterpret_cast<volatile std::uint32_t*>(link) = value;  // transfer here in start
}

}  // namespace

int main() {
  using namespace chip::dma;
  rig::open_clocks();
  rig::prepare_copy(0);
  from.fill(std::byte{1});
  sending_list = rig::sending(from.data(), from.size());
  receiving_list = rig::receiving(to.data(), to.size());
  rig::fence();
  for (const auto& [link, value] :
       {std::pair{base + InLink::offset, rig::address(&receiving_list) & 0xF'FFFF},
        std::pair{base + OutLink::offset, rig::address(&sending_list) & 0xF'FFFF}})
    start(link,
          value | (link == base + InLink::offset ? InLink::inlink_start.mask : OutLink::outlink_start.mask));
  if (rig::mended) rig::wait_for(0, IntRaw::in_suc_eof.mask);
  return 0;
}
