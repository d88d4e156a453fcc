#include "board/image/partition_table.hpp"

#include "board/image/byte_order.hpp"
#include "board/image/md5.hpp"
#include "board/image/text.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace ferry::board {

namespace {

constexpr std::size_t entry_size = 32, label_size = 16;
constexpr std::array entry_magic{std::byte{0xAA}, std::byte{0x50}};
constexpr std::array checksum_magic{std::byte{0xEB}, std::byte{0xEB}};
constexpr std::byte erased{0xFF};

bool starts_with(std::span<const std::byte> bytes, std::span<const std::byte> start) {
  return bytes.size() >= start.size() && std::ranges::equal(bytes.first(start.size()), start);
}

Partition read_entry(std::span<const std::byte> entry) {
  const std::string_view label(reinterpret_cast<const char*>(entry.data()) + 12, label_size);
  return {.type = std::to_integer<std::uint8_t>(entry[2]),
          .subtype = std::to_integer<std::uint8_t>(entry[3]),
          .address = word_at(entry, 4),
          .size = word_at(entry, 8),
          .label = std::string(label.substr(0, label.find('\0')))};
}

void add_entry(std::vector<std::byte>& table, const Partition& partition) {
  const std::size_t start = table.size();
  table.insert(table.end(), entry_magic.begin(), entry_magic.end());
  table.push_back(static_cast<std::byte>(partition.type));
  table.push_back(static_cast<std::byte>(partition.subtype));
  append_word(table, partition.address);
  append_word(table, partition.size);
  for (const char character : partition.label) table.push_back(static_cast<std::byte>(character));
  table.resize(start + entry_size);
}

}  // namespace

bool has_partition_table(std::span<const std::byte> flash) {
  return flash.size() > partition_table_address &&
         starts_with(flash.subspan(partition_table_address), entry_magic);
}

std::expected<std::vector<Partition>, std::string> read_partition_table(std::span<const std::byte> flash) {
  if (!has_partition_table(flash))
    return std::unexpected("there is no partition table at " + hex(partition_table_address));
  const auto table =
      flash.subspan(partition_table_address,
                    std::min<std::size_t>(partition_table_size, flash.size() - partition_table_address));
  std::vector<Partition> partitions;
  for (std::size_t start = 0; start + entry_size <= table.size(); start += entry_size) {
    const auto entry = table.subspan(start, entry_size);
    if (starts_with(entry, checksum_magic)) {
      const auto sum = md5(table.first(start));
      if (!std::ranges::equal(entry.last(sum.size()), sum))
        return std::unexpected("the partition table's MD5 is wrong");
      return partitions;
    }
    if (std::ranges::all_of(entry, [](std::byte byte) { return byte == erased; })) return partitions;
    if (!starts_with(entry, entry_magic))
      return std::unexpected("entry " + std::to_string(partitions.size()) +
                             " of the partition table is damaged");
    partitions.push_back(read_entry(entry));
    const Partition& last = partitions.back();
    if (last.address > flash.size() || last.size > flash.size() - last.address) {
      return std::unexpected("partition " + in_quotes(last.label) + " reaches beyond the flash chip's " +
                             std::to_string(flash.size() / 1024 / 1024) + " MiB");
    }
  }
  return partitions;
}

std::vector<std::byte> default_partition_table(std::uint32_t flash_size) {
  constexpr std::uint8_t nvs = 0x02, phy = 0x01;
  std::vector<std::byte> table;
  add_entry(table, {Partition::data, nvs, 0x9000, 0x6000, "nvs"});
  add_entry(table, {Partition::data, phy, 0xF000, 0x1000, "phy_init"});
  add_entry(table, {Partition::application, Partition::factory, 0x1'0000, flash_size - 0x1'0000, "factory"});
  const auto sum = md5(table);
  const std::size_t start = table.size();
  table.insert(table.end(), checksum_magic.begin(), checksum_magic.end());
  table.resize(start + entry_size - sum.size(), erased);
  table.insert(table.end(), sum.begin(), sum.end());
  table.resize(partition_table_size, erased);
  return table;
}

}  // namespace ferry::board
