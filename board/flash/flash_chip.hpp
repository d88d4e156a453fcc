// The flash chip beside the ESP32-C3, from which it boots: its content, and what its commands do to it. The
// wires between are not modelled: SPI1 hands over whole commands.
#pragma once

#include "board/state_archive.hpp"
#include "board/timeline.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

namespace ferry::board {

class FlashChip {
 public:
  static constexpr std::uint32_t page_size = 64 * 1024;                   // of the storage
  static constexpr std::uint32_t sector_size = 4096, program_page = 256;  // of the commands
  static constexpr std::uint32_t smallest = 1024 * 1024,
                                 largest = 16 * 1024 * 1024;  // what there is to boot from
  using Page = std::array<std::byte, page_size>;

  explicit FlashChip(const Timeline& timeline) : timeline_(timeline) { set_size(4 * 1024 * 1024); }

  // Empties the chip. A power of two between smallest and largest.
  void set_size(std::uint32_t bytes);
  std::uint32_t size() const { return static_cast<std::uint32_t>(pages_.size()) * page_size; }

  // Content. Addresses wrap at the chip's size, as its counter does.
  void read(std::uint32_t address, std::span<std::byte> bytes) const;
  std::vector<std::byte> read(std::uint32_t address, std::uint32_t length) const;
  std::span<const std::byte> page(std::uint32_t number) const;
  // Puts bytes there as a programmer would: whatever was there before.
  void load(std::uint32_t address, std::span<const std::byte> bytes);
  // Clears bits; sets all of them, in less than a page of the storage or in whole ones. These two are what
  // the commands below do once they may.
  void program(std::uint32_t address, std::span<const std::byte> bytes);
  void erase(std::uint32_t address, std::uint32_t length);
  // Called when bytes [address, address + length) have changed, which lie in one page of the storage.
  void on_change(std::function<void(std::uint32_t address, std::uint32_t length)> listener);

  // One command with its address (0 when it has none) and the bytes that come with it, and up to `length`
  // bytes that it answers. The time that the transfer takes is the caller's business; programming and erasing
  // take theirs afterwards: meanwhile the chip is busy and hears status reads only. False: a command it does
  // not know.
  bool command(std::uint8_t code, std::uint32_t address, std::span<const std::byte> sent,
               std::vector<std::byte>& answer, std::size_t length);
  bool busy() const { return timeline_.now() < busy_until_; }
  Time busy_for() const { return busy() ? busy_until_ - timeline_.now() : 0; }
  // From here on only what differs from the content now is kept in snapshots: the board is given the rest
  // again.
  void keep_as_origin() { origin_ = pages_; }
  void archive_state(StateArchive& archive);
  // Power-on: latches and registers, not the content.
  void reset();
  std::uint32_t identity() const;  // manufacturer, type, capacity: 0xEF4016

 private:
  Page& writable_page(std::uint32_t number);
  void work(Time time);
  bool take_write_enable();
  void fill(std::vector<std::byte>& answer, std::size_t length, std::span<const std::uint8_t> bytes) const;
  bool change(std::uint8_t code, std::uint32_t address, std::span<const std::byte> sent);

  const Timeline& timeline_;
  // Absent pages are erased. A page is shared with its origin until it changes.
  std::vector<std::shared_ptr<Page>> pages_, origin_;
  std::function<void(std::uint32_t, std::uint32_t)> changed_;
  bool write_enabled_ = false;
  std::array<std::uint8_t, 3> status_{};
  Time busy_until_ = 0;
};

}  // namespace ferry::board
