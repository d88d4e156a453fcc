// UART0 and UART1: two FIFOs, a transmitter and a receiver that take their time on the line.
//
// A byte that was sent is reported to the observers when its last stop bit has left. The pin is drawn edge by
// edge only while somebody can see it (Pins::watched).
#pragma once

#include "board/clocks.hpp"
#include "board/lines.hpp"
#include "board/pins/pins.hpp"
#include "board/register_device.hpp"
#include "board/timeline.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>

namespace ferry::board {

class Uart : public RegisterDevice {
 public:
  Uart(unsigned number, Timeline& timeline, Clocks& clocks, Pins& pins, InterruptSink& interrupts,
       Observers& observers);

  std::uint32_t read(std::uint32_t offset) override;
  void write(std::uint32_t offset, std::uint32_t value) override;
  void reset() override;
  void archive_state(StateArchive& archive) override;
  std::span<const Limit> limits() const override;
  bool pure(std::uint32_t offset) const override;

  // A byte from outside, behind those that are still coming in: at the line's pace, and without the pin.
  void receive(std::uint8_t byte);
  // As the boot ROM leaves UART0: 115,200 baud, eight bits, no parity, one stop bit, from the crystal.
  void set_up_as_boot_rom();

  // How long one bit takes as the registers stand.
  Time bit_time() const;

 private:
  // What the transmitter is doing.
  enum class Sending : std::uint8_t { nothing, frame, break_characters, pause };

  // One frame as the settings have it: the levels on the line, start bit first, and its length.
  struct Frame {
    std::uint32_t levels = 0;  // bit n: the n-th bit on the line
    unsigned data_bits = 8;
    bool parity = false;
    unsigned bits = 10;  // start, data, parity and the first stop bit
    Time length = 0;     // to the end of the last stop bit
  };

  // Inputs and outputs that belong together share a number in the matrix.
  struct Signals {
    std::uint32_t txd, rxd, cts, rts, dsr, dtr;
  };

  std::uint32_t conf0() const { return core_conf0_; }
  Frame make_frame(std::uint8_t byte) const;
  unsigned data_bits() const;
  bool has_parity() const;
  std::size_t transmit_capacity() const;
  std::size_t receive_capacity() const;

  void take_over_settings();
  void change_conf0(std::uint32_t value);
  void change_clock_config(std::uint32_t value);
  void update_line_outputs();
  std::uint32_t status() const;
  std::uint32_t fsm_status() const;

  // Transmitter (transmit.cpp)
  void push_transmit(std::uint8_t byte);
  bool transmitter_blocked() const;
  void start_sending();
  void frame_sent();
  void draw_edge();
  void send_level(bool level);
  void stop_sending();

  // Receiver (receive.cpp)
  void line_changed(bool level);
  void receive_sample();
  void frame_received(std::uint32_t levels);
  void store_received(std::uint8_t byte, std::uint32_t errors);
  void injected_byte_arrived();
  void schedule_injected();
  std::uint8_t pop_received();
  void schedule_timeout();
  void stop_receiving();

  void raise(std::uint32_t interrupts);
  void update_interrupts();

  unsigned number_;
  Signals signals_;
  Timeline& timeline_;
  Clocks& clocks_;
  Pins& pins_;
  InterruptSink& interrupts_;
  std::uint32_t core_conf0_ = 0, core_clkdiv_ = 0;  // what has reached the core's clock domain

  std::deque<std::uint8_t> transmit_fifo_;
  Sending sending_ = Sending::nothing;
  std::uint8_t sent_byte_ = 0;
  Frame frame_{};
  Time frame_start_ = 0, frame_bit_ = 0;
  bool frame_drawn_ = false;
  unsigned drawn_bit_ = 0;
  bool line_out_ = true;  // TXD before inversion
  std::uint32_t transmit_pushed_ = 0, transmit_popped_ = 0;
  Event transmit_event_;
  Event edge_event_;

  std::deque<std::uint8_t> receive_fifo_;
  std::deque<std::uint8_t> injected_;
  bool receiving_ = false;
  Frame incoming_{};
  Time incoming_bit_ = 0;
  unsigned incoming_index_ = 0;
  std::uint32_t incoming_levels_ = 0;
  std::uint32_t receive_pushed_ = 0, receive_popped_ = 0;
  Event receive_event_;
  Event injected_event_;
  Event timeout_event_;
};

}  // namespace ferry::board
