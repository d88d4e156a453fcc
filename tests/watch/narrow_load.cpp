// watch: tx-write
// watch: early-reclaim
// A driver looks at a byte of a register that does not hold the field it waits for: USR is in the last byte
// of SPI2's CMD, IN_STATE in the third of its register. What it has not read, it does not know.
#include "rig.hpp"

namespace {

alignas(4) std::array<std::byte, 64> message;
alignas(4) std::array<std::byte, 512> from, to;
rig::Descriptor message_list, from_list, to_list;

template <class Register>
[[gnu::always_inline]] inline void look(std::uint32_t base) {
  const auto address = static_cast<std::uintptr_t>(base + Register::offset);
  if (rig::mended) {
    (void)*reinterpret_cast<const volatile std::uint32_t*>(address);
  } else {
    (void)*reinterpret_cast<const volatile std::uint8_t*>(address);
  }
}

[[gnu::noinline]] void send() {
  message_list = rig::sending(message.data(), message.size());
  rig::start_out(0, message_list);  // transfer here in send
  rig::wait_for_fifo(0);
  rig::start_spi();
}

[[gnu::noinline]] void compose() {
  volatile std::byte* bytes = message.data();
  bytes[0] = std::byte{3};  // access here in compose
}

[[gnu::noinline]] void receive() {
  rig::start_in(0, to_list);  // transfer here in receive
  rig::start_out(0, from_list);
  rig::store<chip::dma::InLink>(0, chip::dma::InLink::inlink_stop.mask);
}

[[gnu::noinline]] void use() {
  const volatile std::byte* bytes = to.data();
  (void)bytes[0];  // access here in use
}

}  // namespace

int main() {
  rig::connect_spi();
  rig::prepare_spi(message.size(), true, false);
  message.fill(std::byte{1});
  from.fill(std::byte{2});
  send();
  for (unsigned poll = 0; poll < 100'000; ++poll) asm volatile("nop");
  look<chip::spi2::Cmd>(chip::spi2::base);
  compose();
  rig::prepare_copy(0);
  from_list = rig::sending(from.data(), from.size());
  to_list = rig::receiving(to.data(), to.size());
  receive();
  for (unsigned poll = 0; poll < 100; ++poll) asm volatile("nop");
  look<chip::dma::InState>(chip::dma::base);
  use();
  rig::reset_channel(0);
  return 0;
}
