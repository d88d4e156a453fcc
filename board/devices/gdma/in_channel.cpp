#include "board/devices/gdma/in_channel.hpp"

#include "board/devices/gdma/gdma.hpp"
#include "chip/esp32c3/memory_map.hpp"
#include "chip/esp32c3/registers/dma.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace ferry::board::gdma {

namespace dma = chip::dma;

namespace {

// AHB cycles from INLINK_START to the first access. Not published.
constexpr unsigned in_start_latency = 16;
// AHB cycles that "this was the last byte" needs from the peripheral's clock to this side. Not published; it
// keeps IN_SUC_EOF behind SPI's TRANS_DONE, and the frame's last bytes on their way for as long.
constexpr unsigned frame_end_latency = 8;

}  // namespace

bool InChannel::push(std::uint8_t byte) {
  if (fifo_.full()) {
    gdma_.raise(channel_, dma::IntRaw::infifo_ovf.mask);
    return false;
  }
  fifo_.push(byte);
  if (starving_) {
    starving_ = false;
    tell_ended("list too short");
    gdma_.raise(channel_, dma::IntRaw::in_dscr_empty.mask);
  }
  if (request().what != Transaction::none) gdma_.wake();
  return true;
}

void InChannel::end_of_frame() {
  // Frames without bytes between them are one end.
  if (!frame_ends_.empty() && frame_ends_.back().position == fifo_.written()) return;
  frame_ends_.push({fifo_.written(), gdma_.after_cycles(frame_end_latency)});
  gdma_.wake();
}

std::optional<std::uint8_t> InChannel::pop_by_software() {
  if (fifo_.empty()) {
    gdma_.raise(channel_, dma::IntRaw::infifo_udf.mask);
    return std::nullopt;
  }
  const std::uint8_t byte = fifo_.pop();
  while (!frame_ends_.empty() && frame_ends_.front().position < fifo_.taken()) frame_ends_.pop();
  gdma_.wake();
  return byte;
}

unsigned InChannel::priority() const { return gdma_.registers_of().get(dma::InPri::rx_pri, channel_); }
std::uint32_t InChannel::error_bit() const { return dma::IntRaw::in_dscr_err.mask; }
unsigned InChannel::start_latency() const { return in_start_latency; }
bool InChannel::owner_checked() const {
  return gdma_.registers_of().get(dma::InConf1::in_check_owner, channel_) != 0;
}
bool InChannel::descriptor_burst() const {
  return gdma_.registers_of().get(dma::InConf0::indscr_burst_en, channel_) != 0;
}
bool InChannel::data_burst() const {
  return gdma_.registers_of().get(dma::InConf0::in_data_burst_en, channel_) != 0;
}

std::optional<std::string_view> InChannel::refuse(const Descriptor& descriptor) {
  if (descriptor.size() == 0) {
    undefined("size 0", descriptor.address);
    return "size is 0";
  }
  if (data_burst() && (descriptor.size() % 4 != 0 || descriptor.buffer % 4 != 0)) {
    undefined("a receive buffer whose address or size is no multiple of 4 while IN_DATA_BURST_EN is 1",
              descriptor.address);
    return "buffer misaligned for bursts";
  }
  return std::nullopt;
}

std::uint32_t InChannel::bytes_of_frame() const {
  if (frame_ends_.empty()) return fifo_.level();
  const std::uint64_t end = frame_ends_.front().position;
  return end > fifo_.taken() ? static_cast<std::uint32_t>(end - fifo_.taken()) : 0;
}

// Bytes go to memory by whole words (or bursts), or as many as the frame or the buffer still has. The last
// ones stay in the FIFO until either a further byte or the end of the frame is there: only then it is known
// how the descriptor that they fill is to be closed. So a frame's end reaches memory after the peripheral has
// reported it.
Request InChannel::work() const {
  const std::uint32_t available = bytes_of_frame();
  const bool frame_ends = !frame_ends_.empty();
  const Time at_frame_end = frame_ends ? frame_ends_.front().ready : 0;
  if (done_ == current_.size()) {
    if (available > 0) return {Transaction::write_back, 0};
    if (frame_ends) return {Transaction::write_back, at_frame_end};
    return {};
  }
  if (available > piece(current_.size() - done_, data_burst())) return {Transaction::move_data, 0};
  if (!frame_ends) return {};
  return {available > 0 ? Transaction::move_data : Transaction::write_back, at_frame_end};
}

std::uint32_t InChannel::data_to_move() const {
  return std::min(piece(current_.size() - done_, data_burst()), bytes_of_frame());
}

void InChannel::finish_data() {
  beat_ = std::min(beat_, fifo_.level());  // IN_POP may have been quicker
  if (beat_ == 0) return;
  const std::uint32_t address = current_.buffer + done_;
  if (!chip::memory_map::dma_memory.contains(address, beat_)) return fail("buffer leaves DMA memory");
  std::array<std::byte, 4> bytes{};
  for (std::uint32_t index = 0; index < beat_; ++index) bytes[index] = std::byte{fifo_.pop()};
  gdma_.memory().write(address, std::span{bytes}.first(beat_));
  done_ += beat_;
  tell_started(current_.address);  // the frame after one that has ended
  if (gdma_.observers().any(Topic::dma))
    gdma_.observers().tell(&Observer::dma_bytes, channel_, direction_, address, beat_);
}

void InChannel::begin_write_back() { closes_frame_ = bytes_of_frame() == 0; }

// The descriptor is rewritten before the interrupt bits say so: who sees them may read it.
void InChannel::finish_write_back() {
  tell_started(current_.address);  // a frame without bytes begins here, too
  std::uint32_t word0 =
      current_.word0 & ~(Descriptor::length_mask | Descriptor::suc_eof_bit | Descriptor::err_eof_bit);
  word0 |= done_ << 12;
  if (closes_frame_) word0 |= Descriptor::suc_eof_bit;
  if (gdma_.registers_of().get(dma::InConf0::in_loop_test, channel_) == 0) word0 &= ~Descriptor::owner_bit;
  gdma_.write_word(current_.address, word0);
  tell_closed(word0);
  std::uint32_t raised = dma::IntRaw::in_done.mask;
  if (closes_frame_) {
    frame_ends_.pop();
    suc_eof_descriptor_ = current_.address;
    raised |= dma::IntRaw::in_suc_eof.mask;
    tell_ended("end of frame");
  }
  gdma_.raise(channel_, raised);
  if (closes_frame_) gdma_.frame_stored(channel_);
  go_on();
}

void InChannel::list_ended() {
  starving_ = fifo_.empty();
  if (starving_) return;
  tell_ended("list too short");
  gdma_.raise(channel_, dma::IntRaw::in_dscr_empty.mask);
}

void InChannel::list_continues() { starving_ = false; }

void InChannel::forget() {
  frame_ends_.clear();
  starving_ = false;
}

void InChannel::archive_state(StateArchive& archive) {
  archive_half(archive);
  archive(frame_ends_, closes_frame_, starving_, suc_eof_descriptor_);
}

}  // namespace ferry::board::gdma
