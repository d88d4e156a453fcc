// Several buffers as one: a transfer sends them, or fills them, one behind the other.
//
//   auto frame = ferry::dma::gather(std::move(header), std::move(body), std::move(checksum));
//   auto transfer = std::move(spi).transfer(std::move(rx), std::move(frame));
//   …
//   std::move(frame).release_into(header, body, checksum);
//
// Nothing is copied: the pieces become one descriptor list. They belong to the frame until it gives them
// back, so none can be touched while a transfer has it. Each piece takes a descriptor per 4095 bytes or part
// of that; ferry::dma_descriptors() has lists of any length.
#pragma once

#include "ferry/dma/buffer.hpp"
#include "ferry/dma/const_source.hpp"
#include "ferry/dma/dropped.hpp"
#include "ferry/dma/transfer.hpp"
#include "ferry/ownership.hpp"

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <tuple>
#include <utility>

namespace ferry::dma {

/// What can be a piece: a buffer, or constant data.
template <class Kind>
concept SourcePiece = Source<Kind> && detail::MemoryAccess::is_one_region<Kind>;
template <class Kind>
concept TargetPiece = Target<Kind> && detail::MemoryAccess::is_one_region<Kind>;

/// Pieces in the order of their bytes; made by gather() and scatter(). As a buffer: moved, spent while a
/// transfer has it. Nothing here blocks.
///
/// One that goes out of scope keeps its pieces for recover_into(). It may, as a single buffer may: no
/// hardware is at work with them.
template <bool for_receiving, class... Kinds>
class [[nodiscard]] FERRY_CONSUMABLE Pieces {
  template <std::size_t index>
  static constexpr std::uint32_t most_bytes_of =
      detail::most_bytes<std::tuple_element_t<index, std::tuple<Kinds...>>>;

  // Constant data have none.
  static constexpr bool has_owner = !(std::same_as<Kinds, ConstSource> && ...);

 public:
  /// A spent one, to be filled by an assignment or by the end of a transfer.
  FERRY_MADE_SPENT Pieces() = default;
  Pieces(Pieces&& other FERRY_TAKES_LIVE) = default;
  FERRY_NEEDS_SPENT FERRY_BECOMES_LIVE Pieces& operator=(Pieces&& other FERRY_TAKES_LIVE) = default;
  Pieces* operator&() = delete;
  const Pieces* operator&() const = delete;
  [[gnu::always_inline]] ~Pieces()
    requires has_owner
  {
    if (is_live()) drop(indices);
  }
  ~Pieces()
    requires(!has_owner)
  = default;

  /// Bytes of all pieces.
  FERRY_NEEDS_LIVE std::uint32_t size() const {
    check_live();
    return total();
  }

  /// Uses of piece `index` only the `length` bytes from `offset` on, counted in that piece; by default all of
  /// it is used. With a length of 0 it is left out. More than there is of it is fatal.
  template <std::size_t index>
    requires(!for_receiving)
  FERRY_NEEDS_LIVE void use(std::uint32_t offset, std::uint32_t length)
      FERRY_REFUSES(offset > most_bytes_of<index> || length > most_bytes_of<index> - offset,
                    "there are not that many bytes in this piece") {
    limit<index>(offset, length);
  }
  /// Fills of piece `index` only the first `length` bytes.
  template <std::size_t index>
    requires for_receiving
  FERRY_NEEDS_LIVE void use(std::uint32_t length)
      FERRY_REFUSES(length > most_bytes_of<index>, "there are not that many bytes in this piece") {
    limit<index>(0, length);
  }

  /// Calls `function` with the bytes of piece `index`, all of them, as std::span, and returns its result,
  /// which must be a plain value.
  template <std::size_t index, class Function>
  FERRY_NEEDS_LIVE auto with(Function&& function) {
    return std::get<index>(kinds_).with(std::forward<Function>(function));
  }

  /// Gives the pieces back, in the order they were given in. A piece that was received into knows how many of
  /// the bytes came to it.
  FERRY_NEEDS_LIVE FERRY_BECOMES_SPENT void release_into(Kinds&... kinds FERRY_REFILLS) && {
    put_back(indices, kinds...);
  }

  /// The pieces of one of this kind that was dropped, as release_into() would have given them back; the first
  /// one that was, of up to four. Without one it is fatal: there is was_dropped() to ask before.
  static void recover_into(Kinds&... kinds FERRY_REFILLS)
    requires has_owner
  {
    static_cast<void>(dropped.take_into(kinds...));
  }
  [[nodiscard]] static bool was_dropped()
    requires has_owner
  {
    return !dropped.is_empty();
  }

 private:
  friend detail::MemoryAccess;

  static constexpr bool receives = for_receiving;
  static constinit inline detail::Dropped<4, Kinds...> dropped{};

  bool is_live() const {
    return std::apply([](const auto&... kind) { return (detail::MemoryAccess::is_owner(kind) || ...); },
                      kinds_);
  }
  template <std::size_t... index>
  [[gnu::noinline]] void drop(std::index_sequence<index...>) {
    dropped.put(Received{0}, std::get<index>(kinds_)...);
  }

  FERRY_MADE_LIVE explicit Pieces(std::tuple<Kinds...>&& kinds) : kinds_(std::move(kinds)) {
    std::apply(
        [this](const auto&... kind) {
          std::size_t index = 0;
          ((regions_[index++] = *detail::MemoryAccess::plan(kind).pieces), ...);
        },
        kinds_);
  }

  template <std::size_t index>
  void limit(std::uint32_t offset, std::uint32_t length) {
    static_assert(index < sizeof...(Kinds), "there is no piece with this index");
    check_live();
    const detail::Region whole = *detail::MemoryAccess::plan(std::get<index>(kinds_)).pieces;
    if (offset > whole.size || length > whole.size - offset) detail::no_such_byte(whole.bytes);
    regions_[index] = {whole.bytes + offset, length, whole.capacity - offset};
  }

  std::uint32_t total() const {
    std::uint32_t bytes = 0;
    for (const detail::Region& region : regions_) bytes += region.size;
    return bytes;
  }
  detail::Plan plan() const {
    check_live();
    // A single piece counts as several, too: its first byte does not tell how much of it is used.
    return {regions_.data(), std::max<std::uint32_t>(sizeof...(Kinds), 2), total()};
  }
  // Constant data can be had again and again, so a moved object that has nothing else may be used further.
  void check_live() const {
    std::apply([](const auto&... kind) { (static_cast<void>(detail::MemoryAccess::plan(kind)), ...); },
               kinds_);
  }
  void set_received(std::uint32_t length) { share_out(indices, length); }

  static constexpr auto indices = std::index_sequence_for<Kinds...>{};
  template <std::size_t... index>
  void put_back(std::index_sequence<index...>, Kinds&... kinds FERRY_REFILLS) {
    ((kinds = std::move(std::get<index>(kinds_))), ...);
  }
  template <std::size_t... index>
  void share_out(std::index_sequence<index...>, std::uint32_t length) {
    (share_out<index>(length), ...);
  }
  template <std::size_t index>
  void share_out(std::uint32_t& length) {
    const std::uint32_t part = std::min(length, regions_[index].size);
    detail::MemoryAccess::set_received(std::get<index>(kinds_), part);
    length -= part;
  }

  std::tuple<Kinds...> kinds_;
  std::array<detail::Region, sizeof...(Kinds)> regions_{};
};

namespace detail {
template <bool for_receiving, class... Kinds>
inline constexpr std::uint32_t most_bytes<Pieces<for_receiving, Kinds...>> = (most_bytes<Kinds> + ... + 0u);
}  // namespace detail

template <SourcePiece... Kinds>
using Gather = Pieces<false, Kinds...>;
template <TargetPiece... Kinds>
using Scatter = Pieces<true, Kinds...>;

/// Several sources as one, in this order.
template <SourcePiece... Kinds>
FERRY_MADE_LIVE Gather<Kinds...> gather(Kinds... kinds FERRY_TAKES_LIVE) {
  static_assert(sizeof...(Kinds) != 0, "gather() makes one of several buffers, and there is none here");
  return detail::MemoryAccess::make<Gather<Kinds...>>(std::tuple<Kinds...>{std::move(kinds)...});
}
/// Several buffers to receive into as one. With burst on, every piece has to start on a word, and all but the
/// last are filled by whole words; otherwise the error is misaligned.
template <TargetPiece... Kinds>
FERRY_MADE_LIVE Scatter<Kinds...> scatter(Kinds... kinds FERRY_TAKES_LIVE) {
  static_assert(sizeof...(Kinds) != 0, "scatter() makes one of several buffers, and there is none here");
  return detail::MemoryAccess::make<Scatter<Kinds...>>(std::tuple<Kinds...>{std::move(kinds)...});
}

}  // namespace ferry::dma
