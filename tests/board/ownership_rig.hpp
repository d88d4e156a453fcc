// An engine and a program that the owner's rules are tried with: descriptors and buffers have numbers.
#pragma once

#include "board/watch/ownership.hpp"
#include "chip/esp32c3/registers/dma.hpp"
#include "chip/esp32c3/registers/spi2.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace ferry::board::watch {
using Raw = chip::dma::IntRaw;
inline constexpr std::uint32_t lists = 0x3FC9'0000, buffers = 0x3FC9'1000, owner = 1u << 31;
inline constexpr Half in{0, DmaDirection::in}, out{0, DmaDirection::out};
inline constexpr std::uint32_t spi2 = 0, uhci0 = 2,
                               trans_done = chip::spi2::DmaIntRaw::trans_done_int_raw.mask;

struct Piecewise {
  unsigned first;  // its number: descriptors and buffers follow each other
  unsigned count;
  bool circle = false;
};

inline std::uint32_t descriptor_of(unsigned number) { return lists + 16 * number; }
inline std::uint32_t buffer_of(unsigned number) { return buffers + 64 * number; }

inline std::vector<Piece> pieces_of(const Piecewise& list) {
  std::vector<Piece> pieces;
  for (unsigned index = 0; index < list.count; ++index) {
    const bool last = index + 1 == list.count;
    Piece piece;
    piece.descriptor = descriptor_of(list.first + index);
    piece.word0 = owner | 64;
    piece.buffer = buffer_of(list.first + index);
    piece.length = 64;
    piece.next = !last ? descriptor_of(list.first + index + 1) : list.circle ? descriptor_of(list.first) : 0;
    pieces.push_back(piece);
  }
  return pieces;
}

class WatchOwnership : public testing::Test {
 protected:
  void start(Half half, const Piecewise& list, std::uint32_t peripheral = spi2, bool to_memory = false) {
    Transfer transfer;
    transfer.half = half;
    transfer.peripheral = peripheral;
    transfer.to_memory = to_memory;
    transfer.pieces = pieces_of(list);
    model_.start(std::move(transfer));
  }
  // The engine takes the piece with this number, fills or reads it, and closes it.
  void load(Half half, unsigned number) {
    for (const Piece& piece : model_.find(half)->pieces)
      if (piece.descriptor == descriptor_of(number)) {
        Piece loaded = piece;
        loaded.closed = loaded.moved = 0;
        if (piece.returned) loaded.word0 &= ~owner;  // as the engine has left it there
        loaded.returned = loaded.released = loaded.ends_frame = false;
        return model_.load(half, loaded);
      }
  }
  void close(Half half, unsigned number, bool ends_frame = false) {
    load(half, number);
    model_.move(half, buffer_of(number), 64);
    model_.close(half, descriptor_of(number), half == in, ends_frame);
    if (half != in) {
      if (model_.find(out)->pieces.back().descriptor == descriptor_of(number)) model_.end(out);
      return;
    }
    if (ends_frame) model_.end(half, true);
    model_.raise(half.channel, Raw::in_done.mask | (ends_frame ? Raw::in_suc_eof.mask : 0), 0);
  }
  void finish_sending() {
    model_.rest_sender();
    model_.clear_spi_status(trans_done);
    model_.finish_spi(true, model_.find(in) != nullptr, trans_done);
  }
  std::optional<Rule> rule(std::uint32_t address, bool write) {
    const std::vector<Hit> hits = model_.access(*extent_of(address, 1), write);
    return hits.empty() ? std::nullopt : std::optional(hits.front().rule);
  }
  std::optional<Rule> load_of(unsigned number) { return rule(buffer_of(number), false); }
  std::optional<Rule> store_to(unsigned number) { return rule(buffer_of(number), true); }
  void see_owner(unsigned number) { (void)rule(descriptor_of(number) + 3, false); }
  // How many pieces of memory are told to be looked at.
  unsigned gained() {
    unsigned count = 0;
    model_.for_each_gained([&](const Extent&, bool, bool) { ++count; });
    return count;
  }

  Ownership model_;
};

}  // namespace ferry::board::watch
