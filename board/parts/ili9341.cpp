#include "board/parts/ili9341.hpp"

#include "board/image/text.hpp"

#include <utility>

namespace ferry::board {

namespace {

// Commands, as the data sheet numbers them.
enum Command : std::uint8_t {
  nop = 0x00,
  swreset = 0x01,
  rddid = 0x04,
  rddst = 0x09,
  rddpm = 0x0A,
  rddmadctl = 0x0B,
  rddcolmod = 0x0C,
  rddim = 0x0D,
  rddsm = 0x0E,
  rddsdr = 0x0F,
  slpin = 0x10,
  slpout = 0x11,
  ptlon = 0x12,
  noron = 0x13,
  invoff = 0x20,
  invon = 0x21,
  gamset = 0x26,
  dispoff = 0x28,
  dispon = 0x29,
  caset = 0x2A,
  paset = 0x2B,
  ramwr = 0x2C,
  rgbset = 0x2D,
  ramrd = 0x2E,
  pltar = 0x30,
  vscrdef = 0x33,
  teoff = 0x34,
  teon = 0x35,
  madctl = 0x36,
  vscrsadd = 0x37,
  idmoff = 0x38,
  idmon = 0x39,
  pixset = 0x3A,
  ramwrc = 0x3C,
  ramrdc = 0x3E,
  rdid1 = 0xDA,
  rdid2 = 0xDB,
  rdid3 = 0xDC,
  rdid4 = 0xD3,
};

// Brightness, tearing line and what sets voltages, gamma and timing (0xB0 and up): no effect on the picture
// here.
bool is_without_effect(std::uint8_t command) {
  return command == nop || command == gamset || command == rgbset || command == teoff || command == teon ||
         (command >= 0x44 && command <= 0x5F) || command >= 0xB0;
}

constexpr std::uint8_t id2 = 0x80;
constexpr Time reset_wait = 5 * millisecond;

std::string command_name(std::uint8_t command) { return "command 0x" + hex(command).substr(8); }

// Five and six bits to six and eight: the upper bits again below.
constexpr std::uint8_t six_bits(unsigned five) { return static_cast<std::uint8_t>(five << 1 | five >> 4); }
constexpr std::uint8_t eight_bits(unsigned six) { return static_cast<std::uint8_t>(six << 2 | six >> 4); }

}  // namespace

Ili9341::Ili9341(Placement& placement)
    : Part(placement),
      three_lines_(attributes().choice("interface", {"4-line", "3-line"}) == 1),
      flip_horizontal_(attributes().flag("flipHorizontal")),
      flip_vertical_(attributes().flag("flipVertical")),
      swap_(attributes().flag("swapXY")),
      screenshot_(attributes().file("screenshot")) {
  unused_terminals({"VCC", "GND", "LED"});
  select_.pull(Pull::up);
  reset_.pull(Pull::up);
  reset_.on_change([this](bool) { reset(); });
}

void Ili9341::power_on() {
  memory_ = FrameMemory();
  pixels_written_ = 0;
  reset();
  ready_at_ = 0;
  port_.power_on();
}

// What the data sheet calls the default after a hardware reset; the picture memory keeps its content.
void Ili9341::reset() {
  memory_.reset();
  asleep_ = true;
  on_ = inverted_ = idle_ = partial_ = false;
  pixel_format_ = 0x66;
  top_fixed_ = scroll_start_ = 0;
  scrolled_ = FrameMemory::rows;
  first_partial_ = 0;
  last_partial_ = FrameMemory::rows - 1;
  command_ = nop;
  parameter_count_ = pixel_bytes_ = 0;
  answer_.bits = 0;
  ready_at_ = now() + reset_wait;
}

// ---- Words ----

SpiWord Ili9341::selected() {
  answer_.bits = 0;
  dummy_ = false;
  return next_word();
}

// In a word of three lines, D/C comes first and eight bits follow; with four lines it is a terminal that is
// looked at with the last bit.
SpiWord Ili9341::next_word() const { return SpiWord::receive(three_lines_ ? 9 : 8); }

SpiWord Ili9341::exchanged(std::uint32_t received) {
  if (!reset_.level()) return next_word();
  if (dummy_) {
    dummy_ = false;
    return answer_;
  }
  if (answer_.bits != 0) {
    // An answer has gone out, or one byte of a pixel.
    if (command_ == ramrd || command_ == ramrdc) {
      read_pixel();
      return answer_;
    }
    answer_.bits = 0;
    return next_word();
  }
  const auto byte = static_cast<std::uint8_t>(received);
  if (three_lines_ ? (received >> 8 & 1) != 0 : data_command_.level()) {
    take(byte);
    return next_word();
  }
  begin_command(byte);
  if (answer_.bits == 0) return next_word();
  dummy_ = dummy_clocks_ != 0;
  return dummy_ ? SpiWord::skip(dummy_clocks_) : answer_;
}

void Ili9341::deselected(unsigned) {
  // A pixel may be interrupted between its bytes and goes on; a byte that is not complete is lost.
  answer_.bits = 0;
  dummy_ = false;
}

// ---- Commands ----

void Ili9341::begin_command(std::uint8_t command) {
  if (now() < ready_at_) note("a command comes less than 5 ms after a reset or sleep out");
  command_ = command;
  parameter_count_ = pixel_bytes_ = 0;
  switch (command) {
    case swreset:
      return reset();
    case rddid:
      return answer(1, id2 << 8, 24);
    case rddst:
      return answer(1, display_status(), 32);
    case rddpm:
      return answer(0, power_mode(), 8);
    case rddmadctl:
      return answer(0, memory_.access(), 8);
    case rddcolmod:
      return answer(0, pixel_format_, 8);
    case rddim:
    case rddsm:
      return answer(0, 0, 8);
    case rddsdr:
      return answer(0, asleep_ ? 0 : 0xC0, 8);  // registers loaded, all works
    case rdid1:
    case rdid3:
      return answer(0, 0, 8);
    case rdid2:
      return answer(0, id2, 8);
    case rdid4:
      return answer(8, 0x009341, 24);
    case slpin:
      asleep_ = true;
      return;
    case slpout:
      asleep_ = false;
      ready_at_ = now() + reset_wait;
      return;
    case ptlon:
    case noron:
      partial_ = command == ptlon;
      if (command == noron) scroll_start_ = top_fixed_ = 0, scrolled_ = FrameMemory::rows;
      return;
    case invoff:
    case invon:
      inverted_ = command == invon;
      return;
    case dispoff:
    case dispon:
      on_ = command == dispon;
      return;
    case idmoff:
    case idmon:
      idle_ = command == idmon;
      return;
    case ramwr:
      return memory_.rewind();
    case ramrd:
      memory_.rewind();
      [[fallthrough]];
    case ramrdc:
      read_pixel();
      dummy_clocks_ = 8;
      return;
    case caset:
    case paset:
    case pltar:
    case vscrdef:
    case madctl:
    case vscrsadd:
    case pixset:
    case ramwrc:
      return;  // parameters follow
    default:
      if (!is_without_effect(command)) note(command_name(command) + " is not modelled");
  }
}

void Ili9341::answer(unsigned dummy_clocks, std::uint32_t value, unsigned bits) {
  dummy_clocks_ = dummy_clocks;
  answer_ = SpiWord::send(value, bits);
}

// Always 18 bits, each colour in the upper six of a byte.
void Ili9341::read_pixel() {
  const Colour colour = memory_.read();
  const std::uint32_t value =
      std::uint32_t{colour.red} << 18 | std::uint32_t{colour.green} << 10 | std::uint32_t{colour.blue} << 2;
  answer_ = SpiWord::send(value, 24);
}

std::uint32_t Ili9341::display_status() const {
  const std::uint32_t format = pixel_format_ & 7;
  return (asleep_ ? 0u : 1u << 31) | std::uint32_t{memory_.access()} >> 2 << 25 | format << 20 |
         (idle_ ? 1u << 19 : 0) | (partial_ ? 1u << 18 : 0) | (asleep_ ? 0u : 1u << 17) |
         (partial_ ? 0u : 1u << 16) | (on_ ? 1u << 10 : 0);
}

std::uint8_t Ili9341::power_mode() const {
  return static_cast<std::uint8_t>((asleep_ ? 0 : 1 << 7 | 1 << 4) | (idle_ ? 1 << 6 : 0) |
                                   (partial_ ? 1 << 5 : 1 << 3) | (on_ ? 1 << 2 : 0));
}

// ---- Parameters ----

void Ili9341::take(std::uint8_t byte) {
  if (command_ == ramwr || command_ == ramwrc) return take_pixel_byte(byte);
  if (parameter_count_ == parameters_.size()) return;
  parameters_[parameter_count_++] = byte;
  carry_out();
}

void Ili9341::take_pixel_byte(std::uint8_t byte) {
  pixel_[pixel_bytes_++] = byte;
  const bool eighteen = (pixel_format_ & 7) == 6;
  if (pixel_bytes_ < (eighteen ? 3u : 2u)) return;
  pixel_bytes_ = 0;
  const auto upper_six = [](std::uint8_t value) { return static_cast<std::uint8_t>(value >> 2); };
  const unsigned word = unsigned{pixel_[0]} << 8 | pixel_[1];
  const Colour colour = eighteen ? Colour{upper_six(pixel_[0]), upper_six(pixel_[1]), upper_six(pixel_[2])}
                                 : Colour{six_bits(word >> 11), static_cast<std::uint8_t>(word >> 5 & 0x3F),
                                          six_bits(word & 0x1F)};
  if (memory_.write(colour)) {
    ++pixels_written_;
  } else {
    note("more pixels than the window holds; they are ignored");
  }
}

unsigned Ili9341::parameter(unsigned index) const {
  return static_cast<unsigned>(parameters_[2 * index] << 8 | parameters_[2 * index + 1]);
}

// Each time a parameter has come: what is complete now takes effect.
void Ili9341::carry_out() {
  const unsigned count = parameter_count_;
  const auto out_of_range = [this] { note(command_name(command_) + " out of range; ignored"); };
  switch (command_) {
    case caset:
      if (count == 4 && !memory_.set_columns(parameter(0), parameter(1))) out_of_range();
      return;
    case paset:
      if (count == 4 && !memory_.set_pages(parameter(0), parameter(1))) out_of_range();
      return;
    case madctl:
      if (count == 1) memory_.set_access(parameters_[0]);
      return;
    case pixset:
      if (count != 1) return;
      if ((parameters_[0] & 7) != 5 && (parameters_[0] & 7) != 6) return out_of_range();
      pixel_format_ = parameters_[0];
      return;
    case pltar:
      if (count != 4) return;
      if (parameter(0) >= FrameMemory::rows || parameter(1) >= FrameMemory::rows) return out_of_range();
      first_partial_ = parameter(0);
      last_partial_ = parameter(1);
      return;
    case vscrdef:
      if (count != 6) return;
      if (parameter(1) == 0 || parameter(0) + parameter(1) + parameter(2) != FrameMemory::rows)
        return out_of_range();
      top_fixed_ = parameter(0);
      scrolled_ = parameter(1);
      return;
    case vscrsadd:
      if (count == 2) scroll_start_ = parameter(0);
      return;
    default:
      return;
  }
}

// ---- What is seen ----

// The rows between the fixed areas begin with row `scroll_start_` of the memory and go round.
unsigned Ili9341::shown_row(unsigned row) const {
  if (row < top_fixed_ || row >= top_fixed_ + scrolled_ || scroll_start_ < top_fixed_) return row;
  return top_fixed_ + (scroll_start_ - top_fixed_ + row - top_fixed_) % scrolled_;
}

Colour Ili9341::shown_colour(unsigned column, unsigned row) const {
  const bool in_part = first_partial_ <= last_partial_ ? row >= first_partial_ && row <= last_partial_
                                                       : row >= first_partial_ || row <= last_partial_;
  if (!is_on() || (partial_ && !in_part)) return {};
  Colour colour = memory_.cell(column, shown_row(row));
  const auto show = [this](std::uint8_t six) {
    unsigned value = idle_ ? (six >= 0x20 ? 0x3Fu : 0u) : six;
    if (inverted_) value = 0x3F - value;
    return eight_bits(value);
  };
  colour = {show(colour.red), show(colour.green), show(colour.blue)};
  if ((memory_.access() & FrameMemory::bgr) == 0) std::swap(colour.red, colour.blue);
  return colour;
}

Picture Ili9341::picture() const {
  constexpr unsigned columns = FrameMemory::columns, rows = FrameMemory::rows;
  Picture picture(swap_ ? rows : columns, swap_ ? columns : rows);
  for (unsigned row = 0; row < rows; ++row) {
    for (unsigned column = 0; column < columns; ++column) {
      const unsigned across = flip_horizontal_ ? column : columns - 1 - column;
      const unsigned down = flip_vertical_ ? rows - 1 - row : row;
      picture.at(swap_ ? down : across, swap_ ? across : down) = shown_colour(column, row);
    }
  }
  return picture;
}

std::string Ili9341::summary() const {
  return "pixels written: " + std::to_string(pixels_written_) + ", " +
         (is_on()   ? "on"
          : asleep_ ? "asleep"
                    : "off");
}

std::vector<PartFile> Ili9341::files() const {
  if (screenshot_.empty()) return {};
  return {{screenshot_, true}};
}

std::expected<void, std::string> Ili9341::save() {
  if (screenshot_.empty()) return {};
  return save_png(screenshot_);
}

void Ili9341::archive_state(StateArchive& archive) {
  archive(port_, memory_, asleep_, on_, inverted_, idle_, partial_, pixel_format_, top_fixed_, scrolled_,
          scroll_start_, first_partial_, last_partial_, ready_at_, command_, parameters_, parameter_count_,
          pixel_, pixel_bytes_, dummy_clocks_, answer_, dummy_, pixels_written_);
}

}  // namespace ferry::board
