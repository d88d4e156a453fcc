#include "board/cpu/access_watches.hpp"

#include <algorithm>

namespace ferry::board {

namespace {

static_assert(Memory::size % Memory::line_size == 0 && Memory::line_size % 32 == 0);
constexpr std::uint32_t words_of_line = Memory::line_size / 32;

}  // namespace

void AccessWatches::set(AccessWatcher& watcher, std::span<const WatchedRange> ranges) {
  const auto known = std::ranges::find(wishes_, &watcher, &Wish::watcher);
  if (known != wishes_.end()) {
    forget(*known, false);
    forget(*known, true);
    if (ranges.empty()) wishes_.erase(known);
  }
  for (const WatchedRange& range : ranges) change(wish_of(watcher), range, true);
  update();
}

void AccessWatches::add(AccessWatcher& watcher, const WatchedRange& range) {
  change(wish_of(watcher), range, true);
  ++version_;
}

void AccessWatches::remove(AccessWatcher& watcher, const WatchedRange& range) {
  const auto known = std::ranges::find(wishes_, &watcher, &Wish::watcher);
  if (known != wishes_.end()) change(*known, range, false);
}

AccessWatches::Wish& AccessWatches::wish_of(AccessWatcher& watcher) {
  const auto known = std::ranges::find(wishes_, &watcher, &Wish::watcher);
  if (known != wishes_.end()) return *known;
  may_stop_ = may_stop_ || !watcher.only_looks();
  return wishes_.emplace_back(Wish{.watcher = &watcher});
}

void AccessWatches::update() {
  may_stop_ = std::ranges::any_of(wishes_, [](const Wish& wish) { return !wish.watcher->only_looks(); });
  ++version_;
}

void AccessWatches::change(Wish& wish, const WatchedRange& range, bool on) {
  if (range.length == 0) return;
  const std::uint32_t end = range.offset + range.length;
  if (range.reads) change(wish, range.offset, end, false, on);
  if (range.writes) change(wish, range.offset, end, true, on);
}

void AccessWatches::change(Wish& wish, std::uint32_t first, std::uint32_t end, bool write, bool on) {
  Bytes& own = wish.bytes(write);
  for (std::uint32_t byte = first; byte < end;) {
    const std::uint32_t word = byte / 32, count = std::min(32 - byte % 32, end - byte);
    const std::uint32_t bits = (count < 32 ? (1u << count) - 1 : ~0u) << (byte % 32);
    byte += count;
    const std::uint32_t wish_now = on ? own[word] | bits : own[word] & ~bits;
    if (own[word] == wish_now) continue;
    own[word] = wish_now;
    tell_memory(word, write);
  }
}

void AccessWatches::forget(Wish& wish, bool write) {
  Bytes& own = wish.bytes(write);
  for (std::uint32_t word = 0; word < own.size(); ++word) {
    if (own[word] == 0) continue;
    own[word] = 0;
    tell_memory(word, write);
  }
}

// What all watchers together want to be told of in these 32 bytes, and so in their line.
void AccessWatches::tell_memory(std::uint32_t word, bool write) {
  std::uint32_t* const words = memory_.watched_bytes(write);
  std::uint32_t bits = 0;
  for (const Wish& wish : wishes_) bits |= wish.bytes(write)[word];
  words[word] = bits;
  const std::uint32_t line = word / words_of_line;
  const auto line_words = std::span(words + line * words_of_line, words_of_line);
  const bool any = bits != 0 || std::ranges::any_of(line_words, [](std::uint32_t each) { return each != 0; });
  const std::uint8_t flag = write ? line_write_watched : line_read_watched;
  std::uint8_t& present = memory_.line_flags()[line];
  present = static_cast<std::uint8_t>(any ? present | flag : present & ~flag);
}

void AccessWatches::tell(const BusAccess& access, std::optional<std::uint32_t> stored) const {
  const bool write = stored.has_value();
  const auto offset = Memory::offset(access.address, access.width);
  if (!offset) return;
  if (*offset % access.width == 0 && !memory_.watched(*offset, access.width, write)) return;
  const auto is_concerned = [&](const Wish& wish) {
    for (std::uint32_t byte = *offset; byte < *offset + access.width; ++byte)
      if ((wish.bytes(write)[byte / 32] >> byte % 32 & 1) != 0) return true;
    return false;
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
