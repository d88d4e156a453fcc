#include "board/testing/test_board.hpp"

#include "board/cpu/cpu.hpp"
#include "board/devices/usb_serial_jtag/usb_serial_jtag.hpp"
#include "board/image/firmware.hpp"
#include "board/image/text.hpp"
#include "board/memory.hpp"
#include "board/parts/build.hpp"
#include "board/record/function_names.hpp"
#include "board/record/text_matcher.hpp"
#include "board/record/time_text.hpp"
#include "board/watch/dma_watch.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <stdexcept>
#include <utility>

namespace ferry::board {

namespace {

Image load_or_throw(const std::filesystem::path& firmware) {
  auto image = load_firmware(firmware);
  if (!image) throw std::runtime_error(firmware.string() + ": " + image.error().text);
  return std::move(*image);
}

void check_pin(unsigned pin) {
  if (pin >= chip::gpio_count) throw std::out_of_range("there is no GPIO" + std::to_string(pin));
}

// A firmware that resets the chip again and again may cause one with each round.
constexpr std::size_t most_notes = 1000;

std::string_view words_for(Board::Stop stop) {
  switch (stop) {
    case Board::Stop::exited:
      return "the firmware exited";
    case Board::Stop::deadlock:
      return "the CPU sleeps, and nothing can wake it";
    case Board::Stop::trap_loop:
      return "the trap handler traps";
    default:
      return "the firmware runs";
  }
}

}  // namespace

// Listens to the board; ends a run when what it waits for is there.
struct TestBoard::Parts final : Observer, SemihostingHandler {
  Parts(Image with, const BoardOptions& options) : image(std::move(with)), board(options) {
    board.observers().add(*this, 0);
    board.cpu().set_semihosting(this);
    board.load(image);
  }

  void uart_sent(unsigned uart, std::uint8_t byte) override {
    if (uart == 0 || uart == UsbSerialJtag::console_number) printed(static_cast<char>(byte));
  }
  void semihosting_text(std::string_view more) override {
    for (const char character : more) printed(character);
  }
  void notice(std::string_view line) override {
    if (notes.size() > most_notes) return;
    notes.emplace_back(notes.size() < most_notes ? line : "there is more to note; that is not kept any more");
  }

  void printed(char character) {
    text += character;
    if (matcher && look_at_next()) board.request_stop();
  }
  // Moves on by one character; true when the text that is waited for ends there.
  bool look_at_next() {
    if (!matcher->feed(text[looked_at++])) return false;
    matcher.reset();
    return true;
  }
  Board::Stop run_until(Time time, Board::Opportunity each = Board::Opportunity::block) {
    last_stop = board.run_until(time, each);
    if (watch && watch::ends_program(last_stop)) watch->program_ended();
    return last_stop;
  }

  Image image;
  std::string text;
  std::vector<std::string> notes;
  std::optional<TextMatcher> matcher;
  std::size_t looked_at = 0;  // of `text`
  Board::Stop last_stop = Board::Stop::reached_time;
  const std::vector<watch::Finding> no_findings;
  std::filesystem::path file;
  Board board;  // gone before the rest, which it tells
  std::optional<SourcePlaces> source;
  std::optional<watch::DmaWatch> watch;
};

TestBoard::TestBoard(const std::filesystem::path& firmware, const BoardOptions& options)
    : TestBoard(load_or_throw(firmware), options) {
  parts_->file = firmware;
}
TestBoard::TestBoard(Image image, const BoardOptions& options)
    : parts_(std::make_unique<Parts>(std::move(image), options)) {}
TestBoard::~TestBoard() = default;

bool TestBoard::run_until_text(std::string_view text, Time timeout) {
  Parts& parts = *parts_;
  if (text.empty()) return true;
  parts.matcher.emplace(std::string(text));
  while (parts.looked_at < parts.text.size())
    if (parts.look_at_next()) return true;
  parts.run_until(now() + timeout);
  const bool found = !parts.matcher;
  parts.matcher.reset();
  return found;
}

Board::Stop TestBoard::run_for(Time span, Board::Opportunity each) {
  return parts_->run_until(now() + span, each);
}

bool TestBoard::run_until_level(unsigned pin, bool level, Time timeout) {
  check_pin(pin);
  Parts& parts = *parts_;
  if (this->level(pin) == level) return true;
  bool reached = false;
  // Attached for this run only, so that pins which nobody watches later need not be drawn.
  class Watch final : public Observer {
   public:
    explicit Watch(std::function<void(unsigned, bool)> changed) : changed_(std::move(changed)) {}
    void pin_changed(unsigned pin, bool level) override { changed_(pin, level); }

   private:
    std::function<void(unsigned, bool)> changed_;
  } watch([&](unsigned changed, bool now) {
    if (changed != pin || now != level) return;
    reached = true;
    parts.board.request_stop();
  });
  parts.board.observers().add(watch, Observers::only(Topic::pins));
  parts.run_until(now() + timeout);
  parts.board.observers().remove(watch);
  return reached;
}

const std::string& TestBoard::text() const { return parts_->text; }
const std::vector<std::string>& TestBoard::notes() const { return parts_->notes; }
void TestBoard::watch_dma() {
  Parts& parts = *parts_;
  if (parts.watch) return;
  parts.source.emplace(parts.file, parts.image.symbols);
  parts.watch.emplace(parts.board, *parts.source, parts.image.symbols);
}

const std::vector<watch::Finding>& TestBoard::findings() const {
  return parts_->watch ? parts_->watch->findings() : parts_->no_findings;
}

Board::Stop TestBoard::last_stop() const { return parts_->last_stop; }

std::string TestBoard::describe() const {
  constexpr std::size_t shown = 400;
  const std::string& text = parts_->text;
  std::string result = "at " + seconds_text(now()) + " s: " + std::string(words_for(last_stop()));
  if (last_stop() == Board::Stop::exited) result += " with code " + std::to_string(parts_->board.exit_code());
  result += text.empty()
                ? "\nit has printed nothing"
                : "\nit has printed: " + in_quotes(text.substr(text.size() - std::min(shown, text.size())));
  for (const std::string& note : parts_->notes) result += "\nnote: " + note;
  for (const watch::Finding& finding : findings()) result += '\n' + watch::text_of(finding);
  return result;
}

void TestBoard::wire(unsigned a, unsigned b) { parts_->board.wire(a, b); }
void TestBoard::cut(unsigned a, unsigned b) { parts_->board.pins().cut(a, b); }
void TestBoard::drive(unsigned pin, bool level) { parts_->board.pins().drive_from_outside(pin, level); }
void TestBoard::release(unsigned pin) { parts_->board.pins().drive_from_outside(pin, std::nullopt); }

bool TestBoard::level(unsigned pin) const {
  check_pin(pin);
  return parts_->board.pins().level(pin);
}

void TestBoard::drive_at(Time when, unsigned pin, bool level) {
  check_pin(pin);
  parts_->board.at(when, [this, pin, level] { drive(pin, level); });
}

void TestBoard::release_at(Time when, unsigned pin) {
  check_pin(pin);
  parts_->board.at(when, [this, pin] { release(pin); });
}

void TestBoard::cut_at(Time when, unsigned a, unsigned b) {
  check_pin(a);
  check_pin(b);
  parts_->board.at(when, [this, a, b] { cut(a, b); });
}

void TestBoard::on_edge(unsigned pin, std::function<void(bool)> action) {
  parts_->board.pins().listen_pad(pin, std::move(action));
}

void TestBoard::load_diagram(const std::filesystem::path& diagram, const PartTypes& types) {
  const auto described = ferry::board::load_diagram(diagram);
  if (!described) throw std::runtime_error(diagram.string() + ": " + described.error());
  const auto ignored = build(parts_->board.circuit(), *described, types, diagram.parent_path());
  if (!ignored) throw std::runtime_error(diagram.string() + ": " + ignored.error());
  if (*ignored) parts_->notes.push_back(diagram.string() + ": not used: " + **ignored);
}

Part& TestBoard::place_part(std::string id, const PartTypes::Make& make, Attributes attributes) {
  const auto part = parts_->board.circuit().add(std::move(id), "a part", make, std::move(attributes));
  if (!part) throw BadPart(part.error());
  return **part;
}

void TestBoard::connect(std::string_view a, std::string_view b) {
  const auto point_a = parse_point(a), point_b = parse_point(b);
  if (!point_a) throw std::out_of_range(point_a.error());
  if (!point_b) throw std::out_of_range(point_b.error());
  const auto joined = parts_->board.circuit().connect(*point_a, *point_b);
  if (!joined) throw std::out_of_range(joined.error());
}

void TestBoard::no_such_part(std::string_view id) {
  throw std::out_of_range("there is no part " + in_quotes(id) + " of this kind");
}

const std::vector<std::string>& TestBoard::failures() { return parts_->board.circuit().failures(); }

std::uint32_t TestBoard::address_of(std::string_view symbol) const {
  for (const Symbol& known : parts_->image.symbols)
    if (known.name == symbol || readable_name(known.name) == symbol) return known.address;
  throw std::out_of_range("the firmware has no symbol " + in_quotes(symbol));
}

std::uint32_t TestBoard::word(std::uint32_t address) const {
  std::uint32_t value = 0;
  for (unsigned shift = 0; const std::byte byte : bytes(address, 4)) {
    value |= std::to_integer<std::uint32_t>(byte) << shift;
    shift += 8;
  }
  return value;
}

std::vector<std::byte> TestBoard::bytes(std::uint32_t address, std::size_t count) const {
  // Before there is room made for it: what is larger than memory is not in it.
  std::vector<std::byte> result(count <= Memory::size ? count : 0);
  if (count > Memory::size || !parts_->board.memory().read(address, result))
    throw std::out_of_range(hex(address) + ": there is no memory");
  return result;
}

void TestBoard::set_word(std::uint32_t address, std::uint32_t value) {
  std::array<std::byte, 4> bytes{};
  for (unsigned shift = 0; std::byte & byte : bytes) {
    byte = static_cast<std::byte>(value >> shift);
    shift += 8;
  }
  if (!parts_->board.memory().write(address, bytes))
    throw std::out_of_range(hex(address) + ": there is no memory");
}

TestBoard::Moment TestBoard::moment() {
  Parts& parts = *parts_;
  return {.board = parts.board.snapshot(),
          .text = parts.text,
          .notes = parts.notes,
          .looked_at = parts.looked_at,
          .last_stop = parts.last_stop,
          .written = parts.watch ? parts.watch->written_bytes() : nullptr};
}

void TestBoard::go_back(const Moment& moment) {
  Parts& parts = *parts_;
  parts.board.restore(moment.board);
  if (parts.watch) parts.watch->went_back(moment.written.get());
  parts.text = moment.text;
  parts.notes = moment.notes;
  parts.looked_at = moment.looked_at;
  parts.last_stop = moment.last_stop;
}

Board& TestBoard::board() { return parts_->board; }
Time TestBoard::now() const { return parts_->board.now(); }

}  // namespace ferry::board
