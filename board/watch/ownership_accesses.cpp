// What the firmware does with memory: which accesses break the rules of who owns it, what an owner bit tells,
// which bytes are to be looked at.
#include "board/watch/ownership.hpp"

#include <algorithm>
#include <utility>

namespace ferry::board::watch {

// One side's end is that of the frame: in a circle that receives, of what has been reached by now. The rest
// is for frames that nobody has asked for yet.
Rule Ownership::rule_for(const Transfer& transfer, std::size_t index, Rule plain) {
  if (transfer.stop) return Rule::early_reclaim;
  if (transfer.sides_done == 0) return plain;
  const bool is_at_it = transfer.loaded && index == transfer.current;
  const bool reached = transfer.pieces[index].closed != 0 || (is_at_it && !transfer.between_frames);
  const bool is_for_later =
      transfer.half.direction == DmaDirection::in && !reached && layout(transfer.half).in_circle(index);
  return is_for_later ? plain : Rule::one_sided;
}

// Of several buffers with the same bytes the first one will do.
void Ownership::hit_buffers(const Transfer& transfer, const Extent& bytes, bool write,
                            std::vector<Hit>& hits) {
  const bool receives = transfer.half.direction == DmaDirection::in;
  if (transfer.on_purpose || (!write && !receives)) return;
  const std::size_t others = hits.size();
  layout(transfer.half).for_each_buffer(bytes, [&](std::size_t index) {
    const Piece& piece = transfer.pieces[index];
    const auto held = held_bytes(piece);
    if (piece.released || !held || !held->meets(bytes)) return;
    const std::uint32_t first = std::max(bytes.offset, held->offset);
    const Rule plain = !receives ? Rule::tx_write : write ? Rule::rx_write : Rule::rx_read;
    const Hit hit{.rule = rule_for(transfer, index, plain),
                  .half = transfer.half,
                  .piece = index,
                  .first = first - held->offset + piece.freed};
    const auto same = std::find_if(hits.begin() + static_cast<std::ptrdiff_t>(others), hits.end(),
                                   [&](const Hit& each) { return each.rule == hit.rule; });
    if (same == hits.end()) {
      hits.push_back(hit);
    } else if (index < same->piece) {
      *same = hit;
    }
  });
}

// Descriptors have bytes in common where a link leads astray. What a store means to one of them says nothing
// of another one.
void Ownership::hit_lists(const Transfer& transfer, const Extent& bytes, std::vector<Hit>& hits) {
  layout(transfer.half).for_each_list(bytes, [&](std::size_t index) {
    const Piece& piece = transfer.pieces[index];
    const auto list = extent_of(piece.descriptor, Piece::descriptor_bytes);
    const bool late = piece.released && transfer.holds(index);
    if ((piece.released && !late) || !list) return;
    const Extent link{list->offset + Piece::next_word, 4};
    hits.push_back({.rule = rule_for(transfer, index, Rule::desc_edit),
                    .half = transfer.half,
                    .piece = index,
                    .first = std::max(bytes.offset, list->offset) - list->offset,
                    .in_list = true,
                    .adds = piece.next == 0 && link.contains(bytes),
                    .late = late});
  });
}

// Lists are worked through in order: what lies before a descriptor that has come back is done with, too.
void Ownership::see_owners(Half half, const Extent& bytes) {
  const Transfer& transfer = *find(half);
  std::uint32_t closed = 0;
  std::optional<std::size_t> end;
  layout(half).for_each_list(bytes, [&](std::size_t index) {
    const Piece& piece = transfer.pieces[index];
    const auto list = extent_of(piece.descriptor, Piece::descriptor_bytes);
    if (!list || piece.released || !piece.returned) return;
    if (!Extent{list->offset + Piece::owner_byte, 1}.meets(bytes)) return;
    closed = std::max(closed, piece.closed);
    if (piece.ends_frame) end = index;
  });
  if (closed == 0) return;
  if (!end) return release_closed(half, closed);
  // The same word says that a frame has ended there: what IN_SUC_EOF says.
  const Proof own = transfer.pieces[*end].own, pair = transfer.pieces[*end].pair;
  release_closed(half, closed);
  see(pair);
  see(own);
}

// What the program has stored there itself is not what the engine has given back.
void Ownership::forget_owners(Half half, const Extent& bytes) {
  layout(half).for_each_list(bytes, [&](std::size_t index) {
    Piece& piece = find(half)->pieces[index];
    const auto list = extent_of(piece.descriptor, Piece::descriptor_bytes);
    if (list && !piece.released && Extent{list->offset + Piece::owner_byte, 1}.meets(bytes))
      piece.returned = false;
  });
}

std::vector<Hit> Ownership::access(const Extent& bytes, bool write) {
  std::vector<Hit> hits;
  for (const auto& transfer : halves_) {
    if (!transfer) continue;
    const auto others = static_cast<std::ptrdiff_t>(hits.size());
    hit_buffers(*transfer, bytes, write, hits);
    if (write) hit_lists(*transfer, bytes, hits);
    std::ranges::sort(hits.begin() + others, hits.end(), {},
                      [](const Hit& hit) { return std::pair(hit.piece, hit.in_list); });
    if (write) {
      forget_owners(transfer->half, bytes);
    } else {
      see_owners(transfer->half, bytes);
    }
  }
  return hits;
}

void Ownership::lay_out(Half half) {
  const Transfer& transfer = *find(half);
  laid_out_[half.index()] = true;
  const std::uint32_t first = transfer.pieces.empty() ? 0 : transfer.pieces.front().descriptor;
  layouts_[half.index()].set(transfer.pieces, transfer.loaded ? transfer.goes_to : first);
}

std::optional<std::size_t> Ownership::engine_at(const Transfer& transfer) const {
  return transfer.loaded ? std::optional(transfer.current) : std::nullopt;
}

void Ownership::note_loss(const Piece& piece) {
  for (const auto& bytes :
       {extent_of(piece.buffer, piece.length), extent_of(piece.descriptor, Piece::descriptor_bytes)})
    if (bytes) lost_.push_back(*bytes);
}

// From the end, as long as it is under way it has that.
bool Ownership::is_any_looked_at(const Transfer& transfer) {
  for (std::size_t index = transfer.pieces.size(); index != 0; --index)
    if (is_looked_at(transfer, index - 1)) return true;
  return false;
}

void Ownership::leave_out(const Extent& bytes) {
  for (auto& transfer : halves_) {
    if (!transfer) continue;
    for (const Piece& piece : transfer->pieces) {
      const auto held = held_bytes(piece);
      if (held && !piece.released && held->meets(bytes)) transfer->on_purpose = true;
    }
  }
}

}  // namespace ferry::board::watch
