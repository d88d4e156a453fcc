// The buffers that a queue owns: always as many, all of one kind, the oldest first.
//
// For spi::QueueOf and dma::CopyQueueOf.
#pragma once

#include "ferry/dma/buffer.hpp"
#include "ferry/dma/parts.hpp"
#include "ferry/dma/plan.hpp"
#include "ferry/dma/queue_lists.hpp"
#include "ferry/dma/transfer.hpp"
#include "ferry/ownership.hpp"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <tuple>
#include <utility>

namespace ferry::dma::detail {

/// How the buffers of a queue are used: one by one, or in pairs to receive into and to send.
template <class... Buffers>
struct QueueForm {
  static constexpr bool is_in_place = (std::same_as<Buffers, InPlaceBuffer> && ...);
  static constexpr bool is_paired = are_pairs<Buffers...> && !is_in_place;
  static constexpr std::size_t step = is_paired ? 2 : 1;
  static constexpr std::size_t depth = sizeof...(Buffers) / step;
  static constexpr bool receives = is_paired || (Target<Buffers> && ...);
  static constexpr bool sends = is_paired || is_in_place || !receives;

  template <std::size_t place>
  using At = std::tuple_element_t<place, std::tuple<Buffers...>>;
  template <std::size_t... place>
  static constexpr bool repeats(std::index_sequence<place...>) {
    return (std::same_as<At<place>, At<place % step>> && ...);
  }

  static constexpr bool check() {
    static_assert((HasEnd<Buffers> && ...), "behind a source without an end, dma::loop(), comes nothing");
    static_assert((!MemoryAccess::has_list<Buffers> && ...),
                  "what has a list of its own, dma::prepare(), cannot become part of another one");
    static_assert(
        repeats(std::index_sequence_for<Buffers...>{}),
        "the buffers of a queue are all of one kind, or all pairs of what is received into and sent");
    static_assert(depth >= 2, "a queue has at least two buffers, or pairs: one under way, one behind it");
    static_assert(depth <= most_queued, "a queue has at most eight buffers, or pairs of them");
    return true;
  }
};

template <class... Buffers>
class QueueParts {
  using Form = QueueForm<Buffers...>;

 public:
  explicit QueueParts(Buffers&&... buffers FERRY_TAKES_LIVE) : parts_(std::move(buffers)...) {}

  /// Calls `function` with two plans for each buffer or pair, the oldest first: pointers to what is received
  /// into and what is sent, nullptr for a direction that there is none of.
  template <class Function>
  void for_each_plan(Function function) {
    for_each_plan(function, std::make_index_sequence<Form::depth>{});
  }

  /// The oldest buffer of those in every step-th place goes out, having received so many bytes; the others
  /// move up, and this one is the last.
  template <std::size_t place, class Buffer>
  void exchange(Buffer& buffer FERRY_BORROWS, std::uint32_t received) {
    Buffer next{std::move(buffer)};
    buffer = take_out(parts_.template get<place>());
    move_up<place>(std::make_index_sequence<Form::depth - 1>{});
    put_back(parts_.template get<place + (Form::depth - 1) * Form::step>(), std::move(next));
    if constexpr (Target<Buffer>) MemoryAccess::set_received(buffer, received);
  }

  /// What is received into learns how much arrived; `arrived(index)` tells.
  template <class Arrived>
  void set_received(Arrived arrived) {
    set_received(arrived, places);
  }
  void put_into(Buffers&... buffers FERRY_REFILLS) { parts_.put_into(buffers...); }
  template <class Dropped, class Driver>
  void drop_into(Dropped& dropped, const Outcome& outcome, Driver& driver FERRY_EMPTIES) {
    parts_.lay_down_in(dropped, outcome, driver);
  }

 private:
  static constexpr auto places = std::make_index_sequence<sizeof...(Buffers)>{};

  template <class Function, std::size_t... index>
  void for_each_plan(Function& function, std::index_sequence<index...>) {
    (call_with_plans<index * Form::step>(function), ...);
  }
  template <std::size_t place, class Function>
  void call_with_plans(Function& function) {
    const Plan first = MemoryAccess::plan(parts_.template get<place>());
    const Plan last = MemoryAccess::plan(parts_.template get<place + Form::step - 1>());
    function(Form::receives ? &first : nullptr, Form::sends ? &last : nullptr);
  }
  template <std::size_t place, std::size_t... index>
  void move_up(std::index_sequence<index...>) {
    (put_back(parts_.template get<place + index * Form::step>(),
              take_out(parts_.template get<place + (index + 1) * Form::step>())),
     ...);
  }
  template <class Arrived, std::size_t... place>
  void set_received(Arrived& arrived, std::index_sequence<place...>) {
    (tell<place>(arrived), ...);
  }
  template <std::size_t place, class Arrived>
  void tell(Arrived& arrived) {
    if constexpr (Form::receives && place % Form::step == 0)
      MemoryAccess::set_received(parts_.template get<place>(), arrived(place / Form::step));
  }

  Parts<std::index_sequence_for<Buffers...>, Buffers...> parts_;
};

}  // namespace ferry::dma::detail
