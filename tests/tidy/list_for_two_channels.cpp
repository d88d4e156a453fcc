// One descriptor list for two channels, each of which would write it while the other one is at work with it.
#include "ferry/ferry.hpp"

int main() {
  auto chip = ferry::take();
  ferry::dma::Dma dma{std::move(chip.dma)};
  auto first = ferry::dma_descriptors<1>(), second = ferry::dma_descriptors<1>();
  ferry::dma::TxDescriptors list{std::move(first.tx)};
  auto zero = std::move(dma.channel0);
  auto one = std::move(dma.channel1);
  ferry::dma::Copier copier{std::move(zero).configure({}, std::move(first.rx), std::move(list)),
                            std::move(chip.uhci0)};
  ferry::dma::Copier other{
      std::move(one).configure(
          {}, std::move(second.rx),
          std::move(list)),  // finds: bugprone-use-after-move clang-analyzer-cplusplus.Move
      std::move(chip.i2s0)};
  return 0;
}
