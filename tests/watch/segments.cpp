// watch: tx-write
// Two segments with a configuration before each. DMA_SEG_TRANS_DONE says that all of it was sent, read or as
// an interrupt; a driver may wait for nothing else (as esp-idf's does).
#include "ferry/interrupt.hpp"
#include "rig.hpp"

namespace {

using namespace chip::spi2;

constexpr unsigned size = 64;
alignas(4) std::array<std::byte, 2 * size> message;
alignas(4) std::array<std::uint32_t, 2> first, second;
std::array<rig::Descriptor, 4> list;
volatile bool interrupted = false;

[[gnu::noinline]] void compose() {
  for (std::byte& byte : message)
    *static_cast<volatile std::byte*>(&byte) = std::byte{7};  // access here in compose
}

[[gnu::noinline]] void send() {
  constexpr std::uint32_t magic = 0xAu << 28, user_follows = 1u << 3;
  const std::uint32_t user = User::usr_mosi.mask;
  first = {magic | user_follows, user | User::usr_conf_nxt.mask};
  second = {magic | user_follows, user};
  rig::reset_channel(0);
  rig::connect(0, chip::DmaPeripheral::spi2);
  rig::prepare_spi(size, true, false);
  rig::store_spi<Slave>(Slave::usr_conf.mask | 0xAu << 22);
  rig::store_spi<User>(user | User::usr_conf_nxt.mask);
  rig::store_spi<Cmd>(Cmd::update.mask);
  while ((ferry::mmio::read<Cmd>(base) & Cmd::update.mask) != 0) {
  }
  list[0] = rig::sending(first.data(), sizeof first, &list[1]);
  list[1] = rig::sending(message.data(), size, &list[2]);
  list[2] = rig::sending(second.data(), sizeof second, &list[3]);
  list[3] = rig::sending(message.data() + size, size);
  rig::start_out(0, list[0]);  // transfer here in send
  rig::wait_for_fifo(0);
  rig::start_spi();
}

void wait_for_segments() {
  while ((ferry::mmio::read<DmaIntRaw>(base) & DmaIntRaw::dma_seg_trans_done_int_raw.mask) == 0) {
  }
  rig::store_spi<DmaIntClr>(DmaIntClr::dma_seg_trans_done_int_clr.mask);
}

}  // namespace

int main() {
  rig::open_clocks();
  compose();
  send();
  if (!rig::mended) compose();
  wait_for_segments();
  compose();
  ferry::interrupt::attach(
      ferry::interrupt::Source::spi2, ferry::interrupt::Priority(1),
      [](void*) {
        rig::store_spi<DmaIntClr>(~0u);
        interrupted = true;
      },
      nullptr);
  rig::store_spi<DmaIntEna>(DmaIntEna::dma_seg_trans_done_int_ena.mask);
  send();
  while (!interrupted) {
  }
  compose();
  rig::reset_channel(0);
  return 0;
}
