// What a transfer owns beside its driver: the buffers it was given, of whatever kinds.
//
// For spi::TransferOf and spi::SlaveTransferOf.
#pragma once

#include "ferry/dma/buffer.hpp"
#include "ferry/ownership.hpp"

#include <cstddef>
#include <cstdint>
#include <utility>

namespace ferry::spi::detail {

/// One of the buffers that a transfer owns. Two may be of one type, so each has its place in the name.
template <std::size_t place, class Buffer>
struct Held {
  Buffer buffer;
};

/// The buffers that a transfer owns. No std::tuple, whose moves are calls of functions when a compiler
/// optimizes for size.
template <class Places, class... Buffers>
class Parts;

template <std::size_t... place, class... Buffers>
class Parts<std::index_sequence<place...>, Buffers...> : Held<place, Buffers>... {
 public:
  [[gnu::always_inline]] explicit Parts(Buffers&&... buffers FERRY_TAKES_LIVE)
      : Held<place, Buffers>{std::move(buffers)}... {}

  /// Into variables that hold none. A buffer that was received into knows how many bytes arrived.
  [[gnu::always_inline]] void give_back(std::uint32_t received, Buffers&... buffers FERRY_REFILLS) {
    (give_back_one<place>(received, buffers), ...);
  }

 private:
  template <std::size_t which, class Buffer>
  [[gnu::always_inline]] void give_back_one(std::uint32_t received, Buffer& target FERRY_REFILLS) {
    Buffer& held = Held<which, Buffer>::buffer;
    if constexpr (dma::Target<Buffer>) dma::detail::MemoryAccess::set_received(held, received);
    target = std::move(held);
  }
};

}  // namespace ferry::spi::detail
