// Which lengths in receive descriptors are the engine's, and not what a program asks for.
//
// The engine writes how much it has stored into the field in which a program may state how much it wants.
// Descriptors are used again, and copied.
#pragma once

#include "board/devices/gdma/descriptor.hpp"
#include "board/watch/piece.hpp"

#include <algorithm>
#include <bitset>
#include <cstdint>
#include <map>
#include <optional>
#include <unordered_map>

namespace ferry::board::watch {

class LeftLengths {
 public:
  // The engine has closed a descriptor with this word. Returns the bytes that stored() wants to hear of from
  // now on, if any.
  std::optional<Extent> note(const gdma::Descriptor& descriptor) {
    at_[descriptor.address] = {.left = left(descriptor), .size = descriptor.size()};
    for_[descriptor.buffer] = left(descriptor);
    anywhere_.set(left(descriptor));
    const auto composes = extent_of(descriptor.address + buffer_word, 4);
    if (!composes) return std::nullopt;
    if (descriptor.length() == descriptor.size() || !is_rounded_up(descriptor)) {
      in_doubt_.erase(composes->offset);
      return std::nullopt;
    }
    in_doubt_[composes->offset] = descriptor.address;
    return composes;
  }
  // Whether the engine has left that length: there, or for that buffer, or anywhere, as a word may be copied
  // to where a different buffer is received. Drivers state what they want beside a size that is the length
  // rounded up to words (esp-idf): such a pair is a copy only where it was left, and as it was left. There,
  // who clears the mark and goes on using the descriptor stores its first word; who composes it, all of them.
  bool is_left(const gdma::Descriptor& descriptor) const {
    const bool rounded_up = is_rounded_up(descriptor);
    if (const auto there = at_.find(descriptor.address); there != at_.end()) {
      const Closed& closed = there->second;
      const bool goes_on = !rounded_up || (!closed.composed && closed.size == descriptor.size());
      if (closed.left == left(descriptor)) return true;
      if (goes_on && closed.left % marked == descriptor.length()) return true;
    }
    if (const auto same = for_.find(descriptor.buffer); same != for_.end()) {
      if (same->second == left(descriptor)) return true;
      if (!rounded_up && same->second % marked == descriptor.length()) return true;
    }
    return !rounded_up && anywhere_.test(left(descriptor));
  }
  // The program stores to these bytes.
  void stored(const Extent& bytes) {
    const std::uint32_t from = bytes.offset - std::min(bytes.offset, 3u);
    for (auto each = in_doubt_.lower_bound(from); each != in_doubt_.end() && each->first < bytes.end();
         each = in_doubt_.erase(each))
      at_[each->second].composed = true;
  }
  // What of these bytes stored() wants to hear of.
  template <class Function>  // (Extent)
  void for_each_in_doubt(const Extent& bytes, Function function) const {
    const std::uint32_t from = bytes.offset - std::min(bytes.offset, 3u);
    for (auto each = in_doubt_.lower_bound(from); each != in_doubt_.end() && each->first < bytes.end();
         ++each)
      function(Extent{each->first, 4});
  }

 private:
  static constexpr std::uint32_t buffer_word = 4;
  // With the mark that a frame ended there: who composes the word anew has not set it, and states a length.
  static std::uint32_t left(const gdma::Descriptor& descriptor) {
    return descriptor.length() | (descriptor.suc_eof() ? marked : 0);
  }
  static bool is_rounded_up(const gdma::Descriptor& descriptor) {
    return descriptor.size() == (descriptor.length() + 3) / 4 * 4;
  }
  static constexpr std::uint32_t marked = 4096;

  struct Closed {
    std::uint32_t left = 0, size = 0;
    bool composed = false;  // since then
  };
  std::unordered_map<std::uint32_t, Closed> at_;          // by the descriptor's address
  std::unordered_map<std::uint32_t, std::uint32_t> for_;  // by the buffer's
  std::bitset<2 * marked> anywhere_;
  // Descriptors whose word may come to be the same, be it composed or not: by the place of their second word.
  std::map<std::uint32_t, std::uint32_t> in_doubt_;
};

}  // namespace ferry::board::watch
