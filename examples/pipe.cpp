/// A copy that never ends: its descriptor list grows while DMA walks along it.
// expect-text: 30000 bytes went through 1024 bytes of memory
#include <ferry/ferry.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

int main() {
  auto chip = ferry::take();
  ferry::dma::Dma dma{std::move(chip.dma)};
  auto lists = ferry::dma_descriptors<1>();
  auto channel = std::move(dma.channel0);
  ferry::dma::Copier copier{std::move(channel).configure({}, std::move(lists.rx), std::move(lists.tx)),
                            std::move(chip.uhci0)};
  auto to = ferry::dma_rx_stream<512, 4>();
  auto from = ferry::dma_tx_stream<512, 4>();

  //! [pipe]
  auto pipe = std::move(copier).pipe(std::move(to), std::move(from));
  std::array<std::byte, 100> bytes;
  std::uint32_t in = 0, out = 0;
  bool right = true;
  while (out < 30'000 && !pipe.error()) {
    for (std::uint32_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::byte>((in + i) * 7);
    in += pipe.push(std::span{bytes}.first(std::min<std::size_t>(bytes.size(), 30'000 - in)));
    if (in == 30'000) pipe.flush();
    const std::uint32_t popped = pipe.pop(bytes);
    for (std::uint32_t i = 0; i < popped; ++i) right &= bytes[i] == static_cast<std::byte>((out + i) * 7);
    out += popped;
  }
  auto outcome = std::move(pipe).stop_into(copier, to, from);
  //! [pipe]
  if (!outcome || !right) return 1;
  ferry::print("{} bytes went through 1024 bytes of memory\n", outcome->length);
  return 0;
}
