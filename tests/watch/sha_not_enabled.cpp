// watch: tx-write
// SHA's interrupt is not enabled, and cleared when it would have come. Somebody else's by the same line,
// which takes edges, says nothing of SHA then. Mended, it is enabled, and kept by the line: that one is
// SHA's, too.
#include "chip/esp32c3/registers/interrupt_core0.hpp"
#include "chip/esp32c3/registers/sha.hpp"
#include "ferry/interrupt.hpp"
#include "rig.hpp"

namespace {

namespace sha = chip::sha;
namespace core = chip::interrupt_core0;

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

void ask_cpu(bool whether) {
  ferry::mmio::write_word<chip::system::CpuIntrFromCpu>(chip::system::base, whether ? 1 : 0, 0);
}

// A line for requests of the CPU itself, and for SHA's.
void share_a_line() {
  constexpr auto by_cpu = chip::InterruptSource::from_cpu0, by_sha = chip::InterruptSource::sha;
  const auto map = [](chip::InterruptSource source) {
    return reinterpret_cast<volatile std::uint32_t*>(core::base + 4 * static_cast<std::uint32_t>(source));
  };
  ferry::interrupt::attach(
      static_cast<ferry::interrupt::Source>(by_cpu), ferry::interrupt::Priority(1),
      [](void*) {
        ask_cpu(false);
        interrupted = true;
        ferry::mmio::write_word<core::CpuIntClear>(core::base, ~0u);
        ferry::mmio::write_word<core::CpuIntClear>(core::base, 0);
      },
      nullptr);
  ferry::mmio::write_word<core::CpuIntType>(core::base, ~1u);
  *map(by_sha) = *map(by_cpu);
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
  asm volatile("csrci mstatus, 8" ::: "memory");
  share_a_line();
  rig::start_out(0, list);  // transfer here in main
  store<sha::DmaStart>(1);
  for (unsigned round = 0; round < 100; ++round) asm volatile("nop");
  store<sha::ClearIrq>(1);
  ask_cpu(true);
  asm volatile("csrsi mstatus, 8" ::: "memory");
  while (!interrupted) {
  }
  compose();
  rig::reset_channel(0);
  return 0;
}
