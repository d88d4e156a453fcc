#include "board/flash/flash_chip.hpp"

#include <algorithm>
#include <bit>
#include <utility>

namespace ferry::board {

namespace {

// JEDEC's and every vendor's command codes.
enum Code : std::uint8_t {
  write_status = 0x01,
  page_program = 0x02,
  read_data = 0x03,
  write_disable = 0x04,
  read_status = 0x05,
  write_enable = 0x06,
  fast_read = 0x0B,
  write_status2 = 0x31,
  quad_page_program = 0x32,
  read_status2 = 0x35,
  fast_read_dual = 0x3B,
  read_unique_id = 0x4B,
  write_enable_volatile = 0x50,
  block32_erase = 0x52,
  chip_erase_other = 0x60,
  fast_read_quad = 0x6B,
  reset_enable = 0x66,
  sector_erase = 0x20,
  read_status3 = 0x15,
  write_status3 = 0x11,
  reset_device = 0x99,
  read_id = 0x9F,
  release_power_down = 0xAB,
  power_down = 0xB9,
  fast_read_dual_io = 0xBB,
  chip_erase = 0xC7,
  block64_erase = 0xD8,
  fast_read_quad_io = 0xEB,
  exit_continuous_read = 0xFF,
};

constexpr std::uint8_t write_in_progress = 1, write_enable_latch = 2;

// Typical times of a W25Q32JV (Winbond's data sheet, 9.6).
constexpr Time program_time = 400 * microsecond, sector_time = 45 * millisecond,
               block32_time = 120 * millisecond, block64_time = 150 * millisecond, chip_time = 10 * second,
               status_time = 10 * millisecond;

constexpr std::byte erased{0xFF};

constexpr FlashChip::Page empty_page = [] {
  FlashChip::Page page{};
  for (std::byte& byte : page) byte = erased;
  return page;
}();

}  // namespace

void FlashChip::set_size(std::uint32_t bytes) {
  pages_.assign(bytes / page_size, nullptr);
  origin_ = pages_;
  reset();
  if (changed_)
    for (std::uint32_t place = 0; place < bytes; place += page_size) changed_(place, page_size);
}

void FlashChip::reset() {
  write_enabled_ = false;
  status_ = {};
  busy_until_ = 0;
}

std::uint32_t FlashChip::identity() const {
  return 0xEF'4000 | static_cast<std::uint32_t>(std::countr_zero(size()));
}

std::span<const std::byte> FlashChip::page(std::uint32_t number) const {
  const auto& page = pages_[number % pages_.size()];
  return page ? *page : empty_page;
}

void FlashChip::read(std::uint32_t address, std::span<std::byte> bytes) const {
  while (!bytes.empty()) {
    const std::uint32_t within = address % page_size;
    const std::size_t count = std::min<std::size_t>(bytes.size(), page_size - within);
    std::ranges::copy(page(address / page_size).subspan(within, count), bytes.begin());
    bytes = bytes.subspan(count);
    address += static_cast<std::uint32_t>(count);
  }
}

std::vector<std::byte> FlashChip::read(std::uint32_t address, std::uint32_t length) const {
  std::vector<std::byte> bytes(length);
  read(address, bytes);
  return bytes;
}

FlashChip::Page& FlashChip::writable_page(std::uint32_t number) {
  auto& page = pages_[number % pages_.size()];
  if (!page) {
    page = std::make_shared<Page>(empty_page);
  } else if (page.use_count() > 1) {
    page = std::make_shared<Page>(*page);
  }
  return *page;
}

void FlashChip::load(std::uint32_t address, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const std::uint32_t within = address % page_size;
    const std::size_t count = std::min<std::size_t>(bytes.size(), page_size - within);
    std::ranges::copy(bytes.first(count), writable_page(address / page_size).begin() + within);
    if (changed_) changed_(address % size(), static_cast<std::uint32_t>(count));
    bytes = bytes.subspan(count);
    address += static_cast<std::uint32_t>(count);
  }
}

void FlashChip::program(std::uint32_t address, std::span<const std::byte> bytes) {
  std::vector<std::byte> result(bytes.begin(), bytes.end());
  std::vector<std::byte> old = read(address, static_cast<std::uint32_t>(bytes.size()));
  for (std::size_t index = 0; index < result.size(); ++index) result[index] &= old[index];
  load(address, result);
}

void FlashChip::erase(std::uint32_t address, std::uint32_t length) {
  if (length < page_size) return load(address, std::vector<std::byte>(length, erased));
  for (std::uint32_t place = address; place < address + length; place += page_size) {
    pages_[place / page_size % pages_.size()].reset();
    if (changed_) changed_(place % size(), page_size);
  }
}

// The pages that have changed since the origin: their number, and what they hold.
void FlashChip::archive_state(StateArchive& archive) {
  archive(write_enabled_, status_, busy_until_);
  archive.derived(pages_, origin_);
  std::uint32_t changed = 0;
  for (std::size_t number = 0; number < pages_.size(); ++number) changed += pages_[number] != origin_[number];
  const std::uint32_t before = changed;
  archive(changed);
  if (!archive.restores()) {
    for (std::uint32_t number = 0; number < pages_.size(); ++number) {
      if (pages_[number] == origin_[number]) continue;
      Page content;
      std::ranges::copy(page(number), content.begin());
      archive(number, content);
    }
    return;
  }
  if (before != 0) {
    for (std::uint32_t number = 0; number < pages_.size(); ++number) {
      if (pages_[number] == origin_[number]) continue;
      pages_[number] = origin_[number];
      if (changed_) changed_(number * page_size, page_size);
    }
  }
  for (std::uint32_t count = 0; count < changed; ++count) {
    std::uint32_t number = 0;
    Page content;
    archive(number, content);
    load(number * page_size, content);
  }
}

void FlashChip::on_change(std::function<void(std::uint32_t, std::uint32_t)> listener) {
  changed_ = std::move(listener);
}

void FlashChip::work(Time time) { busy_until_ = timeline_.now() + time; }

bool FlashChip::take_write_enable() { return std::exchange(write_enabled_, false); }

// The answer repeats as long as the clock goes on.
void FlashChip::fill(std::vector<std::byte>& answer, std::size_t length,
                     std::span<const std::uint8_t> bytes) const {
  for (std::size_t index = 0; index < length; ++index)
    answer.push_back(static_cast<std::byte>(bytes[index % bytes.size()]));
}

bool FlashChip::command(std::uint8_t code, std::uint32_t address, std::span<const std::byte> sent,
                        std::vector<std::byte>& answer, std::size_t length) {
  const std::uint32_t id = identity();
  const auto status1 = static_cast<std::uint8_t>((status_[0] & ~3u) | (busy() ? write_in_progress : 0) |
                                                 (write_enabled_ ? write_enable_latch : 0));
  switch (code) {
    case read_status:
      return fill(answer, length, std::array{status1}), true;
    case read_status2:
      return fill(answer, length, std::array{status_[1]}), true;
    case read_status3:
      return fill(answer, length, std::array{status_[2]}), true;
    default:
      break;
  }
  if (busy()) {
    fill(answer, length, std::array<std::uint8_t, 1>{0xFF});
    return true;
  }
  switch (code) {
    case read_id:
      fill(answer, length,
           std::array{static_cast<std::uint8_t>(id >> 16), static_cast<std::uint8_t>(id >> 8),
                      static_cast<std::uint8_t>(id)});
      return true;
    case read_unique_id:  // any number is as good
      fill(answer, length, std::array<std::uint8_t, 8>{0xF0, 0x0F, 0x1C, 0x2D, 0x3E, 0x4F, 0x50, 0x61});
      return true;
    case release_power_down:
      fill(answer, length, std::array{static_cast<std::uint8_t>(std::countr_zero(size()) - 1)});
      return true;
    case read_data:
    case fast_read:
    case fast_read_dual:
    case fast_read_quad:
    case fast_read_dual_io:
    case fast_read_quad_io:
      answer.resize(length);
      read(address, answer);
      return true;
    case write_enable:
    case write_enable_volatile:
      write_enabled_ = true;
      return true;
    case write_disable:
      write_enabled_ = false;
      return true;
    case power_down:
    case reset_enable:
    case exit_continuous_read:
      return true;
    case reset_device:
      write_enabled_ = false;
      return true;
    default:
      return change(code, address, sent);
  }
}

bool FlashChip::change(std::uint8_t code, std::uint32_t address, std::span<const std::byte> sent) {
  const auto erases = [&](std::uint32_t length, Time time) {
    if (!take_write_enable()) return true;
    erase(address / length * length, length);
    work(time);
    return true;
  };
  switch (code) {
    case sector_erase:
      return erases(sector_size, sector_time);
    case block32_erase:
      return erases(32 * 1024, block32_time);
    case block64_erase:
      return erases(64 * 1024, block64_time);
    case chip_erase:
    case chip_erase_other:
      return erases(size(), chip_time);
    case page_program:
    case quad_page_program: {
      if (!take_write_enable() || sent.empty()) return true;
      // Bytes beyond the page's end begin it anew; programming with 0xFF changes nothing.
      std::array<std::byte, program_page> page;
      page.fill(erased);
      for (std::size_t index = 0; index < sent.size(); ++index)
        page[(address + index) % program_page] = sent[index];
      program(address / program_page * program_page, page);
      work(program_time);
      return true;
    }
    case write_status:
    case write_status2:
    case write_status3: {
      if (!take_write_enable()) return true;
      const std::size_t first = code == write_status ? 0 : code == write_status2 ? 1 : 2;
      for (std::size_t index = 0; index < sent.size() && first + index < status_.size(); ++index)
        status_[first + index] = std::to_integer<std::uint8_t>(sent[index]);
      work(status_time);
      return true;
    }
    default:
      return false;
  }
}

}  // namespace ferry::board
