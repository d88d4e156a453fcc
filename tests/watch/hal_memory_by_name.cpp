// watch: rx-read
// run: --wire GPIO4:GPIO2
// Memory that the program has placed itself goes by its name, too, which Ferry's types cannot take away: it
// is read while bytes come in.
#include "hal_rig.hpp"

namespace {

alignas(4) std::array<std::byte, hal_rig::length> answer;

[[gnu::noinline]] std::byte first_of_answer() {
  return answer.front();  // access here in first_of_answer
}

}  // namespace

int main() {
  auto [spi, rx, tx] = hal_rig::make();
  ferry::dma::RxBuffer placed{ferry::dma::RxMemory::of<answer>()};
  tx.fill(std::byte{7});
  auto transfer = std::move(spi).transfer(std::move(placed), std::move(tx));  // transfer here in main
  std::byte early{};
  if (!hal_rig::mended) early = first_of_answer();
  const auto outcome = std::move(transfer).wait_into(spi, placed, tx);
  asm volatile("" ::"r"(early));
  return outcome && first_of_answer() == std::byte{7} ? 0 : 1;
}
