#include "hal/src/dma/zeros.hpp"

#include <array>
#include <cstddef>
#include <ranges>

namespace ferry::dma::detail {

namespace {

// In writable memory: constants may end up in flash, where GDMA cannot read.
alignas(4) constinit std::array<std::byte, zeros_in_one> zeros{};
constinit std::array<Descriptor, counted_zeros + 1> descriptors{};

}  // namespace

std::uint32_t zeros_that_follow() {
  std::uint32_t next = address_of(&descriptors.back());
  for (Descriptor& descriptor : std::views::reverse(descriptors)) {
    descriptor.word0 = Descriptor::sending(zeros.size(), false);
    descriptor.buffer = address_of(zeros.data());
    descriptor.next = next;
    next = address_of(&descriptor);
  }
  return next;
}

std::span<const Descriptor> zeros_list() { return descriptors; }

}  // namespace ferry::dma::detail
