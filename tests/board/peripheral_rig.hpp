// What a peripheral needs around it on a bench: time, clocks, interrupt lines, pins, and somebody who
// listens. Tests name registers by the offsets and bits of the manual, not by the generated headers that the
// devices use.
#pragma once

#include "board/clocks.hpp"
#include "board/device.hpp"
#include "board/lines.hpp"
#include "board/observer.hpp"
#include "board/timeline.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <iomanip>
#include <map>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace ferry::board {

struct RecordedLines final : InterruptSink {
  void set_source(chip::InterruptSource source, bool level) override {
    levels[static_cast<unsigned>(source)] = level;
  }
  bool operator[](unsigned source) const {
    const auto found = levels.find(source);
    return found != levels.end() && found->second;
  }
  std::map<unsigned, bool> levels;
};

struct RecordedEvents final : Observer {
  void pin_changed(unsigned pin, bool level) override { pins.emplace_back(pin, level); }
  void uart_sent(unsigned uart, std::uint8_t byte) override { sent[uart].push_back(static_cast<char>(byte)); }
  void notice(std::string_view line) override { notices.emplace_back(line); }

  std::vector<std::pair<unsigned, bool>> pins;
  std::map<unsigned, std::string> sent;
  std::vector<std::string> notices;
};

struct Bench {
  Bench() { observers.add(events); }

  void run_until(Time time) { timeline.advance_to(time); }
  void run_for(Time time) { timeline.advance_to(timeline.now() + time); }

  Timeline timeline;
  Clocks clocks;
  Observers observers;
  RecordedEvents events;
  RecordedLines lines;
};

using Word = std::pair<std::uint32_t, std::uint32_t>;  // offset, value

// Every listed register has its value, and the device knows no register that is not listed.
inline void expect_registers(Device& device, const std::vector<Word>& words) {
  std::map<std::uint32_t, std::uint32_t> expected(words.begin(), words.end());
  const auto in_hex = [](std::uint32_t value) {
    std::ostringstream text;
    text << "0x" << std::hex << value;
    return text.str();
  };
  for (const auto& [offset, value] : expected)
    EXPECT_EQ(in_hex(device.read(offset)), in_hex(value)) << device.name() << " + " << in_hex(offset);
  for (const auto& info : device.registers())
    for (std::uint32_t index = 0; index < info.count; ++index)
      EXPECT_TRUE(expected.contains(info.offset + index * info.stride))
          << device.name() << "." << info.name << " at " << in_hex(info.offset + index * info.stride);
}

// The same value in `count` registers from `offset` on.
inline void append(std::vector<Word>& words, std::uint32_t offset, std::uint32_t count, std::uint32_t value) {
  for (std::uint32_t index = 0; index < count; ++index) words.emplace_back(offset + 4 * index, value);
}

}  // namespace ferry::board
