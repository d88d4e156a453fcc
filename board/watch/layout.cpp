#include "board/watch/layout.hpp"

namespace ferry::board::watch {

void Layout::set(std::span<const Piece> pieces, std::uint32_t first) {
  buffers_.clear();
  lists_.clear();
  longest_buffer_ = 1;
  for (std::size_t index = 0; index < pieces.size(); ++index) {
    const Piece& piece = pieces[index];
    if (const auto buffer = extent_of(piece.buffer, piece.length)) {
      buffers_.push_back({*buffer, index});
      longest_buffer_ = std::max(longest_buffer_, piece.length);
    }
    if (const auto list = extent_of(piece.descriptor, Piece::descriptor_bytes))
      lists_.push_back({*list, index});
  }
  if (pieces.size() > 1) {
    std::ranges::sort(buffers_, {}, offset_of);
    std::ranges::sort(lists_, {}, offset_of);
  }
  comes_.assign(pieces.size(), Comes::never);
  mark_way(pieces, first);
}

void Layout::add(std::size_t index, const Piece& piece) {
  if (const auto buffer = extent_of(piece.buffer, piece.length)) insert(buffers_, {*buffer, index});
  if (const auto list = extent_of(piece.descriptor, Piece::descriptor_bytes)) insert(lists_, {*list, index});
  longest_buffer_ = std::max(longest_buffer_, piece.length);
  comes_.resize(std::max(comes_.size(), index + 1));
  comes_[index] = Comes::once;
}

void Layout::change(std::size_t index, const Piece& before, const Piece& piece) {
  comes_[index] = std::max(comes_[index], Comes::once);
  if (before.buffer == piece.buffer && before.length == piece.length) return;
  if (const auto buffer = extent_of(before.buffer, before.length)) erase(buffers_, {*buffer, index});
  if (const auto buffer = extent_of(piece.buffer, piece.length)) insert(buffers_, {*buffer, index});
  longest_buffer_ = std::max(longest_buffer_, piece.length);
}

void Layout::insert(std::vector<Entry>& entries, const Entry& entry) {
  entries.insert(std::ranges::upper_bound(entries, entry.extent.offset, {}, offset_of), entry);
}

void Layout::erase(std::vector<Entry>& entries, const Entry& entry) {
  auto place = std::ranges::lower_bound(entries, entry.extent.offset, {}, offset_of);
  while (place->index != entry.index) ++place;
  entries.erase(place);
}

std::optional<std::size_t> Layout::find(std::uint32_t descriptor) const {
  const auto list = extent_of(descriptor, Piece::descriptor_bytes);
  if (!list) return std::nullopt;
  const auto entry = std::ranges::lower_bound(lists_, list->offset, {}, offset_of);
  if (entry == lists_.end() || entry->extent.offset != list->offset) return std::nullopt;
  return entry->index;
}

// A way that comes to where it has been goes on in a circle. There is one at most: each descriptor has one
// successor.
void Layout::mark_way(std::span<const Piece> pieces, std::uint32_t first) {
  const auto successor = [&](std::size_t index) {
    return pieces[index].next == 0 ? std::nullopt : find(pieces[index].next);
  };
  std::optional<std::size_t> place = find(first);
  for (; place && comes_[*place] == Comes::never; place = successor(*place)) comes_[*place] = Comes::once;
  has_circle_ = place.has_value();
  for (; place && comes_[*place] == Comes::once; place = successor(*place)) comes_[*place] = Comes::again;
}

}  // namespace ferry::board::watch
