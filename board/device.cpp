#include "board/device.hpp"

#include <algorithm>

namespace ferry::board {

RegisterFile::RegisterFile(std::span<const chip::RegisterInfo> table) : table_(table) {
  std::uint32_t end = 0;
  for (const auto& info : table_) end = std::max(end, info.offset + (info.count - 1) * info.stride + 4);
  words_.resize(end / 4);
  masks_.resize(end / 4);
  for (const auto& info : table_) {
    Masks masks{.known = true};
    for (const auto& field : info.fields) {
      const bool kept = chip::writable(field.access) && field.access != chip::Access::write_trigger;
      if (kept) masks.stored |= field.mask();
      if (chip::readable(field.access)) masks.shown |= field.mask();
    }
    for (std::uint32_t index = 0; index < info.count; ++index)
      masks_[(info.offset + index * info.stride) / 4] = masks;
  }
  reset();
}

void RegisterFile::reset() {
  for (const auto& info : table_)
    for (std::uint32_t index = 0; index < info.count; ++index)
      words_[(info.offset + index * info.stride) / 4] = info.reset_of(index);
}

bool RegisterFile::knows(std::uint32_t offset) const {
  return offset / 4 < masks_.size() && masks_[offset / 4].known;
}

std::uint32_t RegisterFile::load(std::uint32_t offset) const {
  return knows(offset) ? words_[offset / 4] & masks_[offset / 4].shown : 0;
}

void RegisterFile::store(std::uint32_t offset, std::uint32_t value) {
  if (!knows(offset)) return;
  const std::uint32_t stored = masks_[offset / 4].stored;
  words_[offset / 4] = (words_[offset / 4] & ~stored) | (value & stored);
}

void RegisterFile::archive_state(StateArchive& archive) { archive(words_); }

}  // namespace ferry::board
