#include "board/watch/ownership.hpp"

#include "board/devices/gdma/descriptor.hpp"
#include "chip/esp32c3/registers/dma.hpp"
#include "chip/esp32c3/registers/spi2.hpp"

#include <algorithm>
#include <bit>
#include <utility>

namespace ferry::board::watch {

namespace dma = chip::dma;
using Raw = dma::IntRaw;

namespace {

// The end of a transfer, and of one in segments.
constexpr std::uint32_t trans_done = chip::spi2::DmaIntRaw::trans_done_int_raw.mask,
                        segments_done = chip::spi2::DmaIntRaw::dma_seg_trans_done_int_raw.mask;

// A status bit of a half proves that pieces are closed, all of them, or nothing.
constexpr std::uint32_t about_in = Raw::in_done.mask | Raw::in_suc_eof.mask | Raw::in_err_eof.mask |
                                   Raw::in_dscr_err.mask | Raw::in_dscr_empty.mask;
constexpr std::uint32_t about_out =
    Raw::out_done.mask | Raw::out_eof.mask | Raw::out_dscr_err.mask | Raw::out_total_eof.mask;
constexpr std::uint32_t about_all = Raw::in_suc_eof.mask | Raw::in_err_eof.mask | Raw::in_dscr_err.mask |
                                    Raw::in_dscr_empty.mask | Raw::out_dscr_err.mask |
                                    Raw::out_total_eof.mask;

std::uint32_t about(DmaDirection direction) { return direction == DmaDirection::in ? about_in : about_out; }

}  // namespace

bool Transfer::has_reported(Rule rule, std::uint32_t line) const {
  return std::ranges::find(reported, std::pair(rule, line)) != reported.end();
}

bool Transfer::has_suppressed(Rule rule, std::uint32_t way) const {
  return std::ranges::find(suppressed, std::pair(rule, way)) != suppressed.end();
}

bool Transfer::has_broken(Rule rule) const {
  constexpr auto rule_of_it = &std::pair<Rule, std::uint32_t>::first;
  return std::ranges::find(reported, rule, rule_of_it) != reported.end() ||
         std::ranges::find(suppressed, rule, rule_of_it) != suppressed.end();
}

bool Transfer::alive() const {
  return std::ranges::any_of(pieces, [](const Piece& piece) { return !piece.released; });
}

bool Transfer::awaits_frame() const {
  if (!between_frames || halted || stop || !loaded || current >= pieces.size()) return false;
  const Piece& piece = pieces[current];
  return piece.closed == 0 || piece.held_ready || goes_to != 0;
}

bool Transfer::is_of(chip::DmaPeripheral which) const {
  return !to_memory && peripheral == static_cast<std::uint32_t>(which);
}

std::uint64_t Transfer::bytes(std::size_t count) const {
  std::uint64_t sum = 0;
  for (const Piece& piece : std::span(pieces).first(count)) sum += piece.length;
  return sum;
}

std::uint64_t Transfer::moved() const {
  std::uint64_t sum = 0;
  for (const Piece& piece : pieces) sum += piece.moved;
  return sum;
}

// ---- What the firmware asks for

Transfer& Ownership::start(Transfer transfer) {
  const Half half = transfer.half;
  transfer.number = ++started_;
  reset(half);
  // What is set already is of an earlier transfer.
  clear_status(half.channel, about(half.direction));
  for (std::size_t index = 0; index < transfer.pieces.size(); ++index) note_gain(transfer, index);
  return halves_[half.index()].emplace(std::move(transfer));
}

void Ownership::stop(Half half, Time time) {
  Transfer* const transfer = find(half);
  if (transfer == nullptr) return;
  if (transfer->alive()) {
    transfer->stop = time;
  } else {
    transfer->between_frames = false;  // nor is it at hand any more
  }
}

void Ownership::restart(Half half, std::size_t tail, std::uint32_t next, std::span<const Piece> added) {
  Transfer* const transfer = find(half);
  if (transfer == nullptr) return;
  transfer->stop.reset();
  for (const Proof& proof : std::exchange(transfer->seen_since_stop, {})) see(proof);
  transfer->additions.clear();
  if (tail >= transfer->pieces.size()) return;
  ++transfer->round;
  if (half.direction == DmaDirection::out) transfer->end_known = false;  // there is more for the FIFO
  if (transfer->late_edit && transfer->late_edit->link_only && transfer->late_edit->piece == tail)
    transfer->late_edit.reset();
  append(half, tail, next, added);
}

void Ownership::reset(Half half) {
  Transfer* const transfer = find(half);
  if (transfer == nullptr) return;
  // Also what the engine has passed since: it stays armed.
  const bool goes_round = layout(half).has_circle();
  for (std::size_t index = 0; index < transfer->pieces.size(); ++index) {
    const Piece& piece = transfer->pieces[index];
    if (is_looked_at(*transfer, index) || piece.withheld || goes_round) note_loss(piece);
  }
  const auto pair = pair_of(*transfer);
  if (!transfer->additions.empty()) {
    unfinished_.push_back(std::move(*transfer));
  } else {
    spare_[half.index()] = std::move(transfer->pieces);
  }
  halves_[half.index()].reset();
  lay_out_anew(half);
  // SPI's word on what was sent has waited for what was received, of which nothing will come any more.
  if (half.direction == DmaDirection::out || !pair) return;
  Transfer& sender = *find(*pair);
  if ((sender.sides_done & Transfer::spi_side) == 0) return;
  sender.sides_done &= static_cast<std::uint8_t>(~Transfer::spi_side);
  see(Proof(sender.sent_by_spi));
}

void Ownership::clear_status(unsigned channel, std::uint32_t bits) {
  proving_[channel] &= ~bits;
  for (std::uint32_t rest = bits & (about_in | about_out); rest != 0; rest &= rest - 1)
    proofs_[channel][static_cast<unsigned>(std::countr_zero(rest))] = {};
}

void Ownership::keep_for_interrupt(unsigned channel, std::uint32_t bits) {
  bits &= proving_[channel];
  for (unsigned bit = 0; bit < bit_count; ++bit)
    if ((bits >> bit & 1) != 0) kept_[channel][bit] = proofs_[channel][bit];
}

// ---- What the engine does

void Ownership::load(Half half, const Piece& loaded, const LinkReader& link_at) {
  Transfer* const transfer = find(half);
  if (transfer == nullptr) return;
  std::vector<Piece>& pieces = transfer->pieces;
  std::size_t place = transfer->loaded ? transfer->current + 1 : 0;
  if (place >= pieces.size() || pieces[place].descriptor != loaded.descriptor)
    place = layout(half).find(loaded.descriptor).value_or(pieces.size());
  const bool was_at_one = transfer->loaded && transfer->current < pieces.size();
  if (transfer->between_frames && was_at_one) note_loss(pieces[transfer->current]);
  // By a link that was not known: it may go round in another circle, or in none.
  const bool jumps = was_at_one ? transfer->goes_to != loaded.descriptor : place != 0;
  // It belongs to the CPU, so the engine takes nothing and is about to halt. What a known one was, it still
  // is.
  const bool is_refused = loaded.withheld && place < pieces.size();
  const bool relinked = place == pieces.size() || (!is_refused && pieces[place].next != loaded.next);
  transfer->current = place;
  transfer->loaded = true;
  transfer->goes_to = is_refused ? pieces[place].next : loaded.next;
  if (jumps || relinked) {
    lay_out_anew(half);
  } else if (laid_out_[half.index()]) {
    layouts_[half.index()].arrive(place);
  }
  transfer->late_edit.reset();
  if (transfer->between_frames) note_gain(*transfer, place);
  if (is_refused && jumps) note_ahead(*transfer);
  if (is_refused) return;
  if (relinked && link_at) read_links(*transfer, link_at);
  if (place == pieces.size()) {
    pieces.push_back(loaded);
    lay_out_anew(half);
    pieces.back().released = loaded.withheld || is_lent(*transfer, place);
    note_gain(*transfer, place);
    note_ahead(*transfer);
    return;
  }
  Piece& piece = pieces[place];
  const bool same =
      piece.buffer == loaded.buffer && piece.length == loaded.length && piece.next == loaded.next;
  // A circle that a frame has filled leads the engine to what it closed in that frame. It holds it ready and
  // moves nothing before a further frame begins (go_on): what proves that it was closed goes on proving it.
  // Where the owner bit has been set again in between, the program has handed it back.
  const bool handed_back = piece.returned && (loaded.word0 & gdma::Descriptor::owner_bit) != 0;
  if (same && half.direction == DmaDirection::in && transfer->between_frames && piece.closed != 0 &&
      !handed_back && layout(half).in_circle(place)) {
    piece.word0 = loaded.word0;
    piece.asked = loaded.asked;
    piece.held_ready = true;
    return;
  }
  const bool was_released = piece.released, was_freed = piece.freed != 0;
  if (!same) {
    note_loss(piece);
    lay_out_anew(half);
  }
  piece = loaded;
  piece.released = is_lent(*transfer, place);
  if (piece.released && !was_released) note_loss(piece);
  if (!same || was_released || was_freed) note_gain(*transfer, place);
  if (relinked || jumps) note_ahead(*transfer);
}

// Behind a frame's end the engine takes the next descriptor at once. Who has seen the end may use what lies
// there until a further frame begins: see release_whole().
bool Ownership::is_lent(const Transfer& transfer, std::size_t index) {
  if (!transfer.between_frames || !transfer.end_known) return false;
  return transfer.half.direction == DmaDirection::out || !layout(transfer.half).in_circle(index);
}

void Ownership::close(Half half, std::uint32_t descriptor, bool returned, bool ends_frame) {
  Transfer* const transfer = find(half);
  if (transfer == nullptr || !transfer->loaded) return;
  Piece& piece = transfer->pieces[transfer->current];
  if (piece.descriptor != descriptor) return;
  piece.closed = ++transfer->closed;
  piece.returned = returned;
  piece.ends_frame = ends_frame;
  if (!ends_frame) return;
  end(half, true);  // as the engine is about to say
  piece.own = proof_of(*transfer);
  if (const auto pair = pair_of(*transfer)) piece.pair = proof_of(*find(*pair));
}

void Ownership::end(Half half, bool between_frames) {
  Transfer* const transfer = find(half);
  if (transfer == nullptr) return;
  transfer->ended = true;
  transfer->between_frames = between_frames;
}

void Ownership::go_on(Half half) {
  Transfer* const transfer = find(half);
  const bool sends = half.direction == DmaDirection::out;
  if (transfer == nullptr || !(transfer->ended || (sends && transfer->between_frames))) return;
  transfer->ended = transfer->between_frames = transfer->end_known = false;
  ++transfer->round;
  transfer->sides_done = 0;
  for (Piece& piece : transfer->pieces) {
    if (!piece.held_ready) continue;
    piece.held_ready = piece.returned = piece.ends_frame = false;
    piece.closed = piece.moved = 0;
  }
  revive(half);
}

void Ownership::begin_frame(Half half) {
  const Transfer* const transfer = find(half);
  if (half.direction == DmaDirection::in) {
    if (transfer != nullptr && transfer->awaits_frame()) go_on(half);
    return;
  }
  spi_sender_ = transfer != nullptr ? transfer->number : 0;
  if (transfer != nullptr && transfer->between_frames) go_on(half);
}

// What it has left of the list, in the FIFO and behind, waits for a further USR.
void Ownership::rest_sender() {
  const auto half = half_of_spi(DmaDirection::out);
  Transfer* const sender = half ? find(*half) : nullptr;
  if (sender != nullptr && sender->number == spi_sender_ && !sender->ended) sender->between_frames = true;
}

void Ownership::raise(unsigned channel, std::uint32_t bits, std::uint32_t eof_descriptor) {
  for (const DmaDirection direction : {DmaDirection::in, DmaDirection::out})
    raise(Half{channel, direction}, bits & about(direction), eof_descriptor);
}

void Ownership::raise(Half half, std::uint32_t bits, std::uint32_t eof_descriptor) {
  if (bits == 0) return;
  Transfer* const transfer = find(half);
  if (transfer == nullptr) return clear_status(half.channel, bits);
  proving_[half.channel] |= bits;
  if ((bits & (Raw::in_dscr_err.mask | Raw::out_dscr_err.mask)) != 0) transfer->halted = true;
  const Proof now = proof_of(*transfer);
  for (; bits != 0; bits &= bits - 1) {
    const auto bit = static_cast<unsigned>(std::countr_zero(bits));
    const std::uint32_t mask = 1u << bit;
    StatusProof& proof = proofs_[half.channel][bit];
    proof = {.own = now, .pair = {}};
    proof.own.all = now.all && (about_all & mask) != 0;
    // Further descriptors may have been read already, of which these two say nothing. What was in the FIFO
    // when the transfer started was another's.
    if (mask == Raw::out_done.mask) proof.own.closed = std::min(++transfer->sent, transfer->closed);
    if (mask == Raw::out_eof.mask) {
      const auto end = layout(half).find(eof_descriptor);
      proof.own.closed = end ? transfer->pieces[*end].closed : 0;
    }
    if (mask != Raw::in_suc_eof.mask) continue;
    if (const auto pair = pair_of(*transfer)) proof.pair = proof_of(*find(*pair));
  }
}

// A copy whose sending half has more is between two of its frames.
bool Ownership::goes_on(const Transfer& transfer) const {
  if (!transfer.to_memory || !transfer.between_frames) return false;
  const auto pair = pair_of(transfer);
  return pair && !find(*pair)->ended;
}

Proof Ownership::proof_of(const Transfer& transfer) const {
  return {.half = transfer.half,
          .transfer = transfer.number,
          .closed = transfer.closed,
          .round = transfer.round,
          .all = (transfer.ended || transfer.is_left_over()) && !goes_on(transfer)};
}

// What two channels have a claim to, the lower one has.
std::optional<Half> Ownership::half_of(chip::DmaPeripheral which, DmaDirection direction) const {
  for (unsigned channel = 0; channel < channels; ++channel) {
    const Transfer* const transfer = find({channel, direction});
    if (transfer != nullptr && transfer->is_of(which)) return transfer->half;
  }
  return std::nullopt;
}

void Ownership::finish_spi(bool sends, bool receives, std::uint32_t raised) {
  begin_spi(sends, receives);
  SpiProof proof;
  const auto in = half_of_spi(DmaDirection::in), out = half_of_spi(DmaDirection::out);
  if (in && receives) proof.received = proof_of(*find(*in));
  if (out && sends) proof.sent = proof_of(*find(*out));
  // The word on segments may come when all is stored, long after SPI has come to rest.
  if ((raised & (trans_done | segments_done)) != segments_done) spi_rests_ = proof;
  if ((raised & trans_done) != 0) spi_done_ = proof;
  if ((raised & segments_done) != 0) spi_segments_done_ = proof;
}

void Ownership::clear_spi_status(std::uint32_t bits) {
  if ((bits & trans_done) != 0) spi_done_ = {};
  if ((bits & segments_done) != 0) spi_segments_done_ = {};
}

// ---- What the firmware sees

// The other half that a transfer with two sides has: of the same pair when it copies, else of the same
// peripheral.
std::optional<Half> Ownership::pair_of(const Transfer& transfer) const {
  for (unsigned channel = 0; channel < channels; ++channel) {
    const Half half{channel, transfer.half.opposite()};
    const Transfer* const other = find(half);
    if (other == nullptr) continue;
    const bool paired = transfer.to_memory ? channel == transfer.half.channel
                                           : !other->to_memory && other->peripheral == transfer.peripheral;
    if (paired) return half;
  }
  return std::nullopt;
}

void Ownership::release(Piece& piece) {
  if (piece.released) return;
  piece.released = true;
  piece.freed = piece.moved;
  note_loss(piece);
}

// The pieces that this is true of, and what follows from it.
template <class IsDone>
void Ownership::release_those(Half half, IsDone is_done) {
  Transfer* const transfer = find(half);
  if (transfer == nullptr) return;
  bool any = false;
  for (std::size_t index = 0; index < transfer->pieces.size(); ++index) {
    Piece& piece = transfer->pieces[index];
    if (piece.released || !is_done(index)) continue;
    release(piece);
    any = true;
  }
  if (!any) return;
  release_source(half);
  if (!transfer->alive()) settle(half);
}

void Ownership::release_closed(Half half, std::uint32_t closed) {
  release_those(half, [&](std::size_t index) {
    const Piece& piece = find(half)->pieces[index];
    return piece.closed != 0 && piece.closed <= closed;
  });
}

// What ends with a frame, of which the engine had closed so many: all of a list that has an end, although the
// engine goes on to what lies behind. A program that receives less than it has room for has no other sign,
// and nothing comes before a further frame begins, which gives the engine its own again (go_on). Nor is
// anything taken of what is sent. A circle that receives, though, is there to be filled on: of it the program
// gets what is closed.
void Ownership::release_whole(Half half, std::uint32_t closed) {
  const Transfer* const transfer = find(half);
  if (transfer == nullptr) return;
  const bool is_over = half.direction == DmaDirection::out || (transfer->ended && !transfer->between_frames);
  release_those(half, [&](std::size_t index) {
    const Piece& piece = transfer->pieces[index];
    return is_over || !layout(half).in_circle(index) || (piece.closed != 0 && piece.closed <= closed);
  });
}

// Bytes that a copy is known to have stored, it has read.
void Ownership::release_source(Half half) {
  const Transfer& receiver = *find(half);
  if (!receiver.to_memory || half.direction != DmaDirection::in) return;
  const auto pair = pair_of(receiver);
  if (!pair || layout(half).has_circle() || layout(*pair).has_circle()) return;
  std::uint64_t stored = 0;
  for (const Piece& piece : receiver.pieces) {
    if (!piece.released || piece.closed == 0) break;
    stored += piece.moved;
  }
  Transfer& sender = *find(*pair);
  if (!sender.alive() || sender.stop) return;
  for (Piece& piece : sender.pieces) {
    if (stored < piece.length || piece.closed == 0) break;
    stored -= piece.length;
    release(piece);
  }
  if (!sender.alive()) settle(*pair);
}

// The engine has pieces that it was not done with: they are its own again, but for what it has read of them.
void Ownership::revive(Half half) {
  Transfer* const transfer = find(half);
  if (transfer == nullptr || transfer->ended) return;
  for (std::size_t index = 0; index < transfer->pieces.size(); ++index) {
    Piece& piece = transfer->pieces[index];
    const bool comes_there = engine_at(*transfer) == index || layout(half).is_ahead(index);
    if (piece.closed != 0 || piece.withheld || !comes_there || !std::exchange(piece.released, false))
      continue;
    if (half.direction == DmaDirection::in) piece.freed = 0;
    note_gain(*transfer, index);
  }
}

// All of a half is known to be done with, which says something about its pair, if the two have done something
// together. What a circle takes up again is a round of its own, of which no side is known yet.
void Ownership::settle(Half half) {
  find(half)->sides_done = 0;
  if (find(half)->is_of_spi() && one_way_) return;
  if (const auto pair = pair_of(*find(half))) see_side(*pair, Transfer::pair_side);
}

// Sending is over when SPI has said so and the other direction is: where nothing comes in, SPI's word is
// enough. Receiving is over when the receiving side says so.
void Ownership::see_side(Half half, Transfer::Side side) {
  Transfer* const transfer = find(half);
  if (transfer == nullptr || !transfer->alive()) return;
  // Of the frame that it is the end of, the end is known; and of a further one this says nothing.
  if (half.direction == DmaDirection::in && transfer->end_known) return;
  transfer->sides_done |= side;
  constexpr std::uint8_t both = Transfer::spi_side | Transfer::pair_side;
  if (half.direction == DmaDirection::out && transfer->sides_done == both) see(Proof(transfer->sent_by_spi));
}

void Ownership::see(const Proof& proof) {
  if (proof.transfer == 0) return;
  const Half half = proof.half;
  Transfer* const transfer = find(half);
  if (transfer == nullptr || transfer->number != proof.transfer) return;
  // STOP has come in between, whose end PARK alone tells.
  if (transfer->stop) {
    auto& seen = transfer->seen_since_stop;
    if (std::ranges::find(seen, proof) == seen.end()) seen.push_back(proof);
    return;
  }
  if (proof.all && transfer->round == proof.round) {
    transfer->end_known = true;
    release_whole(half, proof.closed);
    transfer->sides_done = 0;  // for what is left of it, a further frame will tell
    return;
  }
  release_closed(half, proof.closed);
}

// Polling reads the same again and again: what has been seen proves no more.
void Ownership::see_status(unsigned channel, std::uint32_t bits) {
  bits &= proving_[channel];
  proving_[channel] &= ~bits;
  for (; bits != 0; bits &= bits - 1) {
    const StatusProof& proof = proofs_[channel][static_cast<unsigned>(std::countr_zero(bits))];
    see(proof.pair);
    see(proof.own);
  }
}

void Ownership::see_kept(unsigned channel) {
  for (const StatusProof& proof : std::exchange(kept_[channel], {})) {
    see(proof.pair);
    see(proof.own);
  }
}

// It is the end of what only sends. Where GDMA has to store what came in, it is one side's word: bytes may be
// on their way still.
void Ownership::see(const SpiProof& proof) {
  const Transfer* const receiver = find(proof.received.half);
  const bool same_frame = receiver != nullptr && receiver->round == proof.received.round;
  const bool waits = receiver != nullptr && receiver->number == proof.received.transfer &&
                     receiver->alive() && !(same_frame && receiver->end_known);
  if (!waits) return see(proof.sent);
  if (same_frame) see_side(receiver->half, Transfer::spi_side);
  Transfer* const sender = find(proof.sent.half);
  if (sender == nullptr || sender->number != proof.sent.transfer) return;
  sender->sent_by_spi = proof.sent;
  see_side(sender->half, Transfer::spi_side);
}

void Ownership::keep_spi_for_interrupt(std::uint32_t bits) {
  if ((bits & trans_done) != 0) spi_kept_[0] = spi_done_;
  if ((bits & segments_done) != 0) spi_kept_[1] = spi_segments_done_;
}

void Ownership::see_spi_kept() {
  for (const SpiProof& proof : std::exchange(spi_kept_, {})) see(proof);
}

void Ownership::see_spi_status(std::uint32_t bits) {
  if ((bits & trans_done) != 0) see(spi_done_);
  if ((bits & segments_done) != 0) see(spi_segments_done_);
}
void Ownership::see_spi_rest() { see(spi_rests_); }
// Nothing comes from SHA by DMA: what it says is the whole.
void Ownership::see_sha_rest() {
  if (const auto half = half_of(chip::DmaPeripheral::sha, DmaDirection::out)) see(proof_of(*find(*half)));
}
// Without STOP before, PARK tells that the engine waits at the end of its list, not that all of it has
// arrived; and whoever changes one bit of the register reads it.
void Ownership::see_rest(Half half) {
  const Transfer* const transfer = find(half);
  if (transfer != nullptr && transfer->stop) reset(half);
}

}  // namespace ferry::board::watch
