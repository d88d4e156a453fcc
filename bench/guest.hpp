// A firmware of bench/firmware on a board of its own, driven from one of its marks to the next.
#pragma once

#include "bench/job.hpp"
#include "board/board.hpp"
#include "board/image/image.hpp"
#include "board/observer.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>

namespace ferry::bench {

// A firmware that cannot be measured, in one line.
struct Failure : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// How far a board has come, or the way from one such point to another.
struct Cost {
  std::uint64_t instructions = 0;
  std::uint64_t cycles = 0;  // of the CPU
  std::uint64_t register_loads = 0,
                register_stores = 0;  // loads and stores of the CPU that reach peripherals
  board::Time time = 0;

  std::uint64_t accesses() const { return register_loads + register_stores; }

  friend Cost operator-(const Cost& later, const Cost& earlier);
  friend Cost operator+(const Cost& a, const Cost& b);
};

class Guest final : public board::Observer {
 public:
  // Runs the firmware to its mark "boot" and from there, with a bus at `hertz`, to "ready". GPIO4 and GPIO2
  // are wired.
  Guest(const board::Image& image, std::uint32_t hertz);
  ~Guest() override;
  Guest(const Guest&) = delete;
  Guest& operator=(const Guest&) = delete;

  // From here on to the next mark of this name, one instruction after the other. All of it is exact: nothing
  // is added to the firmware, and nothing is left out.
  Cost run_to(std::string_view mark);
  // To behind the store that starts SPI (CMD.USR).
  Cost run_to_bus_start();
  // To behind the load that shows the CPU that SPI is done with a transfer (TRANS_DONE).
  Cost run_to_end_seen();
  // To behind the instruction during which SPI sent the last bit of a frame. The time is that bit's end.
  Cost run_to_last_bit();
  // Until SPI has sent the last bit of `frames` frames, at full speed. Stops a few instructions behind, so no
  // place to measure at; a firmware that waits for that bit has not seen it yet.
  void run_to_frame_end(std::uint32_t frames);
  void run_for(board::Time span) { board_.run_for(span); }

  void set_length(std::uint32_t bytes) { write(length_offset, bytes); }
  void set_meanwhile(Meanwhile meanwhile) { write(meanwhile_offset, static_cast<std::uint32_t>(meanwhile)); }
  void set_form(Form form) { write(form_offset, static_cast<std::uint32_t>(form)); }
  void release(bool released) { write(released_offset, released ? 1 : 0); }
  // To be called at "ready": the transfer before it delivered what it should have.
  void check_received(std::uint32_t bytes);

  // Of the last frame: when its last bit ended, and when both SPI and GDMA had told the CPU so.
  board::Time last_bit_time() const { return last_bit_; }
  board::Time completion_time() const { return completion_; }

  // board::Observer
  void register_accessed(const board::RegisterAccess& access) override;
  void spi_phase(std::string_view phase) override;
  void dma_ended(unsigned channel, board::DmaDirection direction, std::string_view why) override;

 private:
  static constexpr std::uint32_t hertz_offset = 0, length_offset = 4, meanwhile_offset = 8,
                                 released_offset = 12, received_offset = 16, form_offset = 20;

  void write(std::uint32_t offset, std::uint32_t value);
  void step();
  Cost now();

  board::Board board_;
  std::map<std::string, std::set<std::uint32_t>, std::less<>> marks_;
  std::uint32_t job_ = 0;
  bool bus_started_ = false, end_seen_ = false;
  std::uint32_t frames_to_go_ = 0;
  board::Time last_bit_ = 0, completion_ = 0;
};

}  // namespace ferry::bench
