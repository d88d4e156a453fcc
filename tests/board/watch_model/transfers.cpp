#include "tests/board/watch_model/transfers.hpp"

#include "board/devices/gdma/descriptor.hpp"
#include "board/memory.hpp"

#include <algorithm>

namespace ferry::board::watch::random {

std::set<std::uint32_t> HalfTransfer::way() const {
  std::set<std::uint32_t> way;
  for (std::uint32_t at = current ? goes_to : holdings[0].descriptor;;) {
    const auto holding = std::ranges::find(holdings, at, &Holding::descriptor);
    if (holding == holdings.end() || !way.insert(at).second) return way;
    at = holding->next;
  }
}

// From where the engine is, a walk of many steps ends in the circle, if there is one.
bool HalfTransfer::is_in_circle(const Holding& holding) const {
  std::uint32_t at = current ? goes_to : holdings[0].descriptor;
  for (std::size_t step = 0; step < 2 * holdings.size(); ++step) {
    const auto place = std::ranges::find(holdings, at, &Holding::descriptor);
    if (place == holdings.end()) return false;
    if (step >= holdings.size() && &*place == &holding) return true;
    at = place->next;
  }
  return false;
}

bool HalfTransfer::has_circle() const {
  return std::ranges::any_of(holdings, [&](const Holding& each) { return is_in_circle(each); });
}

bool HalfTransfer::awaits_frame() const {
  if (!between_frames || halted || stopped || !current) return false;
  const Holding& holding = holdings[*current];
  return !holding.closed || holding.waits || goes_to != 0;
}

bool HalfTransfer::is_lent(unsigned half, const Holding& holding) const {
  return between_frames && end_is_known && (!receives(half) || !is_in_circle(holding));
}

bool HalfTransfer::is_at_hand(const Holding& holding) const {
  return awaits_frame() && &holding == &holdings[*current] && (!holding.closed || holding.waits);
}

void Transfers::own(unsigned half, const Holding& holding) {
  const auto add = [&](std::uint32_t address, std::uint32_t length, Use use, std::uint32_t first = 0) {
    for (std::uint32_t byte = first; byte < length; ++byte)
      if (const auto place = Memory::offset(address + byte))
        owners_[*place].emplace(holding.number, Owner{half, use});
  };
  add(holding.descriptor, gdma::Descriptor::bytes, Use::list);
  add(holding.buffer, holding.length, receives(half) ? Use::received : Use::sent, holding.read);
  owned_.insert(holding.number);
}

void Transfers::disown(Number number) {
  for (auto& [byte, owners] : owners_) owners.erase(number);
  if (owned_.erase(number) == 0) return;
  for (auto& transfer : transfers_)
    for (std::size_t index = 0; transfer && index < transfer->holdings.size(); ++index)
      if (Holding& each = transfer->holdings[index]; each.number == number)
        each.moved_when_given_back = each.moved;
}

void Transfers::disown_all(unsigned half) {
  for (const Holding& each : transfers_[half]->holdings) disown(each.number);
}

const Transfers::Owners& Transfers::owners_of(std::uint32_t byte) const {
  const auto owners = owners_.find(byte);
  return owners == owners_.end() ? nobody_ : owners->second;
}

void Transfers::take_back(unsigned half) {
  transfers_[half]->end_is_known = false;
  for (Holding& each : transfers_[half]->holdings) {
    if (each.waits) each.closed = each.returned = each.waits = false, each.moved = 0;
    if (each.closed || each.withheld) continue;
    if (!transfers_[half]->is_current(each) && !transfers_[half]->is_on_way(each)) continue;
    const std::uint32_t read = receives(half) ? 0 : owns(each) ? each.read : each.moved_when_given_back;
    disown(each.number);
    each.read = read;
    each.number = new_number();
    own(half, each);
  }
}

bool Transfers::is_alive(const HalfTransfer& transfer) const {
  return std::ranges::any_of(transfer.holdings, [&](const Holding& each) { return owns(each); });
}

bool Transfers::is_of(unsigned half, chip::DmaPeripheral peripheral) const {
  return transfers_[half] && !transfers_[half]->to_memory &&
         transfers_[half]->peripheral == static_cast<std::uint32_t>(peripheral);
}

std::optional<unsigned> Transfers::pair_of(unsigned half) const {
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

}  // namespace ferry::board::watch::random
