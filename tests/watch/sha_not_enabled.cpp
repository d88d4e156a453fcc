// watch: tx-write
// SHA's interrupt is not enabled, and cleared when it would have come. Somebody else's by the same line,
// which takes edges, says nothing of SHA then. Mended, it is enabled, and kept by the line: that one is
// SHA's, too.
#include "chip/esp32c3/registers/sha.hpp"
#include "edges.hpp"

namespace {

namespace sha = chip::sha;

alignas(4) std::array<std::byte, 64> message;
rig::Descriptor list;
volatile bool interrupted = false;

template <class Register>
void store(std::uint32_t value) {
  ferry::mmio::write_word<Register>(sha::base, value);
}

[[gnu::noinline]] void compose() {
  for (std::byte& byte : message)
    *static_cast<volatile std::byte*>(&byte) = std::byte{7};  // access here in compose
}

// A line for requests of the CPU itself, and for SHA's.
void share_a_line() {
  ferry::interrupt::attach(
      ferry::interrupt::Source::from_cpu0, ferry::interrupt::Priority(1),
      [](void*) {
        rig::ask_cpu(false);
        interrupted = true;
        rig::clear_edges();
      },
      nullptr);
  rig::take_edges(true);
  rig::line_of(chip::InterruptSource::sha) = rig::line_of(chip::InterruptSource::from_cpu0);
}

}  // namespace

int main() {
  using namespace chip::system;
  constexpr std::uint32_t sha256 = 2;
  rig::open_clocks();
  ferry::mmio::modify(base, PeripClkEn1::crypto_sha_clk_en(1));
  ferry::mmio::modify(base, PeripRstEn1::crypto_sha_rst(0));
  rig::reset_channel(0);
  rig::connect(0, chip::DmaPeripheral::sha);
  compose();
  list = rig::sending(message.data(), message.size());
  store<sha::Mode>(sha256);
  store<sha::DmaBlockNum>(1);
  store<sha::IrqEna>(rig::mended ? 1 : 0);
  rig::allow_interrupts(false);
  share_a_line();
  rig::start_out(0, list);  // transfer here in main
  store<sha::DmaStart>(1);
  rig::wait_for_edge();
  store<sha::ClearIrq>(1);
  rig::ask_cpu(true);
  rig::allow_interrupts(true);
  while (!interrupted) {
  }
  compose();
  rig::reset_channel(0);
  return 0;
}
