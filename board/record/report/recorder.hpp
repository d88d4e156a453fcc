// Listens to a run and keeps what the report shows of it, in bounded memory.
#pragma once

#include "board/observer.hpp"
#include "board/record/report/series.hpp"
#include "chip/esp32c3/signals.hpp"

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ferry::board::report {

// One descriptor, from the moment at which it was read until it was closed.
struct Descriptor : Span {
  std::uint32_t address = 0, word0 = 0, buffer = 0, next = 0;
  std::optional<std::uint32_t> word0_closed;  // nothing when the engine left it open
  std::uint32_t moved = 0;                    // bytes
  Time first_byte = 0, last_byte = 0;         // when `moved` is not 0
};

// From a START (or RESTART) to the end of the list.
struct Transfer : Span {
  std::uint32_t first_descriptor = 0;
  std::string ended;  // why; empty when it had not ended with the run
};

struct Phase : Span {
  std::string name;
};

// From the entry into an interrupt's handler to its mret.
struct Handler : Span {
  unsigned line = 0;
  std::uint64_t sources = 0;  // a bit each
};

// Bytes that were sent without a pause, at most a line of them.
struct Text : Span {
  std::string bytes;
};

struct Mark : Span {
  std::string kind;  // "reset", "exception", "notice", or what a watcher calls its findings
  std::string text;
};

// One direction of a DMA channel.
struct DmaLane {
  Series<Transfer> transfers;
  Series<Descriptor> descriptors;
  std::optional<Transfer> transfer;      // that runs
  std::optional<Descriptor> descriptor;  // that is open
};

struct PinLane {
  bool level_at_start = false;
  Series<Span> edges{{.first = 4000, .last = 2000, .merged = 2000}};
};

// Where a firmware's text can come from.
enum class Port : std::uint8_t { uart0, uart1, usb_serial_jtag, semihosting, count };

struct TextLane {
  Series<Text> texts;
  std::optional<Text> text;  // that may go on
};

class Recorder final : public Observer {
 public:
  // All that happens often of what is wanted here.
  static constexpr unsigned topics = Observers::only(Topic::pins) | Observers::only(Topic::dma);

  // `now` is asked for the time, `sources` for what stands behind a line of the CPU (see
  // Board::interrupt_sources). `levels`: bit n is GPIOn at this moment.
  Recorder(std::function<Time()> now, std::function<std::uint64_t(unsigned)> sources, std::uint32_t levels);

  // Something worth a mark on the time axis that no device tells of, such as a finding about the firmware.
  void mark(Time moment, std::string_view kind, std::string_view text);
  // Text that went another way than through a UART.
  void printed(Port port, std::string_view text);
  // What is under way ends with the run. Nothing may come after it.
  void finish();

  void pin_changed(unsigned pin, bool level) override;
  void dma_started(unsigned channel, DmaDirection direction, std::uint32_t first_descriptor) override;
  void dma_descriptor_loaded(const DmaDescriptorEvent& event) override;
  void dma_descriptor_closed(const DmaDescriptorEvent& event) override;
  void dma_ended(unsigned channel, DmaDirection direction, std::string_view why) override;
  void dma_bytes(unsigned channel, DmaDirection direction, std::uint32_t address,
                 std::uint32_t count) override;
  void spi_phase(std::string_view phase) override;
  void cpu_waits(bool waits) override;
  void interrupt_taken(unsigned line) override;
  void exception_taken(std::uint32_t cause, std::uint32_t value, std::uint32_t pc) override;
  void trap_left() override;
  void uart_sent(unsigned uart, std::uint8_t byte) override;
  void chip_reset(std::string_view cause) override;
  void notice(std::string_view line) override;

  static constexpr std::size_t halves = 6;
  const Series<Span>& asleep() const { return asleep_; }
  const Series<Handler>& handlers() const { return handlers_; }
  const Series<Phase>& phases() const { return phases_; }
  const Series<Mark>& marks() const { return marks_; }
  const DmaLane& dma(unsigned channel, DmaDirection direction) const {
    return dma_[index(channel, direction)];
  }
  const TextLane& text(Port port) const { return texts_[static_cast<std::size_t>(port)]; }
  const PinLane& pin(unsigned pin) const { return pins_[pin]; }
  Time end() const { return end_; }

 private:
  static std::size_t index(unsigned channel, DmaDirection direction) {
    return 2 * channel + (direction == DmaDirection::in ? 0 : 1);
  }
  void print(Port port, char byte);
  void end_descriptor(DmaLane& lane, std::optional<std::uint32_t> word0);
  void end_transfer(DmaLane& lane, std::string_view why);
  void leave_handlers(std::size_t depth);

  std::function<Time()> now_;
  std::function<std::uint64_t(unsigned)> sources_;
  Time end_ = 0;

  Series<Span> asleep_;
  std::optional<Time> asleep_since_;
  Series<Handler> handlers_;
  std::vector<std::optional<Handler>> traps_;  // entered and not left; exceptions are nothing
  Series<Phase> phases_;
  std::optional<Phase> phase_;
  Series<Mark> marks_;
  std::array<DmaLane, halves> dma_;
  std::array<TextLane, static_cast<std::size_t>(Port::count)> texts_;
  std::array<PinLane, chip::gpio_count> pins_;
};

}  // namespace ferry::board::report
