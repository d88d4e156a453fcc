// Who owns which byte: what each half of each channel has been given by START, and what of it the firmware
// has seen to be done with.
//
// Time plays no part. A transfer owns its descriptors and buffers from START until the CPU has read something
// that proves their end: a status bit that this transfer set (it was 0 before), an owner bit that the engine
// has returned, PARK after STOP; or it has taken the interrupt that such a bit raises, or has reset the
// channel.
//
// Nothing here knows the board. Addresses of accesses are canonical: offsets as Memory counts them.
#pragma once

#include "board/observer.hpp"
#include "board/watch/layout.hpp"
#include "board/watch/origin.hpp"
#include "board/watch/piece.hpp"
#include "board/watch/rule.hpp"
#include "chip/esp32c3/signals.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace ferry::board::watch {

struct Transfer {
  std::uint64_t number = 0;  // of all that were started
  Half half;
  std::uint32_t peripheral = 0;
  bool to_memory = false;  // memory to memory: the pair's two halves belong together
  Origin start;
  std::vector<Piece> pieces;
  std::size_t current = 0;    // the piece that was loaded last
  bool loaded = false;        // and one was
  std::uint32_t goes_to = 0;  // from there, by the link as the engine has read it
  std::uint32_t closed = 0;   // how many have been
  bool ended = false;         // the engine rests, until there is a further frame or RESTART
  // … until the former: it has the rest of the list at hand. Of what is sent, SPI rests: the engine itself
  // has read as much further as the FIFO takes, and is not `ended` before all has left that.
  bool between_frames = false;
  bool halted = false;                 // by an error: only a reset helps
  bool end_known = false;              // and the firmware has seen that, since the last of these:
  std::uint32_t round = 0;             // how many further frames and RESTARTs there were
  std::optional<Time> stop;            // STOP, and nobody has looked yet whether it rests
  std::vector<Proof> seen_since_stop;  // which proves nothing before that, but when RESTART takes STOP back
  // The firmware has seen the end of another side only: SPI's, or that of the other direction.
  enum Side : std::uint8_t { spi_side = 1, pair_side = 2 };
  std::uint8_t sides_done = 0;
  Proof sent_by_spi;       // what SPI's end proves once the other side is done, too
  std::uint32_t sent = 0;  // times that OUT_DONE rose
  // The stack as it was at the last START or RESTART: from the stack pointer to the end of all frames that
  // are known, so that what lies there lies on the stack; and what may lie there, from the lowest place on.
  struct Stack {
    std::uint32_t pointer = 0, frames_end = 0, lowest = 0;
  };
  std::optional<Stack> stack;  // none: no buffer and no descriptor can lie there
  // What may lie on another stack than the one on which START was stored: that of who has asked a driver's
  // task for the transfer, or that of the task in an interrupt.
  struct OtherStack {
    std::uint32_t lowest = 0, highest = 0;  // buffers, descriptors
  };
  std::optional<OtherStack> other_stack;
  // A successor that was written to the list's last descriptor, be it byte by byte. The manual allows it,
  // with RESTART after it: one for several of them, as the engine may come to an earlier one by itself.
  struct Addition {
    Origin origin;
    std::uint32_t address = 0;
    std::size_t piece = 0;
    bool link_only = true;
  };
  std::vector<Addition> additions;  // each to another descriptor
  // A store to the descriptor that the engine holds ready for a further frame. Should that begin, the engine
  // goes by what it has read before, but for a successor that RESTART tells it of.
  std::optional<Addition> late_edit;
  bool on_purpose = false;  // the firmware touches its buffers, and has said so
  // What has been found, by the line that did it; and what nobody wants to hear of, by the whole way there.
  std::vector<std::pair<Rule, std::uint32_t>> reported, suppressed;

  bool has_reported(Rule rule, std::uint32_t line) const;
  bool has_suppressed(Rule rule, std::uint32_t way) const;
  bool has_broken(Rule rule) const;
  bool alive() const;
  // The engine rests with more of the list at hand, and goes on as soon as there is a further frame.
  bool awaits_frame() const;
  // SPI has left some of it, which the next one gets first.
  bool is_left_over() const { return half.direction == DmaDirection::out && between_frames; }
  // On its way, as far as the program knows or in truth.
  bool is_started() const { return alive() || !ended || awaits_frame(); }
  // Between frames: it has read this piece's descriptor already.
  bool holds(std::size_t index) const {
    return between_frames && index == current && awaits_frame() &&
           (pieces[index].closed == 0 || pieces[index].held_ready);
  }
  bool is_of(chip::DmaPeripheral which) const;
  bool is_of_spi() const { return is_of(chip::DmaPeripheral::spi2); }
  // Of these pieces, from the first one on.
  std::uint64_t bytes(std::size_t count) const;
  std::uint64_t bytes() const { return bytes(pieces.size()); }
  std::uint64_t moved() const;
};

// What a CPU access to owned memory means.
struct Hit {
  Rule rule = Rule::tx_write;
  Half half;
  std::size_t piece = 0;
  std::uint32_t first = 0;  // offset of the first byte that is owned, in the buffer or in the descriptor
  bool in_list = false;     // a descriptor, not a buffer
  bool adds = false;        // desc-edit, unless RESTART follows
  bool late = false;        // desc-edit, should a further frame begin
};

class Ownership {
 public:
  // Memory for a list, of the half's last one that was forgotten: lists are made again and again.
  std::vector<Piece> spare(Half half) {
    std::vector<Piece>& pieces = spare_[half.index()];
    pieces.clear();
    return std::move(pieces);
  }

  // ---- What the firmware asks for
  // The transfer replaces what the half had.
  Transfer& start(Transfer transfer);
  void stop(Half half, Time time);
  // The piece `tail`, which had no successor, has one now, and what lies behind it is the engine's. Behind
  // the last piece: nothing was added.
  void restart(Half half, std::size_t tail, std::uint32_t next, std::span<const Piece> added);
  // The same without RESTART: the engine has not come to the tail yet and finds by itself what lies behind.
  void append(Half half, std::size_t tail, std::uint32_t next, std::span<const Piece> added);
  // A descriptor that the engine had given back, or had not been given, is given to it, and reads like this.
  void hand_back(Half half, std::size_t index, const Piece& piece);
  struct Position {
    Half half;
    std::size_t piece;
  };
  // The program stores to these bytes: links of descriptors that are its own, and that the engine comes to,
  // are among them, maybe. Those that it comes to by them only are given to it; `piece_at` tells what is at
  // an address behind the store, withheld where the owner bit says CPU. Nothing: no descriptor can be there.
  using PieceReader = std::function<std::optional<Piece>(Half, std::uint32_t)>;
  std::vector<Position> note_links(const Extent& bytes, const PieceReader& piece_at);
  // The engine has forgotten everything: the half's reset, that of all of GDMA.
  void reset(Half half);
  void clear_status(unsigned channel, std::uint32_t bits);
  // These bits are about to be cleared, but an interrupt that they have raised is going to be taken all the
  // same; of them those that nobody has seen.
  void keep_for_interrupt(unsigned channel, std::uint32_t bits);
  void forget_kept(unsigned channel) { kept_[channel] = {}; }  // it is not going to be taken after all
  std::uint32_t unseen(unsigned channel) const { return proving_[channel]; }

  // ---- What the engine does
  // With a link that was not known, what the program has done with the links of its own descriptors counts:
  // `link_at` tells them.
  using LinkReader = std::function<std::uint32_t(std::uint32_t)>;
  void load(Half half, const Piece& piece, const LinkReader& link_at = {});
  void close(Half half, std::uint32_t descriptor, bool returned, bool ends_frame = false);
  // Where the bytes lie in the piece: nothing when no transfer that is known moves them.
  std::optional<std::uint32_t> move(Half half, std::uint32_t address, std::uint32_t count);
  void end(Half half, bool between_frames = false);
  // A further frame, or RESTART found a successor. The first of these that tells counts.
  void go_on(Half half);
  // The program asks for a further frame, whose first byte is still to come; or SPI2 begins to take from the
  // list that is sent.
  void begin_frame(Half half);
  // Bits of INT_RAW that were 0. `eof_descriptor` is OUT_EOF_DES_ADDR, if OUT_EOF is among them.
  void raise(unsigned channel, std::uint32_t bits, std::uint32_t eof_descriptor);
  // SPI2's transfer has begun: of the two directions, whether it has both.
  void begin_spi(bool sends, bool receives) { one_way_ = !sends || !receives; }
  void forget_sender() { spi_sender_ = 0; }  // no list is its own
  // It has taken all that it wants of the list that it was begun with.
  void rest_sender();
  // It is over; what GDMA had to do with it, and which bits of DMA_INT_RAW were 0 before and say so now.
  void finish_spi(bool sends, bool receives, std::uint32_t raised);
  void clear_spi_status(std::uint32_t bits);
  void forget_spi_rest() { spi_rests_ = {}; }  // it has been reset
  void keep_spi_for_interrupt(std::uint32_t bits);
  void forget_spi_kept() { spi_kept_ = {}; }

  // ---- What the firmware sees
  void see_status(unsigned channel, std::uint32_t bits);
  void see_kept(unsigned channel);          // that interrupt, entered
  void see_spi_status(std::uint32_t bits);  // TRANS_DONE, DMA_SEG_TRANS_DONE; others say nothing
  void see_spi_kept();
  void see_spi_rest();       // CMD.USR is 0 again
  void see_sha_rest();       // after it had been given something to do
  void see_rest(Half half);  // PARK, or the idle state: proof only after STOP

  // ---- What it does with memory
  // Of each half, by its pieces in order. An owner bit that is read and has been returned releases.
  std::vector<Hit> access(const Extent& bytes, bool write);
  // The released descriptors among these bytes whose owner bit a store of `value` sets, where the engine
  // comes to them and has given them back, or has not been given them yet.
  std::vector<Position> handed_back(const Extent& bytes, std::uint32_t value);
  // The firmware says that it knows what it does with the buffers of the transfers that own these bytes.
  void leave_out(const Extent& bytes);

  // Some half has a transfer, be it done with.
  bool any() const {
    return std::ranges::any_of(halves_, [](const auto& transfer) { return transfer.has_value(); });
  }
  // Which half serves a peripheral.
  std::optional<Half> half_of(chip::DmaPeripheral which, DmaDirection direction) const;
  std::optional<Half> half_of_spi(DmaDirection direction) const {
    return half_of(chip::DmaPeripheral::spi2, direction);
  }
  Transfer* find(Half half) { return halves_[half.index()] ? &*halves_[half.index()] : nullptr; }
  const Transfer* find(Half half) const { return halves_[half.index()] ? &*halves_[half.index()] : nullptr; }
  // Of a half that has a transfer.
  const Layout& layout(Half half) {
    if (!laid_out_[half.index()]) lay_out(half);
    return layouts_[half.index()];
  }
  // Transfers that are over while an addition to their list has not been completed.
  bool has_unfinished() const { return !unfinished_.empty(); }
  std::vector<Transfer> take_unfinished() { return std::exchange(unfinished_, {}); }

  // ---- What the CPU's accesses are to be looked at for, since the last take_changes()
  // Bytes that need not be looked at any more, but for what for_each_gained() tells of them.
  const std::vector<Extent>& lost() const { return lost_; }
  // And those that have to be: some may be told that had to be before.
  template <class Function>  // (Extent, reads, writes)
  void for_each_gained(Function function);
  bool has_changed() const { return !lost_.empty() || !gained_.empty(); }
  void take_changes() {
    lost_.clear();
    gained_.clear();
  }

 private:
  Proof proof_of(const Transfer& transfer) const;
  // By a status bit that rose: of its own half, and of the other direction.
  struct StatusProof {
    Proof own, pair;
  };
  static constexpr unsigned bit_count = 13, channels = 3;

  std::optional<Half> pair_of(const Transfer& transfer) const;
  template <class Function>
  void tell_owned(const Transfer& transfer, std::size_t index, Function& function);
  template <class Function>
  void for_each_kept(Function& function);
  // What has been given back may be handed over again, or read already.
  bool is_looked_at(const Transfer& transfer, std::size_t index) {
    return !transfer.pieces[index].released || layout(transfer.half).is_ahead(index) || transfer.holds(index);
  }
  bool is_any_looked_at(const Transfer& transfer);
  void lay_out(Half half);
  void lay_out_anew(Half half) { laid_out_[half.index()] = false; }
  void note_loss(const Piece& piece);
  void note_gain(const Transfer& transfer, std::size_t index) { gained_.push_back({transfer.half, index}); }
  void note_ahead(const Transfer& transfer);
  std::optional<std::size_t> engine_at(const Transfer& transfer) const;
  void follow_link(Transfer& transfer, std::uint32_t address, const PieceReader& piece_at,
                   std::vector<std::size_t>& reached);
  void release_passed_by(Transfer& transfer);
  void release(Piece& piece);
  template <class IsDone>
  void release_those(Half half, IsDone is_done);
  void release_closed(Half half, std::uint32_t closed);
  void release_whole(Half half, std::uint32_t closed);
  void release_source(Half half);
  void revive(Half half);
  void read_links(Transfer& transfer, const LinkReader& link_at);
  void raise(Half half, std::uint32_t bits, std::uint32_t eof_descriptor);
  bool goes_on(const Transfer& transfer) const;
  bool is_lent(const Transfer& transfer, std::size_t index);
  void see(const Proof& proof);
  void see_owners(Half half, const Extent& bytes);
  void forget_owners(Half half, const Extent& bytes);
  void see_side(Half half, Transfer::Side side);
  void settle(Half half);
  Rule rule_for(const Transfer& transfer, std::size_t index, Rule plain);
  void hit_buffers(const Transfer& transfer, const Extent& bytes, bool write, std::vector<Hit>& hits);
  void hit_lists(const Transfer& transfer, const Extent& bytes, std::vector<Hit>& hits);

  std::array<std::optional<Transfer>, Half::count> halves_;
  std::array<Layout, Half::count> layouts_;
  std::array<bool, Half::count> laid_out_{};  // when somebody has asked
  std::array<std::array<StatusProof, bit_count>, channels> proofs_{};
  std::array<std::array<StatusProof, bit_count>, channels> kept_{};
  std::array<std::uint32_t, channels> proving_{};  // the bits that prove something that is not known yet
  struct SpiProof {
    Proof received, sent;
  };
  void see(const SpiProof& proof);
  SpiProof spi_rests_, spi_done_, spi_segments_done_;
  std::array<SpiProof, 2> spi_kept_;  // of the latter two
  bool one_way_ = false;              // SPI2's transfer, the last one: its halves say nothing of each other
  std::uint64_t spi_sender_ = 0;      // whose list it began to send
  std::vector<Transfer> unfinished_;
  std::array<std::vector<Piece>, Half::count> spare_;
  std::uint64_t started_ = 0;
  std::vector<Extent> lost_;
  std::vector<Position> gained_;
};

inline std::optional<std::uint32_t> Ownership::move(Half half, std::uint32_t address, std::uint32_t count) {
  Transfer* const transfer = find(half);
  if (transfer == nullptr || !transfer->loaded) return std::nullopt;
  Piece& piece = transfer->pieces[transfer->current];
  const std::uint32_t place = address - piece.buffer;
  if (place >= piece.length) return std::nullopt;
  piece.moved = std::min(place + count, piece.length);
  return place;
}

template <class Function>
void Ownership::tell_owned(const Transfer& transfer, std::size_t index, Function& function) {
  const Piece& piece = transfer.pieces[index];
  if (!is_looked_at(transfer, index)) return;
  if (const auto list = extent_of(piece.descriptor, Piece::descriptor_bytes))
    function(*list, !piece.released, true);
  if (piece.released) return;
  // Loads of what is sent are nobody's business, but for those that say something: see leave_out().
  if (const auto buffer = held_bytes(piece)) function(*buffer, true, true);
}

template <class Function>
void Ownership::for_each_gained(Function function) {
  for (const auto& [half, index] : gained_)
    if (const Transfer* const transfer = find(half); transfer != nullptr && index < transfer->pieces.size())
      tell_owned(*transfer, index, function);
  if (!lost_.empty()) for_each_kept(function);
}

// What is lost by one of them others may own, too. Mostly it is all that the one had, and the others have
// other bytes.
template <class Function>
void Ownership::for_each_kept(Function& function) {
  constexpr std::size_t few = 16;
  for (const auto& transfer : halves_) {
    if (!transfer) continue;
    const std::size_t pieces = transfer->pieces.size();
    // Of a long list, to ask that would be more than to look.
    if (pieces <= few && !is_any_looked_at(*transfer)) continue;
    const auto tell = [&](std::size_t index) { tell_owned(*transfer, index, function); };
    if (lost_.size() > std::max(few, pieces / 2)) {  // to look for each would be more
      for (std::size_t index = 0; index < pieces; ++index) tell(index);
      continue;
    }
    const Layout& where = layout(transfer->half);
    for (const Extent& bytes : lost_) {
      where.for_each_buffer(bytes, tell);
      where.for_each_list(bytes, tell);
    }
  }
}

}  // namespace ferry::board::watch
