// The transfers of all halves, and a map of who owns each byte.
#pragma once

#include "chip/esp32c3/signals.hpp"
#include "tests/board/watch_model/schedule.hpp"
#include "tests/board/watch_model/transfer.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <set>

namespace ferry::board::watch::random {

enum class Use : std::uint8_t { sent, received, list };
struct Owner {
  unsigned half = 0;
  Use use = Use::list;
};

class Transfers {
 public:
  using Owners = std::multimap<Number, Owner>;  // a buffer may lie across its own descriptor

  std::optional<HalfTransfer>& operator[](unsigned half) { return transfers_[half]; }
  const std::optional<HalfTransfer>& operator[](unsigned half) const { return transfers_[half]; }
  Number new_number() { return ++last_number_; }

  // The engine has a holding's descriptor and buffer, and has them no more.
  void own(unsigned half, const Holding& holding);
  void disown(Number number);
  void disown_all(unsigned half);
  bool owns(const Holding& holding) const { return owned_.contains(holding.number); }
  const Owners& owners_of(std::uint32_t byte) const;
  // What the engine had not used is its own again.
  void take_back(unsigned half);

  bool is_alive(const HalfTransfer& transfer) const;
  // On its way, as far as the program knows or in truth.
  bool is_started(const HalfTransfer& transfer) const {
    return is_alive(transfer) || !transfer.ended || transfer.awaits_frame();
  }
  // The other side of a transfer that has two: of its own channel when it copies memory, else of its
  // peripheral.
  std::optional<unsigned> pair_of(unsigned half) const;
  bool is_of(unsigned half, chip::DmaPeripheral peripheral) const;
  bool is_of_spi(unsigned half) const { return is_of(half, chip::DmaPeripheral::spi2); }
  // SPI's transfer, this one or the last, only sends or only receives: its halves are no pair.
  void set_one_way(bool one_way) { one_way_ = one_way; }
  bool is_one_way(unsigned half) const { return one_way_ && is_of_spi(half); }

 private:
  std::array<std::optional<HalfTransfer>, halves> transfers_;
  std::map<std::uint32_t, Owners> owners_;  // of every byte
  Owners nobody_;
  std::set<Number> owned_;
  Number last_number_ = 0;
  bool one_way_ = false;
};

}  // namespace ferry::board::watch::random
