// A channel of GDMA, driven by hand: structs, functions and the manual's registers.
//
// Lists of any length for bytes at any address; what a list describes is remembered, so that the same again
// only gives the closed receive descriptors back. Nothing is owned: who calls sees to it that the bytes stay.
#pragma once

#include "chip/esp32c3/registers/dma.hpp"
#include "chip/esp32c3/signals.hpp"
#include <ferry/mmio.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace by_hand {

namespace chip = ferry::chip;
namespace mmio = ferry::mmio;

enum class Status : std::uint8_t {
  ok,
  busy,  // a transfer is under way
  // Found before anything is started.
  length_beyond_buffer,
  too_few_descriptors,
  outside_dma_memory,
  misaligned,
  value_too_large,
  partial_clock,
  line_not_routed,
  // Found by the hardware.
  start_failed,
  descriptor_error,
  list_too_short,
  overflow,
  underflow,
  timed_out,
  clock_off,
  in_reset,
};

struct Buffer {
  std::byte* bytes;
  std::uint32_t size;      // bytes that may be used
  std::uint32_t capacity;  // bytes that are there, for the last word of a burst
};

struct Descriptor {
  std::uint32_t word0, buffer, next;
};
inline constexpr std::uint32_t owned_by_dma = 1u << 31, end_of_frame = 1u << 30;
inline constexpr std::uint32_t size_mask = 0xFFF, length_shift = 12;

struct List {
  Descriptor* first;
  std::uint32_t capacity;  // descriptors that are there
  // What it describes; nothing while `length` is 0.
  std::uint32_t count;
  const std::byte* bytes;
  std::uint32_t length;
  std::uint32_t frame;  // a descriptor ends with each frame of so many bytes; 0: anywhere
  bool zeros_follow;
};

// Mostly the two halves of one channel; they may be those of two.
struct Half {
  std::uint32_t registers;  // of channel 0, 1 or 2
  std::uint32_t events;
  std::uint32_t conf;
  std::uint32_t start;  // what LINK gets to begin with the list
  List list;
};
struct Channel {
  Half rx, tx;
  bool burst;
};

inline constexpr std::uint32_t all_channel_events = 0x1FFF, receive_half_events = 0x06A7;

// Sets the halves up for a peripheral. Their lists are in place.
void open_channel(Channel& channel, unsigned rx_number, unsigned tx_number, bool burst,
                  chip::DmaPeripheral peripheral);

Status link_receive(Channel& channel, const Buffer& buffer, std::uint32_t length, std::uint32_t frame);
Status link_transmit(Channel& channel, const Buffer& buffer, std::uint32_t length, bool zeros_follow);
// Both halves stop after the access that they are in, and forget what they were at.
void stop_channel(Channel& channel);
inline std::uint32_t address_of(const void* object) {
  return static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(object));
}

// GDMA closes receive descriptors in order.
[[gnu::always_inline]] inline void give_back(const List& list) {
  Descriptor* descriptor = list.first;
  for (std::uint32_t left = list.count; left != 0 && (descriptor->word0 & owned_by_dma) == 0; --left) {
    descriptor->word0 = owned_by_dma | (descriptor->word0 & size_mask);
    ++descriptor;
  }
}

// Bytes that came into the list, the last word's rest not counted.
[[gnu::always_inline]] inline std::uint32_t received(const List& list) {
  std::uint32_t bytes = 0;
  const Descriptor* descriptor = list.first;
  for (std::uint32_t left = list.count; left != 0 && (descriptor->word0 & owned_by_dma) == 0; --left) {
    bytes += descriptor->word0 >> length_shift & size_mask;
    ++descriptor;
  }
  return std::min(bytes, list.length);
}

// Makes the list describe these bytes, if it does not yet.
[[gnu::always_inline]] inline Status prepare_receive(Channel& channel, const Buffer& buffer,
                                                     std::uint32_t length, std::uint32_t frame) {
  const List& list = channel.rx.list;
  if (list.length == length && list.bytes == buffer.bytes && list.frame == frame) return Status::ok;
  return link_receive(channel, buffer, length, frame);
}
[[gnu::always_inline]] inline Status prepare_transmit(Channel& channel, const Buffer& buffer,
                                                      std::uint32_t length, bool zeros_follow) {
  const List& list = channel.tx.list;
  if (list.length == length && list.bytes == buffer.bytes && list.zeros_follow == zeros_follow)
    return Status::ok;
  return link_transmit(channel, buffer, length, zeros_follow);
}

[[gnu::always_inline]] inline void start_receive(const Half& half) {
  mmio::write_word<chip::dma::InLink>(half.registers, half.start);
}
[[gnu::always_inline]] inline void start_transmit(const Half& half) {
  mmio::write_word<chip::dma::OutLink>(half.registers, half.start);
}

// Read once by who asks more than once: behind a store the compiler would load them again.
struct Events {
  std::uint32_t rx, tx;
};
[[gnu::always_inline]] inline void reset_channel(const Channel& channel, const Events& events) {
  using namespace chip::dma;
  const std::uint32_t rx = channel.rx.registers, rx_conf = channel.rx.conf;
  const std::uint32_t tx = channel.tx.registers, tx_conf = channel.tx.conf;
  mmio::write_word<OutConf0>(tx, tx_conf | OutConf0::out_rst(1).bits);
  mmio::write_word<OutConf0>(tx, tx_conf);
  mmio::write_word<InConf0>(rx, rx_conf | InConf0::in_rst(1).bits);
  mmio::write_word<InConf0>(rx, rx_conf);
  if (events.rx == events.tx) [[likely]] {
    mmio::write_word<IntClr>(events.rx, all_channel_events);
  } else {
    mmio::write_word<IntClr>(events.rx, receive_half_events);
    mmio::write_word<IntClr>(events.tx, all_channel_events & ~receive_half_events);
  }
}

[[gnu::always_inline]] inline std::uint32_t read_events(const Events& of) {
  using chip::dma::IntRaw;
  const std::uint32_t events = mmio::read<IntRaw>(of.rx);
  if (of.tx == of.rx) [[likely]]
    return events;
  return (events & receive_half_events) | (mmio::read<IntRaw>(of.tx) & ~receive_half_events);
}
[[gnu::always_inline]] inline std::uint32_t channel_events(const Channel& channel) {
  return read_events({channel.rx.events, channel.tx.events});
}

// Until the transmit FIFO has a byte, or an event says why there will be none. Bounded.
[[gnu::always_inline]] inline bool wait_for_first_byte(const Channel& channel) {
  const std::uint32_t registers = channel.tx.registers;
  for (std::uint32_t polls = 20'000; polls != 0; --polls) {
    if (mmio::read(registers, chip::dma::OutfifoStatus::outfifo_empty) == 0) return true;
    if (polls % 16 == 1 && channel_events(channel) != 0) return true;
  }
  return false;
}

}  // namespace by_hand
