// One ESP32-C3, assembled. Read board.cpp to see how everything is connected.
#pragma once

#include "board/image/image.hpp"
#include "board/observer.hpp"
#include "board/pins/pins.hpp"
#include "board/snapshot.hpp"
#include "board/timeline.hpp"
#include "chip/esp32c3/interrupts.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace ferry::board {

class Bus;
class Circuit;
class Cpu;
class FlashChip;
class Memory;
class StateArchive;

struct BoardOptions {
  // As after a boot from flash: RTC watchdog and main watchdog run until the firmware disables them. Off, it
  // is as after a load through the serial port.
  bool flash_boot = true;
  // Report every misaligned access to data memory (once per instruction).
  bool strict_alignment = false;
  // Time jumps over loops that only wait, as it does while the CPU sleeps. It makes no difference but to the
  // computer; off, they are executed instruction by instruction.
  bool skip_idle = true;
  // Somebody reads what USB Serial/JTAG has to say.
  bool usb_host = true;

  bool operator==(const BoardOptions&) const = default;
};

// What has happened since the board was made, all of it exact.
struct Counters {
  std::uint64_t instructions = 0;
  std::uint64_t cycles = 0;                               // of the CPU's clock, without those in wfi
  Time idle = 0;                                          // in wfi
  std::uint64_t register_loads = 0, register_stores = 0;  // by the CPU, to peripherals
  std::uint64_t dma_bytes_in = 0, dma_bytes_out = 0;
  std::uint64_t interrupts = 0;
  unsigned resets = 0;
  // While at least one channel of GDMA was at work:
  Time dma_time = 0;
  Time dma_cpu_idle = 0;                  // of that, in wfi
  std::uint64_t dma_register_cycles = 0;  // cycles the CPU spent at registers of GDMA and SPI2
  std::uint64_t dma_cycles = 0;           // all cycles of the CPU outside wfi
};

class Board {
 public:
  enum class Stop : std::uint8_t {
    reached_time,
    exited,      // the firmware ended the run: exit_code()
    deadlock,    // wfi that nothing can end
    trap_loop,   // the trap handler raises the exception it handles
    requested,   // request_stop()
    breakpoint,  // before an instruction with a breakpoint: see Cpu::set_breakpoint()
    exception,   // before an exception: see Cpu::stop_at_exceptions()
    rom_call,    // at a function of the boot ROM that the board does not answer: cpu().pc(), rom_function()
  };

  explicit Board(const BoardOptions& options = {});
  ~Board();
  Board(const Board&) = delete;
  Board& operator=(const Board&) = delete;

  // Takes a real boot ROM instead of the board's answers for its functions; before load(). A whole flash chip
  // then starts at the ROM's reset vector, and the second stage is executed; other images start as without
  // it.
  void set_rom(std::vector<std::byte> content);
  // Puts the image into memory and the CPU at its entry. A reset of the chip does it again, as the boot ROM
  // would.
  void load(Image image);
  // Joins two pads outside the chip. Pins are 0 to 21.
  void wire(unsigned pin_a, unsigned pin_b);
  // Does something at a time, as a part outside the chip would: changes a pin's level, cuts a wire. A time in
  // the past means "as soon as time moves".
  void at(Time when, std::function<void()> action);
  // For tests: an interrupt source has this level whatever its device says; nothing lets go of it.
  void force_interrupt(chip::InterruptSource source, std::optional<bool> level);
  // Bytes that arrive at UART0's receiver from `when` on, one after the other at the port's own speed.
  void send_to_uart0(std::span<const std::byte> bytes, Time when);

  // Runs until the first opportunity at or after `time`, or until something else ends it. Opportunities are
  // behind a basic block (see "Interrupt entry" in FIDELITY.md), or behind each instruction, for runs of a
  // few.
  enum class Opportunity : std::uint8_t { block, instruction };
  Stop run_until(Time time, Opportunity each = Opportunity::block);
  Stop run_for(Time span) { return run_until(now() + span); }
  // For observers: the run ends after the current instruction.
  void request_stop();
  // As if power had been off and on, but that memory keeps its bytes where the image has none. Time and
  // counters go on. Not while it runs.
  void reset();

  // Keeps everything that makes the board go on as it will: CPU, memory, devices, pins, wires, what is due
  // and what at() was asked for, counters. Not while it runs.
  //
  // A run after restore() is the run that followed snapshot(), bit for bit, as often as it is wanted. It
  // costs well under a millisecond. Any board with the same options and parts may take the snapshot over,
  // unless something that at() was asked for is still to happen: that belongs to the board it was said to.
  // Observers, listeners and breakpoints stay as they are; what they have seen is theirs to forget.
  //
  // Both throw std::logic_error when the board runs, restore() also for a snapshot that is none of this
  // board's.
  Snapshot snapshot();
  void restore(const Snapshot& snapshot);

  int exit_code() const;
  Time now() const;
  // The sources behind a line of the CPU, a bit each by their number: those that are up, or, when none is any
  // more, all that are routed to it.
  std::uint64_t interrupt_sources(unsigned line) const;
  Counters counters() const;

  Observers& observers();
  Pins& pins();
  // The parts around the chip.
  Circuit& circuit();
  Bus& bus();
  Memory& memory();
  Cpu& cpu();
  FlashChip& flash();
  // The name of the boot ROM's function at an address; empty when none is known there.
  static std::string rom_function(std::uint32_t pc);

 private:
  struct Parts;
  friend struct BoardInsides;  // a test's: the object itself, to find members that a snapshot forgets
  std::span<const std::byte> object() const;
  void archive_state(StateArchive& archive);

  std::unique_ptr<Parts> parts_;
};

}  // namespace ferry::board
