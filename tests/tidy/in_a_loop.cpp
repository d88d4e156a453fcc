// A channel that only the first round has: on one path it was moved already.
#include "ferry/ferry.hpp"

namespace {

void configure(ferry::dma::Channel channel) {
  auto lists = ferry::dma_descriptors<1>();
  [[maybe_unused]] auto configured =
      std::move(channel).configure({}, std::move(lists.rx), std::move(lists.tx));
}

}  // namespace

int main() {
  auto chip = ferry::take();
  ferry::dma::Dma dma{std::move(chip.dma)};
  for (int round = 0; round < 2; ++round)
    configure(std::move(dma.channel0));  // finds: clang-analyzer-cplusplus.Move
  return 0;
}
