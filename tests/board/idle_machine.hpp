// A CPU with timers and a device to poll, where nobody watches single accesses: for tests of what is skipped.
#pragma once

#include "board/devices/systimer/systimer.hpp"
#include "board/devices/timg/timg.hpp"
#include "tests/board/cpu_machine.hpp"

#include <deque>

namespace ferry::board::test {

inline constexpr std::uint32_t systimer_base = 0x6002'3000, timg_base = 0x6001'F000;
// Of the device: a store ends the interrupt; a store sets the word of this number, which is in bits 7 to 1,
// to bit 0.
inline constexpr std::uint32_t acknowledge = 0xF0, set_word = 0xF4;

class IdleMachine {
 public:
  // A store that the device has seen, or another moment that is to be the same with and without skipping.
  struct Moment {
    Time time;
    Cpu::Counters counters;
    std::uint32_t pc, value;
    std::vector<std::uint32_t> state;  // registers and memory, where they were looked at
  };

  explicit IdleMachine(bool skips) {
    bus.attach(device, device_base, 256);
    bus.attach(systimer, systimer_base, 0x1000);
    bus.attach(timg, timg_base, 0x1000);
    cpu.skip_idle_loops(skips);
    device.machine = this;
  }

  void put_word(std::uint32_t address, std::uint32_t value) {
    const std::array<std::byte, 4> bytes{std::byte(value), std::byte(value >> 8), std::byte(value >> 16),
                                         std::byte(value >> 24)};
    memory.write(address, bytes);
  }
  std::uint32_t word(std::uint32_t address) {
    std::uint32_t value = 0;
    std::array<std::byte, 4> bytes{};
    memory.read(address, bytes);
    for (unsigned index = 0; index < 4; ++index)
      value |= std::to_integer<std::uint32_t>(bytes[index]) << 8 * index;
    return value;
  }
  void load(std::initializer_list<std::uint32_t> words, std::uint32_t address = code) {
    for (const std::uint32_t each : words) {
      put_word(address, each);
      address += 4;
    }
    cpu.set_pc(code);
  }
  void at(Time when, std::function<void()> action) {
    events.emplace_back(timeline, std::move(action));
    events.back().at(when);
  }
  Moment moment(std::uint32_t value, bool looks_closely = false) {
    Moment result{
        .time = timeline.now(), .counters = cpu.counters(), .pc = cpu.pc(), .value = value, .state = {}};
    if (!looks_closely) return result;
    for (unsigned number = 0; number < 32; ++number) result.state.push_back(cpu.register_value(number));
    for (std::uint32_t offset = 0; offset < 0x1000; offset += 4) result.state.push_back(word(data + offset));
    return result;
  }
  std::uint64_t skipped() const { return cpu.skipped().instructions; }

  // Words that stay as they are between events, and a log of the stores.
  struct Poll : WordsDevice {
    bool pure(std::uint32_t) const override { return true; }
    std::uint32_t read(std::uint32_t offset) override { return words[offset / 4]; }
    void write(std::uint32_t offset, std::uint32_t value) override {
      if (offset == acknowledge)
        machine->cpu.set_interrupt(0);
      else if (offset == set_word)
        words[value >> 1 & 7] = value & 1;
      else
        machine->log.push_back(machine->moment(value));
    }
    IdleMachine* machine = nullptr;
  };
  struct NoInterrupts : InterruptSink {
    void set_source(chip::InterruptSource, bool) override {}
  };

  Timeline timeline;
  Clocks clocks;
  Observers observers;
  Memory memory;
  Bus bus{memory, observers};
  NoInterrupts lines;
  Poll device;
  Systimer systimer{timeline, lines, observers};
  Timg timg{0, timeline, clocks, lines, observers, [](ResetCause, ResetScope) {}};
  Cpu cpu{bus, memory, timeline, clocks, observers};
  std::deque<Event> events;
  std::vector<Moment> log;
};

}  // namespace ferry::board::test
