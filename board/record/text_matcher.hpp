// Finds a text in a stream of bytes, wherever the stream is cut.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace ferry::board {

// Knuth, Morris and Pratt: one step per byte, nothing of the stream is kept.
class TextMatcher {
 public:
  explicit TextMatcher(std::string text) : text_(std::move(text)), fallback_(text_.size() + 1, 0) {
    for (std::size_t length = 1; length < text_.size(); ++length) {
      std::size_t shorter = fallback_[length];
      while (shorter != 0 && text_[shorter] != text_[length]) shorter = fallback_[shorter];
      fallback_[length + 1] = text_[shorter] == text_[length] ? shorter + 1 : 0;
    }
  }

  // True when the text ends with this byte.
  bool feed(char byte) {
    if (text_.empty()) return true;
    if (matched_ == text_.size()) matched_ = fallback_[matched_];
    while (matched_ != 0 && text_[matched_] != byte) matched_ = fallback_[matched_];
    if (text_[matched_] == byte) ++matched_;
    return matched_ == text_.size();
  }

 private:
  std::string text_;
  std::vector<std::size_t> fallback_;  // for each matched length, the longest shorter one that still holds
  std::size_t matched_ = 0;
};

}  // namespace ferry::board
