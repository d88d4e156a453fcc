// The pads of the chip, the GPIO matrix between them and the peripherals, and the wires outside.
//
// A peripheral drives output signals and listens to input signals by their number. The matrix and IO_MUX
// registers (devices/gpio, devices/io_mux) say which pad a signal meets. Pads that a wire joins form a net; a
// net has one level: what drives it, else its pull resistors, else low. Two drivers that disagree are
// reported once and read as low, and so are resistors that pull both ways. Parts on the wires
// (parts/circuit.hpp) add their drivers and resistors to a pad's.
//
// What a level causes happens at once. A circle that has no steady state, such as a pad that drives itself
// through an inverting output, is cut short with a note: the net where it is cut keeps the level that it has
// until something else changes, which gives it another chance.
#pragma once

#include "board/observer.hpp"
#include "board/state_archive.hpp"
#include "chip/esp32c3/signals.hpp"

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace ferry::board {

enum class Pull : std::uint8_t { none, up, down };

// An output signal that no peripheral has: a pad set to it drives nothing.
inline constexpr std::uint32_t no_signal = 0xFF;

// How one pad is set up, as GPIO and IO_MUX registers say.
struct PadConfig {
  std::uint32_t output_signal =
      chip::signal::simple_gpio;  // FUNCn_OUT_SEL_CFG.OUT_SEL, or the IO_MUX direct signal
  bool output_inverted = false;
  bool enable_from_gpio = false;  // OEN_SEL: output enable comes from GPIO_ENABLE, not from the peripheral
  bool enable_inverted = false;
  bool open_drain = false;
  bool input_enabled = false;  // FUN_IE
  Pull pull = Pull::none;

  bool operator==(const PadConfig&) const = default;
};

// What all the parts on a pad's net do together, or all the other boards.
struct PartDrive {
  bool high = false, low = false;
  bool pull_up = false, pull_down = false;

  bool operator==(const PartDrive&) const = default;
};

// Where a peripheral input comes from.
struct InputRoute {
  enum class From : std::uint8_t { low, high, pad };
  From from = From::low;
  unsigned pin = 0;
  bool inverted = false;
  bool direct = false;  // by IO_MUX: past the synchronisers

  bool operator==(const InputRoute&) const = default;
};

class Pins {
 public:
  explicit Pins(Observers& observers);

  // Peripheral side.
  void drive(std::uint32_t signal, bool level) {
    if (signal_level_[signal] != level) change_signal(signal, level);
  }
  void enable_output(std::uint32_t signal,
                     bool enabled);  // the peripheral's own output enable; true after reset
  bool input(std::uint32_t signal) const { return input_level_[signal]; }
  // Called with the new level whenever the input signal changes.
  void listen(std::uint32_t signal, std::function<void(bool)> listener);
  // Whether anyone could see what this output signal does: a pad follows it, and an observer, a listener, an
  // enabled input or a part is there. What nobody sees, a peripheral need not draw edge by edge.
  bool watched(std::uint32_t signal) const;

  // Register side (GPIO and IO_MUX).
  void configure(unsigned pin, const PadConfig& config);
  void route_input(std::uint32_t signal, const InputRoute& route);
  void set_gpio_output(std::uint32_t levels, std::uint32_t enables);  // GPIO_OUT and GPIO_ENABLE
  std::uint32_t gpio_input() const {
    return ((levels_ & ~delayed_) | (delayed_levels_ & delayed_)) & input_enabled_;
  }  // GPIO_IN: pads whose input is enabled
  // For GPIO's interrupt logic: called when the bits of gpio_input() in `pads` may have changed.
  void on_input_change(std::function<void(std::uint32_t pads)> listener);
  // These pads keep their output, pull and input settings whatever configures or drives them, until they are
  // left out of a later call.
  void hold(std::uint32_t pads);
  void reset();  // pads and routes as after power-on; wires and outside drivers stay, and so do held pads

  // For what lies between a pad and the matrix: of such a pad GPIO_IN and the matrix see what
  // set_delayed_input() says, and `listener` is told of its own level.
  void delay_input(unsigned pin, bool delayed);
  void set_delayed_input(unsigned pin, bool level);
  void on_delayed_input(std::function<void(std::uint32_t pads, bool level)> listener);
  // Putting it back calls no listener: whoever listens is put back, too.
  void archive_state(StateArchive& archive);

  // Outside. A pin that the chip does not have throws std::out_of_range.
  void wire(unsigned a, unsigned b);
  // Takes a wire between these two pads away; nothing happens when there is none. Other wires may still join
  // them.
  void cut(unsigned a, unsigned b);
  void drive_from_outside(unsigned pin, std::optional<bool> level);  // nothing = let go
  void drive_by_parts(unsigned pin, const PartDrive& drive);         // beside the driver above
  // For wires to other boards (testing/linked_boards.hpp): what these do to a pad, and what this board itself
  // does: its pads, parts and outside drivers on the pad's net. The listener is called when the latter may
  // have changed, before anybody here hears of a new level.
  void drive_by_link(unsigned pin, const PartDrive& drive);
  PartDrive own_drive(unsigned pin) const;
  void on_own_drive(unsigned pin, std::function<void()> listener);
  // Asked for the names of the parts that drive one of these pads to this level, separated by commas.
  void name_parts(std::function<std::string(std::uint32_t pads, bool level)> names);
  bool level(unsigned pin) const { return (levels_ >> pin & 1) != 0; }  // what a probe sees
  const PadConfig& pad(unsigned pin) const { return config_[pin]; }
  const InputRoute& route(std::uint32_t signal) const { return routes_[signal]; }
  bool floats(unsigned pin) const;  // nothing drives it and nothing pulls
  // Called with the new level whenever the pad changes: for parts on the other end of a wire.
  void listen_pad(unsigned pin, std::function<void(bool)> listener);

 private:
  static constexpr std::size_t signal_count = 256;  // OUT_SEL is 8 bits wide
  struct Input {
    std::uint8_t signal;
    bool inverted;
  };
  struct Wire {
    unsigned a, b;
  };
  struct Net {
    std::uint32_t pads = 0;
    std::vector<Input> inputs;  // the input signals that come from a pad of this net
    bool contention_told = false;
    void archive_state(StateArchive& archive);
  };

  void change_signal(std::uint32_t signal, bool level);
  void apply(unsigned pin);
  void update_drive(unsigned pin);
  void resolve(std::uint32_t pads);
  bool resolved_level(Net& net);
  void tell_links(std::uint32_t pads);
  void tell_contention(Net& net, std::uint32_t high, std::uint32_t low);
  std::string driver_names(std::uint32_t pads, std::uint32_t own, bool level) const;
  void pads_changed(Net& net, bool level);
  bool goes_in_circles(std::size_t net) const;
  void cut_short(const Net& net);
  void join(const Wire& wire);
  void settle(Net& net);
  void connect_inputs();
  void set_input(std::uint32_t signal, bool level);

  Observers& observers_;
  std::array<PadConfig, chip::gpio_count> config_{};
  std::array<InputRoute, signal_count> routes_{};
  std::array<Net, chip::gpio_count> nets_;
  std::array<std::uint8_t, chip::gpio_count> net_of_{};
  std::vector<Wire> wires_;
  std::array<bool, signal_count> signal_level_{}, signal_enabled_{}, input_level_{};
  std::array<std::uint32_t, signal_count> pads_of_signal_{};  // bit n: pad n follows this output signal
  std::array<std::vector<std::function<void(bool)>>, signal_count> listeners_;
  std::array<std::vector<std::function<void(bool)>>, chip::gpio_count> pad_listeners_;
  std::array<std::vector<std::function<void()>>, chip::gpio_count> link_listeners_;
  std::function<void(std::uint32_t)> input_changed_;
  std::function<std::string(std::uint32_t, bool)> part_names_;
  std::function<void(std::uint32_t, bool)> delayed_changed_;
  std::array<std::vector<Input>, chip::gpio_count> delayed_inputs_;  // of the matrix, from delayed pads

  // One bit per pad.
  struct Drive {
    std::uint32_t high = 0, low = 0;
  };
  std::array<Drive, 2>
      drive_{};  // what the pads' drivers do when the signal they follow is 0, and when it is 1
  std::uint32_t levels_ = 0;
  std::uint32_t drives_high_ = 0, drives_low_ = 0;  // the pads' own drivers
  std::uint32_t outside_high_ = 0, outside_low_ = 0;
  std::uint32_t parts_high_ = 0, parts_low_ = 0, parts_pull_up_ = 0, parts_pull_down_ = 0;
  std::uint32_t links_high_ = 0, links_low_ = 0, links_pull_up_ = 0, links_pull_down_ = 0;
  std::uint32_t pulled_up_ = 0, pulled_down_ = 0;
  std::uint32_t input_enabled_ = 0;
  std::uint32_t held_ = 0;
  std::uint32_t delayed_ = 0, delayed_levels_ = 0;
  std::uint32_t listened_ = 0;  // pads with a part's listener
  std::uint32_t linked_ = 0;    // pads with a listener of a link
  std::uint32_t gpio_levels_ = 0, gpio_enables_ = 0;

  // The changes of one net since the outermost one began that is under way.
  struct Turns {
    std::uint16_t under_way = 0, all = 0;
  };
  std::array<Turns, chip::gpio_count> turns_{};
  unsigned depth_ = 0;           // of changes that cause changes
  std::uint32_t unsettled_ = 0;  // pads of nets that have another level than their drivers say
  std::uint32_t retried_ = 0;    // those that get another chance now
  bool circle_told_ = false;
};

}  // namespace ferry::board
