// What both directions of a channel have in common: walking a list of descriptors and asking for the bus.
#pragma once

#include "board/devices/gdma/descriptor.hpp"
#include "board/devices/gdma/fifo.hpp"
#include "board/observer.hpp"
#include "board/state_archive.hpp"
#include "board/timeline.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ferry::board {
class Gdma;
}

namespace ferry::board::gdma {

// What a half does on the bus. One at a time, each takes some AHB cycles and has its effect when they are
// over.
enum class Transaction : std::uint8_t { none, load_descriptor, reload_link, move_data, write_back };

struct Request {
  Transaction what = Transaction::none;
  Time ready = 0;  // not before this time
};

class ChannelHalf {
 public:
  ChannelHalf(Gdma& gdma, unsigned channel, DmaDirection direction)
      : gdma_(gdma), channel_(channel), direction_(direction) {}
  virtual ~ChannelHalf() = default;
  ChannelHalf(const ChannelHalf&) = delete;
  ChannelHalf& operator=(const ChannelHalf&) = delete;

  // The *_LINK register. START loads the first descriptor from `address`; STOP lets an access in progress
  // end; RESTART reads the link word of the last loaded descriptor again and goes on from there.
  void start(std::uint32_t address);
  void stop();
  void restart();
  // *_RST is a level: while it is 1 the half stays empty and parked.
  void hold_in_reset(bool held);
  // As after power-on.
  void clear();
  virtual void archive_state(StateArchive& archive) = 0;

  // The bus. `begin` gives the length in AHB cycles.
  Request request() const;
  unsigned begin(Transaction what);
  void finish(Transaction what);
  // After `finish`: the next beat of the same burst, which keeps the bus; 0 when there is none.
  unsigned next_beat();
  virtual unsigned priority() const = 0;

  // The status registers.
  bool parked() const { return state_ == State::parked || state_ == State::halted; }
  std::uint32_t state_word() const;
  std::uint32_t next_descriptor() const { return next_; }          // *_DSCR
  std::uint32_t current_descriptor() const { return shown_; }      // *_DSCR_BF0
  std::uint32_t previous_descriptor() const { return previous_; }  // *_DSCR_BF1
  const Fifo& fifo() const { return fifo_; }
  bool ever_started() const { return ever_started_; }

 protected:
  enum class State : std::uint8_t {
    parked,     // nothing to do: never started, stopped, or the list ended
    loading,    // wants the next descriptor
    reloading,  // RESTART: wants the last one's link word again
    working,    // moves the bytes of a descriptor
    closing,    // wants to write the descriptor back
    halted,     // after a descriptor error: only *_RST leads out
  };

  // What differs by direction.
  virtual std::uint32_t error_bit() const = 0;  // *_DSCR_ERR in INT_RAW
  virtual unsigned start_latency() const = 0;   // AHB cycles from START to the first access
  virtual bool owner_checked() const = 0;       // *_CHECK_OWNER
  virtual bool descriptor_burst() const = 0;    // *DSCR_BURST_EN
  virtual std::optional<std::string_view> refuse(const Descriptor& descriptor) = 0;
  virtual Request work() const = 0;
  virtual std::uint32_t data_to_move() const = 0;  // how many bytes the next data access takes
  virtual void finish_data() = 0;
  virtual void begin_write_back() {}
  virtual void finish_write_back() = 0;
  virtual void list_ended() = 0;      // the last descriptor is closed and has no successor
  virtual void list_continues() = 0;  // START, or RESTART found a successor
  virtual void forget() = 0;          // *_RST: what the direction keeps beside the FIFO

  void go_on();  // the present descriptor is done with
  void fail(std::string_view why);
  std::string name() const;  // for notices
  void undefined(std::string_view what, std::uint32_t address);
  // Observers hear of a start and of an end in turn, whatever the registers make of it.
  void tell_started(std::uint32_t first_descriptor);
  void tell_ended(std::string_view why);
  void tell_closed(std::uint32_t word0);
  // The part of archive_state() that both directions have in common.
  void archive_half(StateArchive& archive);
  // The largest piece that one data access takes at the present address, up to `limit` bytes.
  std::uint32_t piece(std::uint32_t limit, bool burst) const;

  Gdma& gdma_;
  const unsigned channel_;
  const DmaDirection direction_;
  Fifo fifo_;
  State state_ = State::parked;
  Descriptor current_;
  std::uint32_t done_ = 0;  // bytes of the current descriptor that have been moved
  std::uint32_t beat_ = 0;  // bytes of the present beat: a word or a part of one
  Time ready_ = 0;
  bool ever_started_ = false;

 private:
  void begin_beat();
  void load(std::uint32_t address, unsigned delay);
  void finish_load();
  void finish_reload();
  std::optional<std::string_view> check(const Descriptor& descriptor);
  void park(std::string_view why);

  bool held_in_reset_ = false;
  bool stop_requested_ = false;
  bool restart_requested_ = false;
  bool announced_ = false;
  bool loaded_ = false;  // there is a last descriptor for RESTART
  std::uint32_t load_address_ = 0;
  std::uint32_t burst_left_ = 0;  // bytes of the present data access that have no beat yet
  std::uint32_t next_ = 0, shown_ = 0, previous_ = 0;
};

}  // namespace ferry::board::gdma
