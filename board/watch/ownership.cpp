#include "board/watch/ownership.hpp"

#include "board/devices/gdma/descriptor.hpp"
#include "board/memory.hpp"
#include "chip/esp32c3/registers/dma.hpp"
#include "chip/esp32c3/signals.hpp"

#include <algorithm>

namespace ferry::board::watch {

namespace dma = chip::dma;
using Raw = dma::IntRaw;

namespace {

constexpr auto spi2 = static_cast<std::uint32_t>(chip::DmaPeripheral::spi2);
constexpr std::uint32_t owner_byte = 3, next_word = 8;  // of a descriptor

// A status bit of a half proves that pieces are closed, all of them, or nothing.
constexpr std::uint32_t about_in = Raw::in_done.mask | Raw::in_suc_eof.mask | Raw::in_err_eof.mask |
                                   Raw::in_dscr_err.mask | Raw::in_dscr_empty.mask;
constexpr std::uint32_t about_out =
    Raw::out_done.mask | Raw::out_eof.mask | Raw::out_dscr_err.mask | Raw::out_total_eof.mask;
constexpr std::uint32_t about_all = Raw::in_suc_eof.mask | Raw::in_err_eof.mask | Raw::in_dscr_err.mask |
                                    Raw::in_dscr_empty.mask | Raw::out_dscr_err.mask |
                                    Raw::out_total_eof.mask;

}  // namespace

std::optional<Extent> extent_of(std::uint32_t address, std::uint32_t length) {
  if (length == 0) return std::nullopt;
  const auto offset = Memory::offset(address, length);
  if (!offset) return std::nullopt;
  return Extent{*offset, length};
}

bool Transfer::alive() const {
  return std::ranges::any_of(pieces, [](const Piece& piece) { return !piece.released; });
}

std::uint64_t Transfer::bytes() const {
  std::uint64_t sum = 0;
  for (const Piece& piece : pieces) sum += piece.length;
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
  drop(half);  // which nobody has seen the end of: its pair learns nothing by it
  // What is set already is of an earlier transfer.
  const std::uint32_t about = half.direction == DmaDirection::in ? about_in : about_out;
  clear_status(half.channel, about);
  changed_ = true;
  return halves_[half.index()].emplace(std::move(transfer));
}

void Ownership::stop(Half half, Origin origin) {
  if (Transfer* transfer = find(half); transfer != nullptr && transfer->alive())
    transfer->stop = std::move(origin);
}

void Ownership::restart(Half half, std::size_t tail, std::uint32_t next, std::span<const Piece> added) {
  Transfer* const transfer = find(half);
  if (transfer == nullptr) return;
  transfer->stop.reset();
  transfer->addition.reset();
  if (tail >= transfer->pieces.size()) return;
  transfer->pieces[tail].next = next;
  for (const Piece& piece : added) {
    const auto known = std::ranges::find(transfer->pieces, piece.descriptor, &Piece::descriptor);
    if (known == transfer->pieces.end()) {
      transfer->pieces.push_back(piece);
    } else if (known->released) {
      *known = piece;
    }
  }
  changed_ = true;
}

void Ownership::reset(Half half) {
  release_all(half);
  drop(half);
}

void Ownership::clear_status(unsigned channel, std::uint32_t bits) {
  proving_[channel] &= ~bits;
  for (unsigned bit = 0; bit < bit_count; ++bit)
    if ((bits >> bit & 1) != 0) proofs_[channel][bit] = {};
}

// ---- What the engine does

void Ownership::load(Half half, const Piece& loaded) {
  Transfer* const transfer = find(half);
  if (transfer == nullptr) return;
  std::vector<Piece>& pieces = transfer->pieces;
  const auto same = [&](const Piece& piece) { return piece.descriptor == loaded.descriptor; };
  std::size_t place = transfer->loaded ? transfer->current + 1 : 0;
  if (place >= pieces.size() || !same(pieces[place]))
    place = static_cast<std::size_t>(std::ranges::find_if(pieces, same) - pieces.begin());
  if (place == pieces.size()) pieces.emplace_back();
  // What waits for a further frame belongs to the end of the last one: who knows of that has it back, until
  // the frame comes.
  const bool known = transfer->ended && pieces[place].released;
  pieces[place] = loaded;
  pieces[place].released = known;
  transfer->current = place;
  transfer->loaded = true;
  changed_ = true;
}

void Ownership::close(Half half, std::uint32_t descriptor, bool returned) {
  Transfer* const transfer = find(half);
  if (transfer == nullptr || !transfer->loaded) return;
  Piece& piece = transfer->pieces[transfer->current];
  if (piece.descriptor != descriptor) return;
  piece.closed = ++transfer->closed;
  piece.returned = returned;
}

std::optional<std::uint32_t> Ownership::move(Half half, std::uint32_t address, std::uint32_t count) {
  Transfer* const transfer = find(half);
  if (transfer == nullptr || !transfer->loaded) return std::nullopt;
  Piece& piece = transfer->pieces[transfer->current];
  const std::uint32_t place = address - piece.buffer;
  if (place >= piece.length) return std::nullopt;
  piece.moved = std::min(place + count, piece.length);
  return place;
}

void Ownership::end(Half half) {
  if (Transfer* transfer = find(half)) transfer->ended = true;
}

void Ownership::go_on(Half half) {
  Transfer* const transfer = find(half);
  if (transfer == nullptr) return;
  transfer->ended = false;
  ++transfer->round;
  transfer->sides_done = 0;
  revive(half);
}

void Ownership::raise(unsigned channel, std::uint32_t bits, std::uint32_t eof_descriptor) {
  for (unsigned bit = 0; bit < bit_count; ++bit) {
    const std::uint32_t mask = 1u << bit;
    if ((bits & mask) == 0 || ((about_in | about_out) & mask) == 0) continue;
    const Half half{channel, (about_in & mask) != 0 ? DmaDirection::in : DmaDirection::out};
    StatusProof& proof = proofs_[channel][bit] = {};
    Transfer* const transfer = find(half);
    if (transfer == nullptr) continue;
    proving_[channel] |= mask;
    proof.own = proof_of(*transfer);
    proof.own.all = proof.own.all && (about_all & mask) != 0;
    // Further descriptors may have been read already, of which these two say nothing. What was in the FIFO
    // when the transfer started was another's.
    if (mask == Raw::out_done.mask) proof.own.closed = std::min(++transfer->sent, transfer->closed);
    if (mask == Raw::out_eof.mask) {
      const auto end = std::ranges::find(transfer->pieces, eof_descriptor, &Piece::descriptor);
      proof.own.closed = end != transfer->pieces.end() ? end->closed : 0;
    }
    if (mask != Raw::in_suc_eof.mask) continue;
    if (const auto pair = pair_of(*transfer)) proof.pair = proof_of(*find(*pair));
  }
}

Ownership::Proof Ownership::proof_of(const Transfer& transfer) {
  return {
      .transfer = transfer.number, .closed = transfer.closed, .round = transfer.round, .all = transfer.ended};
}

// What two channels have a claim to, the lower one has.
std::optional<Half> Ownership::half_of_spi(DmaDirection direction) const {
  for (unsigned channel = 0; channel < channels; ++channel) {
    const Transfer* const transfer = find({channel, direction});
    if (transfer != nullptr && !transfer->to_memory && transfer->peripheral == spi2) return transfer->half;
  }
  return std::nullopt;
}

void Ownership::finish_spi(bool sends, bool receives, bool done_rose) {
  spi_rests_ = {};
  const auto in = half_of_spi(DmaDirection::in), out = half_of_spi(DmaDirection::out);
  if (in && receives) spi_rests_.in = find(*in)->number;
  if (out && sends) spi_rests_.out = proof_of(*find(*out));
  if (done_rose) spi_done_ = spi_rests_;
}

// ---- What the firmware sees

// The other half that a transfer with two sides has: of the same pair when it copies, else of the same
// peripheral.
std::optional<Half> Ownership::pair_of(const Transfer& transfer) const {
  for (unsigned index = 0; index < Half::count; ++index) {
    const Half half = Half::at(index);
    const Transfer* const other = find(half);
    if (other == nullptr || half.direction == transfer.half.direction) continue;
    const bool paired = transfer.to_memory ? half.channel == transfer.half.channel
                                           : !other->to_memory && other->peripheral == transfer.peripheral;
    if (paired) return half;
  }
  return std::nullopt;
}

void Ownership::release_closed(Half half, std::uint32_t closed) {
  Transfer* const transfer = find(half);
  if (transfer == nullptr) return;
  bool any = false;
  for (Piece& piece : transfer->pieces) {
    if (piece.released || piece.closed == 0 || piece.closed > closed) continue;
    piece.released = any = true;
  }
  if (!any) return;
  changed_ = true;
  if (!transfer->alive()) settle(half);
}

void Ownership::release_all(Half half) {
  Transfer* const transfer = find(half);
  if (transfer == nullptr || !transfer->alive()) return;
  for (Piece& piece : transfer->pieces) piece.released = true;
  changed_ = true;
  settle(half);
}

void Ownership::drop(Half half) {
  Transfer* const transfer = find(half);
  if (transfer == nullptr) return;
  if (transfer->addition) {
    unfinished_.push_back(std::move(*transfer));
    changed_ = true;
  }
  halves_[half.index()].reset();
}

// The engine has pieces that it was not done with: they are its own again.
void Ownership::revive(Half half) {
  Transfer* const transfer = find(half);
  if (transfer == nullptr || transfer->ended) return;
  for (Piece& piece : transfer->pieces)
    if (piece.closed == 0) piece.released = false;
  changed_ = true;
}

// All of a half is known to be done with, which says something about its pair.
void Ownership::settle(Half half) {
  if (const auto pair = pair_of(*find(half))) see_side(*pair, Transfer::pair_side);
}

// Sending is over when SPI has said so and the other direction is: where nothing comes in, SPI's word is
// enough. Receiving is over when the receiving side says so.
void Ownership::see_side(Half half, Transfer::Side side) {
  Transfer* const transfer = find(half);
  if (transfer == nullptr || !transfer->alive()) return;
  transfer->sides_done |= side;
  constexpr std::uint8_t both = Transfer::spi_side | Transfer::pair_side;
  if (half.direction == DmaDirection::out && transfer->sides_done == both) release_all(half);
}

void Ownership::see(Half half, const Proof& proof) {
  const Transfer* const transfer = find(half);
  if (transfer == nullptr || transfer->number != proof.transfer) return;
  if (proof.all && transfer->round == proof.round) return release_all(half);
  release_closed(half, proof.closed);
}

// Polling reads the same again and again: what has been seen proves no more.
void Ownership::see_status(unsigned channel, std::uint32_t bits) {
  bits &= proving_[channel];
  proving_[channel] &= ~bits;
  for (unsigned bit = 0; bits >> bit != 0; ++bit) {
    if ((bits >> bit & 1) == 0) continue;
    const StatusProof& proof = proofs_[channel][bit];
    const Half half{channel, (about_in >> bit & 1) != 0 ? DmaDirection::in : DmaDirection::out};
    if (const Transfer* const transfer = find(half); transfer != nullptr)
      if (const auto pair = pair_of(*transfer)) see(*pair, proof.pair);
    see(half, proof.own);
  }
}

// It is the end of what only sends. Where GDMA has to store what came in, it is one side's word: bytes may be
// on their way still.
void Ownership::see(const SpiProof& proof) {
  for (unsigned index = 0; index < Half::count; ++index) {
    const Half half = Half::at(index);
    const Transfer* const transfer = find(half);
    if (transfer == nullptr) continue;
    if (half.direction == DmaDirection::in) {
      if (transfer->number == proof.in) see_side(half, Transfer::spi_side);
    } else if (transfer->number == proof.out.transfer) {
      const auto in = pair_of(*transfer);
      const bool waits = in && find(*in)->number == proof.in && find(*in)->alive();
      if (waits) {
        see_side(half, Transfer::spi_side);
      } else {
        see(half, proof.out);
      }
    }
  }
}

void Ownership::see_spi_done() { see(spi_done_); }
void Ownership::see_spi_rest() { see(spi_rests_); }
// Without STOP before, PARK tells that the engine waits at the end of its list, not that all of it has
// arrived; and whoever changes one bit of the register reads it.
void Ownership::see_rest(Half half) {
  const Transfer* const transfer = find(half);
  if (transfer != nullptr && transfer->stop) reset(half);
}

// ---- What it does with memory

Rule Ownership::rule_for(const Transfer& transfer, Rule plain) {
  if (transfer.stop) return Rule::early_reclaim;
  return transfer.sides_done != 0 ? Rule::one_sided : plain;
}

std::optional<Hit> Ownership::hit_of(const Transfer& transfer, std::size_t index, const Extent& bytes,
                                     bool write) {
  const Piece& piece = transfer.pieces[index];
  const bool receives = transfer.half.direction == DmaDirection::in;
  const auto buffer = extent_of(piece.buffer, piece.length);
  if (buffer && buffer->meets(bytes) && (write || receives)) {
    const std::uint32_t first = std::max(bytes.offset, buffer->offset);
    const Extent owned{first, std::min(bytes.end(), buffer->end()) - first};
    const bool known =
        std::ranges::any_of(transfer.known, [&](const Extent& each) { return each.contains(owned); });
    const Rule plain = !receives ? Rule::tx_write : write ? Rule::rx_write : Rule::rx_read;
    if (!known)
      return Hit{.rule = rule_for(transfer, plain),
                 .half = transfer.half,
                 .piece = index,
                 .first = first - buffer->offset};
  }
  const auto list = extent_of(piece.descriptor, descriptor_bytes);
  if (!write || !list || !list->meets(bytes)) return std::nullopt;
  const bool last = piece.next == 0;
  const Extent link{list->offset + next_word, 4};
  return Hit{.rule = rule_for(transfer, Rule::desc_edit),
             .half = transfer.half,
             .piece = index,
             .first = std::max(bytes.offset, list->offset) - list->offset,
             .in_list = true,
             .adds = last && link.contains(bytes) && !transfer.addition};
}

std::vector<Hit> Ownership::access(const Extent& bytes, bool write) {
  std::vector<Hit> hits;
  for (auto& transfer : halves_) {
    if (!transfer) continue;
    std::uint32_t seen = 0;
    std::optional<Hit> hit;
    for (std::size_t index = 0; index < transfer->pieces.size(); ++index) {
      const Piece& piece = transfer->pieces[index];
      if (piece.released) continue;
      if (!hit) hit = hit_of(*transfer, index, bytes, write);
      const auto list = extent_of(piece.descriptor, descriptor_bytes);
      if (write || !piece.returned || !list) continue;
      if (Extent{list->offset + owner_byte, 1}.meets(bytes)) seen = std::max(seen, piece.closed);
    }
    if (hit) hits.push_back(*hit);
    // Lists are worked through in order: what lies before is done with, too.
    if (seen != 0) release_closed(transfer->half, seen);
  }
  return hits;
}

void Ownership::leave_out(const Extent& bytes) {
  for (auto& transfer : halves_) {
    if (!transfer) continue;
    std::vector<Extent> buffers;
    bool owns = false;
    for (const Piece& piece : transfer->pieces) {
      const auto buffer = extent_of(piece.buffer, piece.length);
      if (!buffer) continue;
      buffers.push_back(*buffer);
      owns = owns || (!piece.released && buffer->meets(bytes));
    }
    if (owns) transfer->known = std::move(buffers);
  }
}

}  // namespace ferry::board::watch
