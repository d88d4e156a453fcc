#include "board/cpu/access_watches.hpp"

#include <algorithm>

namespace ferry::board {

void AccessWatches::set(AccessWatcher& watcher, std::span<const WatchedRange> ranges) {
  for (const Entry& entry : entries_)
    if (entry.watcher == &watcher) change_flags(entry.range, false);
  std::erase_if(entries_, [&](const Entry& entry) { return entry.watcher == &watcher; });
  for (const WatchedRange& range : ranges)
    if (range.length != 0) entries_.push_back({&watcher, range});
  // Others may watch lines whose flags were just taken away.
  for (const Entry& entry : entries_) change_flags(entry.range, true);
  may_stop_ = std::ranges::any_of(entries_, [](const Entry& entry) { return !entry.watcher->only_looks(); });
  ++version_;
}

void AccessWatches::change_flags(const WatchedRange& range, bool on) {
  const auto flags = static_cast<std::uint8_t>((range.reads ? line_read_watched : 0) |
                                               (range.writes ? line_write_watched : 0));
  const std::uint32_t last = (range.offset + range.length - 1) / Memory::line_size;
  for (std::uint32_t line = range.offset / Memory::line_size; line <= last; ++line) {
    std::uint8_t& present = memory_.line_flags()[line];
    present = static_cast<std::uint8_t>(on ? present | flags : present & ~flags);
  }
}

void AccessWatches::tell(const BusAccess& access, bool write) const {
  const auto offset = Memory::offset(access.address, access.width);
  if (!offset) return;
  const std::uint8_t* flags = memory_.line_flags();
  const std::uint32_t last = (*offset + access.width - 1) / Memory::line_size;
  const unsigned wanted = write ? line_write_watched : line_read_watched;
  if (((flags[*offset / Memory::line_size] | flags[last]) & wanted) == 0) return;
  // Collected first, because who is told may change what is watched.
  std::vector<AccessWatcher*> concerned;
  for (const auto& [watcher, range] : entries_) {
    const bool matters = write ? range.writes : range.reads;
    if (matters && *offset < range.offset + range.length && range.offset < *offset + access.width &&
        std::ranges::find(concerned, watcher) == concerned.end())
      concerned.push_back(watcher);
  }
  for (AccessWatcher* watcher : concerned) watcher->cpu_accesses(access, write);
}

}  // namespace ferry::board
