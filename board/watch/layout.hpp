// Where the pieces of a list lie, and how they hang together. Lists may have thousands of descriptors:
// nothing that happens often goes through all of them. Lists of one or two are made again and again: a Layout
// keeps its memory.
#pragma once

#include "board/watch/piece.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace ferry::board::watch {

class Layout {
 public:
  // Of all these pieces, whatever it was of before. `first` is where the engine goes next: what it has left
  // behind may hang together in other ways by now.
  void set(std::span<const Piece> pieces, std::uint32_t first);
  // One piece more, or another one in a piece's place, which the engine is to come to and which makes no
  // circle of the list.
  void add(std::size_t index, const Piece& piece);
  void change(std::size_t index, const Piece& before, const Piece& piece);
  // The engine has come to this piece, by a link that was known.
  void arrive(std::size_t index) {
    if (comes_[index] == Comes::once) comes_[index] = Comes::never;
  }

  // Calls `function(index)` for each piece whose buffer, or whose descriptor, has bytes in common with these.
  template <class Function>
  void for_each_buffer(const Extent& bytes, Function function) const {
    if (is_among(bytes, buffers_, longest_buffer_)) for_each(buffers_, longest_buffer_, bytes, function);
  }
  template <class Function>
  void for_each_list(const Extent& bytes, Function function) const {
    if (is_among(bytes, lists_, Piece::descriptor_bytes))
      for_each(lists_, Piece::descriptor_bytes, bytes, function);
  }
  // False: none of them has.
  bool may_meet(const Extent& bytes) const {
    return is_among(bytes, buffers_, longest_buffer_) || is_among(bytes, lists_, Piece::descriptor_bytes);
  }
  // The piece with the descriptor at this address.
  std::optional<std::size_t> find(std::uint32_t descriptor) const;
  // The engine comes to it by the links that are known.
  bool is_ahead(std::size_t index) const { return comes_[index] != Comes::never; }
  // … again and again.
  bool in_circle(std::size_t index) const { return comes_[index] == Comes::again; }
  bool has_circle() const { return has_circle_; }

 private:
  enum class Comes : std::uint8_t { never, once, again };  // the engine, to a piece
  struct Entry {
    Extent extent;
    std::size_t index;
  };
  static std::uint32_t offset_of(const Entry& entry) { return entry.extent.offset; }
  void mark_way(std::span<const Piece> pieces, std::uint32_t first);
  static void insert(std::vector<Entry>& entries, const Entry& entry);
  static void erase(std::vector<Entry>& entries, const Entry& entry);
  // Mostly not: this is asked of all lists, about the bytes of one.
  static bool is_among(const Extent& bytes, const std::vector<Entry>& entries, std::uint32_t longest) {
    return !entries.empty() && bytes.end() > entries.front().extent.offset &&
           bytes.offset < entries.back().extent.offset + longest;
  }
  template <class Function>
  static void for_each(std::span<const Entry> entries, std::uint32_t longest, const Extent& bytes,
                       Function function);

  std::vector<Entry> buffers_, lists_;  // by offset
  std::vector<Comes> comes_;
  bool has_circle_ = false;
  std::uint32_t longest_buffer_ = 1;
};

template <class Function>
void Layout::for_each(std::span<const Entry> entries, std::uint32_t longest, const Extent& bytes,
                      Function function) {
  const std::uint32_t from = bytes.offset - std::min(bytes.offset, longest - 1);
  auto entry = std::ranges::lower_bound(entries, from, {}, offset_of);
  for (; entry != entries.end() && entry->extent.offset < bytes.end(); ++entry)
    if (entry->extent.meets(bytes)) function(entry->index);
}

}  // namespace ferry::board::watch
