#include "board/pins/pins.hpp"

#include <algorithm>
#include <bit>
#include <stdexcept>
#include <string>
#include <utility>

namespace ferry::board {

namespace {

constexpr std::uint32_t bit(unsigned pin) { return 1u << pin; }

// Input signals 97 to 100 have no peripheral: the matrix connects each to the output signal of the same
// number.
constexpr bool passes_through(std::uint32_t signal) { return signal >= 97 && signal <= 100; }

// A change that is the net's own consequence so many times over has no end. A net that was cut short before
// has its chance with the second.
constexpr unsigned most_under_way = 64, most_retried = 2;
// Where each change causes several others, depth alone would not keep them few.
constexpr unsigned most_changes = 10'000;

void check_pin(unsigned pin) {
  if (pin >= chip::gpio_count) throw std::out_of_range("the chip has no GPIO" + std::to_string(pin));
}

template <class Action>
void for_each_bit(std::uint32_t bits, Action action) {
  for (; bits != 0; bits &= bits - 1) action(static_cast<unsigned>(std::countr_zero(bits)));
}

std::string pin_list(std::uint32_t pads) {
  std::string text;
  for_each_bit(pads, [&](unsigned pin) { text += (text.empty() ? "GPIO" : ", GPIO") + std::to_string(pin); });
  return text;
}

}  // namespace

Pins::Pins(Observers& observers) : observers_(observers) {
  for (unsigned pin = 0; pin < chip::gpio_count; ++pin) {
    net_of_[pin] = static_cast<std::uint8_t>(pin);
    nets_[pin].pads = bit(pin);
  }
  signal_enabled_.fill(true);
  signal_enabled_[no_signal] = false;
  reset();
}

void Pins::reset() {
  for (unsigned pin = 0; pin < chip::gpio_count; ++pin) configure(pin, PadConfig{});
  routes_.fill(InputRoute{});
  signal_enabled_.fill(true);
  for (std::uint32_t signal = chip::signal::count; signal < signal_count; ++signal)
    signal_enabled_[signal] = false;
  gpio_levels_ = gpio_enables_ = 0;
  for (unsigned pin = 0; pin < chip::gpio_count; ++pin) update_drive(pin);
  connect_inputs();
  resolve(bit(chip::gpio_count) - 1);
}

void Pins::archive_state(StateArchive& archive) {
  archive(config_, routes_, nets_, net_of_, wires_, signal_level_, signal_enabled_, input_level_,
          pads_of_signal_, drive_, levels_, drives_high_, drives_low_, outside_high_, outside_low_,
          parts_high_, parts_low_, parts_pull_up_, parts_pull_down_, links_high_, links_low_, links_pull_up_,
          links_pull_down_, pulled_up_, pulled_down_, input_enabled_, held_, delayed_, delayed_levels_,
          delayed_inputs_, gpio_levels_, gpio_enables_, unsettled_, circle_told_);
  archive.derived(turns_, depth_, retried_);  // nothing is under way
}

void Pins::listen(std::uint32_t signal, std::function<void(bool)> listener) {
  listeners_[signal].push_back(std::move(listener));
}

void Pins::listen_pad(unsigned pin, std::function<void(bool)> listener) {
  check_pin(pin);
  pad_listeners_[pin].push_back(std::move(listener));
  listened_ |= bit(pin);
}

void Pins::on_input_change(std::function<void(std::uint32_t)> listener) {
  input_changed_ = std::move(listener);
}

bool Pins::watched(std::uint32_t signal) const {
  const std::uint32_t pads = pads_of_signal_[signal];
  if (pads == 0) return false;
  if (observers_.any(Topic::pins)) return true;
  bool seen = false;
  for_each_bit(pads, [&](unsigned pin) {
    seen = seen || (nets_[net_of_[pin]].pads & (input_enabled_ | listened_ | linked_)) != 0;
  });
  return seen;
}

void Pins::change_signal(std::uint32_t signal, bool level) {
  signal_level_[signal] = level;
  const std::uint32_t pads = pads_of_signal_[signal];
  const Drive& drive = drive_[level ? 1 : 0];
  drives_high_ = (drives_high_ & ~pads) | (drive.high & pads);
  drives_low_ = (drives_low_ & ~pads) | (drive.low & pads);
  resolve(pads);
}

void Pins::enable_output(std::uint32_t signal, bool enabled) {
  if (signal_enabled_[signal] == enabled) return;
  signal_enabled_[signal] = enabled;
  const std::uint32_t pads = pads_of_signal_[signal];
  for_each_bit(pads, [&](unsigned pin) { update_drive(pin); });
  resolve(pads);
}

void Pins::set_gpio_output(std::uint32_t levels, std::uint32_t enables) {
  constexpr std::uint32_t all = bit(chip::gpio_count) - 1;
  // Every pad first, then the nets: two pads on one wire that change in one store never fight over it.
  const std::uint32_t changed = ((levels ^ gpio_levels_) | (enables ^ gpio_enables_)) & all;
  gpio_levels_ = levels;
  gpio_enables_ = enables;
  for_each_bit(changed, [&](unsigned pin) { update_drive(pin); });
  resolve(changed);
}

void Pins::configure(unsigned pin, const PadConfig& config) {
  PadConfig& current = config_[pin];
  pads_of_signal_[current.output_signal] &= ~bit(pin);
  current = config;
  pads_of_signal_[current.output_signal] |= bit(pin);
  apply(pin);
}

// The configuration takes effect, unless the pad is held.
void Pins::apply(unsigned pin) {
  if ((held_ & bit(pin)) != 0) return;
  const PadConfig& config = config_[pin];
  const bool inputs_move = ((input_enabled_ & bit(pin)) != 0) != config.input_enabled;
  const auto set = [pin](std::uint32_t& word, bool on) { word = on ? word | bit(pin) : word & ~bit(pin); };
  set(input_enabled_, config.input_enabled);
  set(pulled_up_, config.pull == Pull::up);
  set(pulled_down_, config.pull == Pull::down);
  update_drive(pin);
  resolve(bit(pin));
  if (inputs_move) {
    connect_inputs();
    if (input_changed_) input_changed_(bit(pin));
  }
}

void Pins::hold(std::uint32_t pads) {
  const std::uint32_t released = held_ & ~pads;
  // Held, a driver does the same whatever the signal it follows.
  for (Drive& drive : drive_) {
    const std::uint32_t taken = pads & ~held_;
    drive.high = (drive.high & ~taken) | (drives_high_ & taken);
    drive.low = (drive.low & ~taken) | (drives_low_ & taken);
  }
  held_ = pads;
  for_each_bit(released, [&](unsigned pin) { apply(pin); });
}

void Pins::delay_input(unsigned pin, bool delayed) {
  const auto set = [pin](std::uint32_t& word, bool on) { word = on ? word | bit(pin) : word & ~bit(pin); };
  set(delayed_levels_, level(pin));
  set(delayed_, delayed);
  connect_inputs();
  if (input_changed_) input_changed_(bit(pin));
}

void Pins::set_delayed_input(unsigned pin, bool level) {
  if (((delayed_levels_ & bit(pin)) != 0) == level) return;
  delayed_levels_ ^= bit(pin);
  for (std::size_t index = 0; index < delayed_inputs_[pin].size(); ++index) {
    const Input input = delayed_inputs_[pin][index];
    set_input(input.signal, ((delayed_levels_ & bit(pin)) != 0) != input.inverted);
  }
  if ((input_enabled_ & bit(pin)) != 0 && input_changed_) input_changed_(bit(pin));
}

void Pins::on_delayed_input(std::function<void(std::uint32_t, bool)> listener) {
  delayed_changed_ = std::move(listener);
}

// What the pad's own driver does, from its configuration and the signal it follows: worked out for both
// levels of the signal, so that an edge only picks one of them.
void Pins::update_drive(unsigned pin) {
  if ((held_ & bit(pin)) != 0) return;
  const PadConfig& config = config_[pin];
  const bool simple = config.output_signal == chip::signal::simple_gpio;
  const auto gpio = [pin](std::uint32_t word) { return (word >> pin & 1) != 0; };
  const bool from_gpio = simple || config.enable_from_gpio;
  const bool enable = from_gpio ? gpio(gpio_enables_) : signal_enabled_[config.output_signal];
  const bool enabled = enable != config.enable_inverted && config.output_signal != no_signal;
  const auto set = [pin](std::uint32_t& word, bool on) { word = on ? word | bit(pin) : word & ~bit(pin); };
  for (const bool level : {false, true}) {
    const bool out = level != config.output_inverted;
    set(drive_[level ? 1 : 0].high, enabled && out && !config.open_drain);
    set(drive_[level ? 1 : 0].low, enabled && !out);
  }
  const bool level = simple ? gpio(gpio_levels_) : signal_level_[config.output_signal];
  set(drives_high_, gpio(drive_[level ? 1 : 0].high));
  set(drives_low_, gpio(drive_[level ? 1 : 0].low));
}

// Finds the levels of the nets that these pads belong to, and tells of those that changed.
void Pins::resolve(std::uint32_t pads) {
  const bool retries = unsettled_ != 0 && depth_ == 0;
  if (retries) [[unlikely]] {
    retried_ = std::exchange(unsettled_, 0);
    pads |= retried_;
  }
  while (pads != 0) {
    Net& net = nets_[net_of_[static_cast<unsigned>(std::countr_zero(pads))]];
    pads &= ~net.pads;
    tell_links(net.pads & linked_);
    const bool level = resolved_level(net);
    if (((levels_ & net.pads) != 0) != level) pads_changed(net, level);
  }
  if (retries) retried_ = 0;
}

bool Pins::resolved_level(Net& net) {
  const std::uint32_t high = (drives_high_ | outside_high_ | parts_high_ | links_high_) & net.pads;
  const std::uint32_t low = (drives_low_ | outside_low_ | parts_low_ | links_low_) & net.pads;
  if (high != 0 && low != 0) [[unlikely]] {
    tell_contention(net, high, low);
    return false;
  }
  if ((high | low) != 0) return high != 0;
  return ((pulled_up_ | parts_pull_up_ | links_pull_up_) & net.pads) != 0 &&
         ((pulled_down_ | parts_pull_down_ | links_pull_down_) & net.pads) == 0;
}

bool Pins::floats(unsigned pin) const {
  check_pin(pin);
  const std::uint32_t pads = nets_[net_of_[pin]].pads;
  return ((drives_high_ | drives_low_ | outside_high_ | outside_low_ | parts_high_ | parts_low_ | pulled_up_ |
           pulled_down_ | parts_pull_up_ | parts_pull_down_ | links_high_ | links_low_ | links_pull_up_ |
           links_pull_down_) &
          pads) == 0;
}

void Pins::tell_contention(Net& net, std::uint32_t high, std::uint32_t low) {
  if (net.contention_told) return;
  net.contention_told = true;
  const std::string line = "one wire, two drivers: " + driver_names(high, high & drives_high_, true) +
                           " high, " + driver_names(low, low & drives_low_, false) + " low; read as low";
  observers_.tell(&Observer::notice, std::string_view(line));
}

std::string Pins::driver_names(std::uint32_t pads, std::uint32_t own, bool level) const {
  std::string names = pin_list(own);
  if (((level ? parts_high_ : parts_low_) & pads) != 0 && part_names_)
    names += (names.empty() ? "" : ", ") + part_names_(pads, level);
  if (((level ? links_high_ : links_low_) & pads) != 0)
    names += std::string(names.empty() ? "" : ", ") + "another board";
  return names.empty() ? "an outside driver" : names;
}

bool Pins::goes_in_circles(std::size_t net) const {
  const unsigned most = (nets_[net].pads & retried_) != 0 ? most_retried : most_under_way;
  return turns_[net].under_way >= most || turns_[net].all >= most_changes;
}

// The net keeps the level that it has, and those who listen know it already.
void Pins::cut_short(const Net& net) {
  unsettled_ |= net.pads;
  if (std::exchange(circle_told_, true)) return;
  const std::string line =
      "pins change one another's levels without end; this is cut short at " + pin_list(net.pads);
  observers_.tell(&Observer::notice, std::string_view(line));
}

void Pins::pads_changed(Net& net, bool level) {
  const auto index_of_net = static_cast<std::size_t>(&net - nets_.data());
  if (depth_ == 0) turns_.fill({});
  if (goes_in_circles(index_of_net)) [[unlikely]]
    return cut_short(net);
  struct UnderWay {
    UnderWay(unsigned& with_depth, Turns& with_turns) : depth(with_depth), turns(with_turns) {
      ++depth, ++turns.under_way, ++turns.all;
    }
    ~UnderWay() { --depth, --turns.under_way; }
    UnderWay(const UnderWay&) = delete;
    UnderWay& operator=(const UnderWay&) = delete;
    unsigned& depth;
    Turns& turns;
  } const under_way(depth_, turns_[index_of_net]);
  const std::uint32_t changed = net.pads & (level ? ~levels_ : levels_);
  levels_ = level ? levels_ | net.pads : levels_ & ~net.pads;
  if (observers_.any(Topic::pins))
    for_each_bit(changed, [&](unsigned pin) { observers_.tell(&Observer::pin_changed, pin, level); });
  // A listener may change this very net again: whoever comes after it is told the newest level, once.
  for (std::size_t index = 0; index < net.inputs.size(); ++index) {
    const Input input = net.inputs[index];
    set_input(input.signal, ((levels_ & net.pads) != 0) != input.inverted);
  }
  if ((changed & delayed_) != 0 && delayed_changed_)
    delayed_changed_(changed & delayed_, (levels_ & net.pads) != 0);
  const std::uint32_t seen = changed & input_enabled_ & ~delayed_;
  if (seen != 0 && input_changed_) input_changed_(seen);
  for_each_bit(changed & listened_, [&](unsigned pin) {
    for (const auto& listener : pad_listeners_[pin]) listener(this->level(pin));
  });
}

void Pins::set_input(std::uint32_t signal, bool level) {
  if (input_level_[signal] == level) return;
  input_level_[signal] = level;
  for (const auto& listener : listeners_[signal]) listener(level);
  if (passes_through(signal)) drive(signal, level);
}

void Pins::route_input(std::uint32_t signal, const InputRoute& route) {
  if (routes_[signal] == route) return;
  routes_[signal] = route;
  connect_inputs();
}

// Rebuilds the lists of inputs per net, and brings every input to the level of where it comes from now. A pad
// whose input buffer is off reads low.
void Pins::connect_inputs() {
  for (Net& net : nets_) net.inputs.clear();
  for (auto& inputs : delayed_inputs_) inputs.clear();
  for (std::uint32_t signal = 0; signal < chip::signal::count; ++signal) {
    const InputRoute& route = routes_[signal];
    if (route.from != InputRoute::From::pad || (input_enabled_ & bit(route.pin)) == 0) continue;
    const bool delayed = !route.direct && (delayed_ & bit(route.pin)) != 0;
    auto& inputs = delayed ? delayed_inputs_[route.pin] : nets_[net_of_[route.pin]].inputs;
    inputs.push_back({static_cast<std::uint8_t>(signal), route.inverted});
  }
  for (std::uint32_t signal = 0; signal < chip::signal::count; ++signal) {
    const InputRoute& route = routes_[signal];
    const std::uint32_t levels = route.direct ? levels_ & input_enabled_ : gpio_input();
    const bool from_pad = route.from == InputRoute::From::pad && (levels & bit(route.pin)) != 0;
    set_input(signal, (from_pad || route.from == InputRoute::From::high) != route.inverted);
  }
  resolve(0);  // a circle may be open now, though no input has changed
}

void Pins::wire(unsigned a, unsigned b) {
  check_pin(a);
  check_pin(b);
  wires_.push_back({a, b});
  if (net_of_[a] == net_of_[b]) return;
  join(wires_.back());
  connect_inputs();
  settle(nets_[net_of_[a]]);
}

void Pins::cut(unsigned a, unsigned b) {
  check_pin(a);
  check_pin(b);
  const auto wire = std::ranges::find_if(
      wires_, [&](const Wire& w) { return (w.a == a && w.b == b) || (w.a == b && w.b == a); });
  if (wire == wires_.end()) return;
  wires_.erase(wire);
  // Every pad of this net is alone again, until the other wires join them as before.
  const std::uint32_t pads = nets_[net_of_[a]].pads;
  for_each_bit(pads, [&](unsigned pin) {
    net_of_[pin] = static_cast<std::uint8_t>(pin);
    nets_[pin] = Net{.pads = bit(pin), .inputs = {}, .contention_told = false};
  });
  for (const Wire& other : wires_) join(other);
  connect_inputs();
  for (Net& net : nets_)
    if ((net.pads & pads) != 0) settle(net);
}

void Pins::join(const Wire& wire) {
  const std::uint8_t kept = net_of_[wire.a], joined = net_of_[wire.b];
  if (kept == joined) return;
  for_each_bit(nets_[joined].pads, [&](unsigned pin) { net_of_[pin] = kept; });
  nets_[kept].pads |= nets_[joined].pads;
  nets_[joined] = Net{};
}

// The pads of a net may differ until now: its level is new for every pad that had the other one.
void Pins::settle(Net& net) {
  tell_links(net.pads & linked_);
  const bool level = resolved_level(net);
  if ((levels_ & net.pads) != (level ? net.pads : 0)) pads_changed(net, level);
}

void Pins::drive_from_outside(unsigned pin, std::optional<bool> level) {
  check_pin(pin);
  outside_high_ = level == true ? outside_high_ | bit(pin) : outside_high_ & ~bit(pin);
  outside_low_ = level == false ? outside_low_ | bit(pin) : outside_low_ & ~bit(pin);
  resolve(bit(pin));
}

void Pins::drive_by_parts(unsigned pin, const PartDrive& drive) {
  check_pin(pin);
  const auto set = [pin](std::uint32_t& word, bool on) { word = on ? word | bit(pin) : word & ~bit(pin); };
  set(parts_high_, drive.high);
  set(parts_low_, drive.low);
  set(parts_pull_up_, drive.pull_up);
  set(parts_pull_down_, drive.pull_down);
  resolve(bit(pin));
}

void Pins::drive_by_link(unsigned pin, const PartDrive& drive) {
  check_pin(pin);
  const auto set = [pin](std::uint32_t& word, bool on) { word = on ? word | bit(pin) : word & ~bit(pin); };
  set(links_high_, drive.high);
  set(links_low_, drive.low);
  set(links_pull_up_, drive.pull_up);
  set(links_pull_down_, drive.pull_down);
  resolve(bit(pin));
}

PartDrive Pins::own_drive(unsigned pin) const {
  check_pin(pin);
  const std::uint32_t pads = nets_[net_of_[pin]].pads;
  return {.high = ((drives_high_ | outside_high_ | parts_high_) & pads) != 0,
          .low = ((drives_low_ | outside_low_ | parts_low_) & pads) != 0,
          .pull_up = ((pulled_up_ | parts_pull_up_) & pads) != 0,
          .pull_down = ((pulled_down_ | parts_pull_down_) & pads) != 0};
}

void Pins::on_own_drive(unsigned pin, std::function<void()> listener) {
  check_pin(pin);
  link_listeners_[pin].push_back(std::move(listener));
  linked_ |= bit(pin);
}

void Pins::tell_links(std::uint32_t pads) {
  for_each_bit(pads, [&](unsigned pin) {
    for (const auto& listener : link_listeners_[pin]) listener();
  });
}

void Pins::name_parts(std::function<std::string(std::uint32_t, bool)> names) {
  part_names_ = std::move(names);
}

void Pins::Net::archive_state(StateArchive& archive) { archive(pads, inputs, contention_told); }

}  // namespace ferry::board
