#include "board/limits.hpp"

namespace ferry::board {

namespace {

std::uint32_t bits_of(const chip::RegisterInfo& info) {
  std::uint32_t bits = 0;
  for (const chip::FieldInfo& field : info.fields) bits |= field.mask();
  return bits;
}

// "A, B", or "A and 7 more" when there are many of them.
std::string names_of(const chip::RegisterInfo& info, std::uint32_t mask) {
  std::vector<std::string_view> names;
  for (const chip::FieldInfo& field : info.fields)
    if ((field.mask() & mask) != 0) names.push_back(field.name);
  if (names.size() > 3)
    return std::string(names.front()) + " and " + std::to_string(names.size() - 1) + " more";
  std::string text;
  for (const std::string_view name : names) text += (text.empty() ? "" : ", ") + std::string(name);
  return text;
}

}  // namespace

Standing standing_of(const chip::RegisterInfo& info, std::span<const Limit> limits) {
  const std::uint32_t all = bits_of(info);
  Standing standing;
  std::uint32_t absent = 0;
  for (const Limit& limit : limits) {
    if (limit.offset != info.offset) continue;
    standing.support = Support::approximated;
    if (limit.support == Support::absent) absent |= limit.mask & all;
    if (!standing.remark.empty()) standing.remark += "; ";
    if ((limit.mask & all) != all) standing.remark += names_of(info, limit.mask) + ": ";
    if (limit.support == Support::absent && (limit.mask & all) != all) standing.remark += "no ";
    standing.remark += limit.what;
  }
  if (absent != 0 && absent == all) standing.support = Support::absent;
  return standing;
}

std::string_view name_of(Support support) {
  switch (support) {
    case Support::modelled:
      return "modelled";
    case Support::approximated:
      return "approximated";
    case Support::absent:
      break;
  }
  return "absent";
}

LimitWatch::LimitWatch(std::span<const chip::RegisterInfo> registers, std::span<const Limit> limits) {
  for (const Limit& limit : limits) {
    if (limit.support != Support::absent) continue;
    for (const chip::RegisterInfo& info : registers) {
      if (info.offset != limit.offset) continue;
      std::uint32_t stored = 0;
      for (const chip::FieldInfo& field : info.fields)
        if (chip::writable(field.access)) stored |= field.mask() & limit.mask;
      const bool loads = stored == 0 && (bits_of(info) & ~limit.mask) == 0;
      for (std::uint32_t index = 0; index < info.count; ++index) {
        const std::uint32_t offset = info.offset + index * info.stride;
        watched_.push_back({offset, info.reset_of(index), stored, loads, limit.what});
        if (at_.size() <= offset / 4) at_.resize(offset / 4 + 1);
        at_[offset / 4] = true;
      }
    }
  }
  told_.resize(watched_.size());
}

template <class Matches>
std::vector<std::string_view> LimitWatch::take(std::uint32_t offset, Matches matches) {
  std::vector<std::string_view> texts;
  if (offset / 4 >= at_.size() || !at_[offset / 4]) return texts;
  for (std::size_t index = 0; index < watched_.size(); ++index) {
    const Watched& watched = watched_[index];
    if (watched.offset != offset || told_[index] != 0 || !matches(watched)) continue;
    texts.push_back(watched.what);
    for (std::size_t other = 0; other < watched_.size(); ++other)
      if (watched_[other].what == watched.what) told_[other] = 1;
  }
  return texts;
}

std::vector<std::string_view> LimitWatch::stored(std::uint32_t offset, std::uint32_t value) {
  return take(offset,
              [&](const Watched& watched) { return ((value ^ watched.reset) & watched.stored) != 0; });
}

std::vector<std::string_view> LimitWatch::loaded(std::uint32_t offset) {
  return take(offset, [](const Watched& watched) { return watched.loads; });
}

void LimitWatch::archive_state(StateArchive& archive) { archive(told_); }

}  // namespace ferry::board
