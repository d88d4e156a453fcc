#include "board/app/run.hpp"

#include "board/app/exit_status.hpp"
#include "board/app/files.hpp"
#include "board/app/verdict.hpp"
#include "board/board.hpp"
#include "board/bus.hpp"
#include "board/cpu/abi_registers.hpp"
#include "board/cpu/cpu.hpp"
#include "board/cpu/csr.hpp"
#include "board/debug/server.hpp"
#include "board/debug/trap_text.hpp"
#include "board/devices/usb_serial_jtag/usb_serial_jtag.hpp"
#include "board/flash/flash_chip.hpp"
#include "board/image/diagram.hpp"
#include "board/image/file.hpp"
#include "board/image/firmware.hpp"
#include "board/image/rom_file.hpp"
#include "board/image/text.hpp"
#include "board/parts/build.hpp"
#include "board/parts/circuit.hpp"
#include "board/parts/ili9341.hpp"
#include "board/parts/push_button.hpp"
#include "board/record/console.hpp"
#include "board/record/junit.hpp"
#include "board/record/messages.hpp"
#include "board/record/output.hpp"
#include "board/record/report/page.hpp"
#include "board/record/report/recorder.hpp"
#include "board/record/source_places.hpp"
#include "board/record/summary.hpp"
#include "board/record/trace_bus.hpp"
#include "board/record/trace_dma.hpp"
#include "board/record/vcd.hpp"
#include "board/record/whole_lines.hpp"
#include "board/watch/dma_watch.hpp"

#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <deque>
#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string_view>
#include <system_error>
#include <utility>

namespace ferry::app {

namespace {

using board::Board;
using board::Output;
using board::Time;

// Ctrl-C and outputs that fail are looked for this often, in simulated time; less often while the CPU sleeps.
constexpr Time slice = 10 * board::millisecond, longest_slice = board::second;

volatile std::sig_atomic_t interrupt_requested = 0;

// From here on Ctrl-C ends the run in good order; a second one ends the program at once.
void catch_interrupt() {
  struct sigaction action = {};
  action.sa_handler = [](int) { interrupt_requested = 1; };
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
}

// A file that cannot be read, understood or written, in one line.
struct BadFile {
  std::string text;
};

[[noreturn]] void refuse(const std::string& file, const std::string& why) {
  throw BadFile{file + ": " + why};
}

void value_or_refuse(const std::string& file, const std::expected<void, std::string>& done) {
  if (!done) refuse(file, done.error());
}

template <class T>
T value_or_refuse(const std::string& file, std::expected<T, std::string> value) {
  if (!value) refuse(file, value.error());
  return std::move(*value);
}

board::Image read_firmware(const RunOptions& options) {
  auto image = board::load_firmware(options.firmware);
  if (!image) refuse(options.firmware, image.error().text);
  return std::move(*image);
}

void claim(Files& files, const std::string& path, const std::string& role, bool written) {
  value_or_refuse(path, files.add(path, role, written));
}

// What the command line names; parts of the diagram come later.
Files files_of(const RunOptions& options) {
  Files files;
  claim(files, options.firmware, "firmware", false);
  if (options.diagram) claim(files, *options.diagram, "diagram", false);
  if (options.rom) claim(files, *options.rom, "boot ROM", false);
  if (options.watch_suppress) claim(files, *options.watch_suppress, "file of --watch-suppress", false);
  if (options.flash) claim(files, *options.flash, "file of --flash", true);
  if (options.vcd) claim(files, *options.vcd, "file of --vcd", true);
  if (options.report) claim(files, *options.report, "file of --report", true);
  if (options.json && options.json != "-") claim(files, *options.json, "file of --json", true);
  if (options.junit) claim(files, *options.junit, "file of --junit", true);
  return files;
}

bool is_flash_content(const std::string& path, std::span<const std::byte> content) {
  constexpr std::string_view elf = "\177ELF";
  std::error_code ignored;
  return std::filesystem::is_regular_file(path, ignored) && std::has_single_bit(content.size()) &&
         content.size() >= board::FlashChip::smallest &&
         !std::ranges::equal(content.first(elf.size()), std::as_bytes(std::span(elf)));
}

std::vector<board::watch::Suppression> read_suppressions(const std::string& file) {
  constexpr std::size_t largest = 1 << 20;
  const auto bytes = value_or_refuse(file, board::read_file(file, largest));
  const std::string text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  return value_or_refuse(file, board::watch::parse_suppressions(text));
}

// As if the firmware were flashed onto the chip that the file has kept.
board::Image onto_kept_flash(board::Image image, const RunOptions& options) {
  std::error_code ignored;
  if (!options.flash || !std::filesystem::exists(*options.flash, ignored)) return image;
  auto content = value_or_refuse(*options.flash, board::read_file(*options.flash, board::FlashChip::largest));
  if (!is_flash_content(*options.flash, content))
    refuse(*options.flash, "this is not the content of a flash chip; it is not overwritten");
  image.flash_size = std::max(image.flash_size, static_cast<std::uint32_t>(content.size()));
  image.flash.insert(image.flash.begin(), board::FlashPart{0, std::move(content)});
  return image;
}

// A file that is replaced at the end has to have a folder that allows it, and the user does not want to learn
// of one that does not when the run is over.
void refuse_unwritable_folder(const std::filesystem::path& file) {
  std::error_code ignored;
  if (std::filesystem::exists(file, ignored) && !std::filesystem::is_regular_file(file, ignored)) return;
  const std::filesystem::path folder = file.has_parent_path() ? file.parent_path() : ".";
  if (::access(folder.c_str(), W_OK | X_OK) != 0)
    refuse(file.string(), std::generic_category().message(errno));
}

board::Diagram read_diagram(const RunOptions& options) {
  if (!options.diagram) return {};
  return value_or_refuse(*options.diagram, board::load_diagram(*options.diagram));
}

void create_file(std::optional<Output>& file, const std::optional<std::string>& path) {
  if (path) file.emplace(value_or_refuse(*path, Output::create(*path)));
}

std::uint32_t levels(const board::Pins& pins) {
  std::uint32_t result = 0;
  for (unsigned pin = 0; pin < chip::gpio_count; ++pin) result |= (pins.level(pin) ? 1u : 0u) << pin;
  return result;
}

// What comes through semihosting is shown, and is part of the report.
struct ShownAndReported final : board::SemihostingHandler {
  explicit ShownAndReported(board::Console& console) : shown(console) {}
  void semihosting_text(std::string_view text) override {
    shown.semihosting_text(text);
    also->printed(board::report::Port::semihosting, text);
  }
  board::Console& shown;
  board::report::Recorder* also = nullptr;
};

// A recorder sees the board as long as this lives.
class Attached {
 public:
  Attached(board::Observers& observers, board::Observer& observer, unsigned topics)
      : observers_(observers), observer_(observer) {
    observers_.add(observer_, topics);
  }
  ~Attached() { observers_.remove(observer_); }
  Attached(const Attached&) = delete;
  Attached& operator=(const Attached&) = delete;

 private:
  board::Observers& observers_;
  board::Observer& observer_;
};

class Session {
 public:
  // Reads and opens all files; throws BadFile.
  explicit Session(const RunOptions& options)
      : options_(options),
        files_(files_of(options)),
        image_(onto_kept_flash(read_firmware(options), options)),
        diagram_(read_diagram(options)),
        text_(json_on_standard_output() ? STDERR_FILENO : STDOUT_FILENO),
        board_({.strict_alignment = options.strict_alignment, .skip_idle = options.skip_idle}) {
    if (!options.quiet) attach(messages_, 0);
    connect();
    create_files();
    if (unused_ && !options.quiet) messages_.notice(*options.diagram + ": not used: " + *unused_);
    attach();
    watch();
    if (options.rom) board_.set_rom(value_or_refuse(*options.rom, board::load_rom(*options.rom)));
    board_.load(image_);
    board_.cpu().stop_at_exceptions(options.break_on_trap);
    if (options.gdb_port)
      debugger_ = value_or_refuse("--gdb", board::debug::Server::listen(board_, *options.gdb_port));
  }

  int run() {
    catch_interrupt();
    const auto start = std::chrono::steady_clock::now();
    if (debugger_) wait_for_debugger();
    const Ending ending = simulate();
    const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
    if (bus_trace_) bus_trace_->finish();
    const auto saved = board_.circuit().save();
    lines_.finish();
    if (recorder_) recorder_->finish();
    if (text_.error() == EPIPE) return exit_status::reader_gone;
    if (text_.error() != 0) return cannot_write("standard output", text_);
    if (vcd_file_ && vcd_file_->error() != 0) return cannot_write(*options_.vcd, *vcd_file_);
    if (!saved) {
      messages_.line("ferry: " + board::one_line(saved.error()));
      return exit_status::bad_input;
    }
    if (options_.flash) {
      const auto content = board_.flash().read(0, board_.flash().size());
      value_or_refuse(*options_.flash, board::replace_file(*options_.flash, content));
    }
    const Verdict verdict = judge(options_, ending);
    if (debugger_) debugger_->finish(verdict.exit_status);
    const board::RunSummary summary = summarize(verdict, ending, wall.count());
    if (report_) report_->finish();
    if (const auto failure = write_results(summary)) return *failure;
    if (!options_.quiet) messages_.line("ferry: " + summary_text(summary));
    if (options_.quiet && verdict.exit_status != exit_status::done)
      messages_.line("ferry: " + verdict.explanation);
    return verdict.exit_status;
  }

 private:
  bool json_on_standard_output() const { return options_.json == "-"; }

  void connect() {
    for (const board::Wire& wire : options_.wires) board_.wire(wire.a, wire.b);
    if (options_.diagram) {
      unused_ =
          value_or_refuse(*options_.diagram, build(board_.circuit(), diagram_, board::PartTypes::built_in(),
                                                   std::filesystem::path(*options_.diagram).parent_path()));
    }
    std::set<std::string_view> shown;
    for (const auto& [display, file] : options_.screenshots) {
      if (!shown.insert(display).second)
        refuse("--screenshot", "the display " + board::in_quotes(display) + " is named twice");
      part<board::Ili9341>("--screenshot", display, "a display").screenshot_to(file);
    }
    for (const ButtonPress& press : options_.presses)
      part<board::PushButton>("--press", press.button, "a button").press_at(press.press);
    for (const Input& input : options_.inputs) {
      board_.send_to_uart0(std::as_bytes(std::span(input.text)), input.when);
    }
    board_.circuit().start();
  }

  // Nothing is created or emptied before it is known that it does not take away what something else names.
  void create_files() {
    for (const board::Placement& placement : board_.circuit().parts())
      for (const board::PartFile& file : placement.part->files())
        claim(files_, file.path.string(), "file of part " + board::in_quotes(placement.id), file.written);
    if (options_.flash) refuse_unwritable_folder(*options_.flash);
    create_file(vcd_file_, options_.vcd);
    create_file(report_file_, options_.report);
    if (json_on_standard_output()) {
      json_file_.emplace(Output(STDOUT_FILENO));
    } else {
      create_file(json_file_, options_.json);
    }
    create_file(junit_file_, options_.junit);
  }

  // The part of the diagram that an option names.
  template <class P>
  P& part(const std::string& option, const std::string& id, const std::string& kind) {
    board::Part* const part = board_.circuit().find(id);
    if (part == nullptr) refuse(option, "the diagram has no part " + board::in_quotes(id));
    P* const wanted = dynamic_cast<P*>(part);
    if (wanted == nullptr) refuse(option, board::in_quotes(id) + " is not " + kind);
    return *wanted;
  }

  // What a recorder does not look at costs nothing: `topics` are those of which there is much.
  void attach(board::Observer& observer, unsigned topics) {
    attached_.emplace_back(board_.observers(), observer, topics);
  }

  void attach() {
    const auto add = [this](board::Observer& observer, unsigned topics) { attach(observer, topics); };
    for (board::Console* console : {&uart0_, &usb_}) {
      add(*console, 0);
      stop_when_printed(*console, options_.failing_text, failing_text_seen_, true);
      stop_when_printed(*console, options_.expected_text, expected_text_seen_, !options_.expected_exit);
    }
    board_.cpu().set_semihosting(&uart0_);

    using board::Observers, board::Topic;
    if (options_.trace_dma) {
      trace_.emplace([this](std::string_view line) { messages_.line(line); }, now_);
      add(*trace_, Observers::only(Topic::dma));
    }
    if (options_.trace_bus) {
      bus_trace_.emplace([this](std::string_view line) { messages_.line(line); }, now_,
                         board::FunctionNames(image_.symbols), options_.traced_blocks);
      add(*bus_trace_, Observers::only(Topic::registers));
    }
    if (!options_.quiet) describe_firmware();
    if (vcd_file_) {
      using enum board::VcdRecorder::Contents;
      const auto contents = options_.vcd_pins_only             ? pins
                            : options_.watch == WatchMode::off ? everything
                                                               : findings;
      recorder_.emplace(*vcd_file_, now_, options_.vcd_pins, levels(board_.pins()), contents);
      add(*recorder_, board::VcdRecorder::topics(contents));
    }
    if (report_file_) {
      report_.emplace(
          now_, [this](unsigned line) { return board_.interrupt_sources(line); }, levels(board_.pins()));
      add(*report_, board::report::Recorder::topics);
      semihosting_.also = &*report_;
      board_.cpu().set_semihosting(&semihosting_);
    }
  }

  void watch() {
    if (options_.watch == WatchMode::off) return;
    watch_.emplace(board_, source_, image_.symbols);
    if (options_.watch_suppress) watch_->suppress(read_suppressions(*options_.watch_suppress));
    watch_->on_finding([this](const board::watch::Finding& finding) {
      std::string text = board::watch::text_of(finding);
      text.pop_back();  // the end of the last line
      messages_.line(text);
      const std::string headline = board::watch::headline_of(finding);
      if (recorder_) recorder_->mark_finding(board_.cpu().now(), headline);
      if (report_) report_->mark(board_.cpu().now(), "watch", headline);
      if (options_.watch != WatchMode::stop) return;
      if (debugger_) {
        debugger_->draw_attention(std::move(text), finding.access.under_way);
      } else {
        board_.request_stop();
      }
    });
  }

  void describe_firmware() {
    const board::Description& about = image_.description;
    if (!about.project.empty())
      messages_.notice(
          "the program calls itself " + board::in_quotes(about.project) +
          (about.version.empty() ? std::string() : ", version " + board::one_line(about.version)));
    for (const std::string& remark : image_.remarks) messages_.notice(remark);
  }

  void stop_when_printed(board::Console& console, const std::optional<std::string>& text, bool& seen,
                         bool stop) {
    if (!text) return;
    console.look_for(*text, [this, &seen, stop] {
      seen = true;
      if (stop) board_.request_stop();
    });
  }

  void wait_for_debugger() {
    messages_.line("ferry: waiting for GDB: gdb-multiarch -ex 'target remote :" +
                   std::to_string(debugger_->port()) + "' " + board::one_line(options_.firmware));
    error_.flush();
    while (interrupt_requested == 0 && !debugger_->wait_for_debugger()) {
    }
  }

  // Whoever debugs sees the firmware's text as far as it has come.
  Board::Stop run_slice(Time until) {
    if (!debugger_) return board_.run_until(until);
    const Board::Stop stop = debugger_->run_until(until);
    text_.flush();
    return stop;
  }

  // " in FUNCTION, FILE:LINE", as far as it is known.
  std::string place_of(std::uint32_t pc) const { return source_.text(pc); }

  std::string trap(Board::Stop stop) {
    if (stop == Board::Stop::trap_loop) {
      const std::string place = place_of(board_.cpu().csr(board::csr::mepc).value_or(0));
      return board::debug::last_exception_text(board_.cpu()) + (place.empty() ? std::string() : "," + place);
    }
    if (!board_.cpu().pending_exception()) return {};
    const std::string place = place_of(board_.cpu().pc());
    return board::debug::exception_text(board_.cpu()) + (place.empty() ? std::string() : "," + place);
  }

  std::string rom_call() {
    const std::uint32_t pc = board_.cpu().pc();
    const std::string name = Board::rom_function(pc);
    const std::string caller = place_of(board_.cpu().register_value(board::return_address_register) - 2);
    return (name.empty() ? "what the firmware calls in the boot ROM at " + board::hex(pc)
                         : "the boot ROM's " + name + " (" + board::hex(pc) + ")") +
           (caller.empty() ? std::string() : ", called" + caller);
  }

  Ending simulate() {
    const Time end =
        std::min(options_.timeout.value_or(board::never), options_.duration.value_or(board::never));
    Board::Stop stop = Board::Stop::reached_time;
    Time step = slice;
    while (stop == Board::Stop::reached_time && board_.now() < end && interrupt_requested == 0 &&
           outputs_work()) {
      const std::uint64_t instructions = board_.counters().instructions;
      stop = run_slice(step < end - board_.now() ? board_.now() + step : end);
      const bool slept = board_.counters().instructions == instructions;
      step = slept && !debugger_ ? std::min(2 * step, longest_slice) : slice;
    }
    if (stop == Board::Stop::reached_time && board_.now() < end) stop = Board::Stop::requested;
    board_.circuit().end_of_run();
    if (watch_ && board::watch::ends_program(stop)) watch_->program_ended();
    const std::vector<std::string>& failures = board_.circuit().failures();
    return {.stop = stop,
            .firmware_exit_code = stop == Board::Stop::exited ? board_.exit_code() : 0,
            .now = board_.now(),
            .expected_text_seen = expected_text_seen_,
            .failing_text_seen = failing_text_seen_,
            .trap = trap(stop),
            .rom_call = stop == Board::Stop::rom_call ? rom_call() : std::string(),
            .watch_findings = watch_ ? watch_->findings().size() : 0,
            .killed = debugger_ && debugger_->killed(),
            .part_failure = failures.empty() ? std::string() : failures.front()};
  }

  bool outputs_work() const { return text_.error() == 0 && (!vcd_file_ || vcd_file_->error() == 0); }

  // What is known only at the end. The exit code, if a file does not take it.
  std::optional<int> write_results(const board::RunSummary& summary) {
    const std::string name = std::filesystem::path(options_.firmware).filename().string();
    std::optional<int> failure;
    if (report_)
      failure = complete(*report_file_, *options_.report, page(name, summary, *report_, board_.pins()));
    if (json_file_ && !failure) failure = complete(*json_file_, *options_.json, summary_json(summary));
    if (junit_file_ && !failure) failure = complete(*junit_file_, *options_.junit, junit_xml(name, summary));
    return failure;
  }

  std::optional<int> complete(Output& output, const std::string& file, std::string_view text) {
    output.write(text);
    output.flush();
    if (output.error() == 0) return std::nullopt;
    return output.error() == EPIPE ? exit_status::reader_gone : cannot_write(file, output);
  }

  int cannot_write(const std::string& file, const Output& output) {
    messages_.line("ferry: " + board::one_line(file) + ": " + output.error_text());
    return exit_status::bad_input;
  }

  board::RunSummary summarize(const Verdict& verdict, const Ending& ending, double wall_seconds) {
    board::RunSummary summary{.ended = verdict.word,
                              .explanation = verdict.explanation,
                              .exit_status = verdict.exit_status,
                              .firmware_exit_code = std::nullopt,
                              .simulated = ending.now,
                              .counters = board_.counters(),
                              .wall_seconds = std::nullopt};
    if (ending.stop == Board::Stop::exited) summary.firmware_exit_code = ending.firmware_exit_code;
    if (options_.wall_time) summary.wall_seconds = wall_seconds;
    if (watch_)
      summary.watch = board::RunSummary::Watch{.findings = watch_->findings(),
                                               .suppressed = watch_->suppressed(),
                                               .unused_suppressions = watch_->unused_suppressions()};
    for (const board::Placement& placement : board_.circuit().parts())
      if (std::string line = placement.part->summary(); !line.empty())
        summary.parts.emplace_back(board::one_line(placement.id), std::move(line));
    return summary;
  }

  const RunOptions& options_;
  Files files_;
  board::Image image_;
  board::Diagram diagram_;
  std::optional<std::string> unused_;  // of the diagram
  std::optional<Output> vcd_file_, report_file_, json_file_, junit_file_;
  Output text_;
  Output error_{STDERR_FILENO};
  Board board_;
  const std::function<Time()> now_ = [this] { return board_.now(); };
  bool expected_text_seen_ = false, failing_text_seen_ = false;

  board::WholeLines lines_{text_};
  board::Console uart0_{lines_, 0}, usb_{lines_, board::UsbSerialJtag::console_number};
  board::SourcePlaces source_{options_.firmware, image_.symbols};
  // A notice is about the access under way, if one is: what comes from elsewhere has no place in the program.
  board::Messages messages_{text_, error_, now_, [this] {
                              const auto pc = board_.bus().accessing();
                              return pc ? place_of(*pc) : std::string();
                            }};
  std::optional<board::watch::DmaWatch> watch_;
  std::optional<board::DmaTrace> trace_;
  std::optional<board::BusTrace> bus_trace_;
  std::optional<board::VcdRecorder> recorder_;
  std::optional<board::report::Recorder> report_;
  ShownAndReported semihosting_{uart0_};
  std::deque<Attached> attached_;  // gone before what they attach
  std::unique_ptr<board::debug::Server> debugger_;
};

}  // namespace

int run(const RunOptions& options) {
  try {
    return Session(options).run();
  } catch (const BadFile& file) {
    Output(STDERR_FILENO).write("ferry: " + board::one_line(file.text) + '\n');
    return exit_status::bad_input;
  }
}

}  // namespace ferry::app
