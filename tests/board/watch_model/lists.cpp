// What the program gives to the engine: by START, by RESTART, by an owner bit.
#include "board/cpu/cpu.hpp"
#include "board/memory.hpp"
#include "chip/esp32c3/memory_map.hpp"
#include "chip/esp32c3/registers/dma.hpp"
#include "tests/board/watch_model/watch_model.hpp"

#include <algorithm>
#include <cstddef>

namespace ferry::board::watch::random {

using gdma::Descriptor;

std::uint32_t WatchModel::word(std::uint32_t address) const {
  std::array<std::byte, 4> bytes{};
  board_.memory().read(address, bytes);
  std::uint32_t result = 0;
  for (unsigned i = 0; i < 4; ++i) result |= std::to_integer<std::uint32_t>(bytes[i]) << (8 * i);
  return result;
}

Descriptor WatchModel::descriptor_at(std::uint32_t address) const {
  return {address, word(address), word(address + 4), word(address + 8)};
}

void WatchModel::take(unsigned half, Holding& holding, const Descriptor& descriptor) const {
  holding.descriptor = descriptor.address;
  holding.buffer = descriptor.buffer;
  holding.next = descriptor.next;
  holding.length = receives(half) ? descriptor.size() : descriptor.length();
  holding.had_owner = descriptor.owned_by_dma();
  holding.ends_frame = descriptor.suc_eof();
  holding.wanted = receives(half) ? wishes_.wanted(descriptor) : 0;
  holding.withheld = is_withheld(half, descriptor);
}

std::vector<Holding> WatchModel::follow(unsigned half, std::uint32_t first) {
  std::vector<Holding> holdings;
  const auto known = [&](std::uint32_t address) {
    return std::ranges::find(holdings, address, &Holding::descriptor) != holdings.end();
  };
  for (std::uint32_t at = first;
       chip::memory_map::dma_memory.contains(at, Descriptor::bytes) && !known(at);) {
    Holding& holding = holdings.emplace_back(Holding{.number = transfers_.new_number()});
    take(half, holding, descriptor_at(at));
    at = holding.next;
  }
  return holdings;
}

void WatchModel::start(unsigned half, std::uint32_t first) {
  end(half);
  using namespace chip::dma;
  const unsigned channel = half / 2;
  proofs_.forget_earlier(half);
  HalfTransfer& transfer = transfers_[half].emplace();
  transfer.started = asked_[half].time;
  transfer.pc = asked_[half].pc;
  transfer.peripheral = receives(half) ? dma_register<InPeriSel>(channel) : dma_register<OutPeriSel>(channel);
  transfer.to_memory = InConf0::mem_trans_en.get(dma_register<InConf0>(channel)) != 0;
  transfer.holdings = follow(half, first);
  if (transfers_.is_of(half, chip::DmaPeripheral::sha)) sha_.begin_list(sha_rests());
  rules_.check_trigger(half, transfer.pc);
  for (const Holding& each : transfer.holdings)
    if (!each.withheld) transfers_.own(half, each);
  if (transfer.to_memory && !receives(half)) begin_frame(half - 1);
  for (const Holding& each : transfer.holdings)
    if (!each.withheld) rules_.check_overlap(half, each.descriptor, transfer.pc);
}

// A transfer is over, known to be so: by reset, by PARK after STOP, by another in its place.
void WatchModel::end(unsigned half) {
  if (!transfers_[half]) return;
  transfers_.disown_all(half);
  rules_.check_addition(half);
  const auto pair = transfers_.pair_of(half);
  transfers_[half].reset();
  // SPI's word on what was sent has waited for what was received.
  if (!receives(half) || !pair || !transfers_[*pair]->spi_is_known) return;
  transfers_[*pair]->spi_is_known = false;
  proofs_.learn(Fact(transfers_[*pair]->sent));
}

// The program wants the engine to look behind what was the list's end.
void WatchModel::restart(unsigned half) {
  if (!transfers_[half]) return restart_behind_park(half);
  HalfTransfer& transfer = *transfers_[half];
  const bool was_started = transfers_.is_started(transfer);
  transfer.stopped = false;
  proofs_.learn_what_stop_kept(half);
  transfer.added.clear();
  const bool at_tail = transfer.current && transfer.goes_to == 0;
  const auto tail = at_tail ? transfer.holdings.begin() + static_cast<std::ptrdiff_t>(*transfer.current)
                            : std::ranges::find_if(transfer.holdings, [&](const Holding& each) {
                                return each.next == 0 && transfer.is_on_way(each);
                              });
  if (tail == transfer.holdings.end()) return;
  const std::uint32_t next = descriptor_at(tail->descriptor).next;
  if (at_tail && next != 0 && !chip::memory_map::dma_memory.contains(next, Descriptor::bytes))
    rules_.find(Rule::region, half, asked_[half].pc);
  const std::vector<Holding> added = follow(half, next);
  if (added.empty()) return;
  ++transfer.round;
  if (!receives(half)) transfer.end_is_known = false;
  if (transfer.edited_link_only && at_tail) transfer.edited.reset();
  add(half, tail->descriptor, added);
  if (!was_started) rules_.check_trigger(half, asked_[half].pc);
  if (transfer.to_memory && !receives(half)) begin_frame(half - 1);
  for (const Holding& more : added)
    if (!more.withheld) rules_.check_overlap(half, more.descriptor, asked_[half].pc);
}

// STOP has taken it away from the engine, which goes on where it was.
void WatchModel::restart_behind_park(unsigned half) {
  using namespace chip::dma;
  const std::uint32_t last =
      receives(half) ? dma_register<InDscrBf0>(half / 2) : dma_register<OutDscrBf0>(half / 2);
  if (last == 0 || has_failed_[half]) return;
  const std::uint32_t next = descriptor_at(last).next;
  if (chip::memory_map::dma_memory.contains(next, Descriptor::bytes)) start(half, next);
}

// Behind the descriptor at `tail`.
void WatchModel::add(unsigned half, std::uint32_t tail, const std::vector<Holding>& added) {
  HalfTransfer& transfer = *transfers_[half];
  Holding& end = *std::ranges::find(transfer.holdings, tail, &Holding::descriptor);
  end.next = added.front().descriptor;
  if (transfer.is_current(end) && transfer.goes_to == 0) transfer.goes_to = end.next;
  for (const Holding& more : added) {
    const auto known = std::ranges::find(transfer.holdings, more.descriptor, &Holding::descriptor);
    if (known == transfer.holdings.end()) {
      transfer.holdings.push_back(more);
    } else if (transfers_.owns(*known)) {
      continue;
    } else {
      *known = more;
    }
    if (!more.withheld) transfers_.own(half, more);
  }
}

// What came back is appended to an end that the engine has not come to yet: which end that is.
std::optional<Number> WatchModel::taken_up(unsigned half, const BusAccess& access, std::uint32_t first,
                                           std::uint32_t value) const {
  const HalfTransfer& transfer = *transfers_[half];
  if (transfer.stopped || access.width != 4) return std::nullopt;
  const auto is_tail = [&](const Holding& each) {
    return transfers_.owns(each) && each.next == 0 && !transfer.is_current(each) &&
           Memory::offset(each.descriptor).value() + 8 == first;
  };
  const auto tail = std::ranges::find_if(transfer.holdings, is_tail);
  const auto head = std::ranges::find(transfer.holdings, value, &Holding::descriptor);
  if (tail == transfer.holdings.end() || head == transfer.holdings.end() || transfers_.owns(*head))
    return std::nullopt;
  return tail->number;
}

void WatchModel::take_up(unsigned half, Number tail, std::uint32_t value, std::uint32_t pc) {
  const std::vector<Holding> added = follow(half, value);
  add(half, std::ranges::find(transfers_[half]->holdings, tail, &Holding::number)->descriptor, added);
  for (const Holding& more : added)
    if (!more.withheld) rules_.check_overlap(half, more.descriptor, pc);
}

Descriptor WatchModel::descriptor_behind(std::uint32_t address, const BusAccess& access, std::uint32_t first,
                                         std::uint32_t value) const {
  std::array<std::byte, Descriptor::bytes> memory{};
  board_.memory().read(address, memory);
  const std::uint32_t list = Memory::offset(address).value();
  for (std::uint32_t byte = 0; byte < access.width; ++byte)
    if (first + byte - list < memory.size())
      memory.at(first + byte - list) = static_cast<std::byte>(value >> (8 * byte));
  return Descriptor::from(address, memory);
}

// The program links descriptors that it has in another way, and the engine is to come there.
void WatchModel::read_links(const BusAccess& access, std::uint32_t first, std::uint32_t value) {
  for (unsigned half = 0; half < halves; ++half) {
    if (!transfers_[half]) continue;
    HalfTransfer& transfer = *transfers_[half];
    const bool rests = transfer.ended && !transfer.between_frames;
    const std::set<std::uint32_t> before = transfer.way();
    bool changes = false;
    for (Holding& each : transfer.holdings) {
      const std::uint32_t link = Memory::offset(each.descriptor).value() + 8;
      if (link >= first + access.width || first >= link + 4 || transfers_.owns(each) ||
          !before.contains(each.descriptor))
        continue;
      const std::uint32_t next = descriptor_behind(each.descriptor, access, first, value).next;
      const bool is_known =
          std::ranges::find(transfer.holdings, next, &Holding::descriptor) != transfer.holdings.end();
      if (next == each.next || (access.width != 4 && next != 0 && !is_known)) continue;
      changes = true;
      each.next = next;
      if (transfer.is_current(each) && transfer.halted) transfer.goes_to = next;
    }
    if (!changes) continue;
    const std::vector<std::uint32_t> gained =
        !rests ? lead_on(half, before, access, first, value) : std::vector<std::uint32_t>();
    const std::set<std::uint32_t> after = transfer.way();
    for (const Holding& each : transfer.holdings) {
      const bool is_there = transfer.is_current(each) && (!each.handed || each.waits);
      if (!each.closed && !is_there && !after.contains(each.descriptor)) transfers_.disown(each.number);
    }
    for (const std::uint32_t address : gained) {
      const Holding& each = *std::ranges::find(transfer.holdings, address, &Holding::descriptor);
      if (!each.withheld && !transfer.is_lent(half, each)) transfers_.own(half, each);
    }
    for (const std::uint32_t address : gained)
      if (transfers_.owns(*std::ranges::find(transfer.holdings, address, &Holding::descriptor)))
        rules_.check_overlap(half, address, access.pc);
  }
}

// Where the engine comes to that it did not come to `before`, and that it had not got: as memory has it.
std::vector<std::uint32_t> WatchModel::lead_on(unsigned half, const std::set<std::uint32_t>& before,
                                               const BusAccess& access, std::uint32_t first,
                                               std::uint32_t value) {
  HalfTransfer& transfer = *transfers_[half];
  std::vector<std::uint32_t> gained;
  std::set<std::uint32_t> seen;
  std::uint32_t at = transfer.current ? transfer.goes_to : transfer.holdings[0].descriptor;
  while (chip::memory_map::dma_memory.contains(at, Descriptor::bytes) && seen.insert(at).second) {
    auto place = std::ranges::find(transfer.holdings, at, &Holding::descriptor);
    const bool is_had = place != transfer.holdings.end() &&
                        (before.contains(at) || transfers_.owns(*place) || transfer.is_current(*place));
    if (!is_had) {
      if (place == transfer.holdings.end()) place = transfer.holdings.insert(place, Holding());
      const Descriptor descriptor = descriptor_behind(at, access, first, value);
      *place = {.number = transfers_.new_number()};
      take(half, *place, descriptor);
      place->handed = true;
      place->withheld = !descriptor.owned_by_dma();
      gained.push_back(at);
    }
    at = place->next;
  }
  return gained;
}

// A descriptor that had come back and that the engine comes to again is its own from the store on that says
// so, and one that was withheld is its own from there on.
void WatchModel::hand_back(const BusAccess& access, std::uint32_t first, std::uint32_t value) {
  for (unsigned half = 0; half < halves; ++half) {
    if (!transfers_[half] || (transfers_[half]->ended && !transfers_[half]->between_frames)) continue;
    HalfTransfer& transfer = *transfers_[half];
    for (Holding& each : transfer.holdings) {
      const std::uint32_t list = Memory::offset(each.descriptor).value();
      const bool is_back = each.returned || (each.closed && !each.had_owner);
      const bool is_awaited = (each.withheld || is_back) && transfer.is_on_way(each);
      if (!is_awaited || transfers_.owns(each) || list + 3 < first || list + 3 >= first + access.width)
        continue;
      const Descriptor descriptor = descriptor_behind(each.descriptor, access, first, value);
      if (!descriptor.owned_by_dma()) continue;
      const bool was_withheld = each.withheld, waits = each.waits;
      each = {.number = transfers_.new_number()};
      take(half, each, descriptor);
      each.handed = true;
      each.waits = waits;
      // Behind a frame's end it is for a further frame.
      if (was_withheld && transfer.is_lent(half, each)) break;
      transfers_.own(half, each);
      rules_.check_overlap(half, each.descriptor, access.pc);
      break;
    }
  }
}

bool WatchModel::is_withheld(unsigned half, const Descriptor& descriptor) const {
  using namespace chip::dma;
  const bool checks = receives(half) ? InConf1::in_check_owner.get(dma_register<InConf1>(half / 2)) != 0
                                     : OutConf1::out_check_owner.get(dma_register<OutConf1>(half / 2)) != 0;
  return checks && !descriptor.owned_by_dma();
}

bool WatchModel::bursts(unsigned half) const {
  using namespace chip::dma;
  return InConf0::in_data_burst_en.get(dma_register<InConf0>(half / 2)) != 0;
}

}  // namespace ferry::board::watch::random
