// SPI2 as a slave (manual, 27.5.9): a clock and a chip select from outside move the bits.
//
// Full duplex exchanges data from the first bit on. In half duplex a command byte says what follows, on how
// many lines: an address byte, eight dummy clocks, data to or from W0…W15 or GDMA. The registers count as
// they are at the moment: CMD.UPDATE is for the master.
#pragma once

#include "board/state_archive.hpp"
#include "board/timeline.hpp"

#include <cstdint>
#include <optional>

namespace ferry::board {
class Spi2;
}

namespace ferry::board::spi2 {

enum class SlaveKind : std::uint8_t {
  none,  // not a command of the tables, or none yet
  full_duplex,
  write_buffer,
  read_buffer,
  write_dma,
  read_dma,
  command_7,
  command_8,
  command_9,
  command_a,
  end_segments,
  enter_qpi,
  exit_qpi,
};

struct SlaveCommand {
  SlaveKind kind = SlaveKind::none;
  unsigned address_lines = 1, data_lines = 1;
};

// Tables 27.5-11 and 27.5-12: what a command byte asks for. Nothing: it is not supported.
std::optional<SlaveCommand> decode_command(std::uint8_t code, bool qpi);

class Slave {
 public:
  explicit Slave(Spi2& device);

  // The inputs have changed.
  void select_changed();
  void clock_changed(bool level);
  bool active() const { return active_; }
  // As without a transaction: SOFT_RESET, another mode, a closed gate.
  void reset();
  // AFIFO resets, and RX_EOF_EN going from 0 to 1, which starts its count anew.
  void forget_full() { full_ = false; }
  void forget_empty() { empty_ = false; }
  void restart_count() { frame_bits_ = 0; }

  void archive_state(StateArchive& archive);

 private:
  enum class Phase : std::uint8_t { command, address, dummy, data, rest };

  bool selected_by_pin() const;
  bool first_bit_early() const;
  void begin();
  void end();
  void report();
  std::uint32_t report_half_duplex();
  void report_frame();

  void sample();
  void collect(unsigned lines);
  void byte_received();
  void enter(Phase phase);
  void command_received();
  unsigned lines() const;

  bool sends() const;
  bool receives() const;
  bool sends_by_dma() const;
  bool receives_by_dma() const;
  void show_next();
  void load_byte();
  void check_sent_bit();
  void store_byte();
  void store_to_dma();
  void drive(bool enabled);

  Spi2& device_;
  Event done_;  // the end of a transaction has come through to the registers

  bool active_ = false;
  Time began_ = 0;
  Phase phase_ = Phase::command;
  SlaveCommand command_;
  std::uint8_t code_ = 0, address_ = 0;
  bool has_command_ = false, has_address_ = false;
  unsigned bit_ = 0;  // of the byte coming in, or clocks of the dummy
  std::uint8_t in_ = 0;
  std::uint32_t data_bits_ = 0;        // of the data, sampled
  std::uint32_t shown_bits_ = 0;       // of the data, put on the lines
  std::uint8_t out_ = 0;               // the byte on the lines
  bool missing_ = false;               // GDMA had none for it
  bool lost_ = false;                  // GDMA had no room for a byte of this transaction
  bool full_ = false, empty_ = false;  // and gets none until this is cleared
  std::uint32_t frame_bits_ = 0;       // received by DMA towards RX_EOF_EN's length
  bool frame_open_ = false;            // bytes have been received since the last end of a frame
};

}  // namespace ferry::board::spi2
