// watch: tx-write
// watch: uninit-tx
// watch: uninit-tx
// times: 1 2 1
// Three functions send by one helper, each has a bug of its own, and one of them comes twice.
#include "rig.hpp"

namespace {

alignas(4) std::array<std::byte, 400> picture;
[[gnu::section(".noinit")]] alignas(4) std::array<std::byte, 64> logo, text;
rig::Descriptor list;

[[gnu::noinline]] void send(const std::byte* bytes, std::uint32_t length) {
  rig::reset_channel(0);
  rig::connect(0, chip::DmaPeripheral::spi2);
  rig::prepare_spi(length, true, false);
  list = rig::sending(bytes, length);
  rig::start_out(0, list);
  rig::wait_for_fifo(0);
  rig::start_spi();
}

[[gnu::noinline]] void show_picture() {
  send(picture.data(), picture.size());  // transfer here in show_picture
  if (rig::mended) rig::wait_for_spi();
  volatile std::byte* const pixels = picture.data();
  pixels[7] = std::byte{2};  // access here in show_picture
  rig::wait_for_spi();
}

[[gnu::noinline]] void show_logo() {
  if (rig::mended) logo.fill(std::byte{3});
  send(logo.data(), logo.size());  // access and transfer here in show_logo
  rig::wait_for_spi();
}

[[gnu::noinline]] void show_text() {
  if (rig::mended) text.fill(std::byte{3});
  send(text.data(), text.size());  // access and transfer here in show_text
  rig::wait_for_spi();
}

}  // namespace

int main() {
  rig::open_clocks();
  picture.fill(std::byte{1});
  show_picture();
  for (int round = 0; round < 2; ++round) show_logo();
  show_text();
  rig::reset_channel(0);
  return 0;
}
