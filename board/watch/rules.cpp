// The rules about what transfers are made of.
#include "board/board.hpp"
#include "board/cpu/cpu.hpp"
#include "board/memory.hpp"
#include "board/watch/dma_watch.hpp"
#include "chip/esp32c3/memory_map.hpp"
#include "chip/esp32c3/registers/dma.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>

namespace ferry::board::watch {

namespace dma = chip::dma;
using gdma::Descriptor;

namespace {

constexpr auto reach = chip::memory_map::dma_memory;

}  // namespace

Descriptor DmaWatch::descriptor_at(std::uint32_t address) const {
  std::array<std::byte, Descriptor::bytes> memory{};
  board_.memory().read(address, memory);
  return Descriptor::from(address, memory);
}

Piece DmaWatch::piece_of(Half half, const Descriptor& descriptor) const {
  const bool receives = half.direction == DmaDirection::in;
  const bool withheld = !descriptor.owned_by_dma() && checks_owner(half);
  return {.descriptor = descriptor.address,
          .word0 = descriptor.word0,
          .buffer = descriptor.buffer,
          .next = descriptor.next,
          .length = receives ? descriptor.size() : descriptor.length(),
          .asked = receives ? asked_of(descriptor) : 0,
          .released = withheld,
          .withheld = withheld};
}

// As far as the list can be read now. What the program changes of it before the engine comes, the engine
// finds.
std::vector<Piece> DmaWatch::walk(Half half, std::uint32_t first) {
  std::vector<Piece> pieces = ownership_.spare(half);
  std::vector<std::uint32_t> seen;  // in order; most lists are, so that little is moved
  for (std::uint32_t address = first; address != 0;) {
    const auto place = std::ranges::lower_bound(seen, address);
    const bool again = place != seen.end() && *place == address;
    if (again || !reach.contains(address, Descriptor::bytes)) break;
    pieces.push_back(piece_of(half, descriptor_at(address)));
    if (pieces.back().next != 0) seen.insert(place, address);
    address = pieces.back().next;
  }
  return pieces;
}

// RESTART: the link of the last descriptor is read again, whether or not the engine has come to it and the
// program has seen that.
void DmaWatch::go_on_behind_tail(Half half) {
  Transfer* const transfer = ownership_.find(half);
  if (transfer == nullptr) return go_on_behind_park(half);
  const bool was_started = transfer->is_started();
  const std::vector<Piece>& pieces = transfer->pieces;
  const bool at_tail = transfer->loaded && transfer->goes_to == 0;
  const auto is_tail = [&](const Piece& piece) {
    return piece.next == 0 &&
           ownership_.layout(half).is_ahead(static_cast<std::size_t>(&piece - pieces.data()));
  };
  const auto tail = at_tail ? pieces.begin() + static_cast<std::ptrdiff_t>(transfer->current)
                            : std::ranges::find_if(pieces, is_tail);
  const auto place = static_cast<std::size_t>(tail - pieces.begin());
  const std::uint32_t next = tail != pieces.end() ? descriptor_at(tail->descriptor).next : 0;
  // Where the engine has not come to it, the link is looked at when it does.
  if (at_tail && next != 0 && !reach.contains(next, Descriptor::bytes))
    report(Rule::region, transfer,
           {.act = Act::descriptor, .origin = asked_by_[half.index()], .address = next, .piece = place});
  const std::vector<Piece> added = next != 0 ? walk(half, next) : std::vector<Piece>();
  ownership_.restart(half, added.empty() ? pieces.size() : place, next, added);
  if (!added.empty()) {
    note_stack(*transfer);
    watch_stack();
  }
  if (!added.empty() && !was_started) check_trigger(*transfer, Act::start, asked_by_[half.index()]);
  if (!added.empty() && transfer->to_memory && half.direction == DmaDirection::out)
    begin_frame({half.channel, DmaDirection::in});
  check_added(*transfer, added, [&] { return asked_by_[half.index()]; });
  arm();
}

// Behind PARK, too, from the descriptor that it had last.
void DmaWatch::go_on_behind_park(Half half) {
  const std::uint32_t last = half.direction == DmaDirection::in ? dma_register<dma::InDscrBf0>(half.channel)
                                                                : dma_register<dma::OutDscrBf0>(half.channel);
  const std::uint32_t next = last != 0 ? descriptor_at(last).next : 0;
  if (restarts_[half.index()] && reach.contains(next, Descriptor::bytes)) begin(half, next, false);
}

// What has been appended to a list.
void DmaWatch::check_added(Transfer& transfer, std::span<const Piece> added,
                           const std::function<Origin()>& origin) {
  for (const Piece& piece : added) {
    const auto index = ownership_.layout(transfer.half).find(piece.descriptor);
    if (index && !piece.withheld) check_overlap(transfer, *index, origin);
  }
}

// How much a program wants to receive by a descriptor, if that is less than the room it states: what it has
// written as length (as esp-idf does, which rounds the size up), or what is left of the variable there.
std::uint32_t DmaWatch::asked_of(const Descriptor& descriptor) const {
  std::uint32_t asked = descriptor.size();
  if (descriptor.length() != 0 && !left_lengths_.is_left(descriptor))
    asked = std::min(asked, descriptor.length());
  if (const Variables::Variable* const variable = variables_.at(descriptor.buffer))
    asked = std::min(asked, variable->size - (descriptor.buffer - variable->address));
  return asked < descriptor.size() ? asked : 0;
}

bool DmaWatch::bursts(Half half) const {
  return half.direction == DmaDirection::in &&
         dma::InConf0::in_data_burst_en.get(dma_register<dma::InConf0>(half.channel)) != 0;
}

bool DmaWatch::checks_owner(Half half) const {
  return half.direction == DmaDirection::in
             ? dma::InConf1::in_check_owner.get(dma_register<dma::InConf1>(half.channel)) != 0
             : dma::OutConf1::out_check_owner.get(dma_register<dma::OutConf1>(half.channel)) != 0;
}

void DmaWatch::check_reach(Transfer& transfer, const Piece& piece) {
  const auto wrong = [&](Rule rule, std::uint32_t address) {
    report(rule, &transfer,
           {.act = Act::descriptor, .origin = transfer.start, .address = address, .width = piece.length});
  };
  const bool inside =
      piece.length == 0 ? reach.contains(piece.buffer) : reach.contains(piece.buffer, piece.length);
  if (!inside) return wrong(Rule::region, piece.buffer);
  if (piece.next != 0 && !reach.contains(piece.next, Descriptor::bytes))
    return wrong(Rule::region, piece.next);
  if ((piece.buffer % 4 != 0 || piece.length % 4 != 0) && bursts(transfer.half))
    wrong(Rule::misaligned_burst, piece.buffer);
}

// Of two transfers, and of a transfer's buffers and its own list. SPI may receive into the bytes that it
// sends, as long as each is sent before something takes its place. So may a copy, whose every byte is read
// before it is stored: from higher to lower addresses nothing is lost, whatever waits in FIFOs.
void DmaWatch::check_overlap(Transfer& transfer, std::size_t index, const std::function<Origin()>& origin) {
  const Piece& piece = transfer.pieces[index];
  const bool receives = transfer.half.direction == DmaDirection::in;
  // A copy's further frames begin in a descriptor each, wherever the one before has ended.
  const auto is_one_frame = [&](const Transfer& other) {
    const auto& sent = receives ? other.pieces : transfer.pieces;
    const auto ends_frame = [](const Piece& each) { return (each.word0 & Descriptor::suc_eof_bit) != 0; };
    return other.to_memory && std::none_of(sent.begin(), sent.end() - 1, ends_frame) &&
           !ownership_.layout(transfer.half).has_circle() && !ownership_.layout(other.half).has_circle();
  };
  const auto in_place = [&](const Transfer& other, std::size_t there, const Extent& mine) {
    const bool pair = other.half.direction != transfer.half.direction &&
                      (transfer.to_memory ? other.half.channel == transfer.half.channel && is_one_frame(other)
                                          : !other.to_memory && other.peripheral == transfer.peripheral);
    if (!pair) return false;
    const std::uint32_t theirs = extent_of(other.pieces[there].buffer, other.pieces[there].length)->offset;
    const std::uint32_t first = std::max(theirs, mine.offset);
    const std::uint64_t my_place = transfer.bytes(index) + (first - mine.offset);
    const std::uint64_t their_place = other.bytes(there) + (first - theirs);
    return receives ? my_place >= their_place : their_place >= my_place;
  };
  // The first of the other's pieces with bytes that are `mine`.
  const auto met_by = [&](const Transfer& other, const Extent& mine, bool list) {
    std::optional<Extent> met;
    const bool own = &other == &transfer;
    const auto note = [&](const std::optional<Extent>& theirs) {
      if (!met && theirs) met = theirs;
    };
    const Layout& layout = ownership_.layout(other.half);
    if (!own)
      layout.for_each_buffer(mine, [&](std::size_t there) {
        const Piece& each = other.pieces[there];
        const auto held = held_bytes(each);
        if (!each.released && held && held->meets(mine) && (list || !in_place(other, there, mine)))
          note(held);
      });
    layout.for_each_list(mine, [&](std::size_t there) {
      const Piece& each = other.pieces[there];
      if (!each.released) note(extent_of(each.descriptor, Descriptor::bytes));
    });
    return met;
  };
  const auto meet = [&](Transfer& other, std::uint32_t address, const std::optional<Extent>& mine,
                        bool list) {
    if (!mine || !ownership_.layout(other.half).may_meet(*mine)) return;
    const auto theirs = met_by(other, *mine, list);
    if (!theirs) return;
    const std::uint32_t first = std::max(theirs->offset, mine->offset);
    report(Rule::overlap, &other,
           {.act = Act::start,
            .origin = origin(),
            .address = address + (first - mine->offset),
            .width = std::min(theirs->end(), mine->end()) - first});
  };
  const auto buffer = extent_of(piece.buffer, piece.length),
             list = extent_of(piece.descriptor, Descriptor::bytes);
  for (unsigned half = 0; half < Half::count; ++half) {
    Transfer* const other = ownership_.find(Half::at(half));
    if (other == nullptr || !(receives || other->half.direction == DmaDirection::in)) continue;
    meet(*other, piece.buffer, buffer, false);
    if (other != &transfer) meet(*other, piece.descriptor, list, true);
  }
}

void DmaWatch::check_trigger(const Transfer& transfer, Act act, const Origin& origin) {
  constexpr std::uint32_t triggers = 32;  // beyond are selectors that name nothing
  if (transfer.peripheral >= triggers) return;
  for (unsigned channel = 0; channel < Half::count / 2; ++channel) {
    const Half half{channel, transfer.half.direction};
    Transfer* const other = ownership_.find(half);
    if (other == nullptr || other == &transfer || other->peripheral != transfer.peripheral) continue;
    if (other->is_started()) report(Rule::trigger_clash, other, {.act = act, .origin = origin});
  }
}

bool ends_program(Board::Stop stop) {
  return stop == Board::Stop::exited || stop == Board::Stop::deadlock || stop == Board::Stop::trap_loop;
}

void DmaWatch::program_ended() {
  const Origin origin = here(board_.cpu().pc());
  for (unsigned index = 0; index < Half::count; ++index) {
    Transfer* const transfer = ownership_.find(Half::at(index));
    if (transfer == nullptr) continue;
    if (transfer->alive()) report(Rule::lost_transfer, transfer, {.act = Act::end, .origin = origin});
    report_additions(*transfer);
  }
}

}  // namespace ferry::board::watch
