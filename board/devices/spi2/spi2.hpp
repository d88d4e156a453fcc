// SPI2, bit by bit on the pins: as a master here, as a slave in slave.hpp.
//
// The registers live in the APB clock domain. CMD.UPDATE copies them to the engine, CMD.USR starts a transfer
// with that copy. Data come from and go to the 64 bytes of W0…W15 or, per direction, GDMA.
#pragma once

#include "board/clocks.hpp"
#include "board/device.hpp"
#include "board/devices/spi2/input_history.hpp"
#include "board/devices/spi2/plan.hpp"
#include "board/devices/spi2/receive_fifo.hpp"
#include "board/devices/spi2/slave.hpp"
#include "board/lines.hpp"
#include "board/observer.hpp"
#include "board/pins/pins.hpp"
#include "board/timeline.hpp"
#include "chip/esp32c3/signals.hpp"

#include <array>
#include <bitset>
#include <cstddef>
#include <optional>
#include <string_view>

namespace ferry::board {

class Spi2 final : public Device, private DmaListener {
 public:
  Spi2(Timeline& timeline, Clocks& clocks, Pins& pins, DmaPort& dma, InterruptSink& interrupts,
       Observers& observers);

  std::uint32_t read(std::uint32_t offset) override;
  void write(std::uint32_t offset, std::uint32_t value) override;
  void reset() override;
  void archive_state(StateArchive& archive) override;
  void gate_changed(const Gate& gate) override;
  bool pure(std::uint32_t offset) const override;
  std::span<const chip::RegisterInfo> registers() const override { return registers_.table(); }
  std::span<const Limit> limits() const override;

 private:
  friend class spi2::Slave;  // works on the same registers, buffer, FIFOs and lines
  enum class State : std::uint8_t {
    idle,
    starting,     // USR is written, the engine has not seen it yet
    configuring,  // CONF: takes register values from DMA
    configured,   // CONF has them, its time is not over
    preparing,    // chip select is active, the clock waits for the set-up time
    pausing,      // dummy cycles without a clock
    leading,      // the next event is a clock edge away from the idle level
    trailing,     // the next event is a clock edge back to it
    holding,      // the last edge has passed, chip select waits for the hold time
  };
  enum class Notice : std::uint8_t {
    clock_gate,
    no_pll,
    stale_configuration,
    update_pending,
    clock_wave,
    full_duplex_lines,
    next_without_conf,
    count,
  };

  static constexpr std::array<std::uint32_t, spi2::data_line_count> data_signals{
      chip::signal::fspid, chip::signal::fspiq, chip::signal::fspiwp, chip::signal::fspihd};

  // registers.cpp
  void write_command(std::uint32_t value);
  void reset_fifos(std::uint32_t value);
  spi2::Configuration present_configuration() const;
  bool slave_mode() const;
  void raise(std::uint32_t bits);
  void update_line();
  void notice_once(Notice notice, std::string_view line);

  // spi2.cpp: the clock
  Time source_period() const;  // of the engine's clock, 0 when it does not run
  Time update_time(Time period) const;
  void clocks_changed();  // freezes or goes on
  void explain_missing_clock();
  void finish_update();

  // spi2.cpp: the course of a transfer
  void schedule(State state, Time delay);
  void step();
  void begin_transfer();
  void enter_phase(State state, Time until_edge);
  void end_phase();
  void leading_edge();
  void trailing_edge();
  bool phase_complete() const;
  void fail();
  void end_clocking();
  void end_transfer();
  bool end_frame();  // false: GDMA will not hear of it
  void soft_reset();
  static std::string_view name(spi2::PhaseKind kind);
  void tell_phase(std::string_view phase);

  // segments.cpp: the CONF state
  void begin_configuration();
  void take_configuration_word();
  void end_without_magic();
  void end_segments();
  void raise_segments_done(bool when_stored);
  void dma_data_arrived() override;
  void dma_frame_stored() override;

  // lines.cpp: what the pins show
  void drive_idle_levels();
  void select(bool active);
  void put_clock(bool level);
  void put_line(unsigned line, bool level);
  void put_late_lines();
  void keep_histories();
  bool line_level(unsigned line) const;
  void turn_data_lines();
  void let_go_for_next_phase();
  void enable_data_lines(std::uint8_t which);
  void drive_unused_lines(unsigned first);

  // data.cpp: bits to bytes, bytes to their places
  bool begin_bit();  // false: there is nothing to send and the transfer has to end
  void put_bits();
  void sample_bits();
  unsigned input_line(unsigned line) const;
  bool load_byte();
  bool load_byte_from_dma();
  void prime_from_dma();
  bool ends_when_empty() const;
  void report_empty();
  void store_byte();
  void drain_to_dma();
  std::uint8_t buffer_byte(std::uint32_t index, bool high_part) const;
  void set_buffer_byte(std::uint32_t index, bool high_part, std::uint8_t byte);

  Timeline& timeline_;
  Clocks& clocks_;
  Pins& pins_;
  DmaPort& dma_;
  InterruptSink& interrupts_;
  Observers& observers_;
  RegisterFile registers_;
  Gate gate_;
  bool line_ = false;
  std::bitset<static_cast<std::size_t>(Notice::count)> said_;

  Event update_;
  bool update_pending_ = false;
  spi2::Configuration active_;  // as of the last UPDATE

  Event step_;
  State state_ = State::idle;
  std::optional<Time> frozen_;  // the clock has stopped: how long the next step was away
  spi2::Plan plan_;
  bool selected_ = false;
  unsigned phase_index_ = 0;
  spi2::Phase phase_;
  std::uint32_t bit_ = 0;        // of the present phase
  std::uint8_t out_ = 0;         // the byte being sent
  std::uint8_t in_ = 0;          // the byte being received
  bool frame_complete_ = false;  // all bits that were to be received have been
  bool end_requested_ = false;   // an error ends the transfer after the present bit

  bool failed_ = false;    // an error ended it
  bool receives_ = false;  // some phase of this transfer, or of a segment so far, receives by DMA

  bool segmented_ = false;  // SLAVE.USR_CONF was 1 when the transfer began
  Time conf_over_ = 0;      // when CONF is over at the earliest
  std::optional<std::uint32_t>
      conf_left_;                // the registers whose words are still to come; none: the map itself
  bool seg_done_waits_ = false;  // DMA_SEG_TRANS_DONE comes when GDMA has stored the frame

  bool keeps_histories_ = false;  // some input is delayed
  std::array<spi2::InputHistory, spi2::data_line_count> histories_;
  Event late_lines_;  // the levels of lines that DOUT_MODE delays
  std::uint32_t late_mask_ = 0, late_levels_ = 0;

  std::optional<std::uint8_t> ahead_;  // DMA TX AFIFO: the byte after the one being sent
  bool missed_first_ = false;          // it was empty when the transfer began
  spi2::ReceiveFifo received_;         // RX AFIFO
  spi2::Slave slave_;
};

}  // namespace ferry::board
