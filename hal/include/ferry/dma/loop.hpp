// Bytes that are sent over and over, for as long as the peripheral takes some.
#pragma once

#include "ferry/dma/buffer.hpp"
#include "ferry/ownership.hpp"

#include <cstdint>
#include <utility>

namespace ferry::dma {

/// A source without an end: behind its last byte follows the first. What is sent while only receiving
/// matters, a pattern for a display, a waveform. Made by loop().
///
/// A transfer sends from it as many bytes as it receives, or as Lengths::tx_length says; one that receives
/// none and does not say, all of them once. The descriptor list describes the bytes once, whatever the
/// length. Of no bytes at all there is nothing to repeat: the error is length_beyond_buffer.
template <Source Kind>
class [[nodiscard]] FERRY_CONSUMABLE Loop {
 public:
  /// A spent one, to be filled by an assignment or by the end of a transfer.
  FERRY_MADE_SPENT Loop() = default;
  Loop(Loop&& other FERRY_TAKES_LIVE) = default;
  FERRY_NEEDS_SPENT FERRY_BECOMES_LIVE Loop& operator=(Loop&& other FERRY_TAKES_LIVE) = default;
  Loop* operator&() = delete;
  const Loop* operator&() const = delete;

  /// Gives back what it was made of.
  FERRY_NEEDS_LIVE FERRY_BECOMES_SPENT FERRY_MADE_LIVE Kind release() && { return std::move(source_); }

 private:
  friend detail::MemoryAccess;

  static constexpr bool receives = false;
  static constexpr bool endless = true;

  FERRY_MADE_LIVE explicit Loop(Kind&& source) : source_(std::move(source)) {}

  detail::Plan plan() const {
    detail::Plan plan = detail::MemoryAccess::plan(source_);
    plan.endless = true;
    return plan;
  }
  void set_received(std::uint32_t) {}

  Kind source_;
};

namespace detail {
template <class Kind>
inline constexpr std::uint32_t most_bytes<Loop<Kind>> = whole_buffer;
}  // namespace detail

/// Sends `source` over and over. Nothing is copied.
template <Source Kind>
FERRY_MADE_LIVE Loop<Kind> loop(Kind source FERRY_TAKES_LIVE) {
  return detail::MemoryAccess::make<Loop<Kind>>(std::move(source));
}

}  // namespace ferry::dma
