#include "tests/board/watch_model/proofs.hpp"

#include "board/memory.hpp"
#include "chip/esp32c3/registers/dma.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <optional>
#include <ranges>

namespace ferry::board::watch::random {

namespace {

using Raw = chip::dma::IntRaw;

constexpr std::uint32_t of_receiving = Raw::in_done.mask | Raw::in_suc_eof.mask | Raw::in_err_eof.mask |
                                       Raw::in_dscr_err.mask | Raw::in_dscr_empty.mask;

std::uint32_t descriptor_of_closed(const HalfTransfer& transfer, Number number) {
  const auto holding = std::ranges::find(transfer.holdings, number, &Holding::number);
  return holding == transfer.holdings.end() ? 0 : holding->descriptor;
}

bool has_owner_bit(const Holding& holding, std::uint32_t first, std::uint32_t end) {
  const std::uint32_t place = Memory::offset(holding.descriptor).value() + 3;
  return first <= place && place < end;
}

}  // namespace

// ---- What a sign says

Fact Proofs::fact_of(unsigned half) const {
  const HalfTransfer& transfer = *transfers_[half];
  Fact fact{.done = {transfer.closed.begin(), transfer.closed.end()}, .ends = {}};
  // A copy whose sending side has more is between two of its frames.
  const auto pair = transfers_.pair_of(half);
  const bool goes_on = transfer.to_memory && transfer.between_frames && pair && !transfers_[*pair]->ended;
  if ((transfer.ended || transfer.is_left_over(half)) && !goes_on) fact.ends.insert(end_of(half));
  return fact;
}

Fact Proofs::fact_of_frame_end(unsigned half) const {
  Fact fact = fact_of(half);
  if (const auto pair = transfers_.pair_of(half)) {
    Fact other = fact_of(*pair);
    fact.done.merge(other.done);
    fact.ends.merge(other.ends);
  }
  return fact;
}

// The word says what IN_SUC_EOF will, in a moment when the frame has ended.
void Proofs::note_frame_end(unsigned half, Number number) {
  HalfTransfer& transfer = *transfers_[half];
  const bool ended = std::exchange(transfer.ended, true);
  const bool between_frames = std::exchange(transfer.between_frames, true);
  transfer.frame_ends[number] = fact_of_frame_end(half);
  transfer.ended = ended;
  transfer.between_frames = between_frames;
}

Fact Proofs::fact_of(unsigned channel, std::uint32_t bit, std::uint32_t eof_descriptor) {
  const unsigned half = 2 * channel + ((bit & of_receiving) != 0 ? 0 : 1);
  if (!transfers_[half]) return {};
  HalfTransfer& transfer = *transfers_[half];
  const std::vector<Number>& closed = transfer.closed;
  switch (bit) {
    case Raw::in_done.mask:
      return {.done = fact_of(half).done, .ends = {}};
    case Raw::in_suc_eof.mask:
      return fact_of_frame_end(half);
    case Raw::in_dscr_err.mask:
    case Raw::in_dscr_empty.mask:
    case Raw::out_dscr_err.mask:
    case Raw::out_total_eof.mask:
      return fact_of(half);
    case Raw::out_eof.mask: {
      Fact fact;
      for (const Number each : std::views::reverse(closed))
        if (!fact.done.empty() || descriptor_of_closed(transfer, each) == eof_descriptor)
          fact.done.insert(each);
      return fact;
    }
    case Raw::out_done.mask: {  // of one descriptor more each time
      const std::size_t known = std::min(++transfer.times_sent, closed.size());
      return {.done = {closed.begin(), closed.begin() + static_cast<std::ptrdiff_t>(known)}, .ends = {}};
    }
    default:
      return {};
  }
}

// ---- Status bits

void Proofs::raise(unsigned channel, std::uint32_t bits, std::uint32_t eof_descriptor) {
  for (unsigned bit = 0; bit < 32; ++bit)
    if ((bits >> bit & 1) != 0) facts_[{channel, bit}] = fact_of(channel, 1u << bit, eof_descriptor);
}

// What has been seen says nothing of what was given to the engine since.
void Proofs::see(unsigned channel, std::uint32_t bits) {
  for (unsigned bit = 0; bit < 32; ++bit)
    if ((bits >> bit & 1) != 0) learn(std::exchange(facts_[{channel, bit}], {}));
}

void Proofs::keep(unsigned channel, std::uint32_t bits) {
  for (const auto& [place, fact] : facts_)
    if (place.first == channel && (bits >> place.second & 1) != 0) kept_[place] = fact;
}

void Proofs::see_kept(unsigned channel) {
  for (auto place = kept_.begin(); place != kept_.end();) {
    const bool mine = place->first.first == channel;
    if (mine) learn(place->second);
    place = mine ? kept_.erase(place) : std::next(place);
  }
}

void Proofs::forget(unsigned channel, std::uint32_t bits) {
  for (unsigned bit = 0; bit < 32; ++bit)
    if ((bits >> bit & 1) != 0) facts_.erase({channel, bit});
}

void Proofs::forget_earlier(unsigned half) {
  forget(half / 2, receives(half) ? of_receiving : ~of_receiving);
}

// ---- Owner bits

// A list is worked through in order: what was closed before is done with, too.
void Proofs::read_owners(std::uint32_t first, std::uint32_t end) {
  for (unsigned half = 0; half < halves; ++half) {
    if (!transfers_[half]) continue;
    const HalfTransfer& transfer = *transfers_[half];
    Fact known, frames;
    for (const Holding& each : transfer.holdings) {
      if (!has_owner_bit(each, first, end) || !each.returned || !transfers_.owns(each)) continue;
      known.done.insert(transfer.closed.begin(), std::ranges::find(transfer.closed, each.number));
      known.done.insert(each.number);
      if (const auto frame = transfer.frame_ends.find(each.number); frame != transfer.frame_ends.end()) {
        frames.done.insert(frame->second.done.begin(), frame->second.done.end());
        frames.ends.insert(frame->second.ends.begin(), frame->second.ends.end());
      }
    }
    learn(half, known);
    learn(frames);
  }
}

// What the program has stored there itself is not what the engine has given back.
void Proofs::forget_owners(std::uint32_t first, std::uint32_t end) {
  for (unsigned half = 0; half < halves; ++half) {
    if (!transfers_[half]) continue;
    for (Holding& each : transfers_[half]->holdings)
      if (transfers_.owns(each) && has_owner_bit(each, first, end)) each.returned = false;
  }
}

// ---- What follows

// A side that is done with as a whole says so to the other.
void Proofs::learn(const Fact& fact) {
  for (unsigned half = 0; half < halves; ++half) {
    if (!transfers_[half]) continue;
    HalfTransfer& transfer = *transfers_[half];
    if (!transfer.stopped) {
      learn(half, fact);
      continue;
    }
    transfer.seen_since_stop.done.insert(fact.done.begin(), fact.done.end());
    transfer.seen_since_stop.ends.insert(fact.ends.begin(), fact.ends.end());
  }
}

void Proofs::learn_what_stop_kept(unsigned half) {
  learn(half, std::exchange(transfers_[half]->seen_since_stop, {}));
}

void Proofs::learn(unsigned half, const Fact& fact) {
  HalfTransfer& transfer = *transfers_[half];
  const bool ends = fact.ends.contains(end_of(half));
  bool news = false;
  if (ends) {  // also where all that has come is known already; of what is left a further frame will tell
    transfer.end_is_known = true;
    transfer.spi_is_known = transfer.pair_is_known = false;
  }
  if (!transfers_.is_alive(transfer)) return;
  for (const Holding& each : transfer.holdings) {
    if (!transfers_.owns(each)) continue;
    const bool goes_round = receives(half) && transfer.between_frames && transfer.is_in_circle(each);
    if ((!ends || goes_round) && !fact.done.contains(each.number)) continue;
    transfers_.disown(each.number);
    news = true;
  }
  if (news) learn_source(half);
  if (transfers_.is_alive(transfer)) return;
  transfer.spi_is_known = transfer.pair_is_known = false;
  tell_pair(half);
}

// What a copy is known to have stored it has read.
void Proofs::learn_source(unsigned half) {
  const HalfTransfer& receiver = *transfers_[half];
  const auto pair = transfers_.pair_of(half);
  if (!receives(half) || !receiver.to_memory || !pair) return;
  const HalfTransfer& sender = *transfers_[*pair];
  if (receiver.has_circle() || sender.has_circle() || !transfers_.is_alive(sender) || sender.stopped) return;
  std::uint64_t stored = 0, read = 0;
  for (const Holding& each : receiver.holdings) {
    if (!each.closed || transfers_.owns(each)) break;
    stored += each.moved;
  }
  for (const Holding& each : sender.holdings) {
    read += each.length;
    if (read > stored || !each.closed) break;
    transfers_.disown(each.number);
  }
  if (!transfers_.is_alive(sender)) tell_pair(*pair);
}

void Proofs::tell_pair(unsigned half) {
  const auto pair = transfers_.pair_of(half);
  if (!pair || !transfers_.is_alive(*transfers_[*pair]) || transfers_.is_one_way(half)) return;
  if (receives(*pair) && transfers_[*pair]->end_is_known) return;
  transfers_[*pair]->pair_is_known = true;
  finish_sender(*pair);
}

void Proofs::finish_sender(unsigned half) {
  const HalfTransfer& transfer = *transfers_[half];
  if (!receives(half) && transfer.spi_is_known && transfer.pair_is_known) learn(Fact(transfer.sent));
}

}  // namespace ferry::board::watch::random
