#include "board/parts/part.hpp"

#include "board/parts/circuit.hpp"

#include <algorithm>
#include <utility>

namespace ferry::board {

Terminal::Terminal(Circuit& circuit, const std::string& part, std::initializer_list<std::string_view> names)
    : circuit_(circuit), part_(part), names_(names.begin(), names.end()), node_(circuit.add_node(*this)) {}

bool Terminal::level() const { return circuit_.level(*this); }
bool Terminal::connected() const { return circuit_.connected(*this); }

void Terminal::drive(bool level) {
  const Drive wanted = level ? Drive::high : Drive::low;
  if (drive_ == wanted) return;
  drive_ = wanted;
  circuit_.drive_changed(*this);
}

void Terminal::release() {
  if (drive_ == Drive::none) return;
  drive_ = Drive::none;
  circuit_.drive_changed(*this);
}

void Terminal::pull(Pull direction) {
  if (pull_ == direction) return;
  pull_ = direction;
  circuit_.drive_changed(*this);
}

void Terminal::tie(bool level) { circuit_.tie(*this, level ? Supply::power : Supply::ground); }

void Terminal::on_change(std::function<void(bool)> listener) { listeners_.push_back(std::move(listener)); }

void Terminal::on_rising(std::function<void()> listener) {
  on_change([listener = std::move(listener)](bool level) {
    if (level) listener();
  });
}

void Terminal::on_falling(std::function<void()> listener) {
  on_change([listener = std::move(listener)](bool level) {
    if (!level) listener();
  });
}

std::string Terminal::name() const { return part_ + ':' + names_.front(); }

void Contact::set(bool closed) {
  if (closed_ == closed) return;
  closed_ = closed;
  circuit_.contact_changed();
}

const std::string& Part::id() const { return placement_.id; }

Terminal& Part::terminal(std::initializer_list<std::string_view> names) {
  return placement_.terminals.emplace_back(placement_.circuit, placement_.id, names);
}

void Part::unused_terminals(std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) terminal(name);
}

Contact& Part::contact(const Terminal& a, const Terminal& b) {
  return placement_.contacts.emplace_back(placement_.circuit, a, b, false);
}

void Part::resistor(const Terminal& a, const Terminal& b) {
  placement_.contacts.emplace_back(placement_.circuit, a, b, true);
}

const Attributes& Part::attributes() const { return placement_.attributes; }
Timeline& Part::timeline() const { return placement_.circuit.timeline(); }
void Part::note(std::string_view line) { placement_.circuit.note(placement_, line); }
void Part::fail(std::string_view line) { placement_.circuit.fail(placement_, line); }

void Terminal::archive_state(StateArchive& archive) { archive(drive_, pull_, hears_, told_); }

void Contact::archive_state(StateArchive& archive) { archive(closed_); }

}  // namespace ferry::board
