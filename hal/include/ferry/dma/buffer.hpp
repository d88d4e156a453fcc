// Buffers: bytes that a transfer receives into or sends from.
//
//   auto [rx_memory, rx_descriptors, tx_memory, tx_descriptors] = ferry::dma_buffers<32000>();
//   ferry::dma::RxBuffer rx{std::move(rx_memory)};
//   ferry::dma::TxBuffer tx{std::move(tx_memory)};
//
// The two steps are on purpose. What comes out of a structured binding is not followed by the compiler's
// analysis; so it is memory without any access to its bytes. A local variable is followed, so that is where
// the bytes become reachable.
//
// A ferry::dma::SizedBuffer instead of an RxBuffer or a TxBuffer is one of which the compiler knows the size.
#pragma once

#include "ferry/dma/known_size.hpp"
#include "ferry/dma/memory.hpp"
#include "ferry/dma/plan.hpp"
#include "ferry/ownership.hpp"

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <type_traits>
#include <utility>

namespace ferry::dma {

using RxBuffer = Buffer<Direction::receive>;
using TxBuffer = Buffer<Direction::transmit>;
/// One memory for both directions at once: what is received takes the place of what is sent.
using InPlaceBuffer = Buffer<Direction::both>;

namespace detail {

/// Ends the program: an index beyond the end of a buffer, or, with no bytes at all, a buffer that was moved
/// away.
[[noreturn]] FERRY_KEPT_APART void no_such_byte(const std::byte* bytes);

// What a function that sees a buffer's bytes may return.
template <class Result>
inline constexpr bool plain_value =
    std::is_void_v<Result> || std::is_arithmetic_v<Result> || std::is_enum_v<Result>;

}  // namespace detail

/// Bytes that a transfer receives into or sends from.
///
/// The object is a handle to static memory; moving it moves one word. While a transfer has it, using it is a
/// compile error under Clang and fatal otherwise; see ferry/ownership.hpp. There is no data(), no iterator
/// and no address-of: a pointer taken before the transfer would reach the bytes during it. For the same
/// reason the span that with() hands to a function is for the time of the call, and the reference that
/// operator[] returns for the same expression. No view can be returned; but no compiler sees one that the
/// function stores elsewhere or a reference that is kept. DMA watch (`ferry run --watch`) does, when it is
/// used.
///
/// A buffer holds 1 byte to as many as there is memory that GDMA reaches. Nothing here blocks, and no index
/// outside the buffer is let through: that is fatal.
template <Direction direction>
class [[nodiscard]] FERRY_CONSUMABLE Buffer {
  static constexpr bool receives = direction != Direction::transmit;
  static constexpr bool transmits = direction != Direction::receive;
  static constexpr bool one_way = direction != Direction::both;
  static constexpr Direction other_direction =
      direction == Direction::receive ? Direction::transmit : Direction::receive;

 public:
  /// A spent one, to be filled by an assignment or by the end of a transfer.
  FERRY_MADE_SPENT Buffer() = default;
  FERRY_MADE_LIVE explicit Buffer(Memory<direction>&& memory)
      : owned_(std::exchange(memory.owned_, nullptr)) {
    check_live();
  }
  [[gnu::always_inline]] Buffer(Buffer&& other FERRY_TAKES_LIVE) : owned_(other.give_away()) {}
  /// Only to a spent buffer: what is assigned over would be lost.
  [[gnu::always_inline]] FERRY_NEEDS_SPENT FERRY_BECOMES_LIVE Buffer& operator=(
      Buffer&& other FERRY_TAKES_LIVE) {
    if (owned_ != nullptr) ferry::detail::overwritten_while_live();
    owned_ = other.give_away();
    return *this;
  }
  Buffer* operator&() = delete;
  const Buffer* operator&() const = delete;

  friend void swap(Buffer& a FERRY_BORROWS, Buffer& b FERRY_BORROWS) {
    Buffer keep{std::move(a)};
    a = std::move(b);
    b = std::move(keep);
  }

  /// What was received, to be sent, or the reverse: a buffer of the other direction with the same bytes.
  /// Nothing is copied. A function and not a constructor, as the analysis does not look at a constructor's
  /// arguments.
  FERRY_NEEDS_LIVE FERRY_BECOMES_SPENT FERRY_MADE_LIVE Buffer<other_direction> turn_around() &&
    requires one_way
  {
    return Buffer<other_direction>{give_away_unread()};
  }
  /// The same bytes as a buffer of another kind. Nothing is copied.
  FERRY_NEEDS_LIVE FERRY_BECOMES_SPENT FERRY_MADE_LIVE RxBuffer as_receive() &&
    requires transmits
  {
    return RxBuffer{give_away_unread()};
  }
  FERRY_NEEDS_LIVE FERRY_BECOMES_SPENT FERRY_MADE_LIVE TxBuffer as_transmit() &&
    requires receives
  {
    return TxBuffer{give_away_unread()};
  }
  FERRY_NEEDS_LIVE FERRY_BECOMES_SPENT FERRY_MADE_LIVE InPlaceBuffer as_in_place() &&
    requires one_way
  {
    return InPlaceBuffer{give_away_unread()};
  }

  /// Bytes.
  [[gnu::always_inline]] FERRY_NEEDS_LIVE std::uint32_t size() const { return region().size; }

  /// Bytes that the last transfer into this buffer brought, whether it went well or not; 0 before the first.
  /// After one that was ended early, at least so many have arrived. Never more than size(). A transfer that
  /// only sends from it does not count.
  [[gnu::always_inline]] FERRY_NEEDS_LIVE std::uint32_t received() const
    requires receives
  {
    check_live();
    return owned_->received;
  }

  [[gnu::always_inline]] FERRY_NEEDS_LIVE std::byte& operator[](std::uint32_t index) { return byte(index); }
  [[gnu::always_inline]] FERRY_NEEDS_LIVE const std::byte& operator[](std::uint32_t index) const {
    return byte(index);
  }

  [[gnu::always_inline]] FERRY_NEEDS_LIVE void fill(std::byte value) {
    std::memset(region().bytes, std::to_integer<int>(value), region().size);
  }

  /// Calls `function` with all bytes, as std::span<std::byte>, and returns its result, which must be a plain
  /// value (a number, an enumerator, nothing): no view of the bytes may leave.
  template <class Function>
  FERRY_NEEDS_LIVE auto with(Function&& function) {
    return call(function, std::span<std::byte>{region().bytes, region().size});
  }
  /// The same with std::span<const std::byte>.
  template <class Function>
  FERRY_NEEDS_LIVE auto with(Function&& function) const {
    return call(function, std::span<const std::byte>{region().bytes, region().size});
  }
  /// As with, for the first or the last `count` bytes; more than there are is fatal.
  template <class Function>
  FERRY_NEEDS_LIVE auto with_first(std::uint32_t count, Function&& function) const {
    check_count(count);
    return call(function, std::span<const std::byte>{owned_->region.bytes, count});
  }
  template <class Function>
  FERRY_NEEDS_LIVE auto with_last(std::uint32_t count, Function&& function) const {
    check_count(count);
    return call(function,
                std::span<const std::byte>{owned_->region.bytes + owned_->region.size - count, count});
  }
  /// As with, for the bytes that arrived.
  template <class Function>
  FERRY_NEEDS_LIVE auto with_received(Function&& function) const
    requires receives
  {
    return call(function,
                std::span<const std::byte>{region().bytes, std::min(owned_->received, owned_->region.size)});
  }

 private:
  template <Direction>
  friend class Buffer;
  template <Direction, std::uint32_t, class>
  friend class SizedBuffer;
  friend detail::MemoryAccess;

  [[gnu::always_inline]] FERRY_MADE_LIVE explicit Buffer(detail::Owned* owned) : owned_(owned) {}

  template <class Function, class View>
  static auto call(Function& function, View view) {
    static_assert(std::is_invocable_v<Function&, View>, "this function has to take a span of bytes");
    using Result = std::invoke_result_t<Function&, View>;
    static_assert(
        detail::plain_value<Result>,
        "only a plain value may leave a buffer: a number, an enumerator or nothing, no view of its bytes");
    return function(view);
  }
  [[gnu::always_inline]] bool is_owner() const { return owned_ != nullptr; }
  [[gnu::always_inline]] void check_live() const {
    if (owned_ == nullptr) ferry::detail::used_after_move();
  }
  [[gnu::always_inline]] void check_count(std::uint32_t count) const {
    if (count > region().size) detail::no_such_byte(region().bytes);
  }
  [[gnu::always_inline]] std::byte& byte(std::uint32_t index) const {
    if (index >= region().size) detail::no_such_byte(region().bytes);
    return region().bytes[index];
  }
  [[gnu::always_inline]] detail::Owned* give_away() {
    check_live();
    return std::exchange(owned_, nullptr);
  }

  // To a buffer of another kind, into which nothing has been received yet.
  detail::Owned* give_away_unread() {
    detail::Owned* const owned = give_away();
    owned->received = 0;
    return owned;
  }
  // A move in two halves, which does not ask what is known.
  [[gnu::always_inline]] FERRY_BECOMES_SPENT detail::Owned* give_away_live() {
    return std::exchange(owned_, nullptr);
  }
  [[gnu::always_inline]] FERRY_NEEDS_SPENT FERRY_BECOMES_LIVE void refill(detail::Owned* owned) {
    if (owned_ != nullptr) ferry::detail::overwritten_while_live();
    owned_ = owned;
  }

  [[gnu::always_inline]] detail::Plan plan() const { return {&region(), 1, region().size}; }
  [[gnu::always_inline]] const detail::Region& region() const {
    check_live();
    return owned_->region;
  }
  [[gnu::always_inline]] const detail::Region* region_if_live() const {
    return owned_ == nullptr ? nullptr : &owned_->region;
  }
  [[gnu::always_inline]] void set_received(std::uint32_t length) {
    if constexpr (receives) owned_->received = length;
  }

  detail::Owned* owned_ = nullptr;
};

/// Memory and lists for both directions.
struct Buffers {
  RxMemory rx_memory;
  RxDescriptors rx_descriptors;
  TxMemory tx_memory;
  TxDescriptors tx_descriptors;
};

/// What dma_buffers() gives: the same, with the sizes in the types.
template <std::uint32_t rx_bytes, std::uint32_t tx_bytes, class CallSite>
struct SizedBuffers {
  SizedMemory<Direction::receive, rx_bytes, detail::RxPlace<CallSite>> rx_memory;
  RxDescriptors rx_descriptors;
  SizedMemory<Direction::transmit, tx_bytes, detail::TxPlace<CallSite>> tx_memory;
  TxDescriptors tx_descriptors;

  operator Buffers() && {  // NOLINT: meant to convert
    return {std::move(rx_memory), std::move(rx_descriptors), std::move(tx_memory), std::move(tx_descriptors)};
  }
};

/// What dma_descriptors() gives.
struct DescriptorLists {
  RxDescriptors rx;
  TxDescriptors tx;
};

/// What dma_buffer_in_place() gives.
template <std::uint32_t bytes, class CallSite>
struct InPlaceBuffers {
  SizedMemory<Direction::both, bytes, CallSite> memory;
  RxDescriptors rx_descriptors;
  TxDescriptors tx_descriptors;
};

namespace detail {

/// For dma_buffers() and for drivers: what lies behind the handles. Whoever takes something out keeps its
/// owner.
struct MemoryAccess {
  template <Direction direction, std::uint32_t bytes, class Place>
  static constexpr auto memory(Owned& owned) {
    return SizedMemory<direction, bytes, Place>{&owned};
  }
  template <Direction direction>
  static constexpr Descriptors<direction> descriptors(List* list) {
    return Descriptors<direction>{list};
  }
  /// The list, which is gone from `descriptors` then. Fatal if it was gone before.
  template <Direction direction>
  static List* take_list(Descriptors<direction>& descriptors) {
    if (descriptors.list_ == nullptr) ferry::detail::used_after_move();
    return std::exchange(descriptors.list_, nullptr);
  }

  /// Whether the buffer has bytes that are nobody else's: constant data never are.
  template <class Kind>
  [[gnu::always_inline]] static bool is_owner(const Kind& buffer) {
    if constexpr (requires { buffer.is_owner(); }) {
      return buffer.is_owner();
    } else {
      return false;
    }
  }
  /// What a transfer does with a buffer of any kind. The plan refers to the buffer: it lasts until the buffer
  /// is moved. Fatal if it is spent.
  template <class Kind>
  [[gnu::always_inline]] static Plan plan(const Kind& buffer) {
    return buffer.plan();
  }
  /// The same of a kind that is one piece of memory and has no list of its own.
  template <class Kind>
  [[gnu::always_inline]] static const Region& region(const Kind& buffer) {
    return buffer.region();
  }
  /// The same, or nullptr if it is spent: for who finds that out without asking.
  template <class Kind>
  [[gnu::always_inline]] static const Region* region_if_live(const Kind& buffer) {
    return buffer.region_if_live();
  }
  /// Move a buffer that is known to be live, as those of a transfer are that has its driver: where there is
  /// something to be saved by it, that is not asked again.
  template <class Kind>
  [[gnu::always_inline]] FERRY_MADE_LIVE static Kind take_live(Kind& from FERRY_EMPTIES) {
    if constexpr (requires { from.give_away_live(); }) {
      return Kind{from.give_away_live()};
    } else {
      return std::move(from);
    }
  }
  template <class Kind>
  [[gnu::always_inline]] static void move_live(Kind& to FERRY_REFILLS, Kind& from FERRY_EMPTIES) {
    if constexpr (requires { from.give_away_live(); }) {
      to.refill(from.give_away_live());
    } else {
      to = std::move(from);
    }
  }
  /// At the end of a transfer: so many bytes arrived.
  template <class Kind>
  [[gnu::always_inline]] static void set_received(Kind& buffer FERRY_BORROWS, std::uint32_t length) {
    buffer.set_received(length);
  }

  /// For the functions that make a kind of buffer.
  template <class Kind, class... Parts>
  FERRY_MADE_LIVE static Kind make(Parts&&... parts) {
    return Kind(std::forward<Parts>(parts)...);
  }

  // Whether these are there, for the concepts below: only this struct can see it.
  template <class Kind>
  static constexpr bool has_plan = requires(const Kind& buffer) {
    { buffer.plan() } -> std::same_as<Plan>;
  };
  template <class Kind>
  static constexpr bool is_one_region = requires(const Kind& buffer) {
    { buffer.region() } -> std::same_as<const Region&>;
  };
  template <class Kind>
  static constexpr bool can_receive = requires { requires Kind::receives; };
  template <class Kind>
  static constexpr bool is_endless = requires { requires Kind::endless; };
  template <class Kind>
  static constexpr bool has_list = requires { requires Kind::brings_a_list; };
  template <class Kind>
  static constexpr bool can_transmit = !can_receive<Kind> || requires { requires Kind::transmits; };
};

}  // namespace detail

/// What a transfer can receive into: RxBuffer and its relatives.
template <class Kind>
concept Target = detail::MemoryAccess::has_plan<Kind> && detail::MemoryAccess::can_receive<Kind>;
/// What a transfer can send from: TxBuffer and its relatives.
template <class Kind>
concept Source = detail::MemoryAccess::has_plan<Kind> && detail::MemoryAccess::can_transmit<Kind>;
/// What can be followed by something else: all but a source without an end.
template <class Kind>
concept HasEnd = !detail::MemoryAccess::is_endless<Kind>;
/// What can follow something else in its descriptor list: what has an end, and no list of its own.
template <class Kind>
concept Appendable = HasEnd<Kind> && !detail::MemoryAccess::has_list<Kind>;

}  // namespace ferry::dma

namespace ferry {

/// Memory for `rx_bytes` to receive and `tx_bytes` to send, with the descriptor lists that a channel needs
/// for them: 12 bytes per 4092. All of it is static, zero at start, word-aligned, inside GDMA's range and
/// rounded up to whole words.
///
/// Every place in the source that calls this has memory of its own. The same place executed a second time is
/// fatal, as it would give the same memory to two owners.
template <std::uint32_t rx_bytes, std::uint32_t tx_bytes = rx_bytes, class CallSite = decltype([] {})>
[[nodiscard]] dma::SizedBuffers<rx_bytes, tx_bytes, CallSite> dma_buffers() {
  static_assert(rx_bytes >= 1 && rx_bytes <= dma::largest_buffer,
                "a DMA receive buffer has 1 to 393,216 bytes");
  static_assert(tx_bytes >= 1 && tx_bytes <= dma::largest_buffer,
                "a DMA transmit buffer has 1 to 393,216 bytes");
  static constinit dma::detail::Storage<rx_bytes> rx{};
  static constinit dma::detail::Storage<tx_bytes> tx{};
  static constinit dma::detail::Owned owned_rx{rx.region()}, owned_tx{tx.region()};
  static constinit dma::detail::ListStorage<dma::descriptors_for(rx_bytes)> rx_list{};
  static constinit dma::detail::ListStorage<dma::descriptors_for(tx_bytes)> tx_list{};
  static constinit bool taken = false;
  dma::detail::claim_once(taken);
  using dma::detail::MemoryAccess;
  constexpr auto receive = dma::Direction::receive;
  constexpr auto transmit = dma::Direction::transmit;
  return {MemoryAccess::memory<receive, rx_bytes, dma::detail::RxPlace<CallSite>>(owned_rx),
          MemoryAccess::descriptors<receive>(&rx_list.list),
          MemoryAccess::memory<transmit, tx_bytes, dma::detail::TxPlace<CallSite>>(owned_tx),
          MemoryAccess::descriptors<transmit>(&tx_list.list)};
}

/// Descriptor lists alone, of so many descriptors each, for buffers that a program placed itself, for several
/// buffers in a row, or to prepare transfers with. Static and owned as above.
template <std::uint32_t rx_descriptors, std::uint32_t tx_descriptors = rx_descriptors,
          class CallSite = decltype([] {})>
[[nodiscard]] dma::DescriptorLists dma_descriptors() {
  static_assert(rx_descriptors >= 1 && tx_descriptors >= 1, "a descriptor list has at least one descriptor");
  static constinit dma::detail::ListStorage<rx_descriptors> rx{};
  static constinit dma::detail::ListStorage<tx_descriptors> tx{};
  static constinit bool taken = false;
  dma::detail::claim_once(taken);
  using dma::detail::MemoryAccess;
  return {MemoryAccess::descriptors<dma::Direction::receive>(&rx.list),
          MemoryAccess::descriptors<dma::Direction::transmit>(&tx.list)};
}

/// As dma_buffers(), with one memory for both directions: for transfers in place.
template <std::uint32_t bytes, class CallSite = decltype([] {})>
[[nodiscard]] dma::InPlaceBuffers<bytes, CallSite> dma_buffer_in_place() {
  static_assert(bytes >= 1 && bytes <= dma::largest_buffer, "a DMA buffer has 1 to 393,216 bytes");
  static constinit dma::detail::Storage<bytes> memory{};
  static constinit dma::detail::Owned owned{memory.region()};
  static constinit dma::detail::ListStorage<dma::descriptors_for(bytes)> rx_list{};
  static constinit dma::detail::ListStorage<dma::descriptors_for(bytes)> tx_list{};
  static constinit bool taken = false;
  dma::detail::claim_once(taken);
  using dma::detail::MemoryAccess;
  return {MemoryAccess::memory<dma::Direction::both, bytes, CallSite>(owned),
          MemoryAccess::descriptors<dma::Direction::receive>(&rx_list.list),
          MemoryAccess::descriptors<dma::Direction::transmit>(&tx_list.list)};
}

}  // namespace ferry
