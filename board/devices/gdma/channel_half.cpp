#include "board/devices/gdma/channel_half.hpp"

#include "board/devices/gdma/gdma.hpp"
#include "board/image/text.hpp"
#include "chip/esp32c3/memory_map.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace ferry::board::gdma {

namespace {

constexpr auto reach = chip::memory_map::dma_memory;

// AHB cycles. Nothing published says what they are on this chip; these are those of an AHB master without
// wait states: a single access has an address and a data cycle, a burst has one address cycle and then data.
constexpr unsigned single_access = 2;
constexpr unsigned burst_address = 1;
constexpr std::uint32_t single_bytes = 4, burst_bytes = 16;

}  // namespace

void ChannelHalf::start(std::uint32_t address) {
  if (held_in_reset_) return;
  if (state_ == State::halted) {
    gdma_.notice_once(Gdma::Notice::start_while_halted,
                      name() + ": START has no effect after a descriptor error, reset the channel first");
    return;
  }
  gdma_.abandon(*this);
  burst_left_ = 0;
  stop_requested_ = restart_requested_ = false;
  ever_started_ = true;
  list_continues();
  tell_ended("started anew");
  tell_started(address);
  load(address, start_latency());
}

void ChannelHalf::stop() {
  if (parked()) return;
  if (gdma_.serves(*this)) {
    stop_requested_ = true;
  } else {
    park("stopped");
  }
}

void ChannelHalf::restart() {
  if (held_in_reset_ || state_ == State::halted || !loaded_) return;
  if (state_ != State::parked) {
    restart_requested_ = true;
    return;
  }
  state_ = State::reloading;
  ready_ = gdma_.after_cycles(start_latency());
  gdma_.wake();
}

void ChannelHalf::hold_in_reset(bool held) {
  if (held && !held_in_reset_) clear();
  held_in_reset_ = held;
}

void ChannelHalf::clear() {
  tell_ended("reset");
  gdma_.abandon(*this);
  state_ = State::parked;
  fifo_.clear();
  held_in_reset_ = stop_requested_ = restart_requested_ = loaded_ = ever_started_ = false;
  current_ = {};
  done_ = burst_left_ = 0;
  next_ = shown_ = previous_ = load_address_ = 0;
  forget();
}

void ChannelHalf::archive_half(StateArchive& archive) {
  archive(fifo_, state_, current_, done_, beat_, ready_, ever_started_, held_in_reset_, stop_requested_,
          restart_requested_, announced_, loaded_, load_address_, burst_left_, next_, shown_, previous_);
}

Request ChannelHalf::request() const {
  switch (state_) {
    case State::parked:
    case State::halted:
      return {};
    case State::loading:
      return {Transaction::load_descriptor, ready_};
    case State::reloading:
      return {Transaction::reload_link, ready_};
    case State::closing:
      return {Transaction::write_back, ready_};
    case State::working:
      return work();
  }
  return {};
}

unsigned ChannelHalf::begin(Transaction what) {
  switch (what) {
    case Transaction::none:
      break;
    case Transaction::load_descriptor:
      return descriptor_burst() ? burst_address + 3 : 3 * single_access;
    case Transaction::reload_link:
      return single_access;
    case Transaction::write_back:
      begin_write_back();
      return single_access;
    case Transaction::move_data:
      burst_left_ = data_to_move();
      begin_beat();
      return single_access;
  }
  return single_access;
}

// Data pass the bus a word at a time, less at the ends of a buffer that is not aligned. The first beat of a
// burst has the address cycle, the others follow cycle by cycle.
void ChannelHalf::begin_beat() {
  beat_ = std::min(burst_left_, single_bytes - (current_.buffer + done_) % single_bytes);
  burst_left_ -= beat_;
}

unsigned ChannelHalf::next_beat() {
  if (burst_left_ == 0 || state_ != State::working) return 0;
  begin_beat();
  return 1;
}

void ChannelHalf::finish(Transaction what) {
  switch (what) {
    case Transaction::none:
      break;
    case Transaction::load_descriptor:
      finish_load();
      break;
    case Transaction::reload_link:
      finish_reload();
      break;
    case Transaction::write_back:
      finish_write_back();
      break;
    case Transaction::move_data:
      finish_data();
      break;
  }
  if (stop_requested_ && !parked()) park("stopped");
  stop_requested_ = false;
}

void ChannelHalf::load(std::uint32_t address, unsigned delay) {
  state_ = State::loading;
  load_address_ = address;
  ready_ = gdma_.after_cycles(delay);
  gdma_.wake();
}

void ChannelHalf::finish_load() {
  std::array<std::byte, Descriptor::bytes> memory{};
  if (!reach.contains(load_address_, Descriptor::bytes)) return fail("descriptor outside DMA memory");
  if (load_address_ % 4 != 0) {
    undefined("a descriptor whose address is no multiple of 4", load_address_);
    return fail("descriptor misaligned");
  }
  gdma_.memory().read(load_address_, memory);
  current_ = Descriptor::from(load_address_, memory);
  done_ = 0;
  loaded_ = true;
  previous_ = shown_;
  shown_ = current_.address;
  next_ = current_.next;
  if (gdma_.observers().any(Topic::dma))
    gdma_.observers().tell(&Observer::dma_descriptor_loaded,
                           DmaDescriptorEvent{channel_, direction_, current_.address, current_.word0,
                                              current_.buffer, current_.next});
  if (const auto why = check(current_)) return fail(*why);
  state_ = State::working;
}

// The owner bit only when the channel checks it; the addresses always. The raw bit's description names errors
// of the second and of the third word.
std::optional<std::string_view> ChannelHalf::check(const Descriptor& descriptor) {
  if (owner_checked() && !descriptor.owned_by_dma()) return "descriptor belongs to the CPU";
  if (!reach.contains(descriptor.buffer)) return "buffer outside DMA memory";
  if (descriptor.next != 0 && !reach.contains(descriptor.next)) return "next descriptor outside DMA memory";
  return refuse(descriptor);
}

void ChannelHalf::finish_reload() {
  std::array<std::byte, Descriptor::bytes> memory{};
  gdma_.memory().read(current_.address, memory);
  next_ = Descriptor::from(current_.address, memory).next;
  if (next_ == 0) return park("end of list");
  if (!reach.contains(next_)) return fail("next descriptor outside DMA memory");
  list_continues();
  tell_started(next_);
  load(next_, 0);
}

void ChannelHalf::go_on() {
  if (stop_requested_) return;  // `finish` parks
  if (restart_requested_) {
    restart_requested_ = false;
    state_ = State::reloading;
    ready_ = 0;
  } else if (next_ != 0) {
    load(next_, 0);
  } else {
    state_ = State::parked;
    list_ended();
  }
}

void ChannelHalf::park(std::string_view why) {
  state_ = State::parked;
  stop_requested_ = restart_requested_ = false;
  tell_ended(why);
}

void ChannelHalf::fail(std::string_view why) {
  state_ = State::halted;
  tell_ended(why);
  gdma_.raise(channel_, error_bit());
}

void ChannelHalf::undefined(std::string_view what, std::uint32_t address) {
  gdma_.notice_once(Gdma::Notice::undefined_descriptor,
                    name() + ": " + std::string(what) +
                        " is not defined in the manual; the board takes it as a " +
                        "descriptor error (descriptor at " + hex(address) + ")");
}

std::string ChannelHalf::name() const {
  return "DMA: channel " + std::to_string(channel_) + (direction_ == DmaDirection::in ? " RX" : " TX");
}

void ChannelHalf::tell_started(std::uint32_t first_descriptor) {
  if (announced_) return;
  announced_ = true;
  if (gdma_.observers().any(Topic::dma))
    gdma_.observers().tell(&Observer::dma_started, channel_, direction_, first_descriptor);
}

void ChannelHalf::tell_ended(std::string_view why) {
  if (!announced_) return;
  announced_ = false;
  if (gdma_.observers().any(Topic::dma))
    gdma_.observers().tell(&Observer::dma_ended, channel_, direction_, why);
}

void ChannelHalf::tell_closed(std::uint32_t word0) {
  if (gdma_.observers().any(Topic::dma))
    gdma_.observers().tell(
        &Observer::dma_descriptor_closed,
        DmaDescriptorEvent{channel_, direction_, current_.address, word0, current_.buffer, current_.next});
}

std::uint32_t ChannelHalf::piece(std::uint32_t limit, bool burst) const {
  const std::uint32_t unit = burst ? burst_bytes : single_bytes;
  return std::min(limit, unit - (current_.buffer + done_) % unit);
}

// IN_STATE and OUT_STATE: bits 17:0 are those of the next descriptor, or of the present one when it is the
// last. The two state machines' codes are not published beyond 0 for idle.
std::uint32_t ChannelHalf::state_word() const {
  const std::uint32_t address = (next_ != 0 ? next_ : shown_) & 0x3'FFFF;
  std::uint32_t descriptor = 0, channel = 0;
  switch (state_) {
    case State::parked:
    case State::halted:
      break;
    case State::loading:
    case State::reloading:
      descriptor = 1, channel = 1;
      break;
    case State::working:
      descriptor = 2, channel = 2;
      break;
    case State::closing:
      descriptor = 3, channel = 3;
      break;
  }
  return address | descriptor << 18 | channel << 20;
}

}  // namespace ferry::board::gdma
