// watch: rx-read
// An edge that the matrix has kept is cleared there, so that its interrupt never comes. Another source of the
// same line raises it later, and that says nothing of the transfer. Mended, the edge is left alone, and is
// what is taken.
#include "chip/esp32c3/registers/interrupt_core0.hpp"
#include "ferry/interrupt.hpp"
#include "rig.hpp"

namespace {

using chip::dma::IntRaw;
using namespace chip::interrupt_core0;

alignas(4) std::array<std::byte, 64> from, to;
rig::Descriptor sending_list, receiving_list;
volatile bool taken = false;
volatile unsigned all = 0;

[[gnu::noinline]] void sum() {
  for (const std::byte& byte : to)
    all = all +
          std::to_integer<unsigned>(*static_cast<const volatile std::byte*>(&byte));  // access here in sum
}

void allow_interrupts(bool allowed) {
  if (allowed) {
    asm volatile("csrsi mstatus, 8" ::: "memory");
  } else {
    asm volatile("csrci mstatus, 8" ::: "memory");
  }
}

void clear_edges() {
  ferry::mmio::write_word<CpuIntClear>(base, ~0u);
  ferry::mmio::write_word<CpuIntClear>(base, 0);
}

void start() {
  sending_list = rig::sending(from.data(), from.size());
  receiving_list = rig::receiving(to.data(), to.size());
  rig::start_in(0, receiving_list);  // transfer here in start
  rig::start_out(0, sending_list);
}

volatile std::uint32_t& line_of(ferry::interrupt::Source source) {
  return *reinterpret_cast<volatile std::uint32_t*>(base + 4 * static_cast<std::uint32_t>(source));
}

}  // namespace

int main() {
  using ferry::interrupt::Source;
  rig::open_clocks();
  from.fill(std::byte{1});
  rig::prepare_copy(0);
  rig::store<chip::dma::IntEna>(0, IntRaw::in_suc_eof.mask);
  ferry::interrupt::attach(
      Source::dma_channel0, ferry::interrupt::Priority(1),
      [](void*) {
        clear_edges();
        sum();
        taken = true;
      },
      nullptr);
  line_of(Source::from_cpu0) = line_of(Source::dma_channel0);
  ferry::mmio::write_word<CpuIntType>(base, ~1u);
  allow_interrupts(false);
  start();
  for (unsigned round = 0; round < 100; ++round) asm volatile("nop");
  rig::store<chip::dma::IntClr>(0, IntRaw::in_suc_eof.mask);
  if (!rig::mended) {
    clear_edges();
    ferry::mmio::write_word<chip::system::CpuIntrFromCpu>(chip::system::base, 1, 0);
  }
  allow_interrupts(true);
  rig::reset_channel(0);
  return taken ? 0 : 1;
}
