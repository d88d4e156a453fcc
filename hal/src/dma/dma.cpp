#include "ferry/dma/dma.hpp"

#include "hal/src/exit.hpp"

namespace {

constexpr const char* moved_away =
    "a buffer, channel, driver or transfer was used after it had been moved away";
constexpr const char* two_channels = "halves of two DMA channels are not one channel";

}  // namespace

namespace ferry::dma {

using detail::MemoryAccess;

Dma::Dma(peripheral::Dma token)
    : channel0(&detail::engines[0]), channel1(&detail::engines[1]), channel2(&detail::engines[2]) {
  static_cast<void>(token);  // it ends here: there is no second Dma
  detail::open_gdma();
}

ChannelHalves join(RxHalf receive FERRY_TAKES_LIVE, TxHalf transmit FERRY_TAKES_LIVE) {
  return detail::ChannelAccess::unconfigured<false>(detail::ChannelAccess::pair(receive, transmit));
}

Channel unite(RxHalf receive FERRY_TAKES_LIVE, TxHalf transmit FERRY_TAKES_LIVE) {
  detail::Engine* engine = detail::ChannelAccess::pair(receive, transmit);
  if (engine->receive_half() != engine->transmit_half()) {
    ferry::detail::fatal_at(two_channels, __builtin_return_address(0));
  }
  return detail::ChannelAccess::unconfigured<true>(engine);
}

namespace detail {

void configure(Engine& engine, const ChannelConfig& config, RxDescriptors& rx_descriptors,
               TxDescriptors& tx_descriptors) {
  engine.configure({.rx_burst = config.burst.receive(),
                    .tx_burst = config.burst.transmit(),
                    .rx_priority = config.priority.receive().value(),
                    .tx_priority = config.priority.transmit().value(),
                    .owner_check = config.owner_check,
                    .auto_write_back = config.auto_write_back,
                    .eof_when_read = config.eof == Eof::when_read},
                   MemoryAccess::take_list(rx_descriptors), MemoryAccess::take_list(tx_descriptors));
}

void take_lists(Engine& engine, RxDescriptors& rx_descriptors, TxDescriptors& tx_descriptors) {
  rx_descriptors = MemoryAccess::descriptors<Direction::receive>(engine.take_rx_list());
  tx_descriptors = MemoryAccess::descriptors<Direction::transmit>(engine.take_tx_list());
}

void not_one_channel() { ferry::detail::fatal_at(two_channels, __builtin_return_address(0)); }

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
