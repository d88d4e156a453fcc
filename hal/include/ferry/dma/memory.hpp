// Memory that GDMA may use before it becomes a buffer, and descriptor lists: static storage with one owner.
#pragma once

#include "ferry/dma/descriptor.hpp"
#include "ferry/dma/plan.hpp"
#include "ferry/ownership.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

namespace ferry::dma {

/// As seen from memory: receiving writes into it (GDMA's IN registers), transmitting reads it (OUT). `both`
/// is one memory for both at once.
enum class Direction : std::uint8_t { receive, transmit, both };

template <Direction direction>
class Memory;
template <Direction direction, std::uint32_t bytes, class Place>
class SizedMemory;
template <Direction direction>
class Descriptors;
template <Direction direction>
class Buffer;

using RxMemory = Memory<Direction::receive>;
using TxMemory = Memory<Direction::transmit>;
using InPlaceMemory = Memory<Direction::both>;
using RxDescriptors = Descriptors<Direction::receive>;
using TxDescriptors = Descriptors<Direction::transmit>;

namespace detail {

/// Ends the program if `taken` is set, and sets it: static storage has one owner.
void claim_once(bool& taken);

/// Static storage of one buffer's bytes. Word-aligned and rounded up to whole words, so that a burst fits any
/// size.
template <std::uint32_t size>
struct Storage {
  static constexpr std::uint32_t capacity = (size + 3) / 4 * 4;

  alignas(4) std::array<std::byte, capacity> bytes;

  constexpr Region region() { return {bytes.data(), size, capacity}; }
};

/// Static storage of a descriptor list.
template <std::uint32_t count>
struct ListStorage {
  std::array<Descriptor, count> descriptors{};
  List list{descriptors.data(), count};
};

struct MemoryAccess;

/// Name the place that memory has: the array that it is, or one of both directions of a dma_buffers().
template <auto& array>
struct InArray;
template <class CallSite>
struct RxPlace;
template <class CallSite>
struct TxPlace;

/// One flag per array, whichever direction it is taken for.
template <auto& array>
inline constinit bool array_is_taken = false;
/// The memory that a program's own array is.
template <auto& array>
inline constinit Owned memory_of{{array.data(), array.size(), array.size()}};
/// The list that a program's own array of descriptors is.
template <auto& array>
inline constinit List list_of{array.data(), static_cast<std::uint32_t>(array.size())};

}  // namespace detail

/// A piece of static memory before it becomes a Buffer. Moved, not copied; without access to its bytes.
template <Direction direction>
class [[nodiscard]] Memory {
 public:
  /// The memory of a static array that the program placed itself: `of<array>()`. Once per array; a second
  /// time is fatal. Where it lies, and how it is aligned if burst is on, a transfer checks.
  template <auto& array>
    requires std::is_same_v<typename std::remove_reference_t<decltype(array)>::value_type, std::byte>
  static auto of() {
    constexpr std::size_t size = std::tuple_size_v<std::remove_reference_t<decltype(array)>>;
    static_assert(size >= 1 && size <= largest_buffer, "a DMA buffer has 1 to 393,216 bytes");
    detail::claim_once(detail::array_is_taken<array>);
    return SizedMemory<direction, std::uint32_t{size}, detail::InArray<array>>{&detail::memory_of<array>};
  }

  constexpr Memory(Memory&& other) : owned_(std::exchange(other.owned_, nullptr)) {}
  Memory& operator=(Memory&&) = delete;

 private:
  friend Buffer<direction>;
  friend detail::MemoryAccess;

  explicit constexpr Memory(detail::Owned* owned) : owned_(owned) {}

  detail::Owned* owned_;
};

/// The same, of which the type tells the size and the place in the program that it comes from. Becomes a
/// Buffer as any memory does, which forgets both, or a SizedBuffer.
template <Direction direction, std::uint32_t bytes, class Place>
class [[nodiscard]] SizedMemory : public Memory<direction> {
  using Memory<direction>::Memory;
};

/// A descriptor list in static memory. A channel takes it when it is configured and fills it by itself.
template <Direction direction>
class [[nodiscard]] Descriptors {
 public:
  /// None, to be filled when a channel gives its list back.
  constexpr Descriptors() = default;
  /// A static array of descriptors that the program placed itself. Once per array; a second time is fatal.
  template <auto& array>
    requires std::is_same_v<typename std::remove_reference_t<decltype(array)>::value_type, Descriptor>
  static Descriptors of() {
    static_assert(array.size() >= 1, "a descriptor list has at least one descriptor");
    detail::claim_once(detail::array_is_taken<array>);
    return Descriptors{&detail::list_of<array>};
  }

  constexpr Descriptors(Descriptors&& other) : list_(std::exchange(other.list_, nullptr)) {}
  /// Only to one whose list was moved away: what is assigned over would be lost.
  constexpr Descriptors& operator=(Descriptors&& other) {
    if (list_ != nullptr) ferry::detail::overwritten_while_live();
    list_ = std::exchange(other.list_, nullptr);
    return *this;
  }

  constexpr std::size_t count() const { return list_ == nullptr ? 0 : list_->descriptors; }

 private:
  friend detail::MemoryAccess;

  explicit constexpr Descriptors(detail::List* list) : list_(list) {}

  detail::List* list_ = nullptr;
};

}  // namespace ferry::dma
