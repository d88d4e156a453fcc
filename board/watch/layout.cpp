#include "board/watch/layout.hpp"

#include "board/memory.hpp"

namespace ferry::board::watch {

std::optional<Extent> extent_of(std::uint32_t address, std::uint32_t length) {
  if (length == 0) return std::nullopt;
  const auto offset = Memory::offset(address, length);
  if (!offset) return std::nullopt;
  return Extent{*offset, length};
}

Layout::Layout(std::span<const Piece> pieces) : circle_(pieces.size()) {
  std::uint64_t position = 0;
  for (std::size_t index = 0; index < pieces.size(); ++index) {
    const Piece& piece = pieces[index];
    if (const auto buffer = extent_of(piece.buffer, piece.length)) {
      buffers_.push_back({*buffer, index});
      longest_buffer_ = std::max(longest_buffer_, piece.length);
    }
    if (const auto list = extent_of(piece.descriptor, Piece::descriptor_bytes))
      lists_.push_back({*list, index});
    descriptors_.emplace_back(piece.descriptor, index);
    positions_.push_back(position);
    position += piece.length;
  }
  const auto offset_of = [](const Entry& entry) { return entry.extent.offset; };
  std::ranges::sort(buffers_, {}, offset_of);
  std::ranges::sort(lists_, {}, offset_of);
  std::ranges::sort(descriptors_);
  mark_circle(pieces);
}

std::optional<std::size_t> Layout::find(std::uint32_t descriptor) const {
  const auto entry =
      std::ranges::lower_bound(descriptors_, descriptor, {}, &std::pair<std::uint32_t, std::size_t>::first);
  if (entry == descriptors_.end() || entry->first != descriptor) return std::nullopt;
  return entry->second;
}

// A list has one circle at most, at its end: each descriptor has one successor.
void Layout::mark_circle(std::span<const Piece> pieces) {
  if (pieces.empty()) return;
  const auto successor = [&](std::size_t index) {
    return pieces[index].next == 0 ? std::nullopt : find(pieces[index].next);
  };
  std::optional<std::size_t> place = 0;
  for (std::size_t steps = 0; place && steps < pieces.size(); ++steps) place = successor(*place);
  // So many steps lead beyond the end, or into the circle.
  has_circle_ = place.has_value();
  while (place && !circle_[*place]) {
    circle_[*place] = true;
    place = successor(*place);
  }
}

}  // namespace ferry::board::watch
