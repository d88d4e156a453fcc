// watch: rx-read
// An edge that the matrix has kept is cleared there, so that its interrupt never comes. Another source of the
// same line raises it later, and that says nothing of the transfer. Mended, the edge is left alone, and is
// what is taken.
#include "edges.hpp"

namespace {

using chip::dma::IntRaw;

alignas(4) std::array<std::byte, 64> from, to;
rig::Descriptor sending_list, receiving_list;
volatile bool taken = false;
volatile unsigned all = 0;

[[gnu::noinline]] void sum() {
  for (const std::byte& byte : to)
    all = all +
          std::to_integer<unsigned>(*static_cast<const volatile std::byte*>(&byte));  // access here in sum
}

void start() {
  sending_list = rig::sending(from.data(), from.size());
  receiving_list = rig::receiving(to.data(), to.size());
  rig::start_in(0, receiving_list);  // transfer here in start
  rig::start_out(0, sending_list);
}

}  // namespace

int main() {
  rig::open_clocks();
  from.fill(std::byte{1});
  rig::prepare_copy(0);
  rig::store<chip::dma::IntEna>(0, IntRaw::in_suc_eof.mask);
  ferry::interrupt::attach(
      ferry::interrupt::Source::dma_channel0, ferry::interrupt::Priority(1),
      [](void*) {
        rig::clear_edges();
        sum();
        taken = true;
      },
      nullptr);
  rig::line_of(chip::InterruptSource::from_cpu0) = rig::line_of(chip::InterruptSource::dma_channel0);
  rig::take_edges(true);
  rig::allow_interrupts(false);
  start();
  rig::wait_for_edge();
  rig::store<chip::dma::IntClr>(0, IntRaw::in_suc_eof.mask);
  if (!rig::mended) {
    rig::clear_edges();
    rig::ask_cpu(true);
  }
  rig::allow_interrupts(true);
  rig::reset_channel(0);
  return taken ? 0 : 1;
}
