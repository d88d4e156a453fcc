// Buffers that the compiler knows apart, and the sizes of.
//
//   auto [rx_memory, rx_descriptors, tx_memory, tx_descriptors] = ferry::dma_buffers<64>();
//   ferry::dma::SizedBuffer rx{std::move(rx_memory)};
//   ferry::dma::SizedBuffer tx{std::move(tx_memory)};
//
// An RxBuffer is any memory to receive into, as a function wants it that serves many. What is known of one
// buffer is in the type of a SizedBuffer:
//  * Its size. A length or an index that is a constant and too large is an error of the compiler, with Clang
//    (see ferry/refuse.hpp). With other compilers, and at run time, it is what it is with an RxBuffer.
//  * Where its memory comes from. Each has a type of its own, so that of several buffers each comes back into
//    the variable that it was moved out of: two of them exchanged in wait_into() do not compile.
//
// The price: what is a template over the kind of a buffer is there once for each of them.
#pragma once

#include "ferry/dma/buffer.hpp"
#include "ferry/ownership.hpp"
#include "ferry/refuse.hpp"

#include <cstddef>
#include <cstdint>
#include <utility>

namespace ferry::dma {

/// Bytes that a transfer receives into or sends from, as Buffer, of which all is true that is said there.
/// Made of the memory of dma_buffers(), dma_buffer_in_place() or Memory::of(); the arguments of the template
/// are deduced. A function that takes one is a template, `template <ferry::dma::Target Rx> void f(Rx& rx)`,
/// or takes a Buffer, which forget_size() makes of it.
template <Direction direction, std::uint32_t bytes, class Place>
class [[nodiscard]] FERRY_CONSUMABLE SizedBuffer : private Buffer<direction> {
  using Base = Buffer<direction>;
  template <Direction other>
  using Turned = SizedBuffer<other, bytes, Place>;
  static constexpr Direction other_direction =
      direction == Direction::receive ? Direction::transmit : Direction::receive;

 public:
  /// A spent one, to be filled by an assignment or by the end of a transfer.
  FERRY_MADE_SPENT SizedBuffer() = default;
  FERRY_MADE_LIVE explicit SizedBuffer(SizedMemory<direction, bytes, Place>&& memory)
      : Base(std::move(memory)) {}
  [[gnu::always_inline]] SizedBuffer(SizedBuffer&& other FERRY_TAKES_LIVE)
      : Base(static_cast<Base&&>(other)) {}
  /// Only to a spent buffer: what is assigned over would be lost.
  [[gnu::always_inline]] FERRY_NEEDS_SPENT FERRY_BECOMES_LIVE SizedBuffer& operator=(
      SizedBuffer&& other FERRY_TAKES_LIVE) {
    Base::operator=(static_cast<Base&&>(other));
    return *this;
  }
  SizedBuffer* operator&() = delete;
  const SizedBuffer* operator&() const = delete;

  using Base::fill;
  using Base::received;
  using Base::size;
  using Base::with;
  using Base::with_received;

  [[gnu::always_inline]] FERRY_NEEDS_LIVE std::byte& operator[](std::uint32_t index)
      FERRY_REFUSES(index >= bytes, "there is no such byte in this buffer") {
    return Base::operator[](index);
  }
  [[gnu::always_inline]] FERRY_NEEDS_LIVE const std::byte& operator[](std::uint32_t index) const
      FERRY_REFUSES(index >= bytes, "there is no such byte in this buffer") {
    return Base::operator[](index);
  }
  template <class Function>
  FERRY_NEEDS_LIVE auto with_first(std::uint32_t count, Function&& function) const
      FERRY_REFUSES(count > bytes, "there are not that many bytes in this buffer") {
    return Base::with_first(count, std::forward<Function>(function));
  }
  template <class Function>
  FERRY_NEEDS_LIVE auto with_last(std::uint32_t count, Function&& function) const
      FERRY_REFUSES(count > bytes, "there are not that many bytes in this buffer") {
    return Base::with_last(count, std::forward<Function>(function));
  }

  /// As those of Buffer, and the compiler goes on to know what it knew.
  FERRY_NEEDS_LIVE FERRY_BECOMES_SPENT FERRY_MADE_LIVE Turned<other_direction> turn_around() &&
      requires(direction != Direction::both) {
        return Turned<other_direction>{static_cast<Base&&>(*this).turn_around()};
      } FERRY_NEEDS_LIVE FERRY_BECOMES_SPENT FERRY_MADE_LIVE Turned<Direction::receive> as_receive() &&
      requires(direction != Direction::receive) {
        return Turned<Direction::receive>{static_cast<Base&&>(*this).as_receive()};
      } FERRY_NEEDS_LIVE FERRY_BECOMES_SPENT FERRY_MADE_LIVE Turned<Direction::transmit> as_transmit() &&
      requires(direction != Direction::transmit) {
        return Turned<Direction::transmit>{static_cast<Base&&>(*this).as_transmit()};
      } FERRY_NEEDS_LIVE FERRY_BECOMES_SPENT FERRY_MADE_LIVE Turned<Direction::both> as_in_place() &&
      requires(direction != Direction::both) {
        return Turned<Direction::both>{static_cast<Base&&>(*this).as_in_place()};
      }

      /// The same bytes as any other buffer. There is no way back.
      FERRY_NEEDS_LIVE FERRY_BECOMES_SPENT FERRY_MADE_LIVE Buffer<direction> forget_size() && {
    return Buffer<direction>{static_cast<Base&&>(*this)};
  }

 private:
  template <Direction, std::uint32_t, class>
  friend class SizedBuffer;
  friend detail::MemoryAccess;

  FERRY_MADE_LIVE explicit SizedBuffer(Base&& base FERRY_TAKES_LIVE) : Base(std::move(base)) {}
  [[gnu::always_inline]] FERRY_MADE_LIVE explicit SizedBuffer(detail::Owned* owned) : Base(owned) {}

  [[gnu::always_inline]] FERRY_BECOMES_SPENT detail::Owned* give_away_live() {
    return Base::give_away_live();
  }
  [[gnu::always_inline]] FERRY_NEEDS_SPENT FERRY_BECOMES_LIVE void refill(detail::Owned* owned) {
    Base::refill(owned);
  }
};

namespace detail {
template <Direction direction, std::uint32_t bytes, class Place>
inline constexpr std::uint32_t most_bytes<SizedBuffer<direction, bytes, Place>> = bytes;
template <Direction direction, std::uint32_t bytes, class Place>
inline constexpr std::uint32_t least_bytes<SizedBuffer<direction, bytes, Place>> = bytes;
}  // namespace detail

}  // namespace ferry::dma
