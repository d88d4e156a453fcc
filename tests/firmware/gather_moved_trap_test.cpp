// expect-exit: 71
// expect-text: given.*fatal: a buffer, channel, driver or transfer was used after it had been moved away
// Several buffers as one that were moved away, out of a member, where no compiler follows it.
#include "ferry/ferry.hpp"

#include <array>
#include <cstddef>

using namespace ferry;

namespace {
constexpr std::array<std::byte, 4> greeting{};
struct Device {
  dma::Gather<dma::TxBuffer, dma::ConstSource> frame;
};
}  // namespace

int main() {
  auto memory = dma_buffers<64>();
  Device device{dma::gather(dma::TxBuffer{std::move(memory.tx_memory)}, dma::ConstSource::of<greeting>())};
  auto elsewhere = take_out(device.frame);
  print("{} bytes given\n", elsewhere.size());
  return static_cast<int>(device.frame.size());  // NOLINT: what it looks for
}
