// Copy after copy from memory to memory, in a loop: what is done comes out when the next pair goes in.
//
//   auto queue = std::move(copier).queue(std::move(to1), std::move(from1), std::move(to2), std::move(from2));
//   for (…) {
//     fill(from);
//     if (!queue.exchange(to, from)) break;   // the pair follows the others, and is now the one that was
//     first use(to);
//   }
//   auto outcome = std::move(queue).wait_into(copier, to1, from1, to2, from2);
//
// See spi/queue.hpp for what a queue is.
#pragma once

#include "ferry/dma/copy.hpp"
#include "ferry/dma/copy_queue_port.hpp"
#include "ferry/dma/dropped.hpp"
#include "ferry/dma/queue_parts.hpp"
#include "ferry/dma/transfer.hpp"
#include "ferry/ownership.hpp"
#include "ferry/time.hpp"

#include <cstddef>
#include <cstdint>
#include <utility>

namespace ferry::dma {

/// A queue of copies under way. It owns the copier and the buffers. Has to be ended by one of the `_into`
/// functions, on every path; see CopyOf, also for what becomes of one that is dropped all the same.
///
/// GDMA goes from one copy to the next by itself, as long as there is one.
template <class... Buffers>
class [[nodiscard]] FERRY_CONSUMABLE CopyQueueOf {
  using Form = detail::QueueForm<Buffers...>;
  using To = typename Form::template At<0>;
  using From = typename Form::template At<1>;

 public:
  CopyQueueOf(CopyQueueOf&& other FERRY_TAKES_LIVE) = default;
  CopyQueueOf& operator=(CopyQueueOf&&) = delete;
  CopyQueueOf* operator&() = delete;
  FERRY_NEEDS_SPENT ~CopyQueueOf() {
    if (copier_.port_ != nullptr) drop();
  }

  /// Puts a copy in behind the others, of the first `length` bytes of `from`, by default all; the two buffers
  /// then are those of the oldest one, which is done with. Waits until it is. Bounded by a microsecond for
  /// each of its bytes and 20 ms more.
  ///
  /// The outcome is the number of bytes copied by the one that came out; or what went wrong. Then the buffers
  /// are still those that were handed in. What is wrong with those themselves (length_beyond_buffer,
  /// too_few_descriptors, misaligned and so on) leaves the queue as it was; any other error is its end, and
  /// the same for all calls to come: wait_into() gives everything back.
  [[nodiscard]] FERRY_NEEDS_LIVE Outcome exchange(To& to FERRY_BORROWS, From& from FERRY_BORROWS,
                                                  std::uint32_t length = whole_buffer) {
    return exchange_by(to, from, length, Deadline::never());
  }
  /// The same until the deadline at the most. When it passes, the error is timed_out, and nothing has
  /// changed: the queue goes on.
  [[nodiscard]] FERRY_NEEDS_LIVE Outcome exchange(To& to FERRY_BORROWS, From& from FERRY_BORROWS,
                                                  std::uint32_t length, Deadline deadline) {
    return exchange_by(to, from, length, deadline);
  }

  /// Whether exchange() would not wait: the oldest copy is done with, or the queue has ended with an error.
  FERRY_NEEDS_LIVE bool can_exchange() { return port().front_is_done(); }
  /// Whether all are, or the queue has ended with an error. Neither blocks. With every 1024th call they look
  /// whether GDMA was stopped, reset or lost its clock, as CopyOf::is_done() does.
  FERRY_NEEDS_LIVE bool is_done() { return port().is_done(); }

  /// Waits until all copies are done with, and gives the buffers back, the oldest first. Bounded as
  /// exchange(). The outcome is that of a copy of the buffers that come back: those that came out before do
  /// not count.
  [[nodiscard]] FERRY_NEEDS_LIVE FERRY_BECOMES_SPENT Outcome wait_into(Copier& copier FERRY_REFILLS,
                                                                       Buffers&... buffers FERRY_REFILLS) && {
    return give_back(port().finish(Deadline::never()), copier, buffers...);
  }
  /// Until the deadline at the most, the last argument; then the queue is aborted, as a copy would be.
  [[nodiscard]] FERRY_NEEDS_LIVE FERRY_BECOMES_SPENT Outcome wait_into(Copier& copier FERRY_REFILLS,
                                                                       Buffers&... buffers FERRY_REFILLS,
                                                                       Deadline deadline) && {
    return give_back(port().finish(deadline), copier, buffers...);
  }
  /// Aborts it, unless all copies are done with.
  [[nodiscard]] FERRY_NEEDS_LIVE FERRY_BECOMES_SPENT Outcome
  cancel_into(Copier& copier FERRY_REFILLS, Buffers&... buffers FERRY_REFILLS) && {
    return give_back(port().cancel(), copier, buffers...);
  }

  /// As CopyOf::recover_into.
  [[nodiscard]] static Outcome recover_into(Copier& copier FERRY_REFILLS, Buffers&... buffers FERRY_REFILLS) {
    return dropped.take_into(copier, buffers...);
  }
  [[nodiscard]] static bool was_dropped() { return !dropped.is_empty(); }

 private:
  friend Copier;

  // As many as there are channels.
  static constinit inline detail::Dropped<3, Copier, Buffers...> dropped{};

  FERRY_MADE_LIVE explicit CopyQueueOf(detail::CopyPort* port, Buffers&&... buffers FERRY_TAKES_LIVE)
      : copier_(port), port_(port), parts_(std::move(buffers)...) {
    parts_.for_each_plan([&](const detail::Plan* to, const detail::Plan* from) { port_.add(*to, *from); });
    port_.start();
  }

  detail::CopyQueuePort& port() {
    copier_.port();  // it stays behind when a queue is moved: what it describes belongs to somebody else then
    return port_;
  }
  Outcome exchange_by(To& to FERRY_BORROWS, From& from FERRY_BORROWS, std::uint32_t length,
                      Deadline deadline) {
    const detail::Plan to_plan = detail::MemoryAccess::plan(to);
    const detail::Plan from_plan = detail::MemoryAccess::plan(from);
    const Outcome outcome = port().exchange(to_plan, from_plan, length, deadline);
    if (outcome) {
      parts_.template exchange<0>(to, outcome->length);
      parts_.template exchange<1>(from, outcome->length);
    }
    return outcome;
  }
  [[gnu::noinline]] void drop() {
    const Outcome outcome = port_.cancel();
    tell();
    parts_.drop_into(dropped, outcome, copier_);
  }
  Outcome give_back(const Outcome& outcome, Copier& copier FERRY_REFILLS, Buffers&... buffers FERRY_REFILLS) {
    tell();
    copier = std::move(copier_);
    parts_.put_into(buffers...);
    return outcome;
  }
  void tell() {
    parts_.set_received([this](std::size_t index) { return port_.arrived(index); });
  }

  Copier copier_;
  detail::CopyQueuePort port_;
  detail::QueueParts<Buffers...> parts_;
};

template <class... Buffers>
CopyQueueOf<Buffers...> Copier::queue(Buffers... buffers FERRY_TAKES_LIVE) && {
  static_assert(detail::QueueForm<Buffers...>::check());
  static_assert(detail::QueueForm<Buffers...>::is_paired,
                "a copy has two buffers: what is received into, and what is sent");
  return CopyQueueOf<Buffers...>{give_away(), std::move(buffers)...};
}

}  // namespace ferry::dma
