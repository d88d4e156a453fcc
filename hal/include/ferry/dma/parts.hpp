// What a transfer owns beside its driver: the buffers it was given, of whatever kinds.
//
// For dma::CopyOf, spi::TransferOf and their relatives.
#pragma once

#include "ferry/dma/buffer.hpp"
#include "ferry/dma/transfer.hpp"
#include "ferry/ownership.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <tuple>
#include <type_traits>
#include <utility>

namespace ferry::dma::detail {

/// One of the buffers that a transfer owns. Two may be of one type, so each has its place in the name.
template <std::size_t place, class Buffer>
struct Held {
  Buffer buffer;
};

/// Where the bytes of each of several buffers end that are received into one behind the other. A single one
/// needs no telling.
template <std::size_t buffers>
struct Ends {
  std::array<std::uint32_t, buffers> ends{};

  std::uint32_t share(std::size_t buffer, std::uint32_t received) const {
    const std::uint32_t begin = buffer == 0 ? 0 : ends[buffer - 1];
    if (received <= begin) return 0;
    return (buffer + 1 == buffers ? received : std::min(received, ends[buffer])) - begin;
  }
};
template <std::size_t buffers>
  requires(buffers <= 1)
struct Ends<buffers> {
  static constexpr std::uint32_t share(std::size_t, std::uint32_t received) { return received; }
};

/// What a transfer does with its buffer, where the buffer alone does not tell: memory for both directions.
enum class Use : std::uint8_t { receives, only_sends };

/// Whether it is received into. Elsewhere the buffers' kinds and places tell which of them are.
template <bool is_open>
struct Reception {
  static constexpr bool takes_place = true;
  void set(Use) {}
};
template <>
struct Reception<true> {
  bool takes_place = true;
  void set(Use use) { takes_place = use == Use::receives; }
};

/// Whether these are pairs of what is received into and what is sent.
template <class... Buffers>
inline constexpr bool are_pairs = false;
template <class Rx, class Tx>
inline constexpr bool are_pairs<Rx, Tx> = Target<Rx> && Source<Tx>;
template <class Rx, class Tx, class... Others>
inline constexpr bool are_pairs<Rx, Tx, Others...> = Target<Rx> && Source<Tx> && are_pairs<Others...>;

/// The buffers that a transfer owns. No std::tuple, whose moves are calls of functions when a compiler
/// optimizes for size.
template <class Places, class... Buffers>
class Parts;

template <std::size_t... place, class... Buffers>
class Parts<std::index_sequence<place...>, Buffers...> : Held<place, Buffers>... {
  // What is received into comes first of a pair, so memory for both directions is sent from behind another.
  template <std::size_t which, class Buffer>
  static constexpr bool is_target = Target<Buffer> && (!Source<Buffer> || which % 2 == 0);
  // Of the buffers that are received into, how many come before this place; and how many there are.
  static constexpr std::size_t targets_before(std::size_t before) {
    return (std::size_t{(place < before && is_target<place, Buffers>) ? 1u : 0u} + ... + 0u);
  }
  static constexpr std::size_t targets = targets_before(sizeof...(Buffers));
  static constexpr bool is_alone_for_both =
      sizeof...(Buffers) == 1 && ((Target<Buffers> && Source<Buffers>) && ...);

 public:
  Parts() = default;
  /// Live ones: who gives them has found that out, from their plans at the latest.
  [[gnu::always_inline]] explicit Parts(Buffers&&... buffers FERRY_TAKES_LIVE)
      : Held<place, Buffers>{MemoryAccess::take_live(buffers)}... {}
  [[gnu::always_inline]] Parts(Use use, Buffers&&... buffers FERRY_TAKES_LIVE)
      : Held<place, Buffers>{MemoryAccess::take_live(buffers)}... {
    reception_.set(use);
  }

  /// Of an owner that has its driver, and with it these.
  [[gnu::always_inline]] Parts(Parts&& other)
      : Held<place, Buffers>{MemoryAccess::take_live(other.get<place>())}...,
        ends_(other.ends_),
        reception_(other.reception_) {}
  /// Those of `before`, and one more or several behind them; what `before` receives are its first `end`
  /// bytes.
  template <class Before, class... Next>
  Parts(Before& before, std::uint32_t end, Next&... next)
      : Held<place, Buffers>{std::move(either<place>(before, next...))}... {
    if constexpr (targets > 1) {
      constexpr std::size_t known = Before::targets;
      if constexpr (known > 1) std::copy_n(before.ends_.ends.begin(), known - 1, ends_.ends.begin());
      ends_.ends[known - 1] = end;
    }
  }
  Parts& operator=(Parts&&) = delete;
  /// All of them from `other`; there are none here.
  [[gnu::always_inline]] void take_from(Parts& other) {
    (take_one(std::addressof(get<place>()), std::addressof(other.template get<place>())), ...);
    ends_ = other.ends_;
    reception_ = other.reception_;
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

  /// Into variables that hold none. A buffer that was received into knows how many bytes arrived;
  /// of one that was only sent this stays as it is.
  [[gnu::always_inline]] void give_back(std::uint32_t received, Buffers&... buffers FERRY_REFILLS) {
    (give_back_one<place>(received, buffers), ...);
  }
  /// The same without news.
  [[gnu::always_inline]] void put_into(Buffers&... buffers FERRY_REFILLS) { (put_one<place>(buffers), ...); }
  /// The buffers that are received into learn how many bytes arrived.
  [[gnu::always_inline]] void set_received(std::uint32_t received) {
    (tell_one<place>(received, std::addressof(get<place>())), ...);
  }
  /// For the engine: what is received into, and what is sent; empty for a direction that there is none of.
  Plan receive_plan() const {
    Plan plan{};
    (look<is_target<place, Buffers>>(plan, get<place>()), ...);
    return plan;
  }
  Plan transmit_plan() const {
    Plan plan{};
    (look<Source<Buffers>>(plan, get<place>()), ...);
    return plan;
  }

  /// For what was dropped: driver and buffers, as they are.
  template <class Dropped, class Driver>
  void lay_down_in(Dropped& dropped, const Outcome& outcome, Driver& driver FERRY_EMPTIES) {
    dropped.put(outcome, driver, Held<place, Buffers>::buffer...);
  }
  /// For a transfer that was dropped: driver and buffers, as they would have been given back.
  template <class Dropped, class Driver>
  void drop_into(Dropped& dropped, const Outcome& outcome, std::uint32_t received,
                 Driver& driver FERRY_EMPTIES) {
    set_received(received);
    lay_down_in(dropped, outcome, driver);
  }
  template <class Dropped, class Driver>
  void drop_into(Dropped& dropped, const Outcome& outcome, Driver& driver FERRY_EMPTIES) {
    drop_into(dropped, outcome, dma::received(outcome), driver);
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
    MemoryAccess::move_live(*to, *from);
  }
  template <std::size_t which, class Buffer>
  [[gnu::always_inline]] void tell_one(std::uint32_t received, Buffer* part) const {
    if constexpr (is_target<which, Buffer>) {
      if (reception_.takes_place) MemoryAccess::set_received(*part, share<which>(received));
    }
  }
  template <bool wanted, class Buffer>
  static void look(Plan& plan, const Buffer& part) {
    if constexpr (wanted) plan = MemoryAccess::plan(part);
  }
  template <std::size_t which, class Buffer>
  [[gnu::always_inline]] void put_one(Buffer& target FERRY_REFILLS) {
    Buffer& from = Held<which, Buffer>::buffer;
    MemoryAccess::move_live(target, from);
  }
  template <std::size_t which, class Buffer>
  [[gnu::always_inline]] void give_back_one(std::uint32_t received, Buffer& target FERRY_REFILLS) {
    Buffer& held = Held<which, Buffer>::buffer;
    tell_one<which>(received, std::addressof(held));
    MemoryAccess::move_live(target, held);
  }
  // Several buffers are received into one behind the other, in the order of their places.
  template <std::size_t which>
  std::uint32_t share(std::uint32_t received) const {
    return ends_.share(targets_before(which), received);
  }
  template <std::size_t which, class Before, class... Next>
  static auto& either(Before& before, Next&... next) {
    if constexpr (which < Before::size) {
      return before.template get<which>();
    } else {
      return std::get<which - Before::size>(std::tie(next...));
    }
  }
  template <class, class...>
  friend class Parts;
  static constexpr std::size_t size = sizeof...(Buffers);

  [[no_unique_address]] Ends<targets> ends_;
  [[no_unique_address]] Reception<is_alone_for_both> reception_;
};

}  // namespace ferry::dma::detail
