#include "board/parts/circuit.hpp"

#include "board/image/text.hpp"
#include "board/image/wire.hpp"

#include <algorithm>
#include <numeric>
#include <ranges>
#include <stdexcept>
#include <utility>

namespace ferry::board {

namespace {

// Listeners that make others listen, one within the other: more than that goes round in circles.
constexpr unsigned deepest_listeners = 64;

std::string_view name_of(Supply supply) { return supply == Supply::power ? "3V3" : "GND"; }

template <class T>
bool contains(const auto& list, const T& value) {
  return std::ranges::find(list, value) != std::ranges::end(list);
}

std::string list_of(std::span<const std::string> names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

}  // namespace

std::expected<Point, std::string> parse_point(std::string_view text) {
  if (text == "GND") return Supply::ground;
  if (text == "3V3" || text == "VCC") return Supply::power;
  if (const std::size_t colon = text.find(':'); colon != std::string_view::npos)
    return TerminalName{std::string(text.substr(0, colon)), std::string(text.substr(colon + 1))};
  const auto pin = parse_pin(text);
  if (!pin) return std::unexpected(pin.error());
  return *pin;
}

Circuit::Circuit(Timeline& timeline, Pins& pins, Observers& observers, std::function<void()> stop)
    : timeline_(timeline), pins_(pins), observers_(observers), stop_(std::move(stop)) {
  pins_.name_parts([this](std::uint32_t pads, bool level) { return driver_names(pads, level); });
}

Circuit::~Circuit() = default;

// ---- Parts ----

std::expected<Part*, std::string> Circuit::add(std::string id, std::string type, const PartTypes::Make& make,
                                               Attributes attributes) {
  if (find(id) != nullptr) return std::unexpected("two parts are called " + in_quotes(id));
  Placement& placement =
      placements_.emplace_back(*this, std::move(id), std::move(type), std::move(attributes));
  try {
    placement.part = make(placement);
  } catch (const BadPart& problem) {
    // Its terminals are joined with nothing yet, and their nodes stay empty.
    for (const Terminal& terminal : placement.terminals) nodes_[terminal.node_] = {};
    std::string line = one_line(placement.id) + " (" + one_line(placement.type) + "): " + problem.what();
    placements_.pop_back();
    return std::unexpected(std::move(line));
  }
  const std::vector<std::string> unread = placement.attributes.unread();
  if (!unread.empty()) {
    note(placement, std::string("attributes that ") + placement.type + " does not know: " + list_of(unread));
  }
  if (running_) rebuild();
  return placement.part.get();
}

Part* Circuit::find(std::string_view id) {
  const auto found = std::ranges::find(placements_, id, &Placement::id);
  return found == placements_.end() ? nullptr : found->part.get();
}

void Circuit::start() {
  if (powered_ == placements_.size()) return;
  if (!running_) rebuild();
  running_ = true;
  for (Placement& placement : placements_ | std::views::drop(powered_)) {
    for (Terminal& terminal : placement.terminals) {
      terminal.hears_ = true;
      terminal.told_ = terminal.level();
    }
  }
  while (powered_ < placements_.size()) placements_[powered_++].part->power_on();
}

void Circuit::power_cycle() {
  if (!running_) return;
  for (Placement& placement : placements_)
    for (Terminal& terminal : placement.terminals) terminal.release();
  for (Placement& placement : placements_) placement.part->power_on();
}

void Circuit::end_of_run() {
  for (Placement& placement : placements_) placement.part->end_of_run();
}

std::expected<void, std::string> Circuit::save() {
  std::expected<void, std::string> result;
  for (Placement& placement : placements_)
    if (const auto saved = placement.part->save(); !saved && result) result = saved;
  return result;
}

void Circuit::note(const Placement& placement, std::string_view line) {
  notice_once(one_line(placement.id) + ": " + std::string(line));
}

void Circuit::fail(const Placement& placement, std::string_view line) {
  failures_.push_back(one_line(placement.id) + ": " + one_line(line));
  notice_once(failures_.back());
  stop_();
}

void Circuit::notice_once(const std::string& line) {
  if (told_.insert(line).second) observers_.tell(&Observer::notice, std::string_view(line));
}

// Nets are made anew from the contacts. Pins, put back before, has the pads' share already.
void Circuit::archive_state(StateArchive& archive) {
  std::size_t parts = placements_.size();
  archive(parts);
  if (parts != placements_.size()) throw std::logic_error("the snapshot is one of a board with other parts");
  for (Placement& placement : placements_) {
    for (Terminal& terminal : placement.terminals) archive(terminal);
    for (Contact& contact : placement.contacts) archive(contact);
    archive(*placement.part);
  }
  archive(applied_, joined_pads_, running_, powered_, told_, failures_);
  if (archive.restores()) {
    nets_.clear();  // there are none before the first run
    net_of_pad_.fill(std::nullopt);
    if (running_) make_nets();
  }
  for (Net& net : nets_) archive(net.level);
  archive.derived(nodes_, node_of_pad_, nets_, net_of_pad_, generation_, depth_);
}

// ---- Wires ----

std::size_t Circuit::add_node(Terminal& terminal) {
  nodes_.push_back({.terminals = {&terminal}, .pad = std::nullopt, .supply = std::nullopt});
  return nodes_.size() - 1;
}

void Circuit::tie(const Terminal& terminal, Supply supply) { nodes_[terminal.node_].supply = supply; }

std::size_t Circuit::node_of_pad(unsigned pad) {
  std::optional<std::size_t>& node = node_of_pad_[pad];
  if (!node) {
    node = nodes_.size();
    nodes_.push_back({.terminals = {}, .pad = pad, .supply = std::nullopt});
    pins_.listen_pad(pad, [this, pad](bool) {
      if (running_ && net_of_pad_[pad]) tell(*net_of_pad_[pad]);
    });
  }
  return *node;
}

std::expected<std::size_t, std::string> Circuit::node_of(const Point& point) {
  if (const unsigned* pad = std::get_if<unsigned>(&point)) {
    if (*pad >= chip::gpio_count) return std::unexpected("there is no GPIO" + std::to_string(*pad));
    return node_of_pad(*pad);
  }
  const auto& [part, name] = std::get<TerminalName>(point);
  const auto placement = std::ranges::find(placements_, part, &Placement::id);
  if (placement == placements_.end()) return std::unexpected("there is no part " + in_quotes(part));
  // "GND.2" is one of several terminals that are the same, unless a part tells them apart.
  for (const std::string_view wanted :
       {std::string_view(name), std::string_view(name).substr(0, name.find('.'))})
    for (const Terminal& terminal : placement->terminals)
      if (contains(terminal.names_, wanted)) return terminal.node_;
  std::vector<std::string> known;
  for (const Terminal& terminal : placement->terminals) known.push_back(terminal.names_.front());
  return std::unexpected(one_line(part) + " (" + one_line(placement->type) + ") has no terminal " +
                         in_quotes(name) + "; it has " + list_of(known));
}

std::expected<void, std::string> Circuit::connect(const Point& a, const Point& b) {
  const Supply *supply_a = std::get_if<Supply>(&a), *supply_b = std::get_if<Supply>(&b);
  if (supply_a != nullptr && supply_b != nullptr)
    return *supply_a == *supply_b ? std::expected<void, std::string>()
                                  : std::unexpected("short circuit: it joins GND and 3V3");
  if (supply_a != nullptr) return connect_supply(b, *supply_a);
  if (supply_b != nullptr) return connect_supply(a, *supply_b);
  const auto node_a = node_of(a), node_b = node_of(b);
  if (!node_a) return std::unexpected(node_a.error());
  if (!node_b) return std::unexpected(node_b.error());
  if (*node_a == *node_b) return {};
  const Node &one = nodes_[*node_a], &other = nodes_[*node_b];
  if (one.supply && other.supply && one.supply != other.supply)
    return std::unexpected("short circuit: it joins GND and 3V3");
  if (one.pad && other.pad) {
    pins_.wire(*one.pad, *other.pad);
  } else if (one.pad) {
    merge(*node_a, *node_b);
  } else {
    merge(*node_b, *node_a);
  }
  if (running_) rebuild();
  return {};
}

std::expected<void, std::string> Circuit::connect_supply(const Point& point, Supply supply) {
  const auto node = node_of(point);
  if (!node) return std::unexpected(node.error());
  std::optional<Supply>& present = nodes_[*node].supply;
  if (present && *present != supply) return std::unexpected("short circuit: it joins GND and 3V3");
  present = supply;
  if (running_) rebuild();
  return {};
}

void Circuit::merge(std::size_t kept, std::size_t gone) {
  Node &node = nodes_[kept], &other = nodes_[gone];
  for (Terminal* terminal : other.terminals) {
    terminal->node_ = kept;
    node.terminals.push_back(terminal);
  }
  if (!node.supply) node.supply = other.supply;
  other = {};
}

// ---- Nets ----

// Gives every node the number of the group it belongs to, which is one of the group's nodes, and every group
// the resistors that pull it.
std::vector<std::size_t> Circuit::join_nodes(std::vector<PartDrive>& pulls) const {
  std::vector<std::size_t> group(nodes_.size());
  std::iota(group.begin(), group.end(), std::size_t{0});
  pulls.assign(nodes_.size(), {});
  std::vector<std::uint8_t> ground(nodes_.size()), power(nodes_.size());
  for (std::size_t node = 0; node < nodes_.size(); ++node) {
    ground[node] = nodes_[node].supply == Supply::ground;
    power[node] = nodes_[node].supply == Supply::power;
  }
  const auto find = [&group](std::size_t node) {
    while (group[node] != node) node = group[node] = group[group[node]];
    return node;
  };
  const auto join = [&](std::size_t a, std::size_t b) {
    if (a == b) return;
    group[b] = a;
    ground[a] = ground[a] | ground[b];
    power[a] = power[a] | power[b];
    pulls[a].pull_up |= pulls[b].pull_up;
    pulls[a].pull_down |= pulls[b].pull_down;
  };
  const auto for_each_closed = [this](bool resistor, const auto& action) {
    for (const Placement& placement : placements_)
      for (const Contact& contact : placement.contacts)
        if (contact.resistor_ == resistor && contact.closed_) action(contact.a_.node_, contact.b_.node_);
  };
  for_each_closed(false, [&](std::size_t a, std::size_t b) { join(find(a), find(b)); });
  for_each_closed(true, [&](std::size_t a, std::size_t b) {
    a = find(a), b = find(b);
    const bool a_supplied = ground[a] || power[a], b_supplied = ground[b] || power[b];
    if (!a_supplied && !b_supplied) return join(a, b);
    if (a_supplied && b_supplied) return;
    const std::size_t pulled = a_supplied ? b : a, supply = a_supplied ? a : b;
    pulls[pulled].pull_down |= ground[supply] != 0;
    pulls[pulled].pull_up |= power[supply] != 0;
  });
  for (std::size_t& each : group) each = find(each);
  return group;
}

void Circuit::make_nets() {
  std::vector<PartDrive> pulls;
  const std::vector<std::size_t> group_of = join_nodes(pulls);
  std::vector<std::optional<std::size_t>> net_of_group(nodes_.size());
  nets_.clear();
  net_of_pad_.fill(std::nullopt);
  for (std::size_t node = 0; node < nodes_.size(); ++node) {
    if (nodes_[node].terminals.empty() && !nodes_[node].pad) continue;  // merged into another
    const std::size_t group = group_of[node];
    if (!net_of_group[group]) {
      net_of_group[group] = nets_.size();
      nets_.push_back(
          {.nodes = {}, .pads = {}, .pull_up = pulls[group].pull_up, .pull_down = pulls[group].pull_down});
    }
    const std::size_t index = *net_of_group[group];
    Net& net = nets_[index];
    net.nodes.push_back(node);
    for (Terminal* terminal : nodes_[node].terminals) terminal->net_ = index;
    if (const auto pad = nodes_[node].pad) {
      // One of its pads speaks for all: they are joined.
      if (net.pads.empty()) net_of_pad_[*pad] = index;
      net.pads.push_back(*pad);
    }
  }
  ++generation_;
}

std::vector<Wire> Circuit::pads_to_join() const {
  std::vector<Wire> wires;
  for (const Net& net : nets_)
    for (std::size_t index = 1; index < net.pads.size(); ++index)
      wires.push_back({net.pads.front(), net.pads[index]});
  return wires;
}

// A level that moves from one pad to another must not be lost in between: first what is new is joined, then
// drivers and resistors take their new places, then they leave their old ones, then what is no longer joined
// is cut. A listener that moves a contact meanwhile does all of this itself, and what is left of the outer
// round is out of date.
void Circuit::rebuild() {
  make_nets();
  const std::uint64_t generation = generation_;
  const auto wanted = pads_to_join();
  for (const Wire& wire : wanted) {
    if (contains(joined_pads_, wire)) continue;
    joined_pads_.push_back(wire);
    pins_.wire(wire.a, wire.b);
    if (generation != generation_) return;
  }
  for (const bool keep_old : {true, false}) {
    for (std::size_t index = 0; index < nets_.size(); ++index) {
      apply(index, keep_old);
      if (generation != generation_) return;
    }
  }
  for (std::size_t index = 0; index < joined_pads_.size();) {
    const Wire wire = joined_pads_[index];
    if (contains(wanted, wire)) {
      ++index;
      continue;
    }
    joined_pads_.erase(joined_pads_.begin() + static_cast<std::ptrdiff_t>(index));
    pins_.cut(wire.a, wire.b);
    if (generation != generation_) return;
  }
  if (!running_) return;
  for (std::size_t index = 0; index < nets_.size(); ++index) {
    tell(index);
    if (generation != generation_) return;
  }
}

void Circuit::contact_changed() {
  if (running_) rebuild();
}

void Circuit::drive_changed(const Terminal& terminal) {
  if (running_ && terminal.net_ < nets_.size()) apply(terminal.net_);
}

// What acts on a pad of the net: the drivers of its own node; on the first pad also those of the nodes that
// have none, and the resistors.
PartDrive Circuit::drive_of(const Net& net, std::optional<unsigned> pad) const {
  const bool first = !pad || *pad == net.pads.front();
  PartDrive drive;
  if (first) drive.pull_up = net.pull_up, drive.pull_down = net.pull_down;
  for (const std::size_t index : net.nodes) {
    const Node& node = nodes_[index];
    if (node.pad ? node.pad != pad : !first) continue;
    drive.high |= node.supply == Supply::power;
    drive.low |= node.supply == Supply::ground;
    for (const Terminal* terminal : node.terminals) {
      drive.high |= terminal->drive_ == Terminal::Drive::high;
      drive.low |= terminal->drive_ == Terminal::Drive::low;
      drive.pull_up |= terminal->pull_ == Pull::up;
      drive.pull_down |= terminal->pull_ == Pull::down;
    }
  }
  return drive;
}

// With `keep_old`, pads only gain by it.
void Circuit::apply(std::size_t index, bool keep_old) {
  const std::uint64_t generation = generation_;
  for (std::size_t which = 0; which < nets_[index].pads.size(); ++which) {
    const unsigned pad = nets_[index].pads[which];
    PartDrive drive = drive_of(nets_[index], pad);
    const PartDrive& old = applied_[pad];
    if (keep_old && !(drive.high && old.low) && !(drive.low && old.high)) {
      drive.high |= old.high, drive.low |= old.low;
      drive.pull_up |= old.pull_up, drive.pull_down |= old.pull_down;
    }
    drive_pad(pad, drive);
    if (generation != generation_) return;
  }
  Net& net = nets_[index];
  if (!net.pads.empty() || keep_old) return;
  const PartDrive drive = drive_of(net, std::nullopt);
  if (drive.high && drive.low)
    notice_once("one wire, two drivers: " + driver_names(net, true) + " high, " + driver_names(net, false) +
                " low; read as low");
  net.level = drive.high || drive.low ? !drive.low : drive.pull_up && !drive.pull_down;
  if (running_) tell(index);
}

void Circuit::drive_pad(unsigned pad, const PartDrive& drive) {
  if (applied_[pad] == drive) return;
  applied_[pad] = drive;
  pins_.drive_by_parts(pad, drive);
}

void Circuit::tell(std::size_t index) {
  if (depth_ >= deepest_listeners) {
    notice_once("parts change one another's levels without end; this is cut short");
    return;
  }
  struct Deeper {
    explicit Deeper(unsigned& by) : depth(by) { ++depth; }
    ~Deeper() { --depth; }
    unsigned& depth;
  } deeper(depth_);
  tell_listeners(index);
}

// A listener may change this very level again: whoever comes after it is told the newest one, once. It may
// also move a contact, which makes all nets anew and tells everybody.
void Circuit::tell_listeners(std::size_t index) {
  const std::uint64_t generation = generation_;
  for (const std::size_t node : nets_[index].nodes) {
    for (Terminal* terminal : nodes_[node].terminals) {
      const bool now = level(nets_[index]);
      if (terminal->told_ == now || !terminal->hears_) continue;
      terminal->told_ = now;
      for (const auto& listener : terminal->listeners_) {
        listener(now);
        if (generation != generation_) return;
        if (terminal->told_ != now) break;
      }
    }
  }
}

bool Circuit::level(const Net& net) const {
  return net.pads.empty() ? net.level : pins_.level(net.pads.front());
}

bool Circuit::level(const Terminal& terminal) const {
  return terminal.net_ < nets_.size() && level(nets_[terminal.net_]);
}

bool Circuit::connected(const Terminal& terminal) const {
  const Node& node = nodes_[terminal.node_];
  return node.pad || node.supply || node.terminals.size() > 1;
}

std::string Circuit::driver_names(const Net& net, bool level) const {
  std::vector<std::string> names;
  for (const std::size_t index : net.nodes) {
    const Node& node = nodes_[index];
    if (node.supply == (level ? Supply::power : Supply::ground)) names.emplace_back(name_of(*node.supply));
    for (const Terminal* terminal : node.terminals)
      if (terminal->drive_ == (level ? Terminal::Drive::high : Terminal::Drive::low))
        names.push_back(one_line(terminal->name()));
  }
  return list_of(names);
}

std::string Circuit::driver_names(std::uint32_t pads, bool level) const {
  std::string text;
  for (const Net& net : nets_) {
    if (std::ranges::none_of(net.pads, [pads](unsigned pad) { return (pads >> pad & 1) != 0; })) continue;
    const std::string names = driver_names(net, level);
    if (!names.empty()) text += (text.empty() ? "" : ", ") + names;
  }
  return text;
}

}  // namespace ferry::board
