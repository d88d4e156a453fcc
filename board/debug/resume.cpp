// How the stub lets the board go on, and what it tells of a stop.
#include "board/debug/stub.hpp"
#include "board/debug/trap_text.hpp"
#include "board/image/text.hpp"

#include <utility>

namespace ferry::board::debug {

namespace {

// A debugger that steps through a range of addresses can interrupt it this often.
constexpr unsigned steps_at_once = 1000;

std::string signal_reply(unsigned number) { return "T" + to_hex(std::string(1, static_cast<char>(number))); }

std::string_view reply_name(WatchKind kind) {
  switch (kind) {
    case WatchKind::write:
      return "watch";
    case WatchKind::read:
      return "rwatch";
    case WatchKind::access:
      break;
  }
  return "awatch";
}

}  // namespace

// c, s, C, S with an address to go on at, or vCont with actions for threads. Signals mean nothing to a chip.
bool Stub::resume(std::string_view packet) {
  constexpr std::string_view verbose = "vCont;";
  if (packet.starts_with(verbose)) return resume_verbosely(packet.substr(verbose.size()));
  if (packet.empty()) return false;
  const char kind = packet.front();
  if (kind != 'c' && kind != 's' && kind != 'C' && kind != 'S') return false;
  std::string_view rest = packet.substr(1);
  if (kind == 'C' || kind == 'S') {
    if (!take_number(rest)) return false;
    (void)take_character(rest, ';');
  }
  if (!rest.empty()) {
    const auto address = take_number(rest);
    if (!address || !rest.empty()) return false;
    control_.board().cpu().set_pc(*address);
  }
  go_on(kind == 's' || kind == 'S', {});
  return true;
}

// Of several actions the first one counts: there is one thread.
bool Stub::resume_verbosely(std::string_view actions) {
  if (actions.empty()) return false;
  const char kind = actions.front();
  std::string_view rest = actions.substr(1);
  Range range;
  switch (kind) {
    case 'c':
    case 's':
      break;
    case 'C':
    case 'S':
      if (!take_number(rest)) return false;
      break;
    case 'r': {
      const auto start = take_number(rest);
      if (!start || !take_character(rest, ',')) return false;
      const auto end = take_number(rest);
      if (!end) return false;
      range = {*start, *end};
      break;
    }
    default:
      return false;
  }
  if (!rest.empty() && !rest.starts_with(':') && !rest.starts_with(';')) return false;
  go_on(kind != 'c' && kind != 'C', range);
  return true;
}

void Stub::go_on(bool step, Range range) {
  running_ = true;
  stepping_ = step;
  range_ = range;
  if (step) control_.begin_step();
}

void Stub::stop(std::string reason) {
  control_.end_step();
  running_ = stepping_ = false;
  stop_reply_ = std::move(reason) + "thread:1;";
  reply(stop_reply_);
}

// A trap where GDB has no breakpoint is to it one step of many, and it takes the next one: an interrupt ends
// them.
void Stub::stop_unasked() { stop("T02"); }

Board::Stop Stub::run_until(Time time) {
  for (unsigned steps = 0; steps < steps_at_once; ++steps) {
    const Stop stop = control_.run_until(time);
    const std::uint32_t pc = control_.board().cpu().pc();
    const bool inside = pc >= range_.start && pc < range_.end;
    if (stop.why != Stop::Why::stepped || !inside) return report(stop);
    control_.begin_step();
  }
  return Board::Stop::reached_time;
}

Board::Stop Stub::report(const Stop& what) {
  if (what.why == Stop::Why::time) return Board::Stop::reached_time;
  const Cpu& cpu = control_.board().cpu();
  if (!connected_) return what.why == Stop::Why::exception ? Board::Stop::exception : what.board;
  switch (what.why) {
    case Stop::Why::watchpoint:
      if (what.by_dma) say("the DMA engine accessed " + hex(what.address) + '\n');
      stop("T05" + std::string(reply_name(what.watch)) + ':' + hex(what.address).substr(2) + ';');
      break;
    case Stop::Why::exception:
      say(exception_text(cpu) + '\n');
      stop(signal_reply(signal_of(cpu)));
      break;
    case Stop::Why::remark:
      say(what.text + '\n');
      stop_unasked();
      break;
    case Stop::Why::ended:
      if (what.board == Board::Stop::deadlock) {
        say("the CPU sleeps and nothing can wake it\n");
      } else if (what.board == Board::Stop::trap_loop) {
        say("the trap handler raises an exception itself, again and again: " +
            last_exception_text(control_.board().cpu()) + '\n');
      } else {
        return what.board;
      }
      stop_unasked();
      break;
    default:
      stop("T05");
      break;
  }
  return Board::Stop::reached_time;
}

void Stub::finish(int exit_status) {
  if (!connected_) return;
  reply("W" + to_hex(std::string(1, static_cast<char>(exit_status))));
  disconnect();
}

}  // namespace ferry::board::debug
