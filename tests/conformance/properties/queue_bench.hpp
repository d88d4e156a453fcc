// The board with a queue on it, and what is at the other end of its wires.
#pragma once

#include "board/testing/test_board.hpp"
#include "tests/conformance/properties/mailbox.hpp"
#include "tests/conformance/properties/queue_request.hpp"

#include <rapidcheck.h>

#include <cstddef>
#include <cstdint>

namespace properties {

// MISO is the inverse of MOSI, or, where nothing is
// sent, a device's bytes.
class QueueBench {
 public:
  explicit QueueBench(const char* firmware) : board_(firmware) {
    board_.watch_dma();
    board_.on_edge(select_pin, [this](bool level) {
      if (!level) ++selects_;
      if (!level && reads_) drive_bit();
    });
    board_.on_edge(clock_pin, [this](bool level) { clocked(level); });
    board_.on_edge(mosi_pin, [this](bool level) {
      if (!reads_) board_.drive(miso_pin, !level);
    });
    mailbox_.begin();
  }

  void start_anew() { mailbox_.start_anew(); }
  Bytes arena() const { return mailbox_.arena(sizeof(QueueArena)); }
  void fill(const Bytes& bytes, std::size_t offset = 0) { mailbox_.fill(bytes, offset); }

  // What is seen from here on belongs to this queue.
  void begin(const QueueRequest& request) {
    mode_ = request.mode;
    lsb_first_ = request.lsb_first != 0;
    reads_ = request.form == Form::read;
    seen_.clear();
    bits_ = 0;
    selects_ = 0;
    board_.drive(miso_pin, !board_.level(mosi_pin));
  }
  Answer run(const QueueRequest& request) {
    mailbox_.send(request);
    RC_ASSERT(board_.run_until_level(done_pin, false, ferry::board::millisecond));
    RC_ASSERT(board_.run_until_level(done_pin, true, ferry::board::second));
    return mailbox_.answer<Answer>();
  }

  // What was on MOSI, and the bits of it, as the last byte may be there in part.
  const Bytes& seen() const { return seen_; }
  std::size_t bits() const { return bits_; }
  unsigned selects() const { return selects_; }
  bool is_selected() const { return !board_.level(select_pin); }

 private:
  static constexpr unsigned clock_pin = 0, miso_pin = 2, mosi_pin = 4, select_pin = 5, done_pin = 10;

  unsigned place() const { return lsb_first_ ? bits_ % 8 : 7 - bits_ % 8; }
  void clocked(bool level) {
    if (!is_selected()) return;
    if (level == (mode_ == 0 || mode_ == 3)) {
      if (bits_ % 8 == 0) seen_.push_back(0);
      if (board_.level(mosi_pin)) seen_.back() = static_cast<std::uint8_t>(seen_.back() | 1u << place());
      ++bits_;
    } else if (reads_) {
      drive_bit();
    }
  }
  void drive_bit() { board_.drive(miso_pin, (device_byte(bits_ / 8) >> place() & 1) != 0); }

  ferry::board::TestBoard board_;
  Mailbox mailbox_{board_};
  std::uint32_t mode_ = 0;
  bool lsb_first_ = false, reads_ = false;
  Bytes seen_;
  std::size_t bits_ = 0;
  unsigned selects_ = 0;
};

}  // namespace properties
