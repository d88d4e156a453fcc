// One channel pair of GDMA as a driver sees it: its registers, and what its lists describe at the moment.
//
// For drivers of peripherals, not for programs; programs hold a dma::ConfiguredChannel. A driver goes through
// these steps: prepare_…, reset_and_clear, start_…, then starts its peripheral; it reads interrupts() to
// learn how things stand; abort() ends everything early. What stays the same between two transfers is written
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
#include <optional>
#include <utility>

namespace ferry::dma::detail {

class Engine {
 public:
  explicit constexpr Engine(std::uint32_t number)
      : registers_(chip::dma::base + number * chip::dma::InConf0::stride),
        interrupt_registers_(chip::dma::base + number * chip::dma::IntRaw::stride) {}

  /// Takes the lists and writes what holds for all transfers: burst, owner check, priority. Stops nothing:
  /// the channel is idle when it is configured.
  void configure(bool burst, std::uint32_t priority, List* rx_list, List* tx_list);
  /// The peripheral at the other end, for both directions. `none` when a driver gives the channel back.
  void connect(chip::DmaPeripheral peripheral);
  /// Joins the two halves inside GDMA: what is sent is received, whatever they are connected to. In force
  /// from the next reset_and_clear() on.
  void join_halves(bool joined);

  /// Makes a receive list describe the first `length` bytes of the plan, at least 1, or finds out why it
  /// cannot. Cheap if the list describes them already. If they come as several frames of `frame` bytes, which
  /// the peripheral ends one by one, a descriptor ends with each of them: GDMA abandons the rest of a
  /// descriptor at the end of a frame.
  std::optional<Error> prepare_receive(const Plan& plan, std::uint32_t length, std::uint32_t frame = 0) {
    rx_list_ = plan.list != nullptr ? plan.list : own_rx_list_;
    const std::uint32_t form = frame << 1 | std::uint32_t{burst_};
    if (!describes(*rx_list_, plan, length, form)) return link_receive(plan, length, form);
    rearm_receive_list(rx_list_->in_use());
    return {};
  }
  /// The same for sending. With `zeros_follow` the list goes on with zeros for as long as the peripheral
  /// takes bytes, otherwise it ends behind the last byte.
  std::optional<Error> prepare_transmit(const Plan& plan, std::uint32_t length, bool zeros_follow) {
    tx_list_ = plan.list != nullptr ? plan.list : own_tx_list_;
    if (describes(*tx_list_, plan, length, zeros_follow)) return {};
    return link_transmit(plan, length, zeros_follow);
  }

  /// Both halves forget what they were doing, and all events of the channel are cleared: a stale "end of
  /// frame" would end the next wait at once. Five register writes.
  void reset_and_clear() {
    using namespace chip::dma;
    mmio::write_word<InConf0>(registers_, in_conf0_ | InConf0::in_rst(1).bits);
    mmio::write_word<InConf0>(registers_, in_conf0_);
    mmio::write_word<OutConf0>(registers_, out_conf0_ | OutConf0::out_rst(1).bits);
    mmio::write_word<OutConf0>(registers_, out_conf0_);
    mmio::write_word<IntClr>(interrupt_registers_, all_events);
  }

  /// Hands the prepared list to the hardware; bytes are stored as they come.
  void start_receive() {
    using chip::dma::InLink;
    // AUTO_RET keeps its reset value: after a reception error the same descriptor is used again.
    mmio::write(registers_, link_address(InLink::inlink_addr, *rx_list_) | InLink::inlink_auto_ret(1) |
                                InLink::inlink_start(1));
  }
  /// Hands the prepared list to the hardware, which begins to fill its FIFO at once.
  void start_transmit() {
    using chip::dma::OutLink;
    mmio::write(registers_, link_address(OutLink::outlink_addr, *tx_list_) | OutLink::outlink_start(1));
  }

  /// INT_RAW of the channel; see chip::dma::IntRaw for the fields. One load.
  std::uint32_t interrupts() const { return mmio::read<chip::dma::IntRaw>(interrupt_registers_); }
  /// Whether the transmit FIFO has bytes for the peripheral. One load.
  bool transmit_fifo_is_empty() const {
    return mmio::read(registers_, chip::dma::OutfifoStatus::outfifo_empty) != 0;
  }

  /// Tells both halves to stop after the access they are in. Two stores; the peripheral may have to be
  /// stopped before they come to rest.
  void stop();
  /// To be called when the peripheral has stopped: waits until both halves rest (bounded), resets them and
  /// clears their events. Afterwards nothing touches memory, and the next transfer builds its lists anew.
  /// Returns how many bytes GDMA reported as received until then.
  std::uint32_t finish_stop();

  /// Bytes that GDMA stored since prepare_receive(), not counting what completed the last word of a burst. To
  /// be read when the transfer is over.
  std::uint32_t received_length() const {
    const std::uint32_t stored = detail::received_length(rx_list_->in_use());
    return stored < rx_list_->length ? stored : rx_list_->length;
  }

  /// The lists, when the channel is taken apart.
  List* take_rx_list() { return std::exchange(own_rx_list_, nullptr); }
  List* take_tx_list() { return std::exchange(own_tx_list_, nullptr); }

 private:
  static constexpr std::uint32_t all_events = 0x1FFF;  // the 13 events of INT_RAW

  template <class Field>
  static chip::FieldValue<typename Field::register_type> link_address(Field field, const List& list) {
    return field.run_time(static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(list.first)));
  }
  static bool describes(const List& list, const Plan& plan, std::uint32_t length, std::uint32_t form) {
    return list.length == length && list.bytes == plan.pieces->bytes && list.form == form;
  }
  std::optional<Error> link_receive(const Plan& plan, std::uint32_t length, std::uint32_t form);
  std::optional<Error> link_transmit(const Plan& plan, std::uint32_t length, bool zeros_follow);

  std::uint32_t registers_;
  std::uint32_t interrupt_registers_;
  std::uint32_t in_conf0_ = 0;
  std::uint32_t out_conf0_ = 0;
  // The channel's lists, and those of the transfer at hand.
  List* own_rx_list_ = nullptr;
  List* own_tx_list_ = nullptr;
  List* rx_list_ = nullptr;
  List* tx_list_ = nullptr;
  bool burst_ = false;
};

/// The chip's channels.
extern Engine engines[3];

}  // namespace ferry::dma::detail
