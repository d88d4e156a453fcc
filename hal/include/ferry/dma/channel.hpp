// One channel of GDMA: a receive and a transmit half that belong together.
#pragma once

#include "ferry/dma/buffer.hpp"
#include "ferry/dma/engine.hpp"
#include "ferry/ownership.hpp"

#include <cstdint>
#include <utility>

namespace ferry::dma {

class Dma;
class ConfiguredChannel;
namespace detail {
struct ChannelAccess;
}

/// How urgent a channel is, 0 to 5; the larger number gets the memory first, equal ones take turns. The field
/// is wider, but sources disagree about 6 to 9 (reference manual: allowed, esp-idf: not), so Ferry leaves
/// them out.
class Priority {
 public:
  consteval Priority(int value) : value_(static_cast<std::uint8_t>(value)) {  // NOLINT: meant to convert
    if (value < 0 || value > 5) a_priority_is_0_to_5();
  }
  constexpr std::uint32_t value() const { return value_; }

 private:
  static void a_priority_is_0_to_5() {}  // not constexpr: reaching it ends the compilation

  std::uint8_t value_;
};

/// Settings of both halves of a channel.
struct ChannelConfig {
  /// Data is moved in bursts: fewer bus cycles per word. Receive buffers are then described in whole words,
  /// 4092 bytes per descriptor instead of 4095; buffers of dma_buffers() always fit.
  bool burst = false;
  Priority priority = 0;
};

/// A channel nobody uses yet. It comes out of a member of Dma, so the compiler knows less of it than of the
/// other parts: only that it was certainly used up.
class [[nodiscard]] FERRY_CONSUMABLE Channel {
 public:
  Channel(Channel&& other) : engine_(other.give_away()) {}
  Channel& operator=(Channel&&) = delete;
  Channel* operator&() = delete;

  /// Sets the channel up and gives it the descriptor lists it will fill. Does not block, cannot fail; lists
  /// that were moved away before are fatal.
  FERRY_NEEDS_UNSPENT FERRY_BECOMES_SPENT FERRY_MADE_LIVE ConfiguredChannel
  configure(ChannelConfig config, RxDescriptors rx_descriptors, TxDescriptors tx_descriptors) &&;

 private:
  friend Dma;
  friend ConfiguredChannel;

  FERRY_MADE_LIVE explicit Channel(detail::Engine* engine) : engine_(engine) {}
  [[gnu::always_inline]] detail::Engine* give_away() {
    if (engine_ == nullptr) ferry::detail::used_after_move();
    return std::exchange(engine_, nullptr);
  }

  detail::Engine* engine_;
};

/// A channel with its settings and its lists, ready for a peripheral driver.
class [[nodiscard]] FERRY_CONSUMABLE ConfiguredChannel {
 public:
  /// A spent one, to be filled by an assignment or by a driver that gives its channel back.
  FERRY_MADE_SPENT ConfiguredChannel() = default;
  ConfiguredChannel(ConfiguredChannel&& other FERRY_TAKES_LIVE) : engine_(other.give_away()) {}
  FERRY_NEEDS_SPENT FERRY_BECOMES_LIVE ConfiguredChannel& operator=(
      ConfiguredChannel&& other FERRY_TAKES_LIVE) {
    if (engine_ != nullptr) ferry::detail::overwritten_while_live();
    engine_ = other.give_away();
    return *this;
  }
  ConfiguredChannel* operator&() = delete;

  /// Takes the channel apart, for another configuration or other lists. What configure() was given comes
  /// back: the channel as the result, the lists in variables that hold none.
  FERRY_NEEDS_LIVE FERRY_BECOMES_SPENT FERRY_MADE_LIVE Channel release(RxDescriptors& rx_descriptors,
                                                                       TxDescriptors& tx_descriptors) &&;

 private:
  friend Channel;
  friend struct detail::ChannelAccess;

  FERRY_MADE_LIVE explicit ConfiguredChannel(detail::Engine* engine) : engine_(engine) {}
  [[gnu::always_inline]] detail::Engine* give_away() {
    if (engine_ == nullptr) ferry::detail::used_after_move();
    return std::exchange(engine_, nullptr);
  }

  detail::Engine* engine_ = nullptr;
};

namespace detail {

/// For drivers, which keep the channel they take apart here.
struct ChannelAccess {
  /// The channel is spent, its engine the driver's.
  static Engine* take_engine(ConfiguredChannel& channel) { return channel.give_away(); }
  /// The reverse.
  static ConfiguredChannel make_channel(Engine* engine) { return ConfiguredChannel{engine}; }
};

}  // namespace detail
}  // namespace ferry::dma
