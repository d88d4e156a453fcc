// What the program does with a list that is under way: it appends, hands descriptors back, links those that
// are its own in another way.
#include "board/devices/gdma/descriptor.hpp"
#include "board/watch/ownership.hpp"

#include <cstddef>

namespace ferry::board::watch {

void Ownership::append(Half half, std::size_t tail, std::uint32_t next, std::span<const Piece> added) {
  Transfer* const transfer = find(half);
  if (transfer == nullptr || tail >= transfer->pieces.size()) return;
  Layout& where = layouts_[half.index()];
  const bool ends = added.empty() ||
                    (added.back().next == 0 && added.back().descriptor != transfer->pieces[tail].descriptor);
  const bool comes_there = layout(half).is_ahead(tail) || engine_at(*transfer) == tail;
  bool in_line = !where.has_circle() && ends && comes_there;
  transfer->pieces[tail].next = next;
  if (engine_at(*transfer) == tail && transfer->goes_to == 0) transfer->goes_to = next;
  for (const Piece& piece : added) {
    const auto known = where.find(piece.descriptor);
    if (known && !transfer->pieces[*known].released) {
      in_line = in_line && where.is_ahead(*known) && transfer->pieces[*known].next == piece.next;
      continue;
    }
    const std::size_t index = known.value_or(transfer->pieces.size());
    if (known) {
      in_line = in_line && !where.is_ahead(index) && engine_at(*transfer) != index;
      where.change(index, transfer->pieces[index], piece);
      transfer->pieces[index] = piece;
    } else {
      where.add(index, piece);
      transfer->pieces.push_back(piece);
    }
    note_gain(*transfer, index);
  }
  if (in_line) return;
  lay_out_anew(half);
  note_ahead(*transfer);
}

void Ownership::hand_back(Half half, std::size_t index, const Piece& piece) {
  Transfer* const transfer = find(half);
  if (transfer == nullptr) return;
  Piece& place = transfer->pieces[index];
  const bool relinked = place.next != piece.next;
  if (place.buffer != piece.buffer || place.length != piece.length || relinked) lay_out_anew(half);
  const bool was_withheld = place.withheld, was_held_ready = place.held_ready;
  place = piece;
  note_gain(*transfer, index);
  place.handed = true;
  place.held_ready = was_held_ready;
  place.released = was_withheld && is_lent(*transfer, index);
  if (relinked) note_ahead(*transfer);
}

std::vector<Ownership::Position> Ownership::handed_back(const Extent& bytes, std::uint32_t value) {
  std::vector<Position> handed;
  for (const auto& transfer : halves_) {
    if (!transfer || (transfer->ended && !transfer->between_frames)) continue;
    const Layout& where = layout(transfer->half);
    where.for_each_list(bytes, [&](std::size_t index) {
      const Piece& piece = transfer->pieces[index];
      const auto list = extent_of(piece.descriptor, Piece::descriptor_bytes);
      // It came back, be it as it went: without its owner bit, where nobody checks that.
      const bool is_back =
          piece.returned || (piece.closed != 0 && (piece.word0 & gdma::Descriptor::owner_bit) == 0);
      if (!list || !piece.released || !where.is_ahead(index) || !(piece.withheld || is_back)) return;
      const std::uint32_t owner = list->offset + Piece::owner_byte;
      if (!Extent{owner, 1}.meets(bytes)) return;
      constexpr unsigned owner_bit = 7;
      if ((value >> (8 * (owner - bytes.offset) + owner_bit) & 1) != 0)
        handed.push_back({.half = transfer->half, .piece = index});
    });
  }
  return handed;
}

std::vector<Ownership::Position> Ownership::note_links(const Extent& bytes, const PieceReader& piece_at) {
  std::vector<Position> given;
  for (auto& transfer : halves_) {
    if (!transfer) continue;
    const Half half = transfer->half;
    std::vector<std::uint32_t> links;  // new ones
    const Layout& where = layout(half);
    where.for_each_list(bytes, [&](std::size_t index) {
      Piece& piece = transfer->pieces[index];
      const auto list = extent_of(piece.descriptor, Piece::descriptor_bytes);
      if (!list || !piece.released || !where.is_ahead(index)) return;
      const Extent link{list->offset + Piece::next_word, 4};
      if (!link.meets(bytes)) return;
      const std::uint32_t next = piece_at(half, piece.descriptor).value_or(piece).next;
      // Part of an address leads nowhere.
      const bool is_whole = bytes.contains(link) || next == 0 || where.find(next);
      if (!is_whole || next == piece.next) return;
      piece.next = next;
      if (engine_at(*transfer) == index && transfer->halted) transfer->goes_to = next;  // it goes nowhere
      links.push_back(next);
    });
    if (links.empty()) continue;
    std::vector<std::size_t> reached;
    const bool rests = transfer->ended && !transfer->between_frames;
    for (const std::uint32_t link : links)
      if (!rests) follow_link(*transfer, link, piece_at, reached);
    lay_out_anew(half);
    note_ahead(*transfer);
    release_passed_by(*transfer);
    for (const std::size_t index : reached) {
      Piece& piece = transfer->pieces[index];
      piece.released = piece.withheld || is_lent(*transfer, index);
      note_gain(*transfer, index);
      if (!piece.released) given.push_back({.half = half, .piece = index});
    }
  }
  return given;
}

// What the engine comes to by this link and did not come to before: `reached`, where it was the program's, or
// nobody's.
void Ownership::follow_link(Transfer& transfer, std::uint32_t address, const PieceReader& piece_at,
                            std::vector<std::size_t>& reached) {
  Layout& where = layouts_[transfer.half.index()];
  while (address != 0) {
    const auto known = where.find(address);
    if (known && where.is_ahead(*known)) return;
    const std::size_t index = known.value_or(transfer.pieces.size());
    const bool is_its_own = known && (!transfer.pieces[index].released || engine_at(transfer) == index);
    const auto found = is_its_own ? transfer.pieces[index] : piece_at(transfer.half, address);
    if (!found) return;
    if (known) {
      where.change(index, transfer.pieces[index], *found);
      transfer.pieces[index] = *found;
    } else {
      where.add(index, *found);
      transfer.pieces.push_back(*found);
    }
    if (!is_its_own) {
      transfer.pieces[index].handed = true;
      reached.push_back(index);
    }
    address = found->next;
  }
}

// What the engine had been given and does not come to any more: the program has taken it out of the list.
void Ownership::release_passed_by(Transfer& transfer) {
  const Layout& where = layout(transfer.half);
  for (std::size_t index = 0; index < transfer.pieces.size(); ++index) {
    Piece& piece = transfer.pieces[index];
    const bool is_there = engine_at(transfer) == index && (!piece.handed || piece.held_ready);
    const bool has_been_there = piece.closed != 0 || is_there;
    if (!has_been_there && !where.is_ahead(index)) release(piece);
  }
}

// What the program has of what the engine comes to, by links that may be new: it may hand that back.
void Ownership::note_ahead(const Transfer& transfer) {
  const Layout& where = layout(transfer.half);
  for (std::size_t index = 0; index < transfer.pieces.size(); ++index)
    if (transfer.pieces[index].released && where.is_ahead(index)) note_gain(transfer, index);
}

// The engine will find them so when it comes there.
void Ownership::read_links(Transfer& transfer, const LinkReader& link_at) {
  for (Piece& piece : transfer.pieces)
    if (piece.released && extent_of(piece.descriptor, Piece::descriptor_bytes))
      piece.next = link_at(piece.descriptor);
  lay_out_anew(transfer.half);
}

}  // namespace ferry::board::watch
