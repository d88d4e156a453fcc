// One channel of GDMA: a receive and a transmit half that belong together.
#pragma once

#include "ferry/dma/buffer.hpp"
#include "ferry/dma/engine.hpp"
#include "ferry/ownership.hpp"

#include <cstdint>
#include <utility>

namespace ferry::dma {

class Dma;
struct ChannelConfig;
template <bool whole>
class BasicChannel;
template <bool whole>
class BasicConfiguredChannel;

namespace detail {

struct ChannelAccess;

void configure(Engine& engine, const ChannelConfig& config, RxDescriptors& rx_descriptors,
               TxDescriptors& tx_descriptors);
void take_lists(Engine& engine, RxDescriptors& rx_descriptors, TxDescriptors& tx_descriptors);
/// Ends the program: halves of two channels were to be one.
[[noreturn]] FERRY_KEPT_APART void not_one_channel();

}  // namespace detail

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

/// Urgency of both halves of a channel: one for both, or one each.
class Priorities {
 public:
  consteval Priorities(int both) : receive_(both), transmit_(both) {}  // NOLINT: meant to convert
  consteval Priorities(int receive, int transmit) : receive_(receive), transmit_(transmit) {}

  constexpr Priority receive() const { return receive_; }
  constexpr Priority transmit() const { return transmit_; }

 private:
  Priority receive_, transmit_;
};

/// Which halves move data in bursts: fewer bus cycles per word. Receive buffers are then described in whole
/// words, 4092 bytes per descriptor instead of 4095, and have to start on a word; buffers of dma_buffers()
/// always fit. Sending knows no alignment.
class Burst {
 public:
  constexpr Burst(bool both) : receive_(both), transmit_(both) {}  // NOLINT: meant to convert
  constexpr Burst(bool receive, bool transmit) : receive_(receive), transmit_(transmit) {}

  constexpr bool receive() const { return receive_; }
  constexpr bool transmit() const { return transmit_; }

 private:
  bool receive_, transmit_;
};

/// When the bytes of a descriptor count as sent, for the events OUT_EOF and OUT_TOTAL_EOF.
enum class Eof : std::uint8_t {
  when_taken,  ///< the peripheral has taken the last one out of the FIFO
  when_read,   ///< the last one has entered the FIFO
};

/// Settings of both halves of a channel.
struct ChannelConfig {
  Burst burst = false;
  Priorities priority = 0;
  /// GDMA refuses descriptors that belong to the CPU: the net under a list that somebody wrote over.
  bool owner_check = true;
  /// GDMA gives transmit descriptors back to the CPU when it has sent them. One write to memory more for
  /// each; sources without an end do without.
  bool auto_write_back = false;
  Eof eof = Eof::when_taken;
};

/// One half of a channel, for itself: what split() makes of one. Its number is the channel's.
///
/// Moved straight out of Halves into join() or unite() it is not followed by the compiler; used twice it is
/// fatal then. `auto receive = ferry::take_out(halves.receive);` makes a local variable of it that is.
template <Direction direction>
class [[nodiscard]] FERRY_CONSUMABLE Half {
 public:
  [[gnu::always_inline]] Half(Half&& other FERRY_TAKES_LIVE) : number_(other.give_away()) {}
  Half& operator=(Half&&) = delete;
  Half* operator&() = delete;

 private:
  template <bool whole>
  friend class BasicChannel;
  friend struct detail::ChannelAccess;

  static constexpr std::uint8_t none = 0xFF;

  FERRY_MADE_LIVE explicit Half(std::uint32_t number) : number_(static_cast<std::uint8_t>(number)) {}
  [[gnu::always_inline]] std::uint8_t give_away() {
    if (number_ == none) ferry::detail::used_after_move();
    return std::exchange(number_, none);
  }

  std::uint8_t number_;
};
using RxHalf = Half<Direction::receive>;
using TxHalf = Half<Direction::transmit>;

/// Both halves of what was split.
struct Halves {
  RxHalf receive;
  TxHalf transmit;
};

/// A receive and a transmit half that nobody uses yet: of one channel (`whole`, the usual case: Channel) or
/// of any two (ChannelHalves). It comes out of a member of Dma, so the compiler knows less of it than of the
/// other parts: only that it was certainly used up.
///
/// The halves of a channel do not depend on each other: a driver may receive by one channel and send by
/// another, and leave the other halves to a second driver. Only memory to memory needs both of one.
template <bool whole>
class [[nodiscard]] FERRY_CONSUMABLE BasicChannel {
 public:
  BasicChannel(BasicChannel&& other) : engine_(other.give_away()) {}
  BasicChannel& operator=(BasicChannel&&) = delete;
  BasicChannel* operator&() = delete;

  /// Sets the channel up and gives it the descriptor lists it will fill. Does not block, cannot fail; lists
  /// that were moved away before are fatal.
  FERRY_NEEDS_UNSPENT FERRY_BECOMES_SPENT FERRY_MADE_LIVE BasicConfiguredChannel<whole> configure(
      ChannelConfig config, RxDescriptors rx_descriptors, TxDescriptors tx_descriptors) && {
    detail::Engine* engine = give_away();
    detail::configure(*engine, config, rx_descriptors, tx_descriptors);
    return BasicConfiguredChannel<whole>{engine};
  }

  /// Its halves as things of their own.
  FERRY_NEEDS_UNSPENT FERRY_BECOMES_SPENT Halves split() && {
    const detail::Engine* engine = give_away();
    return {RxHalf{engine->receive_half()}, TxHalf{engine->transmit_half()}};
  }

 private:
  friend Dma;
  friend BasicConfiguredChannel<whole>;
  friend struct detail::ChannelAccess;

  FERRY_MADE_LIVE explicit BasicChannel(detail::Engine* engine) : engine_(engine) {}
  [[gnu::always_inline]] detail::Engine* give_away() {
    if (engine_ == nullptr) ferry::detail::used_after_move();
    return std::exchange(engine_, nullptr);
  }

  detail::Engine* engine_;
};
using Channel = BasicChannel<true>;
using ChannelHalves = BasicChannel<false>;

/// Two halves with settings and lists, ready for a peripheral driver: ConfiguredChannel of one channel,
/// ConfiguredHalves of any two.
template <bool whole>
class [[nodiscard]] FERRY_CONSUMABLE BasicConfiguredChannel {
 public:
  /// A spent one, to be filled by an assignment or by a driver that gives its channel back.
  FERRY_MADE_SPENT BasicConfiguredChannel() = default;
  BasicConfiguredChannel(BasicConfiguredChannel&& other FERRY_TAKES_LIVE) : engine_(other.give_away()) {}
  FERRY_NEEDS_SPENT FERRY_BECOMES_LIVE BasicConfiguredChannel& operator=(
      BasicConfiguredChannel&& other FERRY_TAKES_LIVE) {
    if (engine_ != nullptr) ferry::detail::overwritten_while_live();
    engine_ = other.give_away();
    return *this;
  }
  BasicConfiguredChannel* operator&() = delete;

  /// Takes the channel apart, for another configuration or other lists. What configure() was given comes
  /// back: the channel as the result, the lists in variables that hold none.
  FERRY_NEEDS_LIVE FERRY_BECOMES_SPENT FERRY_MADE_LIVE BasicChannel<whole> release(
      RxDescriptors& rx_descriptors, TxDescriptors& tx_descriptors) && {
    detail::Engine* engine = give_away();
    detail::take_lists(*engine, rx_descriptors, tx_descriptors);
    return BasicChannel<whole>{engine};
  }

 private:
  friend BasicChannel<whole>;
  friend struct detail::ChannelAccess;

  FERRY_MADE_LIVE explicit BasicConfiguredChannel(detail::Engine* engine) : engine_(engine) {}
  [[gnu::always_inline]] detail::Engine* give_away() {
    if (engine_ == nullptr) ferry::detail::used_after_move();
    return std::exchange(engine_, nullptr);
  }

  detail::Engine* engine_ = nullptr;
};
using ConfiguredChannel = BasicConfiguredChannel<true>;
using ConfiguredHalves = BasicConfiguredChannel<false>;

/// A receive and a transmit half for one driver, of one channel or of two.
FERRY_MADE_LIVE ChannelHalves join(RxHalf receive FERRY_TAKES_LIVE, TxHalf transmit FERRY_TAKES_LIVE);
/// The halves of one channel put together again; those of two are fatal.
FERRY_MADE_LIVE Channel unite(RxHalf receive FERRY_TAKES_LIVE, TxHalf transmit FERRY_TAKES_LIVE);

namespace detail {

/// For drivers, which keep the channel they take apart here.
struct ChannelAccess {
  /// The channel is spent, its engine the driver's.
  template <bool whole>
  static Engine* take_engine(BasicConfiguredChannel<whole>& channel) {
    return channel.give_away();
  }
  /// The reverse. Halves of two channels that shall be one channel are fatal.
  template <bool whole = true>
  static BasicConfiguredChannel<whole> make_channel(Engine* engine) {
    if (whole && engine->receive_half() != engine->transmit_half()) not_one_channel();
    return BasicConfiguredChannel<whole>{engine};
  }
  /// The engine of these halves, which are spent then.
  static Engine* pair(RxHalf& receive, TxHalf& transmit) {
    Engine* engine = engines + receive.give_away();
    engine->pair_with(transmit.give_away());
    return engine;
  }
  template <bool whole>
  static BasicChannel<whole> unconfigured(Engine* engine) {
    return BasicChannel<whole>{engine};
  }
};

}  // namespace detail
}  // namespace ferry::dma
