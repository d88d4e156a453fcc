#include "board/cpu/access_watches.hpp"

#include <algorithm>

namespace ferry::board {

namespace {

constexpr std::uint32_t together = 32;  // bytes in one WatchedBytes
constexpr std::uint32_t places_of_line = Memory::line_size / together;
static_assert(Memory::size % Memory::line_size == 0 && Memory::line_size % together == 0);

std::uint8_t flags_of(const WatchedBytes& bytes) {
  return static_cast<std::uint8_t>((bytes.reads != 0 ? line_read_watched : 0) |
                                   (bytes.writes != 0 ? line_write_watched : 0));
}

// Calls `function(place, bytes)` with what each WatchedBytes has of a range: mostly one or two.
template <class Function>
void for_each_place(const WatchedRange& range, Function function) {
  const std::uint32_t end = range.offset + range.length;
  for (std::uint32_t byte = range.offset, behind = 0; byte < end; byte = behind) {
    const std::uint32_t place = byte / together;
    behind = std::min(end, (place + 1) * together);
    const std::uint32_t bits = ~0u >> (together - (behind - byte)) << (byte % together);
    function(place, WatchedBytes{.reads = range.reads ? bits : 0, .writes = range.writes ? bits : 0});
  }
}

}  // namespace

void AccessWatches::set(AccessWatcher& watcher, std::span<const WatchedRange> ranges) {
  if (Wish* const known = find(watcher)) {
    for_each_place({.offset = 0, .length = Memory::size, .reads = true, .writes = true},
                   [&](std::uint32_t place, const WatchedBytes& bytes) { remove(*known, place, bytes); });
    if (ranges.empty()) wishes_.erase(wishes_.begin() + (known - wishes_.data()));
  }
  for (const WatchedRange& range : ranges) add(wish_of(watcher), range);
  update();
}

void AccessWatches::add(AccessWatcher& watcher, const WatchedRange& range) {
  add(wish_of(watcher), range);
  ++version_;
}

void AccessWatches::remove(AccessWatcher& watcher, const WatchedRange& range) {
  if (Wish* const known = find(watcher))
    for_each_place(range,
                   [&](std::uint32_t place, const WatchedBytes& bytes) { remove(*known, place, bytes); });
}

AccessWatches::Wish* AccessWatches::find(const AccessWatcher& watcher) {
  for (Wish& wish : wishes_)
    if (wish.watcher == &watcher) return &wish;
  return nullptr;
}

AccessWatches::Wish& AccessWatches::wish_of(AccessWatcher& watcher) {
  if (Wish* const known = find(watcher)) return *known;
  may_stop_ = may_stop_ || !watcher.only_looks();
  return wishes_.emplace_back(Wish{.watcher = &watcher});
}

void AccessWatches::update() {
  may_stop_ = std::ranges::any_of(wishes_, [](const Wish& wish) { return !wish.watcher->only_looks(); });
  ++version_;
}

void AccessWatches::add(Wish& wish, const WatchedRange& range) {
  for_each_place(range, [&](std::uint32_t place, const WatchedBytes& bytes) {
    wish.bytes[place].add(bytes);
    memory_.watched_bytes()[place].add(bytes);
    memory_.line_flags()[place / places_of_line] |= flags_of(bytes);
  });
}

// What others want to be told of stays watched.
void AccessWatches::remove(Wish& wish, std::uint32_t place, const WatchedBytes& bytes) {
  WatchedBytes& own = wish.bytes[place];
  if ((own.reads & bytes.reads) == 0 && (own.writes & bytes.writes) == 0) return;
  own.remove(bytes);
  WatchedBytes all, of_line;
  for (const Wish& each : wishes_) all.add(each.bytes[place]);
  memory_.watched_bytes()[place] = all;
  const std::uint32_t line = place / places_of_line;
  for (const WatchedBytes& each : std::span(memory_.watched_bytes() + line * places_of_line, places_of_line))
    of_line.add(each);
  std::uint8_t& present = memory_.line_flags()[line];
  constexpr std::uint8_t others = line_holds_code | line_unwritten;
  present = static_cast<std::uint8_t>((present & others) | flags_of(of_line));
}

void AccessWatches::tell(const BusAccess& access, std::optional<std::uint32_t> stored) const {
  const bool write = stored.has_value();
  const auto offset = Memory::offset(access.address, access.width);
  if (!offset) return;
  if (*offset % access.width == 0 && !memory_.watched(*offset, access.width, write)) return;
  const auto is_concerned = [&](const Wish& wish) {
    for (std::uint32_t byte = *offset; byte < *offset + access.width; ++byte)
      if ((wish.bytes[byte / together].of(write) >> byte % together & 1) != 0) return true;
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
