#include "board/record/ledger.hpp"

#include "board/block_names.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cstdio>

namespace ferry::board {

namespace {

std::string hex(std::uint32_t value, int digits) {
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "0x%0*x", digits, value);
  return text.data();
}

// "PIN[26]"
std::string name_with_count(const chip::RegisterInfo& info) {
  std::string name(info.name);
  return info.count == 1 ? name : name + '[' + std::to_string(info.count) + ']';
}

std::string reset_text(const chip::RegisterInfo& info) {
  return info.resets.empty() ? hex(info.reset, 8) : "by index";
}

std::string padded(std::string text, std::size_t width) {
  text.resize(std::max(text.size(), width), ' ');
  return text;
}

}  // namespace

std::vector<LedgerEntry> ledger_of(const Bus& bus) {
  std::vector<LedgerEntry> entries;
  for (const AttachedDevice& attached : bus.devices())
    for (const chip::RegisterInfo& info : attached.device->registers())
      entries.push_back({.block = block_of(attached.base).name,
                         .base = attached.base,
                         .info = &info,
                         .standing = standing_of(info, attached.device->limits())});
  return entries;
}

std::string ledger_text(const std::vector<LedgerEntry>& entries) {
  std::size_t longest = 0;
  for (const LedgerEntry& entry : entries) longest = std::max(longest, name_with_count(*entry.info).size());
  std::string text;
  std::string_view block;
  for (const LedgerEntry& entry : entries) {
    if (entry.block != block) {
      text += (text.empty() ? "" : "\n") + std::string(entry.block) + '\n';
      block = entry.block;
    }
    const std::string support(name_of(entry.standing.support));
    text += "  " + hex(entry.base + entry.info->offset, 8) + "  " +
            padded(name_with_count(*entry.info), longest) + "  " + reset_text(*entry.info) + "  " +
            (entry.standing.remark.empty() ? support : padded(support, 12) + "  " + entry.standing.remark) +
            '\n';
  }
  return text;
}

std::string ledger_json(const std::vector<LedgerEntry>& entries) {
  using Json = nlohmann::ordered_json;
  Json list = Json::array();
  for (const LedgerEntry& entry : entries) {
    Json object = {{"block", entry.block},           {"base", entry.base},
                   {"register", entry.info->name},   {"offset", entry.info->offset},
                   {"count", entry.info->count},     {"stride", entry.info->stride},
                   {"reset", entry.info->reset},     {"support", name_of(entry.standing.support)},
                   {"remark", entry.standing.remark}};
    if (!entry.info->resets.empty())
      object["reset"] = std::vector<std::uint32_t>(entry.info->resets.begin(), entry.info->resets.end());
    list.push_back(std::move(object));
  }
  return list.dump(1, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace ferry::board
