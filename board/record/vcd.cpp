#include "board/record/vcd.hpp"

#include "board/image/text.hpp"
#include "board/image/wire.hpp"
#include "chip/esp32c3/signals.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <string>
#include <utility>

namespace ferry::board {

namespace {

constexpr std::array<std::string_view, 7> phases{"conf", "prep", "cmd", "addr", "dummy", "data", "done"};

// Bits of the levels, from the pins' on.
enum Bit : unsigned {
  asleep = chip::gpio_count,
  interrupt,
  exception,
  first_phase,
  first_half = first_phase + phases.size(),
  finding = first_half + 6,
  end,
};
constexpr std::uint64_t bit(unsigned number) { return std::uint64_t{1} << number; }
constexpr std::uint64_t phase_bits = bit(first_half) - bit(first_phase);

// A firmware that enters traps and never leaves one does not make the board remember them all.
constexpr std::size_t deepest_trap = 32;

// One printable character per signal is the shortest identifier the format allows.
constexpr char identifier(unsigned number) { return static_cast<char>('!' + number); }
static_assert(identifier(end) <= '~');

// All of them have one bit: sigrok reads no others.
std::string variable(unsigned number, std::string_view name) {
  return std::string("$var wire 1 ") + identifier(number) + ' ' + std::string(name) + " $end\n";
}

std::string scope(std::string_view name, const std::string& variables) {
  return "$scope module " + std::string(name) + " $end\n" + variables + "$upscope $end\n";
}

unsigned half_bit(unsigned channel, DmaDirection direction) {
  return first_half + 2 * channel + (direction == DmaDirection::out ? 0 : 1);
}

std::string chip_scopes() {
  std::string spi, dma;
  for (unsigned phase = 0; phase < phases.size(); ++phase)
    spi += variable(first_phase + phase, phases[phase]);
  for (unsigned channel = 0; channel < (finding - first_half) / 2; ++channel) {
    dma += variable(half_bit(channel, DmaDirection::out), "out" + std::to_string(channel));
    dma += variable(half_bit(channel, DmaDirection::in), "in" + std::to_string(channel));
  }
  return scope("cpu", variable(asleep, "asleep") + variable(interrupt, "interrupt") +
                          variable(exception, "exception")) +
         scope("spi2", spi) + scope("dma", dma);
}

// A bus makes millions of these: what belongs to one moment is put together and goes out at once.
class Moment {
 public:
  void add_time(Time nanoseconds) {
    *end_++ = '#';
    end_ = std::to_chars(end_, text_.data() + text_.size(), nanoseconds).ptr;
    *end_++ = '\n';
  }
  void add_levels(std::uint64_t which, std::uint64_t levels) {
    for (; which != 0; which &= which - 1) {
      const auto number = static_cast<unsigned>(std::countr_zero(which));
      *end_++ = (levels >> number & 1u) != 0 ? '1' : '0';
      *end_++ = identifier(number);
      *end_++ = '\n';
    }
  }
  std::string_view text() const { return {text_.data(), end_}; }

 private:
  static constexpr std::size_t time_line = 22, level_line = 3;  // the largest Time has 20 digits
  std::array<char, time_line + end * level_line> text_;
  char* end_ = text_.data();
};

}  // namespace

VcdRecorder::VcdRecorder(Output& output, std::function<Time()> now, const std::vector<unsigned>& pins,
                         std::uint32_t levels, Contents contents)
    : output_(output), now_(std::move(now)), levels_(levels), written_levels_(levels) {
  std::string pin_variables;
  for (const unsigned pin : pins) {
    recorded_ |= bit(pin);
    pin_variables += variable(pin, pin_name(pin));
  }
  std::string scopes = scope("pins", pin_variables);
  if (contents != Contents::pins) {
    recorded_ |= bit(finding) - bit(chip::gpio_count);
    scopes += chip_scopes();
  }
  if (contents == Contents::findings) {
    recorded_ |= bit(finding);
    scopes += scope("watch", variable(finding, "finding"));
  }
  output_.write("$version ferry $end\n$timescale 1 ns $end\n" + scope("board", scopes) +
                "$enddefinitions $end\n");
  pending_time_ = written_time_ = now_() / nanosecond;
  Moment first;
  first.add_levels(recorded_, levels_);
  output_.write('#' + std::to_string(written_time_) + "\n$dumpvars\n" + std::string(first.text()) + "$end\n");
}

void VcdRecorder::pin_changed(unsigned pin, bool level) { change(bit(pin), level ? bit(pin) : 0); }

void VcdRecorder::dma_started(unsigned channel, DmaDirection direction, std::uint32_t) {
  const Levels half = bit(half_bit(channel, direction));
  change(half, half);
}

void VcdRecorder::dma_ended(unsigned channel, DmaDirection direction, std::string_view) {
  change(bit(half_bit(channel, direction)), 0);
}

void VcdRecorder::spi_phase(std::string_view phase) {
  Levels levels = 0;
  for (unsigned number = 0; number < phases.size(); ++number)
    if (phases[number] == phase) levels = bit(first_phase + number);
  change(phase_bits, levels);
}

void VcdRecorder::cpu_waits(bool waits) { change(bit(asleep), waits ? bit(asleep) : 0); }

void VcdRecorder::interrupt_taken(unsigned) { enter_trap(bit(interrupt)); }

void VcdRecorder::exception_taken(std::uint32_t, std::uint32_t, std::uint32_t) { enter_trap(bit(exception)); }

void VcdRecorder::trap_left() {
  if (!traps_.empty()) traps_.pop_back();
  show_trap();
}

void VcdRecorder::chip_reset(std::string_view) {
  traps_.clear();
  show_trap();
}

void VcdRecorder::mark_finding(Time moment, std::string_view text) {
  findings_.push_back(moment / nanosecond);
  std::string comment = one_line(text);
  std::ranges::replace(comment, '$', '_');  // "$end" would end it
  comments_ += "$comment " + std::to_string(findings_.back()) + " ns: " + comment + " $end\n";
}

void VcdRecorder::finish() {
  Time last = now_() / nanosecond;
  if (!findings_.empty()) last = std::max(last, findings_.back() + 1);
  catch_up(last);
  write_pending();
  end_mark();
  if (last != written_time_) output_.write('#' + std::to_string(last) + '\n');
  written_time_ = last;
  output_.write(comments_);
  comments_.clear();
  output_.flush();
}

void VcdRecorder::enter_trap(Levels trap) {
  if (traps_.size() < deepest_trap) traps_.push_back(trap);
  show_trap();
}

void VcdRecorder::show_trap() { change(bit(interrupt) | bit(exception), traps_.empty() ? 0 : traps_.back()); }

void VcdRecorder::change(Levels which, Levels levels) {
  const Time time = now_() / nanosecond;
  catch_up(time);
  set(time, which, levels);
}

void VcdRecorder::catch_up(Time time) {
  for (; !findings_.empty() && findings_.front() <= time; findings_.pop_front())
    set(findings_.front(), bit(finding), bit(finding));
}

void VcdRecorder::set(Time time, Levels which, Levels levels) {
  if (time != pending_time_) {
    write_pending();
    end_mark();
  }
  pending_time_ = time;
  levels_ = (levels_ & ~which) | levels;
}

void VcdRecorder::write_pending() {
  const Levels changed = (levels_ ^ written_levels_) & recorded_;
  if (changed == 0) return;
  Moment moment;
  if (pending_time_ != written_time_) moment.add_time(pending_time_);
  moment.add_levels(changed, levels_);
  output_.write(moment.text());
  written_time_ = pending_time_;
  written_levels_ = levels_;
}

// A nanosecond after the mark was written.
void VcdRecorder::end_mark() {
  if ((levels_ & bit(finding)) == 0) return;
  levels_ &= ~bit(finding);
  ++pending_time_;
  write_pending();
}

}  // namespace ferry::board
