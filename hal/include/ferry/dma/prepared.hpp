// Buffers with a descriptor list of their own: checked and linked once, started many times.
//
//   auto command = ferry::dma::prepare(std::move(tx), std::move(tx_descriptors));
//   auto transfer = std::move(spi).transfer(std::move(rx), std::move(command));
//
// A channel's own list describes one buffer at a time. A program that goes back and forth between transfers
// makes the channel describe another one each time; with lists of their own none is written again: the second
// start and all that follow find them as they are, but for the receive descriptors that the hardware closed.
#pragma once

#include "ferry/dma/buffer.hpp"
#include "ferry/dma/dropped.hpp"
#include "ferry/dma/transfer.hpp"
#include "ferry/ownership.hpp"

#include <cstdint>
#include <utility>

namespace ferry::dma {

/// A buffer of any kind for one direction, with its list. Made by prepare(). What is wrong with it, the
/// transfer that uses it tells: too_few_descriptors, outside_dma_memory and so on.
///
/// One that goes out of scope keeps buffer and list for recover_into(). It may, as a single buffer may: no
/// hardware is at work with them.
template <class Kind>
  requires(Source<Kind> != Target<Kind>)
class [[nodiscard]] FERRY_CONSUMABLE Prepared {
 public:
  static constexpr Direction direction = Target<Kind> ? Direction::receive : Direction::transmit;

  /// A spent one, to be filled by an assignment or by the end of a transfer.
  FERRY_MADE_SPENT Prepared() = default;
  [[gnu::always_inline]] Prepared(Prepared&& other FERRY_TAKES_LIVE)
      : buffer_(std::move(other.buffer_)), list_(other.give_list_away()) {}
  [[gnu::always_inline]] FERRY_NEEDS_SPENT FERRY_BECOMES_LIVE Prepared& operator=(
      Prepared&& other FERRY_TAKES_LIVE) {
    if (list_ != nullptr) ferry::detail::overwritten_while_live();
    buffer_ = std::move(other.buffer_);
    list_ = other.give_list_away();
    return *this;
  }
  Prepared* operator&() = delete;
  const Prepared* operator&() const = delete;
  [[gnu::always_inline]] ~Prepared() {
    if (list_ != nullptr) drop();
  }

  /// Access to the bytes, as Buffer::with. They may change between two transfers.
  template <class Function>
  FERRY_NEEDS_LIVE auto with(Function&& function) {
    return buffer_.with(std::forward<Function>(function));
  }
  /// Bytes that the last transfer brought; see Buffer::received.
  FERRY_NEEDS_LIVE std::uint32_t received() const
    requires(direction == Direction::receive)
  {
    return buffer_.received();
  }

  /// Gives back the buffer as the result, and its list into a variable that holds none.
  FERRY_NEEDS_LIVE FERRY_BECOMES_SPENT FERRY_MADE_LIVE Kind release(Descriptors<direction>& descriptors) && {
    descriptors = detail::MemoryAccess::descriptors<direction>(give_list_away());
    return std::move(buffer_);
  }

  /// Buffer and list of one of this kind that was dropped, into variables that hold none; the first one that
  /// was, of up to four. Without one it is fatal: there is was_dropped() to ask before.
  static void recover_into(Kind& buffer FERRY_REFILLS, Descriptors<direction>& descriptors) {
    static_cast<void>(dropped.take_into(buffer, descriptors));
  }
  [[nodiscard]] static bool was_dropped() { return !dropped.is_empty(); }

 private:
  friend detail::MemoryAccess;

  static constexpr bool receives = direction == Direction::receive;
  static constexpr bool endless = detail::MemoryAccess::is_endless<Kind>;
  static constexpr bool brings_a_list = true;

  FERRY_MADE_LIVE Prepared(Kind&& buffer, detail::List* list) : buffer_(std::move(buffer)), list_(list) {
    list_->length = 0;  // it describes nothing of this buffer yet
  }

  static constinit inline detail::Dropped<4, Kind, Descriptors<direction>> dropped{};

  [[gnu::noinline]] void drop() {
    auto descriptors = detail::MemoryAccess::descriptors<direction>(give_list_away());
    dropped.put(Received{0}, buffer_, descriptors);
  }

  [[gnu::always_inline]] void check_live() const {
    if (list_ == nullptr) ferry::detail::used_after_move();
  }
  [[gnu::always_inline]] detail::List* give_list_away() {
    check_live();
    return std::exchange(list_, nullptr);
  }
  [[gnu::always_inline]] detail::Plan plan() const {
    check_live();
    detail::Plan plan = detail::MemoryAccess::plan(buffer_);
    plan.list = list_;
    return plan;
  }
  void set_received(std::uint32_t length) { detail::MemoryAccess::set_received(buffer_, length); }

  Kind buffer_;
  detail::List* list_ = nullptr;
};

namespace detail {
template <class Kind>
inline constexpr std::uint32_t most_bytes<Prepared<Kind>> = most_bytes<Kind>;
template <class Kind>
inline constexpr std::uint32_t least_bytes<Prepared<Kind>> = least_bytes<Kind>;
}  // namespace detail

/// Gives a buffer a list of its own.
template <Target Kind>
  requires(!Source<Kind>)
FERRY_MADE_LIVE Prepared<Kind> prepare(Kind buffer FERRY_TAKES_LIVE, RxDescriptors descriptors) {
  return detail::MemoryAccess::make<Prepared<Kind>>(std::move(buffer),
                                                    detail::MemoryAccess::take_list(descriptors));
}
template <Source Kind>
  requires(!Target<Kind>)
FERRY_MADE_LIVE Prepared<Kind> prepare(Kind buffer FERRY_TAKES_LIVE, TxDescriptors descriptors) {
  return detail::MemoryAccess::make<Prepared<Kind>>(std::move(buffer),
                                                    detail::MemoryAccess::take_list(descriptors));
}

}  // namespace ferry::dma
