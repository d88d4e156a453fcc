#include "board/cpu/access_watches.hpp"

#include <algorithm>

namespace ferry::board {

namespace {

static_assert(Memory::size % Memory::line_size == 0 && Memory::line_size % 32 == 0);
constexpr std::uint32_t words_of_line = Memory::line_size / 32;

constexpr std::uint8_t flag_of(bool write) { return write ? line_write_watched : line_read_watched; }

// Calls `function(word, bits)` for each word that has bits of these bytes: mostly one or two.
template <class Function>
void for_each_word(const WatchedRange& range, Function function) {
  const std::uint32_t end = range.offset + range.length;
  for (std::uint32_t byte = range.offset, behind = 0; byte < end; byte = behind) {
    const std::uint32_t word = byte / 32;
    behind = std::min(end, (word + 1) * 32);
    function(word, ~0u >> (32 - (behind - byte)) << (byte % 32));
  }
}

}  // namespace

void AccessWatches::set(AccessWatcher& watcher, std::span<const WatchedRange> ranges) {
  if (Wish* const known = find(watcher)) {
    forget(*known, false);
    forget(*known, true);
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
  Wish* const known = find(watcher);
  if (known == nullptr) return;
  for_each_word(range, [&](std::uint32_t word, std::uint32_t bits) {
    if (range.reads) remove(*known, word, bits, false);
    if (range.writes) remove(*known, word, bits, true);
  });
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
  for_each_word(range, [&](std::uint32_t word, std::uint32_t bits) {
    if (range.reads) add(wish, word, bits, false);
    if (range.writes) add(wish, word, bits, true);
  });
}

void AccessWatches::add(Wish& wish, std::uint32_t word, std::uint32_t bits, bool write) {
  std::uint32_t& own = wish.bytes(write)[word];
  if ((own & bits) == bits) return;
  own |= bits;
  memory_.watched_bytes(write)[word] |= bits;
  memory_.line_flags()[word / words_of_line] |= flag_of(write);
}

// What others want to be told of stays watched.
void AccessWatches::remove(Wish& wish, std::uint32_t word, std::uint32_t bits, bool write) {
  std::uint32_t& own = wish.bytes(write)[word];
  if ((own & bits) == 0) return;
  own &= ~bits;
  std::uint32_t left = 0;
  for (const Wish& each : wishes_) left |= each.bytes(write)[word];
  std::uint32_t* const words = memory_.watched_bytes(write);
  words[word] = left;
  const std::uint32_t line = word / words_of_line;
  const auto line_words = std::span(words + line * words_of_line, words_of_line);
  if (std::ranges::all_of(line_words, [](std::uint32_t each) { return each == 0; }))
    memory_.line_flags()[line] &= static_cast<std::uint8_t>(~flag_of(write));
}

void AccessWatches::forget(Wish& wish, bool write) {
  const Bytes& own = wish.bytes(write);
  for (std::uint32_t word = 0; word < own.size(); ++word) remove(wish, word, own[word], write);
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
