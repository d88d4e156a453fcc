// Memory that GDMA may use, and who may touch it: buffers, and the descriptor lists that go with them.
//
//   auto [rx_memory, rx_descriptors, tx_memory, tx_descriptors] = ferry::dma_buffers<32000>();
//   ferry::dma::RxBuffer rx{std::move(rx_memory)};
//   ferry::dma::TxBuffer tx{std::move(tx_memory)};
//
// The two steps are on purpose. What comes out of a structured binding is not followed by the compiler's
// analysis; so it is memory without any access to its bytes. A local variable is followed, so that is where
// the bytes become reachable.
#pragma once

#include "ferry/dma/descriptor.hpp"
#include "ferry/ownership.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <type_traits>
#include <utility>

namespace ferry::dma {

/// As seen from memory: receiving writes into it (GDMA's IN registers), transmitting reads it (OUT).
enum class Direction : std::uint8_t { receive, transmit };

template <Direction direction>
class Memory;
template <Direction direction>
class Descriptors;
template <Direction direction>
class Buffer;

using RxMemory = Memory<Direction::receive>;
using TxMemory = Memory<Direction::transmit>;
using RxDescriptors = Descriptors<Direction::receive>;
using TxDescriptors = Descriptors<Direction::transmit>;
using RxBuffer = Buffer<Direction::receive>;
using TxBuffer = Buffer<Direction::transmit>;

namespace detail {

/// Ends the program if `taken` is set, and sets it: static storage has one owner.
void claim_once(bool& taken);
/// Ends the program: an index beyond the end of a buffer, or, with no bytes at all, a buffer that was moved
/// away.
[[noreturn]] FERRY_KEPT_APART void no_such_byte(const std::byte* bytes);

struct Region {
  std::byte* bytes = nullptr;
  std::uint16_t size = 0;      ///< bytes that the user asked for
  std::uint16_t capacity = 0;  ///< bytes that are there; a burst may write up to here
};

/// Static storage of one buffer. Word-aligned and rounded up to whole words, so that a burst fits any size.
template <std::uint32_t bytes>
struct Storage {
  static constexpr std::uint32_t capacity = (bytes + 3) / 4 * 4;
  alignas(4) std::array<std::byte, capacity> memory;
  std::array<Descriptor, descriptors_for(bytes)> list;
};

struct MemoryAccess;

/// One flag per array, whichever direction it is taken for.
template <auto& array>
inline constinit bool array_is_taken = false;

// What a function that sees a buffer's bytes may return.
template <class Result>
inline constexpr bool plain_value =
    std::is_void_v<Result> || std::is_arithmetic_v<Result> || std::is_enum_v<Result>;

}  // namespace detail

/// A piece of static memory before it becomes a Buffer. Moved, not copied; without access to its bytes.
template <Direction direction>
class [[nodiscard]] Memory {
 public:
  /// The memory of a static array of 1 to 32,736 bytes that the program placed itself: `of<array>()`. Once
  /// per array; a second time is fatal. Where it lies, and how it is aligned if burst is on, a transfer
  /// checks.
  template <auto& array>
    requires std::is_same_v<typename std::remove_reference_t<decltype(array)>::value_type, std::byte>
  static Memory of() {
    constexpr std::size_t size = std::tuple_size_v<std::remove_reference_t<decltype(array)>>;
    static_assert(size >= 1 && size <= largest_buffer, "a DMA buffer has 1 to 32,736 bytes");
    detail::claim_once(detail::array_is_taken<array>);
    return Memory{{array.data(), static_cast<std::uint16_t>(size), static_cast<std::uint16_t>(size)}};
  }

  constexpr Memory(Memory&& other) : region_(std::exchange(other.region_, {})) {}
  Memory& operator=(Memory&&) = delete;

 private:
  friend Buffer<direction>;
  friend detail::MemoryAccess;

  explicit constexpr Memory(detail::Region region) : region_(region) {}

  detail::Region region_;
};

/// A descriptor list in static memory. A channel takes it when it is configured and fills it by itself.
template <Direction direction>
class [[nodiscard]] Descriptors {
 public:
  /// A static array of descriptors that the program placed itself. Once per array; a second time is fatal.
  template <auto& array>
    requires std::is_same_v<typename std::remove_reference_t<decltype(array)>::value_type, Descriptor>
  static Descriptors of() {
    static_assert(array.size() >= 1, "a descriptor list has at least one descriptor");
    detail::claim_once(detail::array_is_taken<array>);
    return Descriptors{array};
  }

  constexpr Descriptors(Descriptors&& other) : list_(std::exchange(other.list_, {})) {}
  /// Only to one whose list was moved away: what is assigned over would be lost.
  constexpr Descriptors& operator=(Descriptors&& other) {
    if (!list_.empty()) ferry::detail::overwritten_while_live();
    list_ = std::exchange(other.list_, {});
    return *this;
  }

  constexpr std::size_t count() const { return list_.size(); }

 private:
  friend detail::MemoryAccess;

  explicit constexpr Descriptors(std::span<Descriptor> list) : list_(list) {}

  std::span<Descriptor> list_;
};

/// Bytes that a transfer receives into or sends from.
///
/// The object is a handle to static memory; moving it moves two words. While a transfer has it, using it is a
/// compile error under Clang and fatal otherwise; see ferry/ownership.hpp. There is no data(), no iterator
/// and no address-of: a pointer taken before the transfer would reach the bytes during it. What a call here
/// is given or gives back therefore stays inside that call; only operator[] returns a reference, for use in
/// the same expression.
///
/// A buffer holds 1 to 32,736 bytes. Nothing here blocks, and no index outside the buffer is let through:
/// that is fatal.
template <Direction direction>
class [[nodiscard]] FERRY_CONSUMABLE Buffer {
  static constexpr Direction other_direction =
      direction == Direction::receive ? Direction::transmit : Direction::receive;

 public:
  /// A spent one, to be filled by an assignment or by the end of a transfer.
  FERRY_MADE_SPENT Buffer() = default;
  FERRY_MADE_LIVE explicit Buffer(Memory<direction>&& memory) : region_(std::exchange(memory.region_, {})) {
    if (region_.bytes == nullptr) ferry::detail::used_after_move();
  }
  [[gnu::always_inline]] Buffer(Buffer&& other FERRY_TAKES_LIVE) : region_(other.give_away()) {}
  /// Only to a spent buffer: what is assigned over would be lost.
  [[gnu::always_inline]] FERRY_NEEDS_SPENT FERRY_BECOMES_LIVE Buffer& operator=(
      Buffer&& other FERRY_TAKES_LIVE) {
    if (region_.bytes != nullptr) ferry::detail::overwritten_while_live();
    region_ = other.give_away();
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
  FERRY_NEEDS_LIVE FERRY_BECOMES_SPENT FERRY_MADE_LIVE Buffer<other_direction> turn_around() && {
    return Buffer<other_direction>{give_away()};
  }

  /// Bytes.
  [[gnu::always_inline]] FERRY_NEEDS_LIVE std::uint32_t size() const {
    check_live();
    return region_.size;
  }

  [[gnu::always_inline]] FERRY_NEEDS_LIVE std::byte& operator[](std::uint32_t index) {
    if (index >= region_.size) detail::no_such_byte(region_.bytes);
    return region_.bytes[index];
  }
  [[gnu::always_inline]] FERRY_NEEDS_LIVE const std::byte& operator[](std::uint32_t index) const {
    if (index >= region_.size) detail::no_such_byte(region_.bytes);
    return region_.bytes[index];
  }

  [[gnu::always_inline]] FERRY_NEEDS_LIVE void fill(std::byte value) {
    check_live();
    std::memset(region_.bytes, std::to_integer<int>(value), region_.size);
  }

  /// Calls `function` with all bytes, as std::span<std::byte>, and returns its result, which must be a plain
  /// value (a number, an enumerator, nothing): no view of the bytes may leave.
  template <class Function>
  FERRY_NEEDS_LIVE auto with(Function&& function) {
    check_live();
    return call(function, std::span<std::byte>{region_.bytes, region_.size});
  }
  /// The same with std::span<const std::byte>.
  template <class Function>
  FERRY_NEEDS_LIVE auto with(Function&& function) const {
    check_live();
    return call(function, std::span<const std::byte>{region_.bytes, region_.size});
  }
  /// As with, for the first or the last `count` bytes; more than there are is fatal.
  template <class Function>
  FERRY_NEEDS_LIVE auto with_first(std::uint32_t count, Function&& function) const {
    check_count(count);
    return call(function, std::span<const std::byte>{region_.bytes, count});
  }
  template <class Function>
  FERRY_NEEDS_LIVE auto with_last(std::uint32_t count, Function&& function) const {
    check_count(count);
    return call(function, std::span<const std::byte>{region_.bytes + region_.size - count, count});
  }

 private:
  friend Buffer<other_direction>;
  friend detail::MemoryAccess;

  FERRY_MADE_LIVE explicit Buffer(const detail::Region& region) : region_(region) {}

  template <class Function, class View>
  static auto call(Function& function, View view) {
    static_assert(std::is_invocable_v<Function&, View>, "this function has to take a span of bytes");
    using Result = std::invoke_result_t<Function&, View>;
    static_assert(
        detail::plain_value<Result>,
        "only a plain value may leave a buffer: a number, an enumerator or nothing, no view of its bytes");
    return function(view);
  }
  [[gnu::always_inline]] void check_live() const {
    if (region_.bytes == nullptr) ferry::detail::used_after_move();
  }
  [[gnu::always_inline]] void check_count(std::uint32_t count) const {
    if (region_.bytes == nullptr || count > region_.size) detail::no_such_byte(region_.bytes);
  }
  [[gnu::always_inline]] detail::Region give_away() {
    check_live();
    return std::exchange(region_, {});
  }

  detail::Region region_;
};

/// What dma_buffers() gives.
struct Buffers {
  RxMemory rx_memory;
  RxDescriptors rx_descriptors;
  TxMemory tx_memory;
  TxDescriptors tx_descriptors;
};

namespace detail {

/// For dma_buffers() and for drivers: what lies behind the handles. Whoever takes something out keeps its
/// owner.
struct MemoryAccess {
  template <Direction direction>
  static constexpr Memory<direction> memory(Region region) {
    return Memory<direction>{region};
  }
  template <Direction direction>
  static constexpr Descriptors<direction> descriptors(std::span<Descriptor> list) {
    return Descriptors<direction>{list};
  }
  /// The list, which is gone from `descriptors` then. Fatal if it was gone before.
  template <Direction direction>
  static std::span<Descriptor> take_list(Descriptors<direction>& descriptors) {
    if (descriptors.list_.empty()) ferry::detail::used_after_move();
    return std::exchange(descriptors.list_, {});
  }
  template <Direction direction>
  static const Region& region(const Buffer<direction>& buffer) {
    return buffer.region_;
  }
};

}  // namespace detail
}  // namespace ferry::dma

namespace ferry {

/// Memory for `rx_bytes` to receive and `tx_bytes` to send, 1 to 32,736 each, with the descriptor lists that
/// a channel needs for them: 12 bytes per 4092. All of it is static, zero at start, word-aligned, inside
/// GDMA's range and rounded up to whole words.
///
/// Every place in the source that calls this has memory of its own. The same place executed a second time is
/// fatal, as it would give the same memory to two owners.
template <std::uint32_t rx_bytes, std::uint32_t tx_bytes = rx_bytes, class CallSite = decltype([] {})>
[[nodiscard]] dma::Buffers dma_buffers() {
  static_assert(rx_bytes >= 1 && rx_bytes <= dma::largest_buffer,
                "a DMA receive buffer has 1 to 32,736 bytes");
  static_assert(tx_bytes >= 1 && tx_bytes <= dma::largest_buffer,
                "a DMA transmit buffer has 1 to 32,736 bytes");
  static constinit dma::detail::Storage<rx_bytes> rx{};
  static constinit dma::detail::Storage<tx_bytes> tx{};
  static constinit bool taken = false;
  dma::detail::claim_once(taken);
  using dma::detail::MemoryAccess;
  constexpr auto receive = dma::Direction::receive;
  constexpr auto transmit = dma::Direction::transmit;
  return {MemoryAccess::memory<receive>({rx.memory.data(), rx_bytes, rx.capacity}),
          MemoryAccess::descriptors<receive>(rx.list),
          MemoryAccess::memory<transmit>({tx.memory.data(), tx_bytes, tx.capacity}),
          MemoryAccess::descriptors<transmit>(tx.list)};
}

}  // namespace ferry
