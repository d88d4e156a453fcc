// What a transfer owns beside its driver: the buffers it was given, of whatever kinds.
//
// For spi::TransferOf and spi::SlaveTransferOf.
#pragma once

#include "ferry/dma/buffer.hpp"
#include "ferry/dma/transfer.hpp"
#include "ferry/ownership.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <type_traits>
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
  Parts() = default;
  [[gnu::always_inline]] explicit Parts(Buffers&&... buffers FERRY_TAKES_LIVE)
      : Held<place, Buffers>{std::move(buffers)}... {}

  [[gnu::always_inline]] Parts(Parts&& other) : Held<place, Buffers>{std::move(other.get<place>())}... {}
  Parts& operator=(Parts&&) = delete;
  /// All of them from `other`; there are none here.
  [[gnu::always_inline]] void take_from(Parts& other) {
    (take_one(std::addressof(get<place>()), std::addressof(other.template get<place>())), ...);
  }

  /// The buffer in this place, from 0 on.
  template <std::size_t which>
  [[gnu::always_inline]] auto& get() {
    return held<which>(*this);
  }
  template <std::size_t which>
  [[gnu::always_inline]] const auto& get() const {
    return held<which>(*this);
  }

  /// Into variables that hold none. A buffer that was received into knows how many bytes arrived.
  [[gnu::always_inline]] void give_back(std::uint32_t received, Buffers&... buffers FERRY_REFILLS) {
    (give_back_one<place>(received, buffers), ...);
  }
  /// The same without news.
  [[gnu::always_inline]] void put_into(Buffers&... buffers FERRY_REFILLS) { (put_one<place>(buffers), ...); }
  /// The buffers that are received into learn how many bytes arrived.
  [[gnu::always_inline]] void set_received(std::uint32_t received) {
    (tell_one(received, std::addressof(get<place>())), ...);
  }
  /// For the engine: what is received into, and what is sent; empty for a direction that there is none of.
  dma::detail::Plan receive_plan() const {
    dma::detail::Plan plan{};
    const auto look = [&](const auto& held) {
      if constexpr (dma::Target<std::remove_cvref_t<decltype(held)>>)
        plan = dma::detail::MemoryAccess::plan(held);
    };
    (look(get<place>()), ...);
    return plan;
  }
  dma::detail::Plan transmit_plan() const {
    dma::detail::Plan plan{};
    const auto look = [&](const auto& held) {
      if constexpr (dma::Source<std::remove_cvref_t<decltype(held)>>)
        plan = dma::detail::MemoryAccess::plan(held);
    };
    (look(get<place>()), ...);
    return plan;
  }

  /// For a transfer that was dropped: driver and buffers, as they would have been given back.
  template <class Dropped, class Driver>
  void drop_into(Dropped& dropped, const dma::Outcome& outcome, Driver& driver FERRY_EMPTIES) {
    set_received(dma::received(outcome));
    dropped.put(outcome, driver, Held<place, Buffers>::buffer...);
  }

 private:
  template <std::size_t which, class Buffer>
  static Buffer& held(Held<which, Buffer>& part) {
    return part.buffer;
  }
  template <std::size_t which, class Buffer>
  static const Buffer& held(const Held<which, Buffer>& part) {
    return part.buffer;
  }
  // What a pointer leads to is not followed by the compiler's analysis; the buffers check themselves.
  template <class Buffer>
  [[gnu::always_inline]] static void take_one(Buffer* to, Buffer* from) {
    *to = std::move(*from);
  }
  template <class Buffer>
  [[gnu::always_inline]] static void tell_one(std::uint32_t received, Buffer* buffer) {
    if constexpr (dma::Target<Buffer>) dma::detail::MemoryAccess::set_received(*buffer, received);
  }
  template <std::size_t which, class Buffer>
  [[gnu::always_inline]] void put_one(Buffer& target FERRY_REFILLS) {
    Buffer& from = Held<which, Buffer>::buffer;
    target = std::move(from);
  }
  template <std::size_t which, class Buffer>
  [[gnu::always_inline]] void give_back_one(std::uint32_t received, Buffer& target FERRY_REFILLS) {
    Buffer& held = Held<which, Buffer>::buffer;
    if constexpr (dma::Target<Buffer>) dma::detail::MemoryAccess::set_received(held, received);
    target = std::move(held);
  }
};

}  // namespace ferry::spi::detail
