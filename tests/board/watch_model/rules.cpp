#include "tests/board/watch_model/rules.hpp"

#include "board/devices/gdma/descriptor.hpp"
#include "board/memory.hpp"
#include "chip/esp32c3/memory_map.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace ferry::board::watch::random {

namespace {

// The bytes of some of a transfer's buffers, and as the how manieth they are moved.
template <class Which>
std::map<std::uint32_t, std::uint32_t> places_of(const HalfTransfer& transfer, Which which) {
  std::map<std::uint32_t, std::uint32_t> places;
  std::uint32_t place = 0;
  for (const Holding& each : transfer.holdings)
    for (std::uint32_t byte = 0; byte < each.length; ++byte, ++place)
      if (const auto where = Memory::offset(each.buffer + byte); where && which(each) && byte >= each.read)
        places.emplace(*where, place);
  return places;
}

// The bytes of some of its descriptors.
template <class Which>
std::set<std::uint32_t> list_bytes_of(const HalfTransfer& transfer, Which which) {
  std::set<std::uint32_t> bytes;
  for (const Holding& each : transfer.holdings)
    for (std::uint32_t byte = 0; byte < gdma::Descriptor::bytes; ++byte)
      if (const auto where = Memory::offset(each.descriptor + byte); where && which(each))
        bytes.insert(*where);
  return bytes;
}

// The rest of a descriptor that is handed over by storing all of it, its first word first.
bool hands_over(const HalfTransfer& transfer, Number number, std::uint32_t first) {
  const auto holding = std::ranges::find(transfer.holdings, number, &Holding::number);
  return holding->handed && first >= Memory::offset(holding->descriptor).value() + 4;
}

// The rest of what is sent has no end before its last descriptor.
bool is_one_frame(const HalfTransfer& sender) {
  return std::ranges::count(sender.holdings, true, &Holding::ends_frame) ==
         (sender.holdings.back().ends_frame ? 1 : 0);
}

// The one change of a live list that is allowed, with RESTART behind it: a successor of its end.
bool adds(HalfTransfer& transfer, Number number, std::uint32_t first, std::uint32_t end, std::uint32_t pc) {
  const auto holding = std::ranges::find(transfer.holdings, number, &Holding::number);
  const std::uint32_t link = Memory::offset(holding->descriptor).value() + 8;
  if (holding->next != 0 || first < link || end > link + 4) return false;
  transfer.added.emplace(holding->descriptor, pc);
  return true;
}

}  // namespace

void Rules::find(Rule rule, std::optional<unsigned> half, std::uint32_t pc) {
  found_.insert(
      {.rule = rule, .half = half.value_or(0), .started = half ? transfers_[*half]->started : 0, .pc = pc});
}

// ---- What transfers are made of

void Rules::check_trigger(unsigned half, std::uint32_t pc) {
  for (unsigned other = half % 2; other < halves; other += 2)
    if (other != half && transfers_[other] && transfers_.is_started(*transfers_[other]) &&
        transfers_[other]->peripheral == transfers_[half]->peripheral)
      find(Rule::trigger_clash, other, pc);
}

// Of buffers, and of a buffer with a list, be it its own. SPI may receive into what it sends, as long as each
// byte is sent before something comes in its place.
void Rules::check_overlap(unsigned half, std::uint32_t descriptor, std::uint32_t pc) {
  const HalfTransfer& mine = *transfers_[half];
  const auto is_it = [&](const Holding& each) { return each.descriptor == descriptor; };
  const auto is_owned = [&](const Holding& each) { return transfers_.owns(each); };
  const auto here = places_of(mine, is_it);
  const auto list_here = list_bytes_of(mine, is_it);
  for (unsigned other = 0; other < halves; ++other) {
    if (!transfers_[other] || (!receives(half) && !receives(other))) continue;
    const HalfTransfer& its = *transfers_[other];
    const auto lists_there = list_bytes_of(its, is_owned);
    for (const auto& [byte, place] : here)
      if (lists_there.contains(byte)) find(Rule::overlap, other, pc);
    if (other == half) continue;
    const auto there = places_of(its, is_owned);
    for (const std::uint32_t byte : list_here)
      if (there.contains(byte) || lists_there.contains(byte)) find(Rule::overlap, other, pc);
    const bool by_spi = !mine.to_memory && !its.to_memory && mine.peripheral == its.peripheral;
    const bool by_copy = mine.to_memory && its.to_memory && half / 2 == other / 2 &&
                         is_one_frame(receives(half) ? its : mine) && !mine.has_circle() && !its.has_circle();
    const bool in_place = receives(half) != receives(other) && (by_spi || by_copy);
    for (const auto& [byte, place] : here) {
      const auto same = there.find(byte);
      if (same == there.end()) continue;
      const std::uint32_t received = receives(half) ? place : same->second;
      const std::uint32_t sent = receives(half) ? same->second : place;
      if (!in_place || received < sent) find(Rule::overlap, other, pc);
    }
  }
}

void Rules::check_descriptor(unsigned half, const Holding& holding, bool bursts) {
  constexpr auto reach = chip::memory_map::dma_memory;
  const std::uint32_t pc = transfers_[half]->pc;
  if (!reach.contains(holding.buffer, std::max(holding.length, 1u)) ||
      (holding.next != 0 && !reach.contains(holding.next, gdma::Descriptor::bytes))) {
    find(Rule::region, half, pc);
  } else if (receives(half) && bursts && (holding.buffer % 4 != 0 || holding.length % 4 != 0)) {
    find(Rule::misaligned_burst, half, pc);
  }
}

void Rules::check_addition(unsigned half) {
  for (const auto& [descriptor, pc] : transfers_[half]->added) find(Rule::desc_edit, half, pc);
}

// ---- What the program does

void Rules::touch(unsigned half, std::uint32_t first, std::uint32_t end, std::uint32_t pc, bool write,
                  bool changes_nothing, bool changes_owner_only, std::optional<Number> tail) {
  HalfTransfer& transfer = *transfers_[half];
  std::set<Rule> broken;
  const bool one_side_is_known = transfer.spi_is_known || transfer.pair_is_known;
  // What a circle holds for frames to come has no sides yet.
  const auto rule_of = [&](Number number, Rule plain) {
    if (transfer.stopped) return Rule::early_reclaim;
    const auto holding = std::ranges::find(transfer.holdings, number, &Holding::number);
    const bool reached = holding->closed || (transfer.is_current(*holding) && !transfer.between_frames);
    const bool for_later = receives(half) && !reached && transfer.is_in_circle(*holding);
    return one_side_is_known && !for_later ? Rule::one_sided : plain;
  };
  for (std::uint32_t byte = first; byte < end; ++byte) {
    for (const auto& [number, owner] : transfers_.owners_of(byte)) {
      if (owner.half != half) continue;
      const bool may_be = number == tail || (changes_nothing && hands_over(transfer, number, first));
      if (owner.use == Use::list && write && !may_be && !adds(transfer, number, first, end, pc))
        broken.insert(rule_of(number, Rule::desc_edit));
      if (transfer.on_purpose || owner.use == Use::list) continue;
      if (owner.use == Use::sent && write) broken.insert(rule_of(number, Rule::tx_write));
      if (owner.use == Use::received) broken.insert(rule_of(number, write ? Rule::rx_write : Rule::rx_read));
    }
  }
  for (const Holding& each : transfer.holdings) {
    const std::uint32_t list = Memory::offset(each.descriptor).value();
    const bool meets = list < end && first < list + gdma::Descriptor::bytes;
    if (!write || !meets || !transfer.is_at_hand(each) || transfers_.owns(each)) continue;
    if (each.waits && changes_owner_only) continue;
    if (changes_nothing && hands_over(transfer, each.number, first)) continue;
    const bool link_only = each.next == 0 && first >= list + 8 && end <= list + 12;
    if (transfer.edited && !(transfer.edited_link_only && !link_only)) continue;
    transfer.edited = pc;
    transfer.edited_link_only = link_only;
  }
  for (const Rule rule : broken) find(rule, half, pc);
}

void Rules::raise_stack(std::uint32_t from, std::uint32_t by, std::uint32_t pc) {
  for (unsigned half = 0; half < halves; ++half) {
    if (!transfers_[half] || transfers_[half]->outlived_frame) continue;
    HalfTransfer& transfer = *transfers_[half];
    const bool outlives = std::ranges::any_of(transfer.holdings, [&](const Holding& each) {
      return transfers_.owns(each) && each.buffer >= from && each.buffer < from + by;
    });
    if (!outlives) continue;
    find(Rule::dead_stack, half, pc);
    transfer.outlived_frame = true;
  }
}

}  // namespace ferry::board::watch::random
