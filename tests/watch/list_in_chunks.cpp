// watch: tx-write
// One descriptor of 1,000 bytes, of which SPI sends 100 at a time. What has been sent, and was seen to be, is
// the program's while the next 100 fly; what GDMA has not read yet is not.
#include "rig.hpp"

namespace {

alignas(4) std::array<std::byte, 1000> message;
rig::Descriptor list;

[[gnu::noinline]] void compose(std::size_t place) {
  *static_cast<volatile std::byte*>(&message[place]) = std::byte{7};  // access here in compose
}

}  // namespace

int main() {
  constexpr std::size_t chunk = 100;
  rig::connect_spi();
  rig::prepare_spi(chunk, true, false);
  for (std::byte& byte : message) *static_cast<volatile std::byte*>(&byte) = std::byte{1};
  list = rig::sending(message.data(), message.size());
  rig::start_out(0, list);  // transfer here in main
  rig::wait_for_fifo(0);
  for (std::size_t number = 0; number < 3; ++number) {
    rig::store_spi<chip::spi2::DmaIntClr>(~0u);
    rig::start_spi();
    if (number != 0) compose(rig::mended ? chunk * number - 1 : message.size() - 1);
    rig::wait_for_spi();
  }
  rig::reset_channel(0);
  return 0;
}
