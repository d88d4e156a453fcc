// Buffers that the compiler knows the size and the place of are what other buffers are: in copies, turned
// round, as pieces, prepared. What it cannot see of their lengths is found at run time.
#include "check.hpp"
#include "ferry/ferry.hpp"

#include <array>

using namespace ferry;
using namespace ferry::literals;

namespace {

alignas(4) constinit std::array<std::byte, 8> own_bytes{};

}  // namespace

int main() {
  auto chip = take();
  dma::Dma dma{std::move(chip.dma)};
  auto [rx_memory, unused_rx_list, tx_memory, unused_tx_list] = dma_buffers<64, 32>();
  auto lists = dma_descriptors<2>();
  auto channel = std::move(dma.channel0);
  dma::Copier copier{std::move(channel).configure({}, std::move(lists.rx), std::move(lists.tx)),
                     std::move(chip.uhci0)};
  dma::SizedBuffer to{std::move(rx_memory)};
  dma::SizedBuffer from{std::move(tx_memory)};
  static_assert(sizeof(to) == sizeof(dma::RxBuffer) && sizeof(from) == sizeof(dma::TxBuffer));
  from.fill(0x42_b);
  from[31] = 0x43_b;
  FERRY_CHECK_EQUAL(to.size(), 64u);

  auto copy = std::move(copier).copy(std::move(to), std::move(from));
  const auto outcome = std::move(copy).wait_into(copier, to, from);
  FERRY_CHECK(outcome && outcome->length == 32 && to.received() == 32);
  FERRY_CHECK(to[0] == 0x42_b && to[31] == 0x43_b && to[32] == 0_b);
  FERRY_CHECK_EQUAL(to.with_last(64, [](std::span<const std::byte> bytes) { return bytes.size(); }), 64u);

  // Nobody has told the compiler how many.
  const std::uint32_t one_too_many = to.received() + 1;
  const auto refused = copier.copy_and_wait(to, from, one_too_many);
  FERRY_CHECK(!refused && refused.error() == dma::Error::length_beyond_buffer);

  // What was received is sent, in pieces, and comes to memory that the program placed itself.
  auto again = std::move(to).turn_around();
  auto frame = dma::gather(std::move(again), std::move(from));
  frame.use<0>(28, 4);
  frame.use<1>(0, 4);
  dma::SizedBuffer own{dma::RxMemory::of<own_bytes>()};
  FERRY_CHECK(copier.copy_and_wait(own, frame, 8).has_value());
  FERRY_CHECK(own[3] == 0x43_b && own[4] == 0x42_b && own.received() == 8);
  std::move(frame).release_into(again, from);

  // As any other buffer.
  dma::RxBuffer any = std::move(own).forget_size();
  FERRY_CHECK(copier.copy_and_wait(any, again, 4).has_value());
  FERRY_CHECK(any[3] == 0x42_b && any.size() == 8);
  return check::result();
}
