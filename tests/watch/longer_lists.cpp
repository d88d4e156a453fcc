// watch: one-sided
// Both lists are longer than what SPI moves. IN_SUC_EOF is the end of both sides; that CMD.USR is 0 is the
// word of one.
#include "rig.hpp"

namespace {

constexpr unsigned size = 1024, part = 300;
alignas(4) std::array<std::byte, size> from, to;
rig::Descriptor sending_list, receiving_list;

[[gnu::noinline]] void compose() {
  for (std::byte& byte : from)
    *static_cast<volatile std::byte*>(&byte) = std::byte{7};  // access here in compose
}

[[gnu::noinline]] void transfer() {
  rig::connect_spi();
  rig::prepare_spi(part, true, true, 8);
  sending_list = rig::sending(from.data(), size);
  receiving_list = rig::receiving(to.data(), size);
  rig::start_in(0, receiving_list);
  rig::start_out(0, sending_list);  // transfer here in transfer
  rig::wait_for_fifo(0);
  rig::start_spi();
  using namespace chip::spi2;
  while ((ferry::mmio::read<Cmd>(base) & Cmd::usr.mask) != 0) {
  }
}

}  // namespace

int main() {
  for (unsigned round = 0; round < 3; ++round) {
    compose();
    transfer();
    if (!rig::mended && round == 1) compose();
    if (!rig::wait_for(0, chip::dma::IntRaw::in_suc_eof.mask)) return 1;
    asm volatile("" ::"r"(to.front()), "r"(to.back()));  // the program's, as far as there was room
  }
  return 0;
}
