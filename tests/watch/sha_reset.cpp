// watch: tx-write
// SHA gets less than it was asked for, and is reset. BUSY is 0 then, but that says nothing of the list, which
// GDMA has read by that time only because the program has waited. Mended, the channel is reset, too.
#include "chip/esp32c3/registers/sha.hpp"
#include "rig.hpp"

namespace {

namespace sha = chip::sha;

alignas(4) std::array<std::byte, 64> message;
rig::Descriptor list;

template <class Register>
void store(std::uint32_t value) {
  ferry::mmio::write_word<Register>(sha::base, value);
}
bool rests() { return (ferry::mmio::read<sha::Busy>(sha::base) & sha::Busy::state.mask) == 0; }

[[gnu::noinline]] void compose() {
  for (std::byte& byte : message)
    *static_cast<volatile std::byte*>(&byte) = std::byte{7};  // access here in compose
}

}  // namespace

int main() {
  using namespace chip::system;
  constexpr std::uint32_t sha256 = 2, blocks = 2;
  rig::open_clocks();
  ferry::mmio::modify(base, PeripClkEn1::crypto_sha_clk_en(1));
  ferry::mmio::modify(base, PeripRstEn1::crypto_sha_rst(0));
  rig::reset_channel(0);
  rig::connect(0, chip::DmaPeripheral::sha);
  compose();
  store<sha::Mode>(sha256);
  store<sha::DmaBlockNum>(blocks);
  list = rig::sending(message.data(), message.size());
  rig::start_out(0, list);  // transfer here in main
  store<sha::DmaStart>(1);
  ferry::delay(ferry::Duration::microseconds(10));
  if (rests()) return 1;
  ferry::mmio::modify(base, PeripRstEn1::crypto_sha_rst(1));
  ferry::mmio::modify(base, PeripRstEn1::crypto_sha_rst(0));
  if (!rests()) return 2;
  if (rig::mended) rig::reset_channel(0);
  compose();
  rig::reset_channel(0);
  return 0;
}
