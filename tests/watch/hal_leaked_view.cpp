// watch: tx-write
// run: --wire GPIO4:GPIO2
// with() lends the bytes for the time of a call. The program keeps a pointer to them all the same, which no
// compiler sees, and writes through it while the buffer is being sent.
#include "hal_rig.hpp"

namespace {

[[gnu::noinline]] void draw(std::byte* pixels, std::byte colour) {
  for (std::uint32_t index = 0; index < hal_rig::length; ++index)
    pixels[index] = colour;  // access here in draw
  asm volatile("" ::: "memory");
}

}  // namespace

int main() {
  auto [spi, rx, tx] = hal_rig::make();
  std::byte* leaked = nullptr;
  tx.with([&](std::span<std::byte> bytes) { leaked = bytes.data(); });
  draw(leaked, std::byte{1});
  auto transfer = std::move(spi).transfer(std::move(rx), std::move(tx));  // transfer here in main
  if (!hal_rig::mended) draw(leaked, std::byte{2});
  const auto outcome = std::move(transfer).wait_into(spi, rx, tx);
  if (hal_rig::mended) draw(leaked, std::byte{2});
  return outcome ? 0 : 1;
}
