// watch: tx-write
// run: --wire GPIO4:GPIO2
// suppress: tx-write:show_logo
// Two functions start their transfers by the driver and draw by one helper, so that both bugs have the same
// innermost lines. Who does not want to hear of one of them hears of the other.
#include "hal_rig.hpp"

namespace {

[[gnu::noinline]] void draw(std::byte* pixels, std::byte colour) {
  for (std::uint32_t index = 0; index < hal_rig::length; ++index) pixels[index] = colour;
  asm volatile("" ::: "memory");
}

std::byte* leaked = nullptr;

[[gnu::noinline]] bool show_logo(hal_rig::Parts& parts) {
  auto transfer = std::move(parts.spi).transfer(std::move(parts.rx), std::move(parts.tx));
  draw(leaked, std::byte{2});
  return bool(std::move(transfer).wait_into(parts.spi, parts.rx, parts.tx));
}

[[gnu::noinline]] bool show_text(hal_rig::Parts& parts) {
  auto transfer =
      std::move(parts.spi).transfer(std::move(parts.rx), std::move(parts.tx));  // transfer here in show_text
  if (!hal_rig::mended) draw(leaked, std::byte{3});                             // access here in show_text
  return bool(std::move(transfer).wait_into(parts.spi, parts.rx, parts.tx));
}

}  // namespace

int main() {
  hal_rig::Parts parts = hal_rig::make();
  parts.tx.with([](std::span<std::byte> bytes) { leaked = bytes.data(); });
  draw(leaked, std::byte{1});
  bool fine = show_logo(parts);
  fine = show_text(parts) && fine;
  return fine ? 0 : 1;
}
