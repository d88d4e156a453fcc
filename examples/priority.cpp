/// Two copies at the same time: as equals they share the memory, with priorities the urgent one goes first.
// expect-text: As equals: .*With priorities: .*The urgent one is done [0-9]+ us earlier than as an equal
#include <ferry/ferry.hpp>

#include <cstdint>

namespace {

constexpr std::uint32_t length = 8000;

struct Copying {
  ferry::dma::Copier copier;
  ferry::dma::RxBuffer to;
  ferry::dma::TxBuffer from;
};

// Two channels start one behind the other. When each was done, in us; zeros if one of them failed.
struct Times {
  std::uint64_t first = 0, second = 0;
};

Times race(Copying& one, Copying& two) {
  auto first_copier = ferry::take_out(one.copier), second_copier = ferry::take_out(two.copier);
  auto first_to = ferry::take_out(one.to), second_to = ferry::take_out(two.to);
  auto first_from = ferry::take_out(one.from), second_from = ferry::take_out(two.from);
  const ferry::Instant start = ferry::time::now();
  auto first = std::move(first_copier).copy(std::move(first_to), std::move(first_from));
  auto second = std::move(second_copier).copy(std::move(second_to), std::move(second_from));
  Times times;
  while (!first.is_done() || !second.is_done()) {
    const std::uint64_t now = (ferry::time::now() - start).in_microseconds();
    if (!first.is_done()) times.first = now;
    if (!second.is_done()) times.second = now;
  }
  const auto outcome = std::move(first).wait_into(one.copier, one.to, one.from);
  const auto other = std::move(second).wait_into(two.copier, two.to, two.from);
  return outcome && other ? times : Times{};
}

//! [priority]
// The larger number gets the memory first; equal ones take turns.
constexpr ferry::dma::ChannelConfig equal{.priority = 0}, urgent{.priority = 5};
//! [priority]

template <class Token>
void configure(Copying& copying, const ferry::dma::ChannelConfig& config, Token token) {
  auto copier = ferry::take_out(copying.copier);
  auto configured = std::move(copier).release();
  ferry::dma::RxDescriptors rx_descriptors;
  ferry::dma::TxDescriptors tx_descriptors;
  auto channel = std::move(configured).release(rx_descriptors, tx_descriptors);
  copying.copier = ferry::dma::Copier{
      std::move(channel).configure(config, std::move(rx_descriptors), std::move(tx_descriptors)),
      std::move(token)};
}

template <class Token>
Copying make(ferry::dma::Channel channel, ferry::dma::Buffers buffers, Token token) {
  ferry::dma::TxBuffer from{std::move(buffers.tx_memory)};
  from.fill(std::byte{0x42});
  return {ferry::dma::Copier{std::move(channel).configure(equal, std::move(buffers.rx_descriptors),
                                                          std::move(buffers.tx_descriptors)),
                             std::move(token)},
          ferry::dma::RxBuffer{std::move(buffers.rx_memory)}, std::move(from)};
}

}  // namespace

int main() {
  auto chip = ferry::take();
  ferry::dma::Dma dma{std::move(chip.dma)};
  auto one = make(std::move(dma.channel0), ferry::dma_buffers<length>(), std::move(chip.uhci0));
  auto two = make(std::move(dma.channel1), ferry::dma_buffers<length>(), std::move(chip.i2s0));

  const Times equals = race(one, two);
  ferry::print("As equals: {} and {} us\n", equals.first, equals.second);
  // The second one becomes urgent: it starts later and is done earlier.
  configure(two, urgent, std::move(chip.aes));
  const Times ranked = race(one, two);
  ferry::print("With priorities: {} and {} us\n", ranked.first, ranked.second);
  if (ranked.second == 0 || ranked.second >= ranked.first || ranked.second >= equals.second) return 1;
  ferry::print("The urgent one is done {} us earlier than as an equal\n", equals.second - ranked.second);
  return 0;
}
