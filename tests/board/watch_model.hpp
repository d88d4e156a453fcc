// A second DMA watch, to hold the real one to: slow, simple, and written from what the rules say, not from
// how the watch does it. It listens to the same board and keeps the owners of every byte in a map.
//
// What a transfer holds by one descriptor is a holding, with a number that is never used again: a descriptor
// that comes round a second time, or whose rest a further frame takes, is another one. So a fact, such as
// what a status bit says, is a set of numbers, and what is stale proves nothing by itself.
#pragma once

#include "board/board.hpp"
#include "board/bus.hpp"
#include "board/cpu/access_watches.hpp"
#include "board/cpu/cpu.hpp"
#include "board/memory.hpp"
#include "board/observer.hpp"
#include "board/watch/rule.hpp"
#include "chip/esp32c3/interrupts.hpp"
#include "chip/esp32c3/memory_map.hpp"
#include "chip/esp32c3/registers/dma.hpp"
#include "chip/esp32c3/registers/spi2.hpp"
#include "chip/esp32c3/signals.hpp"
#include "tests/board/watch_schedule.hpp"

#include <algorithm>
#include <array>
#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

namespace ferry::board::watch::random {

// One finding: a rule, a transfer, a line. `started` is 0 where the point is that there is no transfer.
struct Found {
  Rule rule = Rule::tx_write;
  unsigned half = 0;
  Time started = 0;
  std::uint32_t pc = 0;
  auto operator<=>(const Found&) const = default;
};
inline std::ostream& operator<<(std::ostream& out, const Found& found) {
  out << "\n  " << code_of(found.rule) << " at 0x" << std::hex << found.pc << std::dec;
  if (found.started != 0)
    out << (found.half % 2 == 0 ? ", in" : ", out") << found.half / 2 << " of " << found.started;
  return out;
}

// What a transfer has by one descriptor.
using Number = unsigned;
struct Holding {
  Number number = 0;
  std::uint32_t descriptor = 0, buffer = 0, length = 0, next = 0;
  std::uint32_t wanted = 0;  // received bytes that the program asks for; 0: all that there is room for
  std::uint32_t moved = 0;
  bool had_owner = false, closed = false, returned = false;
  bool waits = false;  // closed, and taken again for a further frame that has not begun
};
// These are done with; and these transfers as a whole, as long as nothing further of them comes.
struct End {
  unsigned half = 0;
  Time started = 0;
  unsigned round = 0;
  auto operator<=>(const End&) const = default;
};
struct Fact {
  std::set<Number> done;
  std::set<End> ends;
};

// Of one half of a channel.
struct HalfTransfer {
  Time started = 0;
  std::uint32_t pc = 0, peripheral = 0;
  std::optional<std::uint32_t> stack;  // the pointer below its buffers there, as START or RESTART finds them
  bool to_memory = false, ended = false, between_frames = false, stopped = false;
  bool end_is_known = false;  // what the engine holds ready for something further is the program's till then
  unsigned round = 0;
  bool spi_is_known = false, pair_is_known = false;  // to be done, while this one is not
  Fact sent;                                         // which says that this is done with, once the pair is
  bool on_purpose = false, outlived_frame = false;
  std::vector<Holding> holdings;
  std::optional<std::size_t> current;
  std::vector<Number> closed;          // in order
  std::map<Number, Fact> frame_ends;   // closed with a frame's end: what the descriptor's first word says
  std::size_t times_sent = 0;          // that OUT_DONE rose
  std::optional<std::uint32_t> added;  // where its last descriptor got a successor, before RESTART
  std::uint32_t added_to = 0;
};

enum class Use : std::uint8_t { sent, received, list };
struct Owner {
  unsigned half = 0;
  Use use = Use::list;
};

// What SPI says of the transfers that it had, by when they were started.
struct SpiFact {
  std::optional<Time> receiver, sender;
  Fact sent;
};
struct SpiStart {
  std::uint32_t pc = 0;
  bool list_started = false;
};
// A START or RESTART.
struct Asked {
  Time time = 0;
  std::uint32_t pc = 0, stack = 0;
};

class WatchModel final : private Observer, private AccessWatcher {
 public:
  explicit WatchModel(Board& board) : board_(board) {
    board_.observers().add(*this, Observers::only(Topic::dma) | Observers::only(Topic::register_counts));
    const std::array all{WatchedRange{
        .offset = offset(all_memory).value(), .length = all_memory_bytes, .reads = true, .writes = true}};
    board_.cpu().watches().set(*this, all);
  }
  ~WatchModel() override {
    board_.observers().remove(*this);
    board_.cpu().watches().set(*this, {});
  }
  WatchModel(const WatchModel&) = delete;
  WatchModel& operator=(const WatchModel&) = delete;

  const std::set<Found>& found() const { return found_; }

  // Who is alive is lost, and what was added to a list for nothing is known to be that now.
  void program_ended() {
    for (unsigned half = 0; half < halves; ++half) {
      if (!transfers_[half]) continue;
      if (is_alive(*transfers_[half])) find(Rule::lost_transfer, half, board_.cpu().pc());
      find_vain_addition(half);
    }
  }

 private:
  using Raw = chip::dma::IntRaw;
  static constexpr std::uint32_t descriptor_bytes = 12, spi2 = 0;
  static constexpr std::uint32_t owner_bit = 1u << 31, suc_eof = 1u << 30;
  static constexpr std::uint32_t of_receiving = Raw::in_done.mask | Raw::in_suc_eof.mask |
                                                Raw::in_err_eof.mask | Raw::in_dscr_err.mask |
                                                Raw::in_dscr_empty.mask;

  // ---- Bytes
  // The same byte by way of either bus; nothing for what is not in SRAM1.
  static std::optional<std::uint32_t> offset(std::uint32_t address) {
    using namespace chip::memory_map;
    if (sram1_data.contains(address)) return sram0.size + (address - sram1_data.start);
    if (sram1_instruction.contains(address)) return sram0.size + (address - sram1_instruction.start);
    return std::nullopt;
  }
  static bool receives(unsigned half) { return half % 2 == 0; }
  std::uint32_t word(std::uint32_t address) const {
    std::array<std::byte, 4> bytes{};
    board_.memory().read(address, bytes);
    std::uint32_t result = 0;
    for (unsigned i = 0; i < 4; ++i) result |= std::to_integer<std::uint32_t>(bytes[i]) << (8 * i);
    return result;
  }
  template <class Register>
  std::uint32_t dma_register(unsigned channel) const {
    return board_.bus()
        .probe_load(chip::dma::base + Register::offset + channel * Register::stride)
        .value_or(0);
  }

  // ---- Owners
  void own(unsigned half, const Holding& holding) {
    const auto add = [&](std::uint32_t address, std::uint32_t length, Use use) {
      for (std::uint32_t byte = 0; byte < length; ++byte)
        if (const auto place = offset(address + byte)) owners_[*place][holding.number] = {half, use};
    };
    add(holding.descriptor, descriptor_bytes, Use::list);
    add(holding.buffer, holding.length, receives(half) ? Use::received : Use::sent);
    owned_.insert(holding.number);
  }
  void disown(Number number) {
    for (auto& [byte, owners] : owners_) owners.erase(number);
    owned_.erase(number);
  }
  bool is_alive(const HalfTransfer& transfer) const {
    return std::ranges::any_of(transfer.holdings,
                               [&](const Holding& each) { return owned_.contains(each.number); });
  }
  // On its way, as far as the program knows or in truth.
  bool is_started(const HalfTransfer& transfer) const { return is_alive(transfer) || !transfer.ended; }

  // A side that is done with as a whole says so to the other.
  void learn(const Fact& fact) {
    for (unsigned half = 0; half < halves; ++half) {
      if (!transfers_[half] || !is_alive(*transfers_[half])) continue;
      HalfTransfer& transfer = *transfers_[half];
      const bool ends = fact.ends.contains(end_of(half));
      bool news = false;
      if (ends) transfer.end_is_known = true;
      for (const Holding& each : transfer.holdings) {
        const bool goes_round = transfer.between_frames && is_in_circle(transfer, each);
        if (!owned_.contains(each.number)) continue;
        if ((!ends || goes_round) && !fact.done.contains(each.number)) continue;
        disown(each.number);
        news = true;
      }
      if (news) learn_source(half);
      if (is_alive(transfer)) continue;
      transfer.spi_is_known = transfer.pair_is_known = false;
      tell_pair(half);
    }
  }
  // What a copy is known to have stored it has read.
  void learn_source(unsigned half) {
    const HalfTransfer& receiver = *transfers_[half];
    const auto pair = pair_of(half);
    if (!receives(half) || !receiver.to_memory || !pair) return;
    HalfTransfer& sender = *transfers_[*pair];
    if (has_circle(receiver) || has_circle(sender) || !is_alive(sender)) return;
    std::uint64_t stored = 0, read = 0;
    for (const Holding& each : receiver.holdings) {
      if (!each.closed || owned_.contains(each.number)) break;
      stored += each.moved;
    }
    for (const Holding& each : sender.holdings) {
      read += each.length;
      if (read > stored || !each.closed) break;
      disown(each.number);
    }
    if (!is_alive(sender)) tell_pair(*pair);
  }
  // A list that comes round is there to be filled on: a frame's end is not the end of it.
  static bool is_in_circle(const HalfTransfer& transfer, const Holding& holding) {
    const Holding* at = &holding;
    for (std::size_t step = 0; step < transfer.holdings.size(); ++step) {
      const auto next = std::ranges::find(transfer.holdings, at->next, &Holding::descriptor);
      if (next == transfer.holdings.end()) return false;
      at = &*next;
      if (at == &holding) return true;
    }
    return false;
  }
  static bool has_circle(const HalfTransfer& transfer) {
    return std::ranges::any_of(transfer.holdings,
                               [&](const Holding& each) { return is_in_circle(transfer, each); });
  }
  End end_of(unsigned half) const { return {half, transfers_[half]->started, transfers_[half]->round}; }
  void learn_end(unsigned half) { learn({.done = {}, .ends = {end_of(half)}}); }
  // All that the engine has closed by now; the end, if it is there.
  Fact fact_of(unsigned half) const {
    const HalfTransfer& transfer = *transfers_[half];
    Fact fact{.done = {transfer.closed.begin(), transfer.closed.end()}, .ends = {}};
    // A copy whose sending side has more is between two of its frames.
    const auto pair = pair_of(half);
    const bool goes_on = transfer.to_memory && transfer.between_frames && pair && !transfers_[*pair]->ended;
    if (transfer.ended && !goes_on) fact.ends.insert(end_of(half));
    return fact;
  }

  // The other side of a transfer that has two: of its own channel when it copies memory, else of its
  // peripheral.
  std::optional<unsigned> pair_of(unsigned half) const {
    const HalfTransfer& transfer = *transfers_[half];
    for (unsigned other = 0; other < halves; ++other) {
      if (receives(other) == receives(half) || !transfers_[other]) continue;
      const bool is_pair = transfer.to_memory ? other / 2 == half / 2
                                              : !transfers_[other]->to_memory &&
                                                    transfers_[other]->peripheral == transfer.peripheral;
      if (is_pair) return other;
    }
    return std::nullopt;
  }
  void tell_pair(unsigned half) {
    const auto pair = pair_of(half);
    if (!pair || !is_alive(*transfers_[*pair])) return;
    transfers_[*pair]->pair_is_known = true;
    finish_sender(*pair);
  }
  // What is sent is done with when SPI says so, and what is received meanwhile is.
  void finish_sender(unsigned half) {
    HalfTransfer& transfer = *transfers_[half];
    if (!receives(half) && transfer.spi_is_known && transfer.pair_is_known) learn(Fact(transfer.sent));
  }

  // ---- Findings
  void find(Rule rule, std::optional<unsigned> half, std::uint32_t pc) {
    found_.insert(
        {.rule = rule, .half = half.value_or(0), .started = half ? transfers_[*half]->started : 0, .pc = pc});
  }
  void find_vain_addition(unsigned half) {
    if (transfers_[half]->added) find(Rule::desc_edit, half, *transfers_[half]->added);
  }
  // A transfer is over, known to be so: by reset, by PARK after STOP.
  void end(unsigned half) {
    if (!transfers_[half]) return;
    for (const Holding& each : transfers_[half]->holdings) disown(each.number);
    find_vain_addition(half);
    transfers_[half].reset();
  }

  // ---- Lists
  Holding hold(unsigned half, std::uint32_t descriptor) {
    Holding holding{.number = ++last_number_, .descriptor = descriptor};
    take(half, holding, word(descriptor), word(descriptor + 4), word(descriptor + 8));
    return holding;
  }
  void take(unsigned half, Holding& holding, std::uint32_t word0, std::uint32_t buffer, std::uint32_t next) {
    const std::uint32_t size = word0 & 0xFFF, length = word0 >> 12 & 0xFFF;
    const std::uint32_t left = word0 & (suc_eof | 0xFFF000);  // by the engine, which marks a frame's end, too
    holding.buffer = buffer;
    holding.next = next;
    holding.length = receives(half) ? size : length;
    holding.had_owner = word0 >> 31 != 0;
    // A length that the engine has left there is no wish, nor one in a word that was copied from elsewhere.
    const bool rounded_up = size == (length + 3) / 4 * 4;
    const bool is_left = left_.contains({holding.descriptor, left}) || left_.contains({buffer, left}) ||
                         (!rounded_up && left_anywhere_.contains(left));
    const bool wishes = receives(half) && length != 0 && length < size && !is_left;
    holding.wanted = wishes ? length : 0;
  }
  std::vector<Holding> follow(unsigned half, std::uint32_t first) {
    std::vector<Holding> holdings;
    const auto known = [&](std::uint32_t address) {
      return std::ranges::find(holdings, address, &Holding::descriptor) != holdings.end();
    };
    for (std::uint32_t at = first;
         chip::memory_map::dma_memory.contains(at, descriptor_bytes) && !known(at);) {
      holdings.push_back(hold(half, at));
      at = holdings.back().next;
    }
    return holdings;
  }
  // The program wants the engine to look behind what was the list's end.
  void restart(unsigned half) {
    if (!transfers_[half]) return;
    HalfTransfer& transfer = *transfers_[half];
    transfer.stopped = false;
    transfer.added.reset();
    const bool at_tail = transfer.current && transfer.holdings[*transfer.current].next == 0;
    const auto tail = at_tail ? transfer.holdings.begin() + static_cast<std::ptrdiff_t>(*transfer.current)
                              : std::ranges::find(transfer.holdings, 0u, &Holding::next);
    if (tail == transfer.holdings.end()) return;
    const std::vector<Holding> added = follow(half, word(tail->descriptor + 8));
    if (added.empty()) return;
    tail->next = added.front().descriptor;
    for (const Holding& more : added) {
      const auto known = std::ranges::find(transfer.holdings, more.descriptor, &Holding::descriptor);
      if (known == transfer.holdings.end()) {
        transfer.holdings.push_back(more);
      } else if (owned_.contains(known->number)) {
        continue;
      } else {
        *known = more;
      }
      own(half, more);
    }
    for (const Holding& more : added) check_overlap(half, more.descriptor, asked_[half].pc);
    note_stack(transfer, asked_[half].stack);
  }

  // ---- What transfers are made of
  void start(unsigned half, std::uint32_t first) {
    if (transfers_[half]) {
      for (const Holding& each : transfers_[half]->holdings) disown(each.number);
      find_vain_addition(half);
    }
    using namespace chip::dma;
    const unsigned channel = half / 2;
    // What is set already is of an earlier transfer.
    forget(channel, receives(half) ? of_receiving : ~of_receiving);
    HalfTransfer& transfer = transfers_[half].emplace();
    transfer.started = asked_[half].time;
    transfer.pc = asked_[half].pc;

    transfer.peripheral =
        receives(half) ? dma_register<InPeriSel>(channel) : dma_register<OutPeriSel>(channel);
    transfer.to_memory = (dma_register<InConf0>(channel) & InConf0::mem_trans_en.mask) != 0;
    transfer.holdings = follow(half, first);
    check_trigger(half, transfer.pc);
    for (const Holding& each : transfer.holdings) check_overlap(half, each.descriptor, transfer.pc);
    for (const Holding& each : transfer.holdings) own(half, each);
    note_stack(transfer, asked_[half].stack);
  }
  void check_trigger(unsigned half, std::uint32_t pc) {
    for (unsigned other = half % 2; other < halves; other += 2)
      if (other != half && transfers_[other] && is_started(*transfers_[other]) &&
          transfers_[other]->peripheral == transfers_[half]->peripheral)
        find(Rule::trigger_clash, other, pc);
  }
  // Of buffers: lists lie apart from everything else here. SPI may receive into what it sends, as long as
  // each byte is sent before something comes in its place.
  void check_overlap(unsigned half, std::uint32_t descriptor, std::uint32_t pc) {
    const HalfTransfer& mine = *transfers_[half];
    const auto here = places_of(mine, [&](const Holding& each) { return each.descriptor == descriptor; });
    for (unsigned other = 0; other < halves; ++other) {
      if (other == half || !transfers_[other]) continue;
      const HalfTransfer& its = *transfers_[other];
      if (!receives(half) && !receives(other)) continue;
      const bool in_place = receives(half) != receives(other) && !mine.to_memory && !its.to_memory &&
                            mine.peripheral == its.peripheral;
      const auto there = places_of(its, [&](const Holding& each) { return owned_.contains(each.number); });
      for (const auto& [byte, place] : here) {
        const auto same = there.find(byte);
        if (same == there.end()) continue;
        const std::uint32_t received = receives(half) ? place : same->second;
        const std::uint32_t sent = receives(half) ? same->second : place;
        if (!in_place || received < sent) find(Rule::overlap, other, pc);
      }
    }
  }
  // The bytes of some of a transfer's buffers, and as the how manieth they are moved.
  template <class Which>
  static std::map<std::uint32_t, std::uint32_t> places_of(const HalfTransfer& transfer, Which which) {
    std::map<std::uint32_t, std::uint32_t> places;
    std::uint32_t place = 0;
    for (const Holding& each : transfer.holdings)
      for (std::uint32_t byte = 0; byte < each.length; ++byte, ++place)
        if (const auto where = offset(each.buffer + byte); where && which(each))
          places.emplace(*where, place);
    return places;
  }
  void check_descriptor(unsigned half, const Holding& holding) {
    constexpr auto reach = chip::memory_map::dma_memory;
    const std::uint32_t pc = transfers_[half]->pc;
    if (!reach.contains(holding.buffer, std::max(holding.length, 1u)) ||
        (holding.next != 0 && !reach.contains(holding.next, descriptor_bytes))) {
      find(Rule::region, half, pc);
    } else if (receives(half) && bursts(half) && (holding.buffer % 4 != 0 || holding.length % 4 != 0)) {
      find(Rule::misaligned_burst, half, pc);
    }
  }
  bool bursts(unsigned half) const {
    using namespace chip::dma;
    return (dma_register<InConf0>(half / 2) & InConf0::in_data_burst_en.mask) != 0;
  }

  // ---- Observer: the engine
  static unsigned half_of(unsigned channel, DmaDirection direction) {
    return 2 * channel + (direction == DmaDirection::out ? 1 : 0);
  }
  void dma_started(unsigned channel, DmaDirection direction, std::uint32_t first) override {
    const unsigned half = half_of(channel, direction);
    const bool by_start = std::exchange(starting_, std::nullopt) == half && board_.bus().accessing();
    if (by_start || !transfers_[half]) return start(half, first);
    // A further frame, or more of a list: what had not been used is the engine's again.
    HalfTransfer& transfer = *transfers_[half];
    transfer.ended = transfer.between_frames = transfer.spi_is_known = transfer.pair_is_known = false;
    ++transfer.round;
    take_back(half);
  }
  void take_back(unsigned half) {
    transfers_[half]->end_is_known = false;
    for (Holding& each : transfers_[half]->holdings) {
      if (each.waits) each.closed = each.returned = each.waits = false, each.moved = 0;
      if (each.closed) continue;
      disown(each.number);
      each.number = ++last_number_;
      own(half, each);
    }
  }
  void dma_descriptor_loaded(const DmaDescriptorEvent& event) override {
    const unsigned half = half_of(event.channel, event.direction);
    if (!transfers_[half]) return;
    HalfTransfer& transfer = *transfers_[half];
    auto& holdings = transfer.holdings;
    std::size_t place = transfer.current ? *transfer.current + 1 : 0;
    const auto is_it = [&](const Holding& each) { return each.descriptor == event.address; };
    if (place >= holdings.size() || !is_it(holdings[place]))
      place = static_cast<std::size_t>(std::ranges::find_if(holdings, is_it) - holdings.begin());
    if (place == holdings.size()) holdings.push_back({.number = ++last_number_, .descriptor = event.address});
    Holding& holding = holdings[place];
    // A round that a frame's end has filled: nothing moves before a further frame begins.
    const bool as_it_was = holding.buffer == event.buffer && holding.next == event.next &&
                           holding.length == (event.word0 & 0xFFF) && receives(half);
    const bool given_again = holding.returned && (event.word0 & owner_bit) != 0;
    if (transfer.between_frames && holding.closed && as_it_was && !given_again &&
        is_in_circle(transfer, holding)) {
      take(half, holding, event.word0, event.buffer, event.next);
      holding.waits = true;
      transfer.current = place;
      return check_descriptor(half, holding);
    }
    disown(holding.number);
    if (holding.closed) holding.number = ++last_number_;
    holding.closed = holding.returned = false;
    holding.moved = 0;
    take(half, holding, event.word0, event.buffer, event.next);
    transfer.current = place;
    if (!transfer.end_is_known || is_in_circle(transfer, holding)) own(half, holding);
    check_descriptor(half, holding);
  }
  void dma_descriptor_closed(const DmaDescriptorEvent& event) override {
    const unsigned half = half_of(event.channel, event.direction);
    if (receives(half)) leave(event.address, event.buffer, event.word0 & (suc_eof | 0xFFF000));
    if (!transfers_[half] || !transfers_[half]->current) return;
    Holding& holding = transfers_[half]->holdings[*transfers_[half]->current];
    if (holding.descriptor != event.address) return;
    holding.closed = true;
    holding.returned = holding.had_owner && event.word0 >> 31 == 0;
    transfers_[half]->closed.push_back(holding.number);
    if (!receives(half) || (event.word0 & suc_eof) == 0) return;
    // The word says what IN_SUC_EOF will, in a moment when the frame has ended.
    HalfTransfer& transfer = *transfers_[half];
    const bool ended = std::exchange(transfer.ended, true);
    const bool between_frames = std::exchange(transfer.between_frames, true);
    transfer.frame_ends[holding.number] = fact_of(half / 2, Raw::in_suc_eof.mask);
    transfer.ended = ended;
    transfer.between_frames = between_frames;
  }
  void leave(std::uint32_t descriptor, std::uint32_t buffer, std::uint32_t length) {
    for (const std::uint32_t at : {descriptor, buffer}) {
      std::erase_if(left_, [&](const auto& each) { return each.first == at; });
      left_.emplace(at, length);
    }
    left_anywhere_.insert(length);
  }
  void dma_ended(unsigned channel, DmaDirection direction, std::string_view why) override {
    const unsigned half = half_of(channel, direction);
    if (why == "reset") return end(half);
    if (!transfers_[half]) return;
    transfers_[half]->ended = true;
    transfers_[half]->between_frames = why == "end of frame";
  }
  void dma_bytes(unsigned channel, DmaDirection direction, std::uint32_t address,
                 std::uint32_t count) override {
    const unsigned half = half_of(channel, direction);
    if (receives(half)) note_written(offset(address).value(), count);
    if (!transfers_[half] || !transfers_[half]->current) return;
    Holding& holding = transfers_[half]->holdings[*transfers_[half]->current];
    holding.moved += count;
    bool is_written = true;
    for (std::uint32_t byte = address; byte < address + count; ++byte)
      is_written = is_written && !is_unwritten(byte, holding);
    if (!is_written) find(Rule::uninit_tx, half, transfers_[half]->pc);
    if (holding.wanted != 0 && address + count > holding.buffer + holding.wanted)
      find(Rule::rx_overrun, half, transfers_[half]->pc);
  }

  // Stores to a line are no longer seen when it has been stored to so often for nothing.
  static constexpr std::uint32_t patience = 32;
  void note_written(std::uint32_t first, std::uint32_t count) {
    for (std::uint32_t line = first / Memory::line_size; line * Memory::line_size < first + count; ++line) {
      if (vain_[line] == patience) continue;
      const std::uint32_t begin = line * Memory::line_size, end = begin + Memory::line_size;
      bool news = false;
      for (std::uint32_t byte = std::max(first, begin); byte < std::min(first + count, end); ++byte)
        news = written_.insert(byte).second || news;
      if (!news) ++vain_[line];
    }
  }
  // In such a line, four bytes or more on end of what memory is filled with.
  bool is_unwritten(std::uint32_t address, const Holding& holding) {
    const auto looks_unwritten = [&](std::uint32_t byte) {
      const bool inside = byte >= holding.buffer && byte < holding.buffer + holding.length;
      return inside && !written_.contains(offset(byte).value()) && std::byte(word(byte)) == Memory::power_on;
    };
    if (written_.contains(offset(address).value())) return false;
    if (vain_[offset(address).value() / Memory::line_size] < patience) return true;
    std::uint32_t first = address, end = address;
    while (looks_unwritten(first - 1)) --first;
    while (looks_unwritten(end)) ++end;
    return end - first >= 4 && looks_unwritten(address);
  }

  // ---- Observer: what status bits say from the moment on that they rise
  void dma_raised(unsigned channel, std::uint32_t bits) override {
    for (unsigned bit = 0; bit < 32; ++bit)
      if ((bits >> bit & 1) != 0) facts_[{channel, bit}] = fact_of(channel, 1u << bit);
  }
  Fact fact_of(unsigned channel, std::uint32_t bit) {
    const unsigned half = 2 * channel + ((bit & of_receiving) != 0 ? 0 : 1);
    if (!transfers_[half]) return {};
    HalfTransfer& transfer = *transfers_[half];
    Fact fact = fact_of(half);
    switch (bit) {
      case Raw::in_done.mask:
        fact.ends.clear();
        return fact;
      case Raw::in_suc_eof.mask:
        if (const auto pair = pair_of(half)) {
          Fact other = fact_of(*pair);
          fact.done.merge(other.done);
          fact.ends.merge(other.ends);
        }
        return fact;
      case Raw::in_dscr_err.mask:
      case Raw::in_dscr_empty.mask:
      case Raw::out_dscr_err.mask:
      case Raw::out_total_eof.mask:
        return fact;
      case Raw::out_eof.mask: {  // OUT_EOF_DES_ADDR names the descriptor
        fact = {};
        const std::uint32_t last = dma_register<chip::dma::OutEofDesAddr>(channel);
        for (auto each = transfer.closed.rbegin(); each != transfer.closed.rend(); ++each)
          if (!fact.done.empty() || descriptor_of_closed(transfer, *each) == last) fact.done.insert(*each);
        return fact;
      }
      case Raw::out_done.mask: {  // of one descriptor more each time
        const std::size_t known = std::min(++transfer.times_sent, transfer.closed.size());
        return {
            .done = {transfer.closed.begin(), transfer.closed.begin() + static_cast<std::ptrdiff_t>(known)},
            .ends = {}};
      }
      default:
        return {};
    }
  }
  static std::uint32_t descriptor_of_closed(const HalfTransfer& transfer, Number number) {
    const auto holding = std::ranges::find(transfer.holdings, number, &Holding::number);
    return holding == transfer.holdings.end() ? 0 : holding->descriptor;
  }
  void see(unsigned channel, std::uint32_t bits) {
    for (unsigned bit = 0; bit < 32; ++bit)
      if ((bits >> bit & 1) != 0) learn(facts_[{channel, bit}]);
  }
  void forget(unsigned channel, std::uint32_t bits) {
    for (unsigned bit = 0; bit < 32; ++bit)
      if ((bits >> bit & 1) != 0) facts_.erase({channel, bit});
  }

  // ---- Observer: SPI2
  void spi_began(const SpiBeginning& beginning) override {
    const bool first = !std::exchange(spi_runs_, true);
    spi_sends_ = beginning.sends_by_dma;
    spi_receives_ = beginning.receives_by_dma;
    const auto sender = spi_half(1);
    if (sender && spi_sends_ && !transfers_[*sender]->ended) take_back(*sender);
    if (first && spi_start_ && spi_sends_ && (!spi_start_->list_started || beginning.found_nothing))
      find(Rule::early_start, std::nullopt, spi_start_->pc);
  }
  void spi_raised(std::uint32_t bits) override {
    if ((bits & chip::spi2::DmaIntRaw::trans_done_int_raw.mask) != 0) spi_done_ = spi_fact();
  }
  void spi_phase(std::string_view phase) override {
    if (phase != "idle") return;
    spi_rests_ = spi_fact();
    spi_runs_ = false;
  }
  std::optional<unsigned> spi_half(unsigned first) const {
    for (unsigned half = first; half < halves; half += 2)
      if (is_of_spi(half)) return half;
    return std::nullopt;
  }
  bool is_of_spi(unsigned half) const {
    return transfers_[half] && !transfers_[half]->to_memory && transfers_[half]->peripheral == spi2;
  }
  SpiFact spi_fact() const {
    SpiFact fact;
    if (const auto half = spi_half(0); half && spi_receives_) fact.receiver = transfers_[*half]->started;
    if (const auto half = spi_half(1); half && spi_sends_) {
      fact.sender = transfers_[*half]->started;
      fact.sent = fact_of(*half);
    }
    return fact;
  }
  // The end of what only sends. Of two sides it is one: bytes may be on their way to memory still.
  void see(const SpiFact& fact) {
    const auto receiver = alive_since(fact.receiver, 0), sender = alive_since(fact.sender, 1);
    if (receiver) transfers_[*receiver]->spi_is_known = true;
    if (!sender) return;
    if (!receiver) return learn(fact.sent);
    transfers_[*sender]->spi_is_known = true;
    transfers_[*sender]->sent = fact.sent;
    finish_sender(*sender);
  }
  std::optional<unsigned> alive_since(std::optional<Time> started, unsigned first) const {
    for (unsigned half = first; half < halves && started; half += 2)
      if (transfers_[half] && transfers_[half]->started == *started && is_alive(*transfers_[half]))
        return half;
    return std::nullopt;
  }

  // ---- Observer: registers
  void register_accessed(const RegisterAccess& access) override {
    starting_.reset();
    const std::uint32_t dma = access.address - chip::dma::base, spi = access.address - chip::spi2::base;
    const bool open = access.closed.empty();
    if (dma < 0x1000) {
      if (access.write) {
        dma_stored(dma, access.value, access.pc, open);
      } else if (open) {
        dma_loaded(dma, access.value);
      }
    } else if (spi < 0x1000 && open) {
      if (access.write) {
        spi_stored(spi, access.value, access.pc);
      } else {
        spi_loaded(spi, access.value);
      }
    }
  }
  void dma_loaded(std::uint32_t place, std::uint32_t value) {
    using namespace chip::dma;
    for (unsigned channel = 0; channel < halves / 2; ++channel) {
      const auto is = [&]<class Register>(Register) {
        return place == Register::offset + channel * Register::stride;
      };
      if (is(IntRaw{}) || is(IntSt{})) see(channel, value);
      const bool in_rests = (is(InLink{}) && InLink::inlink_park.get(value) != 0) ||
                            (is(InState{}) && InState::in_state.get(value) == 0);
      const bool out_rests = (is(OutLink{}) && OutLink::outlink_park.get(value) != 0) ||
                             (is(OutState{}) && OutState::out_state.get(value) == 0);
      if (in_rests) see_rest(2 * channel);
      if (out_rests) see_rest(2 * channel + 1);
    }
  }
  void see_rest(unsigned half) {
    if (transfers_[half] && transfers_[half]->stopped) end(half);
  }
  void dma_stored(std::uint32_t place, std::uint32_t value, std::uint32_t pc, bool open) {
    using namespace chip::dma;
    for (unsigned channel = 0; channel < halves / 2; ++channel) {
      const auto is = [&]<class Register>(Register) {
        return place == Register::offset + channel * Register::stride;
      };
      const unsigned in = 2 * channel, out = in + 1;
      if (is(InLink{}))
        link(in, InLink::inlink_start.get(value) != 0, InLink::inlink_stop.get(value) != 0,
             InLink::inlink_restart.get(value) != 0, pc, open);
      if (is(OutLink{}))
        link(out, OutLink::outlink_start.get(value) != 0, OutLink::outlink_stop.get(value) != 0,
             OutLink::outlink_restart.get(value) != 0, pc, open);
      if (!open) continue;
      if (is(IntClr{})) forget(channel, value);
      if (is(InConf0{}) && InConf0::in_rst.get(value) != 0) end(in);
      if (is(OutConf0{}) && OutConf0::out_rst.get(value) != 0) end(out);
      if (is(InPeriSel{})) select(in, value, pc);
      if (is(OutPeriSel{})) select(out, value, pc);
    }
  }
  void link(unsigned half, bool starts, bool stops, bool restarts, std::uint32_t pc, bool open) {
    if (!open) {
      if (starts || restarts) find(Rule::clock_off, std::nullopt, pc);
      return;
    }
    if (stops && transfers_[half] && is_alive(*transfers_[half])) transfers_[half]->stopped = true;
    if (starts || restarts) asked_[half] = {board_.cpu().now(), pc, board_.cpu().register_value(2)};
    if (starts) starting_ = half;
    if (starts && transfers_[half] && is_alive(*transfers_[half])) find(Rule::lost_transfer, half, pc);
    if (restarts) restart(half);
  }
  void select(unsigned half, std::uint32_t peripheral, std::uint32_t pc) {
    if (!transfers_[half]) return;
    transfers_[half]->peripheral = peripheral;
    if (is_alive(*transfers_[half])) check_trigger(half, pc);
  }
  void spi_loaded(std::uint32_t place, std::uint32_t value) {
    using namespace chip::spi2;
    if ((place == DmaIntRaw::offset || place == DmaIntSt::offset) &&
        DmaIntRaw::trans_done_int_raw.get(value) != 0)
      see(spi_done_);
    if (place == Cmd::offset && Cmd::usr.get(value) == 0) see(spi_rests_);
  }
  void spi_stored(std::uint32_t place, std::uint32_t value, std::uint32_t pc) {
    using namespace chip::spi2;
    if (place == DmaIntClr::offset && DmaIntClr::trans_done_int_clr.get(value) != 0) spi_done_ = {};
    if (place != Cmd::offset || Cmd::usr.get(value) == 0 || spi_runs_) return;
    spi_start_ = SpiStart{.pc = pc, .list_started = false};
    for (unsigned half = 1; half < halves; half += 2)
      if (is_of_spi(half) && !transfers_[half]->ended) spi_start_->list_started = true;
  }

  // ---- Observer: the rest
  void interrupt_taken(unsigned line) override {
    const std::uint64_t sources = board_.interrupt_sources(line);
    for (unsigned channel = 0; channel < halves / 2; ++channel)
      if ((sources >> (static_cast<unsigned>(chip::InterruptSource::dma_channel0) + channel) & 1) != 0)
        see(channel, dma_register<chip::dma::IntSt>(channel));
    if ((sources >> static_cast<unsigned>(chip::InterruptSource::spi2) & 1) != 0) see(spi_done_);
  }
  void gate_changed(std::string_view device, bool clock, bool reset) override {
    const bool dma = device == "DMA";
    if (!dma && device != "SPI2") return;
    const auto pc = board_.bus().accessing();
    for (unsigned half = 0; half < halves; ++half) {
      if (!transfers_[half]) continue;
      const HalfTransfer& transfer = *transfers_[half];
      const bool needs_it = dma || (!transfer.to_memory && transfer.peripheral == spi2);
      if (needs_it && pc && !clock && !reset && is_alive(transfer)) find(Rule::clock_off, half, *pc);
      if (dma && reset) end(half);
    }
    if (dma && reset) facts_.clear();
  }

  // ---- The CPU and memory
  bool only_looks() const override { return true; }
  void cpu_accesses(const BusAccess& access, bool write) override {
    if (write && access.address > announced && access.address <= announced + 4 * most_frames)
      return raise_stack(frame_bytes * ((access.address - announced) / 4), access.pc + 4);
    const auto first = offset(access.address);
    if (!first) return;
    const std::uint32_t end = *first + access.width;
    if (!write && is_marker(access.pc)) return leave_out(*first);
    for (unsigned half = 0; half < halves; ++half)
      if (transfers_[half]) touch(half, *first, end, access, write);
    if (!write) return read_owners(*first, end);
    hand_back(*first, access);
    forget_owners(*first, end);
    note_written(*first, access.width);
  }
  // A descriptor of a circle that had come back is the engine's again from the store on that says so.
  void hand_back(std::uint32_t first, const BusAccess& access) {
    for (unsigned half = 0; half < halves; ++half) {
      if (!transfers_[half] || (transfers_[half]->ended && !transfers_[half]->between_frames)) continue;
      HalfTransfer& transfer = *transfers_[half];
      for (Holding& each : transfer.holdings) {
        const std::uint32_t list = offset(each.descriptor).value();
        const bool came_back = each.returned && !owned_.contains(each.number) && is_in_circle(transfer, each);
        if (!came_back || list + 3 < first || list + 3 >= first + access.width) continue;
        // As the store will leave it.
        std::array<std::byte, descriptor_bytes> memory{};
        board_.memory().read(each.descriptor, memory);
        const std::uint32_t value = board_.cpu().register_value(word(access.pc) >> 20 & 31);
        for (std::uint32_t byte = 0; byte < access.width; ++byte)
          memory.at(first + byte - list) = static_cast<std::byte>(value >> (8 * byte));
        const auto at = [&](unsigned place) {
          std::uint32_t result = 0;
          for (unsigned i = 0; i < 4; ++i)
            result |= std::to_integer<std::uint32_t>(memory[place + i]) << (8 * i);
          return result;
        };
        if ((at(0) & owner_bit) == 0) continue;
        each.number = ++last_number_;
        each.closed = each.returned = each.waits = false;
        each.moved = 0;
        take(half, each, at(0), at(4), at(8));
        own(half, each);
        check_overlap(half, each.descriptor, access.pc);
        break;
      }
    }
  }
  void touch(unsigned half, std::uint32_t first, std::uint32_t end, const BusAccess& access, bool write) {
    HalfTransfer& transfer = *transfers_[half];
    std::set<Rule> broken;
    for (std::uint32_t byte = first; byte < end; ++byte) {
      const auto owners = owners_.find(byte);
      if (owners == owners_.end()) continue;
      for (const auto& [number, owner] : owners->second) {
        if (owner.half != half) continue;
        if (owner.use == Use::list && write && !adds(transfer, number, first, end, access.pc))
          broken.insert(Rule::desc_edit);
        if (transfer.on_purpose || owner.use == Use::list) continue;
        if (owner.use == Use::sent && write) broken.insert(Rule::tx_write);
        if (owner.use == Use::received) broken.insert(write ? Rule::rx_write : Rule::rx_read);
      }
    }
    for (const Rule rule : broken)
      find(transfer.stopped                                  ? Rule::early_reclaim
           : transfer.spi_is_known || transfer.pair_is_known ? Rule::one_sided
                                                             : rule,
           half, access.pc);
  }
  // The one change of a live list that is allowed, with RESTART behind it: a successor of its end.
  static bool adds(HalfTransfer& transfer, Number number, std::uint32_t first, std::uint32_t end,
                   std::uint32_t pc) {
    const auto holding = std::ranges::find(transfer.holdings, number, &Holding::number);
    const std::uint32_t link = offset(holding->descriptor).value() + 8;
    if (holding->next != 0 || first < link || end > link + 4) return false;
    if (transfer.added) return transfer.added_to == holding->descriptor;
    transfer.added = pc;
    transfer.added_to = holding->descriptor;
    return true;
  }
  void read_owners(std::uint32_t first, std::uint32_t end) {
    for (unsigned half = 0; half < halves; ++half) {
      if (!transfers_[half]) continue;
      const HalfTransfer& transfer = *transfers_[half];
      Fact known;
      for (const Holding& each : transfer.holdings) {
        const std::uint32_t place = offset(each.descriptor).value() + 3;
        if (place < first || place >= end || !each.returned) continue;
        if (!owned_.contains(each.number)) continue;
        // A list is worked through in order: what was closed before is done with, too.
        const auto last = std::ranges::find(transfer.closed, each.number);
        known.done.insert(transfer.closed.begin(), last);
        known.done.insert(each.number);
        if (const auto frame = transfer.frame_ends.find(each.number); frame != transfer.frame_ends.end()) {
          known.done.insert(frame->second.done.begin(), frame->second.done.end());
          known.ends.insert(frame->second.ends.begin(), frame->second.ends.end());
        }
      }
      learn(known);
    }
  }
  // What the program has stored there itself is not what the engine has given back.
  void forget_owners(std::uint32_t first, std::uint32_t end) {
    for (auto& transfer : transfers_) {
      if (!transfer) continue;
      for (Holding& each : transfer->holdings) {
        const std::uint32_t place = offset(each.descriptor).value() + 3;
        if (owned_.contains(each.number) && place >= first && place < end) each.returned = false;
      }
    }
  }
  bool is_marker(std::uint32_t pc) const {
    constexpr std::uint32_t opcode_and_destination = 0xFFF, load_into_zero = 0x003;
    return (word(pc) & opcode_and_destination) == load_into_zero && word(pc + 4) == 0x5A50'7013;
  }
  void leave_out(std::uint32_t byte) {
    const auto owners = owners_.find(byte);
    if (owners == owners_.end()) return;
    for (const auto& [number, owner] : owners->second)
      if (owner.use != Use::list) transfers_[owner.half]->on_purpose = true;
  }
  void note_stack(HalfTransfer& transfer, std::uint32_t pointer) const {
    const bool any = std::ranges::any_of(transfer.holdings, [&](const Holding& each) {
      return owned_.contains(each.number) && each.buffer >= pointer && each.buffer < stack_top;
    });
    if (any) transfer.stack = std::min(transfer.stack.value_or(pointer), pointer);
  }
  void raise_stack(std::uint32_t by, std::uint32_t pc) {
    const std::uint32_t from = board_.cpu().register_value(2);
    for (unsigned half = 0; half < halves; ++half) {
      if (!transfers_[half] || !transfers_[half]->stack || transfers_[half]->outlived_frame) continue;
      HalfTransfer& transfer = *transfers_[half];
      for (const Holding& each : transfer.holdings) {
        if (!owned_.contains(each.number) || each.buffer < *transfer.stack || each.buffer < from ||
            each.buffer >= from + by)
          continue;
        find(Rule::dead_stack, half, pc);
        transfer.outlived_frame = true;
        break;
      }
    }
  }

  Board& board_;
  std::map<std::uint32_t, std::map<Number, Owner>> owners_;  // of every byte
  std::set<Number> owned_;
  std::set<std::uint32_t> written_;              // bytes, by anybody
  std::map<std::uint32_t, std::uint32_t> vain_;  // stores to lines that wrote nothing new
  std::array<std::optional<HalfTransfer>, halves> transfers_;
  std::array<Asked, halves> asked_{};
  std::optional<unsigned> starting_;
  std::set<std::pair<std::uint32_t, std::uint32_t>>
      left_;  // by the engine: of descriptor or buffer, a length
  std::set<std::uint32_t> left_anywhere_;
  std::map<std::pair<unsigned, unsigned>, Fact> facts_;  // of channel and bit
  SpiFact spi_done_, spi_rests_;
  std::optional<SpiStart> spi_start_;
  bool spi_runs_ = false, spi_sends_ = false, spi_receives_ = false;
  Number last_number_ = 0;
  std::set<Found> found_;
};

}  // namespace ferry::board::watch::random
