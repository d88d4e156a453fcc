// watch: tx-write
// A message is hashed portion by portion out of one buffer. BUSY that is 0 once SHA has been asked, and its
// interrupt, say that a portion was taken; before it was asked, it says nothing.
#include "chip/esp32c3/registers/sha.hpp"
#include "ferry/interrupt.hpp"
#include "rig.hpp"

namespace {

namespace sha = chip::sha;

alignas(4) std::array<std::byte, 256> portion;
rig::Descriptor list;
volatile bool interrupted = false;

template <class Register>
[[gnu::always_inline]] inline void store(std::uint32_t value) {
  ferry::mmio::write_word<Register>(sha::base, value);
}
bool rests() { return (ferry::mmio::read<sha::Busy>(sha::base) & sha::Busy::state.mask) == 0; }

[[gnu::noinline]] void compose(unsigned value) {
  for (std::byte& byte : portion)
    *static_cast<volatile std::byte*>(&byte) = static_cast<std::byte>(value);  // access here in compose
}

[[gnu::noinline]] void hash(bool anew) {
  constexpr std::uint32_t sha256 = 2, blocks = portion.size() / 64;
  store<sha::Mode>(sha256);
  store<sha::DmaBlockNum>(blocks);
  list = rig::sending(portion.data(), portion.size());
  rig::start_out(0, list);  // transfer here in hash
  while (!rests()) {        // with what came before
  }
  if (anew) {
    store<sha::DmaStart>(1);
  } else {
    store<sha::DmaContinue>(1);
  }
}

}  // namespace

int main() {
  using namespace chip::system;
  rig::open_clocks();
  ferry::mmio::modify(base, PeripClkEn1::crypto_sha_clk_en(1));
  ferry::mmio::modify(base, PeripRstEn1::crypto_sha_rst(0));
  rig::reset_channel(0);
  rig::connect(0, chip::DmaPeripheral::sha);
  compose(1);
  hash(true);
  if (!rig::mended) compose(2);
  while (!rests()) {
  }
  compose(2);
  store<sha::ClearIrq>(1);
  store<sha::IrqEna>(1);
  ferry::interrupt::attach(
      static_cast<ferry::interrupt::Source>(49), ferry::interrupt::Priority(1),
      [](void*) {
        store<sha::ClearIrq>(1);
        interrupted = true;
      },
      nullptr);
  for (unsigned value = 3; value < 5; ++value) {
    interrupted = false;
    hash(false);
    while (!interrupted) {
    }
    compose(value);
  }
  rig::reset_channel(0);
  return 0;
}
