#include "ferry/dma/dma.hpp"

#include "chip/esp32c3/registers/dma.hpp"
#include "chip/esp32c3/registers/system.hpp"
#include "ferry/interrupt.hpp"
#include "ferry/mmio.hpp"
#include "hal/src/exit.hpp"

namespace {

constexpr const char* moved_away =
    "a buffer, channel, driver or transfer was used after it had been moved away";

}  // namespace

namespace ferry::dma {

using detail::MemoryAccess;

Dma::Dma(peripheral::Dma token)
    : channel0(&detail::engines[0]), channel1(&detail::engines[1]), channel2(&detail::engines[2]) {
  static_cast<void>(token);  // it ends here: there is no second Dma
  using namespace chip;
  // These two registers are everybody's, and changing a bit of them takes two accesses.
  interrupt::critical_section([] {
    mmio::modify(system::base, system::PeripClkEn1::dma_clk_en(1));
    mmio::modify(system::base, system::PeripRstEn1::dma_rst(1));
    mmio::modify(system::base, system::PeripRstEn1::dma_rst(0));
  });
  // The part that masters the bus has a reset of its own. CLK_EN: registers clocked always, not per access.
  mmio::write(chip::dma::base, chip::dma::MiscConf::ahbm_rst_inter(1) | chip::dma::MiscConf::clk_en(1));
  mmio::write(chip::dma::base, chip::dma::MiscConf::clk_en(1));
}

ConfiguredChannel Channel::configure(ChannelConfig config, RxDescriptors rx_descriptors,
                                     TxDescriptors tx_descriptors) && {
  detail::Engine* engine = give_away();
  engine->configure(config.burst, config.priority.value(), MemoryAccess::take_list(rx_descriptors),
                    MemoryAccess::take_list(tx_descriptors));
  return ConfiguredChannel{engine};
}

Channel ConfiguredChannel::release(RxDescriptors& rx_descriptors, TxDescriptors& tx_descriptors) && {
  detail::Engine* engine = give_away();
  rx_descriptors = MemoryAccess::descriptors<Direction::receive>(engine->take_rx_list());
  tx_descriptors = MemoryAccess::descriptors<Direction::transmit>(engine->take_tx_list());
  return Channel{engine};
}

namespace detail {

void claim_once(bool& taken) {
  if (taken) {
    ferry::detail::fatal_at(
        "this DMA memory has an owner already: dma_buffers() or Memory::of() ran a second time at the same "
        "place",
        __builtin_return_address(0));
  }
  taken = true;
}

void no_such_byte(const std::byte* bytes) {
  ferry::detail::fatal_at(bytes == nullptr ? moved_away : "index beyond the end of a DMA buffer",
                          __builtin_return_address(0));
}

}  // namespace detail
}  // namespace ferry::dma

namespace ferry::detail {

void used_after_move() { fatal_at(moved_away, __builtin_return_address(0)); }
void overwritten_while_live() {
  fatal_at("a buffer, channel, driver or list would have been overwritten and lost",
           __builtin_return_address(0));
}

}  // namespace ferry::detail
