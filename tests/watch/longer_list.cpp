// watch: tx-write
// watch: tx-write
// watch: lost-transfer
// A driver whose list has the whole buffer, while SPI's length says how much of it goes out (as esp-hal's
// SpiDmaBus does). SPI's end is the end of that transfer; a further USR goes on with the list, and what comes
// behind it without a reset of the channel is sent after the rest.
#include "rig.hpp"

namespace {

constexpr unsigned size = 2048, part = 300;
alignas(4) std::array<std::byte, size> message;
rig::Descriptor list;

[[gnu::noinline]] void compose(unsigned first) {
  for (unsigned index = first; index < first + part; ++index)
    *static_cast<volatile std::byte*>(&message[index]) = std::byte{7};  // access here in compose
}

[[gnu::always_inline]] inline void start(bool reset) {
  if (reset) rig::connect_spi();
  rig::prepare_spi(part, true, false, 8);
  list = rig::sending(message.data(), size);
  rig::start_out(0, list);
  rig::wait_for_fifo(0);
}

[[gnu::noinline]] void send() {
  start(true);  // transfer here in send
  rig::start_spi();
}

void go_on() {
  rig::store_spi<chip::spi2::DmaIntClr>(~0u);
  rig::start_spi();
}

[[gnu::noinline]] void send_without_reset() {
  start(false);  // access here in send_without_reset
}

bool rests() {
  using namespace chip::spi2;
  return (ferry::mmio::read<Cmd>(base) & Cmd::usr.mask) == 0;
}

}  // namespace

int main() {
  message.fill(std::byte{1});
  for (unsigned round = 0; round < 3; ++round) {
    compose(0);
    send();
    if (!rig::mended && round == 0) compose(part);  // which is not going to be sent, but who knows
    while (!rests()) {
    }
  }
  compose(0);
  go_on();
  if (!rig::mended) compose(part);
  rig::wait_for_spi();
  compose(0);
  if (rig::mended) {
    send();
  } else {
    send_without_reset();
    rig::start_spi();
  }
  rig::wait_for_spi();
  compose(0);
  return 0;
}
