// A channel whose halves are joined: how a copy is started, observed and ended.
//
// For dma::Copier and dma::Copy, which are handles to it.
#pragma once

#include "ferry/dma/engine.hpp"
#include "ferry/dma/transfer.hpp"
#include "ferry/time.hpp"

#include <cstdint>
#include <optional>

namespace ferry::dma::detail {

class CopyPort {
 public:
  explicit constexpr CopyPort(Engine& engine) : engine_(engine) {}
  /// The one that belongs to the channel.
  static CopyPort& of(const Engine& engine);

  Engine& engine() const { return engine_; }

  void attach(chip::DmaPeripheral trigger);
  /// Gives the channel back, at rest and with its halves parted.
  Engine* detach();

  /// Starts a copy. Does not block. If it cannot start, the copy is over at once and finish() tells why.
  void start(const Plan& to, const Plan& from, std::uint32_t length);
  /// Goes on with `length` bytes more, by default all of `from`, when the copy is done with what it has. If
  /// it cannot, or could not before, finish() tells why when that is done.
  void append(const Plan& to, const Plan& from, std::uint32_t length);
  /// Bytes that it is to copy so far.
  std::uint32_t length() const { return length_; }
  /// Whether the copy is over, well or not. One load. Each time it has been asked in vain polls_per_look
  /// times it looks whether the end can still come.
  bool is_done();
  /// Waits for the end. Bounded by `deadline`, then the copy is aborted; in every case nothing touches the
  /// buffers any more when this returns.
  Outcome finish(Deadline deadline);
  /// The same with a microsecond for each byte, some twenty times what a copy takes that has the memory for
  /// itself, and 20 ms more.
  Outcome finish();
  /// For a deadline that a program asks for. As a copy waits for nobody, never() is as good as none.
  Outcome finish_by(Deadline deadline) { return deadline.is_never() ? finish() : finish(deadline); }
  /// Ends the copy now, unless it is over already.
  Outcome cancel() { return end_early(Error::cancelled); }

  /// What is behind an error, if it can be told, in a copy or a queue of them. To be asked before anything is
  /// stopped.
  Error cause(Error found) const;
  /// Whether one of the halves has nothing to go on with, or was stopped.
  bool a_half_rests() const {
    return engine_.receive_half_rests() ||
           (engine_.transmit_half_rests() && engine_.transmit_fifo_is_empty());
  }

 private:
  std::uint32_t poll() const;
  bool is_over() const { return !running_ || error_ || poll() != 0; }
  bool is_lost();
  bool appended_part_stopped() const;
  std::optional<Error> try_to_start(const Plan& to, const Plan& from, std::uint32_t length);
  Outcome end_early(Error why);
  Outcome conclude();
  Outcome fail(Error why);
  std::uint32_t abort();

  Engine& engine_;
  bool running_ = false;        // false when it is over before it began: nothing to do, or an error
  std::optional<Error> error_;  // that it could not start, or that its end cannot come any more
  std::uint32_t polls_to_look_ = polls_per_look;
  bool appended_ = false;
  std::optional<Error> append_error_;
  std::uint32_t length_ = 0;
  // The descriptor with suc_eof, once sent, ends the frame on the receiving side; only that says that the
  // bytes are in memory.
  std::uint32_t end_events_ = 0;
  std::uint32_t error_events_ = 0;
};

}  // namespace ferry::dma::detail
