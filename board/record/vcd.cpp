#include "board/record/vcd.hpp"

#include "board/image/wire.hpp"

#include <bit>
#include <string>
#include <utility>

namespace ferry::board {

namespace {

// One printable character per pin is the shortest identifier the format allows.
char identifier(unsigned pin) { return static_cast<char>('!' + pin); }

}  // namespace

VcdRecorder::VcdRecorder(Output& output, std::function<Time()> now, const std::vector<unsigned>& pins,
                         std::uint32_t levels)
    : output_(output), now_(std::move(now)), levels_(levels), written_levels_(levels) {
  output_.write(
      "$version ferry $end\n"
      "$timescale 1 ns $end\n"
      "$scope module board $end\n"
      "$scope module pins $end\n");
  for (const unsigned pin : pins) {
    recorded_ |= 1u << pin;
    output_.write("$var wire 1 " + std::string{identifier(pin)} + ' ' + pin_name(pin) + " $end\n");
  }
  output_.write(
      "$upscope $end\n"
      "$upscope $end\n"
      "$enddefinitions $end\n");
  pending_time_ = written_time_ = now_() / nanosecond;
  output_.write('#' + std::to_string(written_time_) + "\n$dumpvars\n");
  write_levels(recorded_);
  output_.write("$end\n");
}

void VcdRecorder::pin_changed(unsigned pin, bool level) {
  const Time time = now_() / nanosecond;
  if (time != pending_time_) write_pending();
  pending_time_ = time;
  levels_ = level ? levels_ | 1u << pin : levels_ & ~(1u << pin);
}

void VcdRecorder::finish() {
  write_pending();
  write_time(now_() / nanosecond);
  output_.flush();
}

void VcdRecorder::write_levels(std::uint32_t which) {
  for (; which != 0; which &= which - 1) {
    const auto pin = static_cast<unsigned>(std::countr_zero(which));
    const char line[] = {(levels_ >> pin & 1u) != 0 ? '1' : '0', identifier(pin), '\n'};
    output_.write({line, sizeof(line)});
  }
}

void VcdRecorder::write_time(Time nanoseconds) {
  if (nanoseconds == written_time_) return;
  output_.write('#' + std::to_string(nanoseconds) + '\n');
  written_time_ = nanoseconds;
}

void VcdRecorder::write_pending() {
  const std::uint32_t changed = (levels_ ^ written_levels_) & recorded_;
  if (changed == 0) return;
  write_time(pending_time_);
  write_levels(changed);
  written_levels_ = levels_;
}

}  // namespace ferry::board
