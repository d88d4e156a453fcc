#include "board/app/options.hpp"

#include "board/app/exit_status.hpp"
#include "board/app/version.hpp"
#include "board/board.hpp"
#include "board/image/text.hpp"
#include "board/record/ledger.hpp"
#include "board/record/register_names.hpp"
#include "board/record/time_text.hpp"
#include "chip/esp32c3/signals.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <charconv>
#include <memory>
#include <numeric>
#include <optional>
#include <ranges>
#include <span>
#include <string_view>

namespace ferry::app {

namespace {

using board::in_quotes;

constexpr const char* run_footer =
    "TIME is simulated time: 10s, 250ms, 3us, 100ns, 2.5s. PIN is GPIO0 to GPIO21.\n"
    "The firmware's text goes to standard output, everything else to standard error.\n"
    "\n"
    "Exit codes:\n"
    "  0    done: the firmware exited with 0, or --expect-text, --expect-exit or --for was fulfilled,\n"
    "       or the debugger ended the run\n"
    "  1    the firmware failed: another exit code, --fail-text, an end without the expected text or exit,\n"
    "       a trap without end, any trap with --break-on-trap, a sleep without end, a call of the boot ROM\n"
    "       that the board cannot answer, or what a part of the diagram reports as wrong\n"
    "  2    wrong usage, or a file that cannot be read, understood or written\n"
    "  42   --timeout has run out\n"
    "  66   DMA watch has found something (--watch), whatever else happened\n"
    "  130  stopped by Ctrl-C\n"
    "  141  standard output was closed by its reader";

// What --trace-bus without names stands for.
constexpr const char* every_block = "all";

// What the user wrote, before it is understood.
struct Words {
  std::vector<std::string> wires, presses, sends, traces, screenshots;
  std::string watch;
  std::string trace_bus;  // the names of blocks, separated by commas
  std::optional<std::string> timeout, duration, vcd_pins, gdb, expected_exit;
  bool no_wall_time = false;
};

// A mistake, thrown out of the reading of one option.
struct Mistake {
  std::string text;
};

template <class T>
T value_or_mistake(const std::string& option, std::expected<T, std::string> value) {
  if (!value) throw Mistake{option + ": " + value.error()};
  return std::move(*value);
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::expected<std::string, std::string> resolve_escapes(std::string_view text) {
  constexpr std::string_view names = "nrt0\\", meanings{"\n\r\t\0\\", 5};
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      result += text[i];
      continue;
    }
    const char name = ++i < text.size() ? text[i] : '\0';
    if (const std::size_t known = names.find(name); name != '\0' && known != std::string_view::npos) {
      result += meanings[known];
    } else if (name == 'x' && text.size() - i > 2 && hex_digit(text[i + 1]) >= 0 &&
               hex_digit(text[i + 2]) >= 0) {
      result += static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2]));
      i += 2;
    } else {
      return std::unexpected("unknown escape in " + in_quotes(text) +
                             R"(; known are \n \r \t \0 \\ and \x41)");
    }
  }
  return result;
}

Input read_input(const std::string& word) {
  const std::size_t colon = word.find(':');
  if (colon == std::string::npos)
    throw Mistake{"--send: " + in_quotes(word) + " is not of the form TIME:TEXT"};
  return {value_or_mistake("--send", board::parse_time(std::string_view(word).substr(0, colon))),
          value_or_mistake("--send", resolve_escapes(std::string_view(word).substr(colon + 1)))};
}

ButtonPress read_press(const std::string& word) {
  const std::size_t colon = word.find(':');
  if (colon == std::string::npos || colon == 0)
    throw Mistake{"--press: " + in_quotes(word) + " is not of the form BUTTON:TIME:LENGTH"};
  return {word.substr(0, colon),
          value_or_mistake("--press", board::parse_press(std::string_view(word).substr(colon + 1)))};
}

Screenshot read_screenshot(const std::string& word) {
  const std::size_t equals = word.find('=');
  if (equals == std::string::npos || equals == 0 || equals + 1 == word.size())
    throw Mistake{"--screenshot: " + in_quotes(word) + " is not of the form DISPLAY=FILE"};
  return {word.substr(0, equals), word.substr(equals + 1)};
}

// "SPI2,DMA" as the board knows these names; capitals are optional.
std::set<std::string_view> read_block_names(const std::string& option, std::string_view list) {
  const std::vector<std::string_view> known = board::block_names();
  const auto same_letter = [](char a, char b) { return (a >= 'a' && a <= 'z' ? a - 'a' + 'A' : a) == b; };
  std::set<std::string_view> names;
  for (const auto part : std::views::split(list, ',')) {
    const std::string_view word(part.begin(), part.end());
    const auto name = std::ranges::find_if(
        known, [&](std::string_view block) { return std::ranges::equal(word, block, same_letter); });
    if (name == known.end())
      throw Mistake{option + ": there is no block " + in_quotes(word) +
                    "; there are, for example, SPI2, DMA, GPIO, UART0"};
    names.insert(*name);
  }
  return names;
}

void understand_traces(const Words& words, RunOptions& options) {
  for (const std::string& trace : words.traces) {
    if (trace == "dma") {
      options.trace_dma = true;
    } else if (trace == "bus") {
      options.trace_bus = true;
    } else {
      throw Mistake{"--trace: " + in_quotes(trace) + " is not known; there are bus and dma"};
    }
  }
  if (words.trace_bus.empty()) return;
  options.trace_bus = true;
  if (words.trace_bus != every_block)
    options.traced_blocks = read_block_names("--trace-bus", words.trace_bus);
}

WatchMode read_watch_mode(const std::string& word) {
  if (word == "off") return WatchMode::off;
  if (word == "report") return WatchMode::report;
  if (word == "stop") return WatchMode::stop;
  throw Mistake{"--watch: " + in_quotes(word) + " is not known; there are off, report and stop"};
}

// All of the word, or nothing.
template <class Integer>
std::optional<Integer> read_number(const std::string& word) {
  Integer number = 0;
  const char* const end = word.data() + word.size();
  const auto [rest, error] = std::from_chars(word.data(), end, number);
  if (error != std::errc() || rest != end) return std::nullopt;
  return number;
}

std::uint16_t read_port(const std::string& word) {
  const auto port = read_number<std::uint16_t>(word);
  if (!port) throw Mistake{"--gdb: " + in_quotes(word) + " is no port; ports are 0 to 65535"};
  return *port;
}

int read_exit_code(const std::string& word) {
  const auto code = read_number<int>(word);
  if (!code) throw Mistake{"--expect-exit: " + in_quotes(word) + " is no exit code; they are whole numbers"};
  return *code;
}

// Only a summary goes to standard output; a file of that name is ./- to whoever wants one.
void check_file_names(const RunOptions& options) {
  const auto check = [](const char* option, const std::string& file) {
    if (file == "-") throw Mistake{std::string(option) + ": only --json can go to standard output (-)"};
  };
  if (options.flash) check("--flash", *options.flash);
  if (options.vcd) check("--vcd", *options.vcd);
  if (options.report) check("--report", *options.report);
  if (options.junit) check("--junit", *options.junit);
  for (const Screenshot& screenshot : options.screenshots) check("--screenshot", screenshot.file);
}

void understand(const Words& words, RunOptions& options) {
  options.wall_time = !words.no_wall_time;
  for (const std::string& wire : words.wires) {
    options.wires.push_back(value_or_mistake("--wire", board::parse_wire(wire)));
  }
  for (const std::string& press : words.presses) options.presses.push_back(read_press(press));
  if (!options.presses.empty() && !options.diagram)
    throw Mistake{"--press is of no use without a --diagram that has the button"};
  for (const std::string& word : words.screenshots) options.screenshots.push_back(read_screenshot(word));
  if (!options.screenshots.empty() && !options.diagram)
    throw Mistake{"--screenshot is of no use without a --diagram that has the display"};
  for (const std::string& input : words.sends) options.inputs.push_back(read_input(input));
  if (words.timeout) options.timeout = value_or_mistake("--timeout", board::parse_time(*words.timeout));
  if (words.duration) options.duration = value_or_mistake("--for", board::parse_time(*words.duration));
  understand_traces(words, options);
  if (words.vcd_pins) {
    if (!options.vcd) throw Mistake{"--vcd-pins is of no use without --vcd"};
    options.vcd_pins = value_or_mistake("--vcd-pins", board::parse_pin_list(*words.vcd_pins));
    options.vcd_pins_only = true;
  } else {
    options.vcd_pins.resize(chip::gpio_count);
    std::iota(options.vcd_pins.begin(), options.vcd_pins.end(), 0u);
  }
  if (!words.watch.empty()) options.watch = read_watch_mode(words.watch);
  if (options.watch_suppress && options.watch == WatchMode::off)
    throw Mistake{"--watch-suppress is of no use without --watch"};
  if (words.gdb) options.gdb_port = read_port(*words.gdb);
  if (words.expected_exit) options.expected_exit = read_exit_code(*words.expected_exit);
  if (options.expected_text == "") throw Mistake{"--expect-text: the text may not be empty"};
  if (options.failing_text == "") throw Mistake{"--fail-text: the text may not be empty"};
  check_file_names(options);
}

// CLI11 reads an option with an empty value as if it had been left out, and takes the next word instead.
void check_empty_values(const CLI::App& run, int argc, const char* const* argv) {
  for (const std::string_view word : std::span(argv, static_cast<std::size_t>(argc))) {
    if (!word.starts_with("--") || word.find('=') + 1 != word.size()) continue;
    const std::string name(word.substr(0, word.size() - 1));
    if (run.get_option_no_throw(name) == nullptr) continue;
    const bool text = name == "--expect-text" || name == "--fail-text";
    throw Mistake{name + (text ? ": the text may not be empty" : ": nothing follows the equals sign")};
  }
}

// Options that may be given several times take one word each: the next word may be the firmware.
CLI::Option* one_word_each(CLI::Option* option) {
  return option->allow_extra_args(false)->expected(1)->take_all();
}

// CLI11 writes in braces, right behind the name, what an option means that stands alone: --gdb{3333}.
class HelpFormatter : public CLI::Formatter {
 public:
  std::string make_option_name(const CLI::Option* option, bool is_positional) const override {
    std::string name = CLI::Formatter::make_option_name(option, is_positional);
    const std::size_t brace = name.find('{');
    if (brace == std::string::npos) return name;
    const std::string value = name.substr(brace + 1, name.size() - brace - 2);
    return name.substr(0, brace) + (value == "false" ? "" : "[=" + value + "]");
  }
};

void describe_run(CLI::App& run, Words& words, RunOptions& options) {
  run.add_option(
         "FILE", options.firmware,
         "The firmware: an ELF file linked for SRAM or flash, an application image, or all of a flash chip")
      ->type_name("")
      ->required();

  const char* const wiring = "What is connected";
  one_word_each(
      run.add_option("--wire", words.wires, "Join two pins, as in GPIO4:GPIO2; may be given several times"))
      ->type_name("PIN:PIN")
      ->group(wiring);
  run.add_option("--diagram", options.diagram, "Wire the parts and pins that a wokwi diagram.json has")
      ->type_name("FILE")
      ->group(wiring);
  one_word_each(run.add_option("--press", words.presses,
                               "Hold a button of the diagram down, as in button1:1s:200ms; may be given "
                               "several times"))
      ->type_name("BUTTON:TIME:LENGTH")
      ->group(wiring);
  one_word_each(
      run.add_option("--send", words.sends,
                     R"(Send text to UART0 at a time, as in '1s:hello\n'; may be given several times)"))
      ->type_name("TIME:TEXT")
      ->group(wiring);

  const char* const chip = "What the chip has";
  run.add_option(
         "--flash", options.flash,
         "Keep the flash chip in FILE: the firmware is put over what is there, and what the run leaves in "
         "flash is written back")
      ->type_name("FILE")
      ->group(chip);
  run.add_option(
         "--rom", options.rom,
         "Take the real boot ROM from FILE (an ELF file, or its 384 KiB) instead of the board's own answers")
      ->type_name("FILE")
      ->group(chip);

  const char* const ending = "When it ends";
  run.add_option("--for", words.duration, "Stop after TIME; that is success")
      ->type_name("TIME")
      ->group(ending);
  run.add_option("--timeout", words.timeout, "Stop after TIME; that is failure (exit code 42)")
      ->type_name("TIME")
      ->group(ending);
  run.add_option("--expect-text", options.expected_text,
                 "Stop when the firmware prints TEXT; that is success")
      ->type_name("TEXT")
      ->group(ending);
  run.add_option("--fail-text", options.failing_text, "Stop when the firmware prints TEXT; that is failure")
      ->type_name("TEXT")
      ->group(ending);
  run.add_option("--expect-exit", words.expected_exit,
                 "Success is when the firmware exits with CODE (and has printed the expected text)")
      ->type_name("CODE")
      ->group(ending);

  const char* const seeing = "What you see";
  run.add_option("--vcd", options.vcd,
                 "Record the pins, and what CPU, SPI2 and DMA do, for GTKWave, PulseView or sigrok-cli")
      ->type_name("FILE")
      ->group(seeing);
  run.add_option("--vcd-pins", words.vcd_pins, "Record these pins and nothing else, as in GPIO0,GPIO2")
      ->type_name("PINS")
      ->group(seeing);
  one_word_each(run.add_option("--screenshot", words.screenshots,
                               "Save what a display of the diagram shows at the end as PNG, as in "
                               "display1=screen.png; may be given several times"))
      ->type_name("DISPLAY=FILE")
      ->group(seeing);
  run.add_option("--report", options.report, "Write a page that shows the run on a time axis, for a browser")
      ->type_name("FILE.html")
      ->group(seeing);
  one_word_each(
      run.add_option("--trace", words.traces,
                     "dma: show each descriptor as the DMA engine walks the list; bus: show each register "
                     "access; may be given several times"))
      ->type_name("WHAT")
      ->group(seeing);
  run.add_flag("--trace-bus{" + std::string(every_block) + "}", words.trace_bus,
               "As --trace bus; with =BLOCKS only these, as in --trace-bus=SPI2,DMA")
      ->join(',')
      ->group(seeing);
  run.add_option(
         "--json", options.json,
         "Write the summary as JSON; with - to standard output, and the firmware's text to standard error")
      ->type_name("FILE")
      ->group(seeing);
  run.add_option("--junit", options.junit, "Write the verdict as a JUnit report, as CI systems read it")
      ->type_name("FILE")
      ->group(seeing);
  run.add_flag("--no-wall", words.no_wall_time, "Leave the wall time out: two runs then print the same")
      ->group(seeing);
  run.add_flag("--quiet", options.quiet, "No summary and no notes; the firmware's text is shown")
      ->group(seeing);
  run.add_flag("!--no-idle-skip", options.skip_idle,
               "Execute loops that only wait pass by pass: slower, and the same in everything else")
      ->group(seeing);
  run.add_flag("--strict-align", options.strict_alignment, "Note each misaligned access to memory")
      ->group(seeing);

  const char* const looking = "Looking inside";
  run.add_flag("--watch{report}", words.watch,
               "Report accesses to what a DMA transfer owns, and other misuse of GDMA (exit code 66); "
               "=stop ends the run at the first one (a debugger is stopped at each), =off looks for nothing")
      ->take_last()
      ->group(looking);
  run.add_option("--watch-suppress", options.watch_suppress,
                 "Leave out what FILE lists, in lines as tx-write:draw_line or *:display.cpp")
      ->type_name("FILE")
      ->group(looking);
  run.add_flag("--gdb{3333}", words.gdb,
               "Wait for GDB on this port of this computer and let it lead; with =PORT on that one")
      ->take_last()
      ->group(looking);
  run.add_flag("--break-on-trap", options.break_on_trap,
               "Stop at an exception: in the debugger, or without one for good; that is failure")
      ->group(looking);
  run.footer(run_footer);
}

// `ferry registers`
struct RegistersWords {
  std::string block;
  bool json = false;
};

void describe_registers(CLI::App& registers, RegistersWords& words) {
  registers.add_option("BLOCK", words.block, "Only this one, as in GPIO; capitals are optional")
      ->type_name("");
  registers.add_flag("--json", words.json, "As an array of objects");
}

std::string list_registers(const RegistersWords& words) {
  board::Board board;
  std::vector<board::LedgerEntry> entries = board::ledger_of(board.bus());
  if (!words.block.empty()) {
    const auto wanted = read_block_names("BLOCK", words.block);
    std::erase_if(entries, [&](const board::LedgerEntry& entry) { return !wanted.contains(entry.block); });
    if (entries.empty()) throw Mistake{"BLOCK: the board does not have " + std::string(*wanted.begin())};
  }
  return words.json ? board::ledger_json(entries) : board::ledger_text(entries);
}

Answer mistake(const std::string& text) {
  return {"ferry: " + board::one_line(text) + '\n', exit_status::bad_input};
}

}  // namespace

std::variant<RunOptions, Answer> read_command_line(int argc, const char* const* argv) {
  CLI::App app("ferry runs ESP32-C3 firmware on a virtual board.", "ferry");
  app.set_version_flag("--version", std::string("ferry ") + version, "Print the version");
  CLI::App& run = *app.add_subcommand("run", "Run a firmware");
  run.formatter(std::make_shared<HelpFormatter>());
  Words words;
  RunOptions options;
  describe_run(run, words, options);
  CLI::App& registers =
      *app.add_subcommand("registers", "List the registers, and what the board does of them");
  RegistersWords registers_words;
  describe_registers(registers, registers_words);
  try {
    check_empty_values(run, argc, argv);
    app.parse(argc, argv);
    if (registers.parsed()) return Answer{list_registers(registers_words), exit_status::done};
    if (!run.parsed()) throw Mistake{"no command given; see `ferry --help`"};
    understand(words, options);
    return options;
  } catch (const CLI::CallForHelp&) {
    return Answer{app.help(), exit_status::done};  // of the command, if one was given
  } catch (const CLI::CallForVersion& text) {
    return Answer{std::string(text.what()) + '\n', exit_status::done};
  } catch (const CLI::ParseError& error) {
    return mistake(std::string(error.what()) + "; see `ferry" +
                   (run.parsed()         ? " run"
                    : registers.parsed() ? " registers"
                                         : "") +
                   " --help`");
  } catch (const Mistake& error) {
    return mistake(error.text);
  }
}

}  // namespace ferry::app
