// A receive half and a transmit half of GDMA as a driver sees them: their registers, and what their lists
// describe at the moment. Mostly the two halves of one channel.
//
// For drivers of peripherals, not for programs; programs hold a dma::ConfiguredChannel. A driver goes through
// these steps: prepare_…, reset_and_clear, start_…, then starts its peripheral; it reads interrupts() to
// learn how things stand; let_rest() follows a transfer that went well, stop() and finish_stop() end one
// early, cause() tells what is behind an error. What stays the same between two transfers is written
// once, in configure() and connect(): a transfer of the same buffers touches the control registers five times
// and the receive descriptors that GDMA closed, nothing else.
#pragma once

#include "chip/esp32c3/registers/dma.hpp"
#include "chip/esp32c3/signals.hpp"
#include "ferry/dma/descriptor.hpp"
#include "ferry/dma/error.hpp"
#include "ferry/dma/plan.hpp"
#include "ferry/mmio.hpp"

#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <utility>

namespace ferry::dma::detail {

/// What holds for all transfers of a channel; see dma::ChannelConfig.
struct Settings {
  bool rx_burst;
  bool tx_burst;
  std::uint32_t rx_priority;
  std::uint32_t tx_priority;
  bool owner_check;
  bool auto_write_back;
  bool eof_when_read;
};

/// Opens GDMA's clock and resets it, all channels.
void open_gdma();

class Engine {
 public:
  /// Each receive half has one; `number` is also its transmit half's until pair_with() says otherwise.
  explicit constexpr Engine(std::uint32_t number)
      : rx_registers_(chip::dma::base + number * chip::dma::InConf0::stride),
        rx_events_(chip::dma::base + number * chip::dma::IntRaw::stride),
        tx_registers_(rx_registers_),
        tx_events_(rx_events_) {}

  /// The transmit half that goes with this receive half.
  void pair_with(std::uint32_t transmit_half) {
    tx_registers_ = chip::dma::base + transmit_half * chip::dma::OutConf0::stride;
    tx_events_ = chip::dma::base + transmit_half * chip::dma::IntRaw::stride;
  }
  std::uint32_t receive_half() const {
    return (rx_registers_ - chip::dma::base) / chip::dma::InConf0::stride;
  }
  std::uint32_t transmit_half() const {
    return (tx_registers_ - chip::dma::base) / chip::dma::OutConf0::stride;
  }

  /// Takes the lists and writes what holds for all transfers. Stops nothing: the channel is idle when it is
  /// configured.
  void configure(const Settings& settings, List* rx_list, List* tx_list);
  /// The peripheral at the other end, for both directions. `none` when a driver gives the channel back.
  void connect(chip::DmaPeripheral peripheral);
  /// Joins the two halves inside GDMA: what is sent is received, whatever they are connected to. In force
  /// from the next reset_and_clear() on.
  void join_halves(bool joined);

  /// Makes a receive list describe the first `length` bytes of the plan, at least 1, or finds out why it
  /// cannot. Cheap if the list describes them already. If they come as several frames of `frame` bytes, which
  /// the peripheral ends one by one, a descriptor ends with each of them: GDMA abandons the rest of a
  /// descriptor at the end of a frame.
  [[gnu::always_inline]] std::optional<Error> prepare_receive(const Plan& plan, std::uint32_t length,
                                                              std::uint32_t frame = 0) {
    use_receive_list(plan.list != nullptr ? plan.list : own_rx_list_);
    const std::uint32_t form = frame << 1 | std::uint32_t{settings_.rx_burst};
    if (!describes(*rx_list_, plan.pieces->bytes, length, form)) return link_receive(plan, length, form);
    rearm_receive_list(rx_list_->in_use());
    return {};
  }
  /// The same for sending. With `zeros_follow` the list goes on with zeros for as long as the peripheral
  /// takes bytes, otherwise it ends behind the last byte.
  [[gnu::always_inline]] std::optional<Error> prepare_transmit(const Plan& plan, std::uint32_t length,
                                                               bool zeros_follow) {
    use_transmit_list(plan.list != nullptr ? plan.list : own_tx_list_);
    std::uint32_t form = plan.endless ? loop_form : zeros_follow ? zeros_form : 0;
    if (form == loop_form) [[unlikely]]
      length = length_of_loop(plan, length);
    if (settings_.auto_write_back) [[unlikely]]
      form = prepare_write_back(form);
    if (describes(*tx_list_, plan.pieces->bytes, length, form)) return {};
    return link_transmit(plan, length, form);
  }
  /// Both for memory in one piece and the channel's own list, which is what most transfers are. A receive
  /// list that describes the bytes already is left as it is; rearm_receive() gives it back.
  [[gnu::always_inline]] std::optional<Error> prepare_receive(const Region& region, std::uint32_t length,
                                                              std::uint32_t frame = 0) {
    if (rx_list_ != own_rx_list_) [[unlikely]]
      use_receive_list(own_rx_list_);
    const std::uint32_t form = frame << 1 | std::uint32_t{settings_.rx_burst};
    if (describes(*rx_list_, region.bytes, length, form)) return {};
    return link_receive(region, length, form);
  }
  [[gnu::always_inline]] std::optional<Error> prepare_transmit(const Region& region, std::uint32_t length,
                                                               bool zeros_follow) {
    if (tx_list_ != own_tx_list_) [[unlikely]]
      use_transmit_list(own_tx_list_);
    std::uint32_t form = zeros_follow ? zeros_form : 0;
    if (settings_.auto_write_back) [[unlikely]]
      form = prepare_write_back(form);
    if (describes(*tx_list_, region.bytes, length, form)) return {};
    return link_transmit(region, length, form);
  }

  /// For a transfer that is repeated: the receive list describes what it did, and only has to be given back.
  [[gnu::always_inline]] void rearm_receive() { rearm_receive_list(rx_list_->in_use()); }
  /// Whether the transmit list is as it was when a transfer has gone well.
  bool keeps_transmit_list() const { return !settings_.auto_write_back; }

  /// Both halves forget what they were doing, and all their events are cleared: a stale "end of frame" would
  /// end the next wait at once. Five register writes; six when the halves are of two channels.
  void reset_and_clear() {
    // The sending half first: joined to the other one, it would fill that one's FIFO again.
    reset_transmit();
    reset_receive();
    clear_events();
  }
  /// The same in parts, for who has something to do between them. Two writes, two, and one or two.
  [[gnu::always_inline]] void reset_transmit() { reset_transmit(tx_registers_); }
  [[gnu::always_inline]] void reset_transmit(std::uint32_t registers) {
    using chip::dma::OutConf0;
    // Behind a store the compiler would load the members again: for all it knows they are what was stored.
    const std::uint32_t conf = out_conf0_;
    mmio::write_word<OutConf0>(registers, conf | OutConf0::out_rst(1).bits);
    mmio::write_word<OutConf0>(registers, conf);
  }
  [[gnu::always_inline]] void reset_receive() { reset_receive(rx_registers_); }
  [[gnu::always_inline]] void reset_receive(std::uint32_t registers) {
    using chip::dma::InConf0;
    const std::uint32_t conf = in_conf0_;
    mmio::write_word<InConf0>(registers, conf | InConf0::in_rst(1).bits);
    mmio::write_word<InConf0>(registers, conf);
  }
  [[gnu::always_inline]] void clear_events() { clear(event_registers()); }

  /// Where the registers of the two halves are, and their events: for who needs them more than once, as
  /// behind a store the compiler would load the members again.
  std::uint32_t receive_registers() const { return rx_registers_; }
  std::uint32_t transmit_registers() const { return tx_registers_; }
  struct EventRegisters {
    std::uint32_t rx, tx;
  };
  EventRegisters event_registers() const { return {rx_events_, tx_events_}; }
  /// clear_events() and interrupts() of these.
  [[gnu::always_inline]] static void clear(EventRegisters of) {
    using chip::dma::IntClr;
    if (of.tx == of.rx) [[likely]] {
      mmio::write_word<IntClr>(of.rx, all_events);
    } else {
      mmio::write_word<IntClr>(of.rx, receive_events);
      mmio::write_word<IntClr>(of.tx, all_events & ~receive_events);
    }
  }
  [[gnu::always_inline]] static std::uint32_t read(EventRegisters of) {
    const std::uint32_t events = mmio::read<chip::dma::IntRaw>(of.rx);
    if (of.tx == of.rx) [[likely]]
      return events;
    return (events & receive_events) | (mmio::read<chip::dma::IntRaw>(of.tx) & ~receive_events);
  }

  /// Hands the prepared list to the hardware; bytes are stored as they come.
  void start_receive() { start_receive(rx_registers_); }
  void start_receive(std::uint32_t registers) { mmio::write_word<chip::dma::InLink>(registers, in_start_); }
  /// The same with a list that begins at this descriptor, the address of one of the list's.
  void start_receive_at(std::uint32_t descriptor) {
    using chip::dma::InLink;
    mmio::write(rx_registers_, InLink::inlink_addr.run_time(descriptor) | InLink::inlink_auto_ret(1) |
                                   InLink::inlink_start(1));
  }
  /// Hands the prepared list to the hardware, which begins to fill its FIFO at once.
  void start_transmit() { start_transmit(tx_registers_); }
  void start_transmit(std::uint32_t registers) {
    mmio::write_word<chip::dma::OutLink>(registers, out_start_);
  }

  /// Goes on with `length` bytes more, at least 1, behind lists that run or have come to their end; nullptr
  /// for a direction that is left out. Neither list has changed if one of them cannot go on. What is received
  /// may come in frames as in prepare_receive(); `before` bytes of the first one come before.
  struct Frames {
    std::uint32_t length = 0, before = 0;
  };
  std::optional<Error> append(const Plan* rx, const Plan* tx, std::uint32_t length, Frames frames);
  /// Makes the start of `free`, a part of the channel's list that nothing uses, describe the first `length`
  /// bytes of the plan, at least 1, with an end behind them, and tells how many descriptors that took; or
  /// finds out why it cannot. Nothing is linked to them. For frames see prepare_receive().
  std::expected<std::uint32_t, Error> describe_receive(std::span<Descriptor> free, const Plan& plan,
                                                       std::uint32_t length, std::uint32_t frame) const;
  static std::expected<std::uint32_t, Error> describe_transmit(std::span<Descriptor> free, const Plan& plan,
                                                               std::uint32_t length);
  /// The channel's lists, while it is configured.
  List* own_rx_list() const { return own_rx_list_; }
  List* own_tx_list() const { return own_tx_list_; }
  /// Whether everything has arrived that the receive list describes. No register is read.
  bool receive_list_is_full() const;
  /// Whether GDMA has filled and closed the first descriptor of the receive list. No register is read.
  bool has_stored_a_descriptor() const;

  /// Lists that their owner has linked, and makes longer while they run; transmit descriptors come back to
  /// their owner when they are sent. nullptr for a direction that is left out. In force from the next
  /// reset_and_clear() on, until disown().
  void adopt(List* rx_list, List* tx_list);
  void disown();
  /// The list has become longer: the hardware reads the link of the last descriptor that it has loaded again,
  /// now or when it is done with that one, and goes on if it rested. One store.
  void restart_receive() {
    using chip::dma::InLink;
    mmio::write(rx_registers_, link_address(InLink::inlink_addr, *rx_list_) | InLink::inlink_auto_ret(1) |
                                   InLink::inlink_restart(1));
  }
  void restart_transmit() {
    using chip::dma::OutLink;
    mmio::write(tx_registers_, link_address(OutLink::outlink_addr, *tx_list_) | OutLink::outlink_restart(1));
  }

  /// INT_RAW of the channel; see chip::dma::IntRaw for the fields. One load; two when the halves are of two
  /// channels, whose other halves' events are left out.
  [[gnu::always_inline]] std::uint32_t interrupts() const { return read(event_registers()); }
  /// Forgets these events of the receive half, while the channel goes on. One store.
  void clear_received(std::uint32_t events) { mmio::write_word<chip::dma::IntClr>(rx_events_, events); }
  /// Whether the transmit FIFO has bytes for the peripheral. One load.
  bool transmit_fifo_is_empty() const {
    return mmio::read(tx_registers_, chip::dma::OutfifoStatus::outfifo_empty) != 0;
  }

  /// Behind start_transmit(): waits until the transmit FIFO has bytes for the peripheral, or one of these
  /// events says why there will be none. Bounded; false if neither has come.
  [[gnu::always_inline]] bool wait_for_first_byte(std::uint32_t events = all_events) const {
    // Events are looked at less often: most of the time the second look at the FIFO finds the byte.
    for (std::uint32_t polls = first_byte_polls; polls != 0; --polls) {
      if (!transmit_fifo_is_empty()) return true;
      if (polls % polls_per_look == 1 && (interrupts() & events) != 0) return true;
    }
    return false;
  }
  /// When the peripheral has ended a frame before its time: waits until GDMA has closed the descriptor at
  /// hand. Bounded; if other channels keep GDMA from it for longer, the bytes in this descriptor do not count
  /// as received. That is not told as an error: what is ended early has one already, or, as a stream that the
  /// program stops, tells how much came.
  void wait_for_frame_end() const;

  /// When a transfer went well: stops a transmit list that has no end, and resets its half, as STOP alone
  /// lets an access end that is under way. Otherwise the halves rest by themselves.
  [[gnu::always_inline]] void let_rest() {
    if (!has_end(tx_list_->form)) end_list();
  }
  /// That of a driver that knows of its list that it has no end.
  void end_list();
  /// Tells both halves to stop after the access they are in. Two stores; the peripheral may have to be
  /// stopped before they come to rest.
  void stop();
  /// Which halves a driver has started.
  struct Started {
    bool receives, sends;
  };
  /// To be called when the peripheral has stopped: waits until both halves rest, resets them and clears their
  /// events. Bounded, and the bound is no error, behind a transfer that went well no more than behind
  /// another: the reset does not need the rest, and takes from a half that does not come to it the list, the
  /// FIFO and what it is at. In any case nothing touches memory afterwards; a descriptor that such a half did
  /// not get to close does not count as received. The next transfer builds the lists of the halves that were
  /// started anew. Other lists are left alone: one that was lent to an earlier transfer may be another
  /// channel's by now. Returns how many bytes GDMA reported as received until then. If somebody has reset
  /// GDMA, the channel is set up again. If GDMA has no clock or is held in reset, it is opened again, which
  /// ends what the other channels are at, and all of them are set up again.
  std::uint32_t finish_stop(Started started);
  /// What is behind an error that a driver found, or behind a deadline that passed: whether GDMA was stopped,
  /// reset or deprived of its clock behind the driver's back. Otherwise the error itself. To be asked before
  /// anything is stopped.
  Error cause(Error found, Started started) const;
  /// Of that what can be told at any time: whether GDMA has no clock, or is or was reset. Three loads.
  std::optional<Error> loss_of_gdma() const;
  /// Whether the half has no descriptor to go on with, or was stopped. One load each.
  bool receive_half_rests() const { return mmio::read(rx_registers_, chip::dma::InLink::inlink_park) != 0; }
  bool transmit_half_rests() const {
    return mmio::read(tx_registers_, chip::dma::OutLink::outlink_park) != 0;
  }

  /// Bytes that GDMA stored since prepare_receive(), not counting what completed the last word of a burst. To
  /// be read when the transfer is over.
  [[gnu::always_inline]] std::uint32_t received_length() const {
    const List& list = *rx_list_;
    const std::uint32_t stored = detail::received_length(list.in_use());
    return stored < list.length ? stored : list.length;
  }

  /// Of a transfer that sends and was ended early: bytes that have left for certain. To be read when the
  /// peripheral has stopped, before finish_stop(). One load.
  std::uint32_t sent_length() const;
  /// The same as bounds, with the zeros that follow. The two are less than 8,400 apart, except where nothing
  /// is known of the upper one: behind the zeros that are counted, and in a source without an end.
  struct Sent {
    std::uint32_t least, most;
  };
  Sent sent() const;

  /// The lists, when the channel is taken apart.
  List* take_rx_list() { return std::exchange(own_rx_list_, nullptr); }
  List* take_tx_list() { return std::exchange(own_tx_list_, nullptr); }

 private:
  static constexpr std::uint32_t all_events = 0x1FFF;  // the 13 events of INT_RAW
  static constexpr std::uint32_t receive_events = 0x06A7;
  // Between the start of a channel and its first bytes lie some 60 CPU cycles, more when other channels are
  // served first. Waiting longer than this has no point.
  static constexpr std::uint32_t first_byte_polls = 20'000, polls_per_look = 16;
  // Forms of a transmit list: how it ends, if it has no end of its own; and that it has one, and GDMA gives
  // its descriptors back. Such a list is another one to channels that do not look for that.
  static constexpr std::uint32_t zeros_form = 1, loop_form = 2, written_back_form = 4;
  static constexpr bool has_end(std::uint32_t form) { return (form & (zeros_form | loop_form)) == 0; }

  template <class Field>
  static chip::FieldValue<typename Field::register_type> link_address(Field field, const List& list) {
    return field.run_time(address_of(list.first));
  }
  // A source without an end is described once; one of no bytes cannot be.
  [[gnu::noinline]] static std::uint32_t length_of_loop(const Plan& plan, std::uint32_t length) {
    return plan.size != 0 ? plan.size : length;
  }
  static bool describes(const List& list, const std::byte* bytes, std::uint32_t length, std::uint32_t form) {
    return list.length == length && list.bytes == bytes && list.form == form;
  }
  // What starts a list is made when the list is chosen, not by every start.
  void use_receive_list(List* list) {
    using chip::dma::InLink;
    rx_list_ = list;
    // AUTO_RET keeps its reset value: after a reception error the same descriptor is used again.
    in_start_ =
        (link_address(InLink::inlink_addr, *list) | InLink::inlink_auto_ret(1) | InLink::inlink_start(1))
            .bits;
  }
  void use_transmit_list(List* list) {
    using chip::dma::OutLink;
    tx_list_ = list;
    out_start_ = (link_address(OutLink::outlink_addr, *list) | OutLink::outlink_start(1)).bits;
  }
  std::optional<Error> link_receive(const Plan& plan, std::uint32_t length, std::uint32_t form);
  std::optional<Error> link_transmit(const Plan& plan, std::uint32_t length, std::uint32_t form);
  std::optional<Error> link_receive(const Region& region, std::uint32_t length, std::uint32_t form);
  std::optional<Error> link_transmit(const Region& region, std::uint32_t length, std::uint32_t form);
  bool is_misaligned(const Region& piece, std::uint32_t part, bool last) const;
  std::optional<Error> fill_receive(ListBuilder& builder, const Plan& plan, std::uint32_t length) const;
  static std::optional<Error> fill_transmit(ListBuilder& builder, const Plan& plan, std::uint32_t length);
  std::uint32_t prepare_write_back(std::uint32_t form);
  void write_settings();
  void write_registers();
  void mend();
  bool receive_half_was_stopped() const;
  bool transmit_half_was_stopped() const;

  std::uint32_t rx_registers_;
  std::uint32_t rx_events_;
  std::uint32_t tx_registers_;
  std::uint32_t tx_events_;
  std::uint32_t in_conf0_ = 0;
  std::uint32_t out_conf0_ = 0;
  std::uint32_t in_start_ = 0;
  std::uint32_t out_start_ = 0;
  // The channel's lists, and those of the transfer at hand.
  List* own_rx_list_ = nullptr;
  List* own_tx_list_ = nullptr;
  List* rx_list_ = nullptr;
  List* tx_list_ = nullptr;
  Settings settings_{};
  chip::DmaPeripheral peripheral_ = chip::DmaPeripheral::none;
};

/// The chip's receive halves, each with the transmit half that goes with it.
extern Engine engines[3];

}  // namespace ferry::dma::detail
