// Which bytes of SRAM nobody has written since power-on.
//
// The lines with such bytes have a flag, and a store to one takes the slow path, which tells. A line loses it
// when all of it is written, or when it has been stored to so often without anything new that it costs more
// than it tells, as a busy stack does. What was unwritten in it then counts as that for as long as it holds
// what memory is filled with at power-on, three bytes or more on end: of pairs of bytes that somebody
// composes, one in 65,536 is that very content. What is once seen to hold something else has been written.
#pragma once

#include "board/memory.hpp"
#include "board/watch/piece.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <optional>

namespace ferry::board::watch {

// What is known of each line of SRAM1, for who goes back to the moment at which that was so.
struct WrittenBytes {
  static constexpr std::uint32_t size = chip::memory_map::sram1_data.size;
  static constexpr std::uint32_t line_count = size / Memory::line_size;
  using Bytes = std::uint64_t;  // of a line, a bit each
  std::array<Bytes, line_count> unwritten{};
  std::array<std::uint8_t, line_count> vain{};  // stores to it that changed nothing
};

class Unwritten {
 public:
  // All of SRAM1 is unwritten, but for what differs from what the board fills memory with, and for one or two
  // bytes amid such: somebody has written that before.
  explicit Unwritten(Memory& memory);
  ~Unwritten();
  Unwritten(const Unwritten&) = delete;
  Unwritten& operator=(const Unwritten&) = delete;

  std::shared_ptr<const WrittenBytes> state() const { return std::make_shared<WrittenBytes>(*state_); }
  // Memory has been put back to when that was the state; null: nobody knows what it was, and memory tells, as
  // at the beginning.
  void go_back(const WrittenBytes* state);

  // The first of these bytes that nobody has written, canonical as the whole. They are of a message that is
  // `whole`.
  std::optional<std::uint32_t> find(const Extent& bytes, const Extent& whole);
  // False: it finds nothing. Of bytes that no more than two lines have.
  bool may_find(const Extent& bytes) const {
    const auto left = [&](std::uint32_t byte) {
      return byte >= first && byte - first < size &&
             state_->unwritten[(byte - first) / Memory::line_size] != 0;
    };
    return left(bytes.offset) || left(bytes.end() - 1);
  }

 private:
  static constexpr std::uint32_t first = chip::memory_map::sram0.size;
  static constexpr std::uint32_t size = WrittenBytes::size;
  static constexpr std::uint8_t patience = 32;
  static constexpr std::uint32_t shortest_run = 3;
  using Bytes = WrittenBytes::Bytes;
  static_assert(Memory::line_size == 8 * sizeof(Bytes));

  // Those of a line that are between two bytes of SRAM1; the line is not before `begin` nor behind `end`.
  static Bytes between(std::uint32_t begin, std::uint32_t end, std::uint32_t line);
  static Bytes bit(std::uint32_t byte) { return Bytes{1} << byte % Memory::line_size; }
  bool counts_as_unwritten(std::uint32_t byte) const {
    return (state_->unwritten[byte / Memory::line_size] & bit(byte)) != 0;
  }

  void judge_by_content();
  std::uint32_t end_of_power_on_content(std::uint32_t begin) const;
  void flag_lines();
  void write(std::uint32_t offset, std::uint32_t length);
  void forget(std::uint32_t line);
  bool is_unwritten(std::uint32_t byte, const Extent& whole);
  bool looks_unwritten(std::uint32_t byte) const;
  bool holds_power_on_content(std::uint32_t byte) const;

  Memory& memory_;
  std::unique_ptr<WrittenBytes> state_ = std::make_unique<WrittenBytes>();
};

}  // namespace ferry::board::watch
