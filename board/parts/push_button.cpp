#include "board/parts/push_button.hpp"

#include "board/image/text.hpp"
#include "board/record/time_text.hpp"

#include <algorithm>
#include <array>

namespace ferry::board {

namespace {

constexpr Time usual_bounce = millisecond;

// When the contact moves while it bounces, in thousandths of the bounce time: away and back again, the pauses
// growing. An even number, so that the last move is to where the button is.
constexpr std::array<Time, 6> bounce_moves{40, 120, 250, 420, 700, 1000};

constexpr std::string_view spaces = " \t";

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(spaces);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(spaces) - first + 1);
}

}  // namespace

std::expected<Press, std::string> parse_press(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos)
    return std::unexpected(in_quotes(text) + " is not of the form TIME:LENGTH, as in 1s:200ms");
  const auto from = parse_time(trimmed(text.substr(0, colon)));
  if (!from) return std::unexpected(from.error());
  const auto length = parse_time(trimmed(text.substr(colon + 1)));
  if (!length) return std::unexpected(length.error());
  if (*length == 0) return std::unexpected(in_quotes(text) + " lasts no time");
  if (*length > never - *from) return std::unexpected(in_quotes(text) + " ends too late");
  return Press{*from, *length};
}

PushButton::PushButton(Placement& placement)
    : Part(placement),
      next_(timeline(), [this] { follow_script(); }),
      bounce_(timeline(), [this] { bounce(); }) {
  attributes().ignore({"color", "label", "key", "xray"});
  const std::string wanted = attributes().text("bounce");
  if (wanted == "1") {
    bounce_time_ = usual_bounce;
  } else if (!wanted.empty() && wanted != "0") {
    bounce_time_ = attributes().time("bounce", 0);
  }
  const std::string presses = attributes().text("press");
  for (std::string_view rest = presses; !rest.empty();) {
    const std::size_t comma = rest.find(',');
    const auto press = parse_press(trimmed(rest.substr(0, comma)));
    if (!press) throw BadPart("attribute \"press\": " + press.error());
    press_at(*press);
    rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
  }
}

void PushButton::press() {
  if (!held_by_hand_) hold(+1);
  held_by_hand_ = true;
}

void PushButton::release() {
  if (held_by_hand_) hold(-1);
  held_by_hand_ = false;
}

void PushButton::press_at(const Press& press) {
  add_change({press.from, +1});
  add_change({press.from + press.length, -1});
  next_.at(script_.front().when);
}

void PushButton::add_change(const Change& change) {
  script_.insert(std::ranges::upper_bound(script_, change.when, {}, &Change::when), change);
}

void PushButton::follow_script() {
  while (!script_.empty() && script_.front().when <= now()) {
    const int change = script_.front().holders;
    script_.erase(script_.begin());
    hold(change);
  }
  if (!script_.empty()) next_.at(script_.front().when);
}

void PushButton::archive_state(StateArchive& archive) {
  archive(holders_, held_by_hand_, times_pressed_, script_, next_, bounces_, moving_since_, bounce_);
}

void PushButton::hold(int change) {
  const bool before = pressed();
  holders_ += change;
  if (pressed() == before) return;
  if (pressed()) ++times_pressed_;
  bounces_ = 0;
  moving_since_ = now();
  if (bounce_time_ != 0) bounce_.at(moving_since_ + bounce_time_ / 1000 * bounce_moves[0]);
  pressed() ? contact_.close() : contact_.open();
}

void PushButton::bounce() {
  ++bounces_;
  if (bounces_ < bounce_moves.size())
    bounce_.at(moving_since_ + bounce_time_ / 1000 * bounce_moves[bounces_]);
  const bool away = bounces_ % 2 == 1;
  pressed() != away ? contact_.close() : contact_.open();
}

std::string PushButton::summary() const {
  return "pressed " + std::to_string(times_pressed_) + (times_pressed_ == 1 ? " time" : " times");
}

}  // namespace ferry::board
