// Which lengths in receive descriptors are the engine's, and not what a program asks for.
//
// The engine writes how much it has stored into the field in which a program may state how much it wants.
// Descriptors are used again, and copied.
#pragma once

#include "board/devices/gdma/descriptor.hpp"

#include <bitset>
#include <cstdint>
#include <unordered_map>

namespace ferry::board::watch {

class LeftLengths {
 public:
  // The engine has closed a descriptor with this word.
  void note(const gdma::Descriptor& descriptor) {
    at_[descriptor.address] = for_[descriptor.buffer] = left(descriptor);
    anywhere_.set(left(descriptor));
  }
  // Whether the engine has left that length: there, or for that buffer, or anywhere, as a word may be copied
  // to where a different buffer is received. Drivers state what they want beside a size that is the length
  // rounded up to words (esp-idf): such a pair is a copy only where it was left, and as it was left.
  bool is_left(const gdma::Descriptor& descriptor) const {
    const bool rounded_up = descriptor.size() == (descriptor.length() + 3) / 4 * 4;
    const auto is_at = [&](const std::unordered_map<std::uint32_t, std::uint32_t>& lengths,
                           std::uint32_t key) {
      const auto entry = lengths.find(key);
      if (entry == lengths.end()) return false;
      // Drivers that use a descriptor again may clear the mark and leave the length.
      return entry->second == left(descriptor) ||
             (!rounded_up && entry->second % marked == descriptor.length());
    };
    if (is_at(at_, descriptor.address) || is_at(for_, descriptor.buffer)) return true;
    return !rounded_up && anywhere_.test(left(descriptor));
  }

 private:
  // With the mark that a frame ended there: who composes the word anew has not set it, and states a length.
  static std::uint32_t left(const gdma::Descriptor& descriptor) {
    return descriptor.length() | (descriptor.suc_eof() ? marked : 0);
  }
  static constexpr std::uint32_t marked = 4096;

  std::unordered_map<std::uint32_t, std::uint32_t> at_, for_;  // by the descriptor's address, by the buffer's
  std::bitset<2 * marked> anywhere_;
};

}  // namespace ferry::board::watch
