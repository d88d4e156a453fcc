// Parts on a bench: pads that the test drives as a chip would, time that the test moves.
#pragma once

#include "board/image/diagram.hpp"
#include "board/parts/build.hpp"
#include "board/parts/circuit.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace ferry::board {

class PartsRig : public testing::Test, public Observer {
 protected:
  PartsRig() {
    observers.add(*this, 0);
    for (unsigned pin = 0; pin < chip::gpio_count; ++pin) pins.configure(pin, {.input_enabled = true});
  }
  void notice(std::string_view line) override { notes.emplace_back(line); }

  template <std::derived_from<Part> P>
  P& place(std::string id, Attributes attributes = {}) {
    const auto make = [](Placement& placement) { return std::make_unique<P>(placement); };
    const auto part = circuit.add(std::move(id), "test", make, std::move(attributes));
    if (!part) throw BadPart(part.error());
    return static_cast<P&>(**part);
  }
  // What a part says about its attributes; empty when it takes them.
  template <std::derived_from<Part> P>
  std::string refusal(Attributes attributes) {
    try {
      place<P>("part" + std::to_string(circuit.parts().size()), std::move(attributes));
    } catch (const BadPart& problem) {
      return problem.what();
    }
    return {};
  }
  void connect(std::string_view a, std::string_view b) {
    const auto joined = circuit.connect(parse_point(a).value(), parse_point(b).value());
    EXPECT_TRUE(joined.has_value()) << joined.error();
  }
  std::string connect_error(std::string_view a, std::string_view b) {
    const auto joined = circuit.connect(parse_point(a).value(), parse_point(b).value());
    return joined ? "" : joined.error();
  }
  // As the chip's own pad driver.
  void drive(unsigned pin, bool level) {
    levels = level ? levels | 1u << pin : levels & ~(1u << pin);
    enables |= 1u << pin;
    pins.set_gpio_output(levels, enables);
  }
  void release(unsigned pin) {
    enables &= ~(1u << pin);
    pins.set_gpio_output(levels, enables);
  }
  void pull(unsigned pin, Pull direction) { pins.configure(pin, {.input_enabled = true, .pull = direction}); }
  void run(Time span) { timeline.advance_to(timeline.now() + span); }

  Timeline timeline;
  Observers observers;
  Pins pins{observers};
  int stops = 0;
  Circuit circuit{timeline, pins, observers, [this] { ++stops; }};
  std::vector<std::string> notes;
  std::uint32_t levels = 0, enables = 0;
};

}  // namespace ferry::board
