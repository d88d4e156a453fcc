#include "board/cpu/access_watches.hpp"

#include <algorithm>
#include <utility>

namespace ferry::board {

void AccessWatches::Bytes::add(std::uint32_t first, std::uint32_t end) {
  if (first == end) return;
  // In order of address, as most come, each goes to the end.
  const auto from = pieces_.empty() || pieces_.back().end < first
                        ? pieces_.end()
                        : std::ranges::lower_bound(pieces_, first, {}, &Piece::end);
  auto to = from;
  for (; to != pieces_.end() && to->first <= end; ++to) {
    first = std::min(first, to->first);
    end = std::max(end, to->end);
  }
  if (from == to) {
    pieces_.insert(from, {first, end});
  } else {
    *from = {first, end};
    pieces_.erase(from + 1, to);
  }
}

void AccessWatches::Bytes::remove(std::uint32_t first, std::uint32_t end) {
  auto from = std::ranges::upper_bound(pieces_, first, {}, &Piece::end);
  if (from != pieces_.end() && from->first < first) {
    const Piece behind{end, from->end};
    from->end = first;
    ++from;
    if (behind.first < behind.end) {
      pieces_.insert(from, behind);
      return;
    }
  }
  auto to = from;
  while (to != pieces_.end() && to->end <= end) ++to;
  if (to != pieces_.end() && to->first < end) to->first = end;
  pieces_.erase(from, to);
}

bool AccessWatches::Bytes::any_of(std::uint32_t first, std::uint32_t end) const {
  const auto piece = std::ranges::upper_bound(pieces_, first, {}, &Piece::end);
  return piece != pieces_.end() && piece->first < end;
}

void AccessWatches::set(AccessWatcher& watcher, std::span<const WatchedRange> ranges) {
  const auto known = std::ranges::find(wishes_, &watcher, &Wish::watcher);
  if (known != wishes_.end()) {
    mark(*known, false);
    Wish anew = std::move(*known);  // with the memory that it has
    anew.reads.clear();
    anew.writes.clear();
    wishes_.erase(known);
    // Others may watch what was just taken away.
    for (const Wish& wish : wishes_) mark(wish, true);
    if (!ranges.empty()) wishes_.push_back(std::move(anew));
  }
  for (const WatchedRange& range : ranges) want(watcher, range);
  update();
}

void AccessWatches::add(AccessWatcher& watcher, const WatchedRange& range) {
  want(watcher, range);
  update();
}

void AccessWatches::remove(AccessWatcher& watcher, const WatchedRange& range) {
  const auto known = std::ranges::find(wishes_, &watcher, &Wish::watcher);
  if (known == wishes_.end() || range.length == 0) return;
  const std::uint32_t end = range.offset + range.length;
  if (range.reads) known->reads.remove(range.offset, end);
  if (range.writes) known->writes.remove(range.offset, end);
  if (range.reads) mark(range.offset, end, false, false);
  if (range.writes) mark(range.offset, end, true, false);
  for (const Wish& wish : wishes_)
    if (&wish != &*known) mark(wish, true);
}

void AccessWatches::want(AccessWatcher& watcher, const WatchedRange& range) {
  if (range.length == 0) return;
  const std::uint32_t end = range.offset + range.length;
  const auto known = std::ranges::find(wishes_, &watcher, &Wish::watcher);
  Wish& wish = known != wishes_.end() ? *known : wishes_.emplace_back(Wish{.watcher = &watcher});
  if (range.reads) {
    wish.reads.add(range.offset, end);
    mark(range.offset, end, false, true);
  }
  if (range.writes) {
    wish.writes.add(range.offset, end);
    mark(range.offset, end, true, true);
  }
}

void AccessWatches::update() {
  may_stop_ = std::ranges::any_of(wishes_, [](const Wish& wish) { return !wish.watcher->only_looks(); });
  ++version_;
}

void AccessWatches::mark(const Wish& wish, bool on) {
  const auto each = [this, on](bool write) {
    return [this, write, on](std::uint32_t first, std::uint32_t end) { mark(first, end, write, on); };
  };
  wish.reads.for_each(each(false));
  wish.writes.for_each(each(true));
}

void AccessWatches::mark(std::uint32_t first, std::uint32_t end, bool write, bool on) {
  std::uint32_t* const words = memory_.watched_bytes(write);
  for (std::uint32_t byte = first; byte < end;) {
    const std::uint32_t count = std::min(32 - byte % 32, end - byte);
    const std::uint32_t bits = (count < 32 ? (1u << count) - 1 : ~0u) << (byte % 32);
    std::uint32_t& present = words[byte / 32];
    present = on ? present | bits : present & ~bits;
    byte += count;
  }
  const std::uint8_t flag = write ? line_write_watched : line_read_watched;
  constexpr std::uint32_t words_of_line = Memory::line_size / 32;
  for (std::uint32_t line = first / Memory::line_size; line <= (end - 1) / Memory::line_size; ++line) {
    const std::uint32_t* const bytes = words + line * words_of_line;
    const bool any = std::any_of(bytes, bytes + words_of_line, [](std::uint32_t bits) { return bits != 0; });
    std::uint8_t& present = memory_.line_flags()[line];
    present = static_cast<std::uint8_t>(any ? present | flag : present & ~flag);
  }
}

void AccessWatches::tell(const BusAccess& access, std::optional<std::uint32_t> stored) const {
  const bool write = stored.has_value();
  const auto offset = Memory::offset(access.address, access.width);
  if (!offset) return;
  if (*offset % access.width == 0 && !memory_.watched(*offset, access.width, write)) return;
  const auto is_concerned = [&](const Wish& wish) {
    return (write ? wish.writes : wish.reads).any_of(*offset, *offset + access.width);
  };
  if (wishes_.size() == 1) {
    if (is_concerned(wishes_.front())) wishes_.front().watcher->cpu_accesses(access, stored);
    return;
  }
  // Collected first, because who is told may change what is watched.
  std::vector<AccessWatcher*> concerned;
  for (const Wish& wish : wishes_)
    if (is_concerned(wish)) concerned.push_back(wish.watcher);
  for (AccessWatcher* watcher : concerned) watcher->cpu_accesses(access, stored);
}

}  // namespace ferry::board
