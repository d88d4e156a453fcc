// How much a program wants to receive by a descriptor: the length that it states there. A length that the
// engine has left there is no wish, nor one in a word that was copied from elsewhere.
#pragma once

#include "board/devices/gdma/descriptor.hpp"

#include <cstdint>
#include <map>
#include <set>

namespace ferry::board::watch::random {

class Wishes {
 public:
  // The engine has closed a descriptor with this word.
  void note_left(const gdma::Descriptor& descriptor) {
    at_[descriptor.address] = at_[descriptor.buffer] = left(descriptor);
    lengths_[descriptor.address] = lengths_[descriptor.buffer] = descriptor.length();
    anywhere_.insert(left(descriptor));
    sizes_[descriptor.address] = descriptor.size();
    composed_.erase(descriptor.address);
  }
  // The program stores to a byte: that of a descriptor's second word is part of composing it anew.
  void store(std::uint32_t address) {
    for (const std::uint32_t word : {address - 4, address - 5, address - 6, address - 7})
      if (sizes_.contains(word)) composed_.insert(word);
  }
  // 0: all that there is room for.
  std::uint32_t wanted(const gdma::Descriptor& descriptor) const {
    const std::uint32_t size = descriptor.size(), length = descriptor.length();
    const bool rounded_up = size == (length + 3) / 4 * 4;
    // Without the mark, as if the word had been composed anew: then a length with the size to fit is a wish,
    // unless the word alone was stored.
    const auto is_at = [&](std::uint32_t address, bool may_be_handed_on) {
      const auto entry = at_.find(address);
      if (entry == at_.end()) return false;
      return entry->second == left(descriptor) || (may_be_handed_on && lengths_.at(address) == length);
    };
    const auto closed_size = sizes_.find(descriptor.address);
    const bool word_alone =
        closed_size != sizes_.end() && closed_size->second == size && !composed_.contains(descriptor.address);
    const bool is_left = is_at(descriptor.address, !rounded_up || word_alone) ||
                         is_at(descriptor.buffer, !rounded_up) ||
                         (!rounded_up && anywhere_.contains(left(descriptor)));
    return length < size && !is_left ? length : 0;
  }

 private:
  // The engine marks a frame's end, too.
  static std::uint32_t left(const gdma::Descriptor& descriptor) {
    return descriptor.word0 & (gdma::Descriptor::suc_eof_bit | gdma::Descriptor::length_mask);
  }

  std::map<std::uint32_t, std::uint32_t> at_, lengths_;  // of a descriptor or a buffer
  std::set<std::uint32_t> anywhere_;
  std::map<std::uint32_t, std::uint32_t> sizes_;  // with which descriptors were closed
  std::set<std::uint32_t> composed_;              // of these, those whose second word was stored since
};

}  // namespace ferry::board::watch::random
