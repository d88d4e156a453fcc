#include "board/devices/gdma/out_channel.hpp"

#include "board/devices/gdma/gdma.hpp"
#include "board/image/text.hpp"
#include "chip/esp32c3/memory_map.hpp"
#include "chip/esp32c3/registers/dma.hpp"

#include <array>
#include <span>

namespace ferry::board::gdma {

namespace dma = chip::dma;

namespace {

// AHB cycles from OUTLINK_START to the first access. Calibrated, not published: with the descriptor's burst
// (4) and the first word (2) a byte is in the FIFO 30 cycles after START, 60 CPU cycles at 160 MHz. On a real
// chip an SPI transfer started 30 and 56 CPU cycles after START found nothing to send, after 66 and 76 it
// worked (esp-hal #489).
constexpr unsigned out_start_latency = 24;

}  // namespace

std::optional<std::uint8_t> OutChannel::pop() {
  if (fifo_.empty()) {
    gdma_.raise(channel_, dma::IntRaw::outfifo_udf.mask);
    return std::nullopt;
  }
  const std::uint8_t byte = take().byte;
  if (request().what != Transaction::none) gdma_.wake();
  return byte;
}

OutChannel::Taken OutChannel::take() {
  Taken taken{fifo_.pop(), false};
  if (!marks_.empty() && marks_.front().end == fifo_.taken()) {
    taken.ends_frame = marks_.front().suc_eof;
    descriptors_sent();
  }
  return taken;
}

void OutChannel::push_by_software(std::uint8_t byte) {
  enter(byte);
  gdma_.data_arrived(channel_);
  gdma_.wake();
}

void OutChannel::enter(std::uint8_t byte) {
  if (fifo_.full()) {
    gdma_.raise(channel_, dma::IntRaw::outfifo_ovf.mask);
  } else {
    fifo_.push(byte);
  }
}

unsigned OutChannel::priority() const { return gdma_.registers_of().get(dma::OutPri::tx_pri, channel_); }
std::uint32_t OutChannel::error_bit() const { return dma::IntRaw::out_dscr_err.mask; }
unsigned OutChannel::start_latency() const { return out_start_latency; }
bool OutChannel::owner_checked() const {
  return gdma_.registers_of().get(dma::OutConf1::out_check_owner, channel_) != 0;
}
bool OutChannel::descriptor_burst() const {
  return gdma_.registers_of().get(dma::OutConf0::outdscr_burst_en, channel_) != 0;
}
bool OutChannel::data_burst() const {
  return gdma_.registers_of().get(dma::OutConf0::out_data_burst_en, channel_) != 0;
}
bool OutChannel::eof_when_popped() const {
  return gdma_.registers_of().get(dma::OutConf0::out_eof_mode, channel_) != 0;
}
bool OutChannel::writes_back() const {
  const auto& registers = gdma_.registers_of();
  return registers.get(dma::OutConf0::out_auto_wrback, channel_) != 0 &&
         registers.get(dma::OutConf0::out_loop_test, channel_) == 0;
}

std::optional<std::string_view> OutChannel::refuse(const Descriptor& descriptor) {
  if (descriptor.length() == 0) {
    undefined("length 0", descriptor.address);
    return "length is 0";
  }
  return std::nullopt;
}

Request OutChannel::work() const {
  const std::uint32_t wanted = piece(current_.length() - done_, data_burst());
  if (fifo_.room() < wanted || marks_.full()) return {};
  return {Transaction::move_data, 0};
}

std::uint32_t OutChannel::data_to_move() const { return piece(current_.length() - done_, data_burst()); }

void OutChannel::finish_data() {
  const std::uint32_t address = current_.buffer + done_;
  if (!chip::memory_map::dma_memory.contains(address, beat_)) return fail("buffer leaves DMA memory");
  std::array<std::byte, 4> bytes{};
  gdma_.memory().read(address, std::span{bytes}.first(beat_));
  for (std::uint32_t index = 0; index < beat_; ++index)  // OUT_PUSH may have taken the room
    enter(std::to_integer<std::uint8_t>(bytes[index]));
  done_ += beat_;
  if (gdma_.observers().any(Topic::dma))
    gdma_.observers().tell(&Observer::dma_bytes, channel_, direction_, address, beat_);
  gdma_.data_arrived(channel_);
  if (done_ < current_.length()) return;

  const bool last = current_.next == 0;
  if (last && !current_.suc_eof())
    gdma_.notice_once(
        Gdma::Notice::no_suc_eof,
        name() + ": the list ends in a descriptor without suc_eof: no OUT_EOF and no OUT_TOTAL_EOF " +
            "will come (descriptor at " + hex(current_.address) + ")");
  marks_.push({.end = fifo_.written(),
               .address = current_.address,
               .previous = previous_descriptor(),
               .suc_eof = current_.suc_eof(),
               .last = last,
               .closed = !writes_back()});
  if (marks_.back().closed) {
    descriptor_read(current_.word0);
  } else {
    state_ = State::closing;
    ready_ = 0;
  }
}

void OutChannel::finish_write_back() {
  const std::uint32_t word0 = current_.word0 & ~Descriptor::owner_bit;
  gdma_.write_word(current_.address, word0);
  marks_.back().closed = true;
  descriptor_read(word0);
}

// All bytes of the current descriptor have entered the FIFO.
void OutChannel::descriptor_read(std::uint32_t word0) {
  tell_closed(word0);
  if (current_.suc_eof() && !eof_when_popped()) latch_eof(marks_.back());
  descriptors_sent();
  go_on();
}

void OutChannel::latch_eof(const Mark& mark) {
  eof_descriptor_ = mark.address;
  descriptor_before_eof_ = mark.previous;
  gdma_.raise(channel_, dma::IntRaw::out_eof.mask);
}

void OutChannel::descriptors_sent() {
  while (!marks_.empty() && marks_.front().closed && marks_.front().end <= fifo_.taken()) {
    const Mark mark = marks_.front();
    marks_.pop();
    if (mark.suc_eof && eof_when_popped()) latch_eof(mark);
    std::uint32_t raised = dma::IntRaw::out_done.mask;
    if (mark.last && mark.suc_eof) raised |= dma::IntRaw::out_total_eof.mask;
    if (mark.last) tell_ended("end of list");
    gdma_.raise(channel_, raised);
  }
}

void OutChannel::list_continues() {
  if (!marks_.empty()) marks_.back().last = false;
}

void OutChannel::archive_state(StateArchive& archive) {
  archive_half(archive);
  archive(marks_, eof_descriptor_, descriptor_before_eof_);
}

}  // namespace ferry::board::gdma
