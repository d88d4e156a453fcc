#include "board/debug/stub.hpp"

#include "board/debug/monitor.hpp"

#include <algorithm>
#include <array>
#include <utility>

// Requests and their answers. How the board goes on and stops is in resume.cpp.
namespace ferry::board::debug {

namespace {

constexpr std::string_view done = "OK", malformed = "E16", no_such_memory = "E0e", refused = "E01";
// A packet that is not known has an empty answer.
constexpr std::string_view unknown;

// Takes "address,length" from the start of `text`.
struct Span {
  std::uint32_t address, length;
};
std::optional<Span> take_span(std::string_view& text) {
  const auto address = take_number(text);
  if (!address || !take_character(text, ',')) return std::nullopt;
  const auto length = take_number(text);
  if (!length) return std::nullopt;
  return Span{*address, *length};
}

}  // namespace

Stub::Stub(Board& board, Send send) : control_(board), target_(board), send_(std::move(send)) {}

void Stub::connect() {
  connected_ = true;
  running_ = stepping_ = false;
  acknowledges_ = true;
  reader_ = {};
  last_sent_.clear();
  stop_reply_ = "T05thread:1;";
}

void Stub::disconnect() {
  connected_ = false;
  control_.remove_all();
  stepping_ = false;
  running_ = !killed_;
}

void Stub::receive(std::string_view bytes) {
  for (const char byte : bytes) {
    if (!connected_) return;
    const auto event = reader_.take(byte);
    if (!event) continue;
    switch (*event) {
      case PacketReader::Event::packet:
        if (acknowledges_) send_("+");
        handle(reader_.payload());
        break;
      case PacketReader::Event::damaged:
        if (acknowledges_) send_("-");
        break;
      case PacketReader::Event::too_long:
        if (acknowledges_) send_("+");
        if (!running_) reply(malformed);
        break;
      case PacketReader::Event::interrupt:
        if (running_) stop("T02");
        break;
      case PacketReader::Event::repeat_wanted:
        if (!last_sent_.empty()) send_(last_sent_);
        break;
    }
  }
}

void Stub::reply(std::string_view payload) {
  last_sent_ = frame(payload);
  send_(last_sent_);
}

// While the board runs there is nothing to ask: an answer could be taken for the one that is due.
void Stub::handle(std::string_view packet) {
  if (running_ || resume(packet)) return;
  if (packet == "QStartNoAckMode") {
    reply(done);
    acknowledges_ = false;
  } else if (packet.starts_with("D")) {
    detach();
  } else if (packet == "k" || packet.starts_with("vKill")) {
    if (packet != "k") reply(done);
    kill();
  } else {
    reply(answer(packet));
  }
}

void Stub::detach() {
  reply(done);
  disconnect();
}

void Stub::kill() {
  killed_ = true;
  disconnect();
}

std::string Stub::answer(std::string_view packet) {
  if (packet.empty()) return std::string(unknown);
  const std::string_view rest = packet.substr(1);
  switch (packet.front()) {
    case '?':
      return stop_reply_;
    case 'g':
      return registers();
    case 'G':
      return set_registers(rest);
    case 'p':
      return read_one(rest);
    case 'P':
      return write_one(rest);
    case 'm':
      return read_memory(rest);
    case 'M':
      return write_memory(rest, false);
    case 'X':
      return write_memory(rest, true);
    case 'Z':
      return change_point(rest, true);
    case 'z':
      return change_point(rest, false);
    case 'H':
    case 'T':
      return std::string(done);  // there is one thread, and it lives
    case 'q':
      return query(packet);
    default:
      if (packet == "vCont?") return "vCont;c;C;s;S;r";
      return std::string(unknown);
  }
}

// ---- Registers and memory

std::string Stub::registers() {
  std::string text;
  for (std::uint32_t number = 0; number < Target::general_registers; ++number)
    text += word_to_hex(target_.read_register(number).value_or(0));
  return text;
}

std::string Stub::set_registers(std::string_view digits) {
  constexpr std::size_t word_digits = 8;
  if (digits.size() != word_digits * Target::general_registers || !from_hex(digits))
    return std::string(malformed);
  for (std::uint32_t number = 0; number < Target::general_registers; ++number)
    target_.write_register(number,
                           word_from_hex(digits.substr(word_digits * number, word_digits)).value_or(0));
  return std::string(done);
}

std::string Stub::read_one(std::string_view digits) {
  const auto number = take_number(digits);
  if (!number || !digits.empty()) return std::string(malformed);
  const auto value = target_.read_register(*number);
  return value ? word_to_hex(*value) : std::string(refused);
}

std::string Stub::write_one(std::string_view text) {
  const auto number = take_number(text);
  if (!number || !take_character(text, '=')) return std::string(malformed);
  const auto value = word_from_hex(text);
  if (!value) return std::string(malformed);
  return std::string(target_.write_register(*number, *value) ? done : refused);
}

std::string Stub::read_memory(std::string_view range) {
  const auto span = take_span(range);
  if (!span || !range.empty()) return std::string(malformed);
  const auto most = static_cast<std::uint32_t>(longest_packet / 2);
  const std::string bytes = target_.read_memory(span->address, std::min(span->length, most));
  return bytes.empty() && span->length != 0 ? std::string(no_such_memory) : to_hex(bytes);
}

std::string Stub::write_memory(std::string_view text, bool binary) {
  const auto span = take_span(text);
  if (!span || !take_character(text, ':')) return std::string(malformed);
  const auto bytes = binary ? std::optional(std::string(text)) : from_hex(text);
  if (!bytes || bytes->size() != span->length) return std::string(malformed);
  // GDB asks with an empty write whether `X` is known at all.
  if (bytes->empty()) return std::string(done);
  return std::string(target_.write_memory(span->address, *bytes) ? done : no_such_memory);
}

// "type,address,kind", where the kind of a watchpoint is its length. Software and hardware breakpoints are
// one and the same here: neither changes memory.
std::string Stub::change_point(std::string_view text, bool add) {
  const auto type = take_number(text);
  if (!type || !take_character(text, ',')) return std::string(malformed);
  const auto span = take_span(text);
  if (!span) return std::string(malformed);
  if (*type > 4) return std::string(unknown);
  // Taking away what is not there is no error: after a reset of the connection neither end knows for sure.
  bool possible = true;
  if (*type < 2) {
    possible =
        add ? control_.add_breakpoint(span->address) : (control_.remove_breakpoint(span->address), true);
  } else {
    constexpr std::array kinds{WatchKind::write, WatchKind::read, WatchKind::access};
    const Watchpoint watchpoint{kinds[*type - 2], span->address, span->length};
    possible = add ? control_.add_watchpoint(watchpoint) : (control_.remove_watchpoint(watchpoint), true);
  }
  return std::string(possible ? done : refused);
}

// ---- Queries

std::string Stub::query(std::string_view packet) {
  constexpr std::string_view transfer_prefix = "qXfer:", monitor_prefix = "qRcmd,";
  if (packet.starts_with("qSupported"))
    return "PacketSize=1000;QStartNoAckMode+;qXfer:features:read+;qXfer:memory-map:read+;vContSupported+";
  if (packet.starts_with(transfer_prefix)) return transfer(packet.substr(transfer_prefix.size()));
  if (packet.starts_with(monitor_prefix)) return monitor_command(packet.substr(monitor_prefix.size()));
  if (packet.starts_with("qAttached"))
    return "1";  // to a board that was there before: leaving it is to detach
  if (packet == "qC") return "QC1";
  if (packet == "qfThreadInfo") return "m1";
  if (packet == "qsThreadInfo") return "l";
  return std::string(unknown);
}

// "object:read:annex:offset,length"
std::string Stub::transfer(std::string_view request) {
  const auto word = [&request] {
    const std::size_t colon = request.find(':');
    const std::string_view text = request.substr(0, colon);
    request.remove_prefix(colon == std::string_view::npos ? request.size() : colon + 1);
    return text;
  };
  const std::string_view object = word(), operation = word(), annex = word();
  if (operation != "read") return std::string(unknown);
  const auto span = take_span(request);
  if (!span || !request.empty()) return std::string(malformed);
  const std::string* const document = Target::document(object, annex);
  if (document == nullptr) return "E00";
  if (span->address >= document->size()) return "l";
  // The part may not become longer than a packet, not even with its escapes.
  const std::string_view rest = std::string_view(*document).substr(span->address);
  std::size_t length = 0, framed = 1;
  while (length < rest.size() && length < span->length) {
    framed += framed_size(rest[length]);
    if (framed > longest_packet) break;
    ++length;
  }
  return (length == rest.size() ? "l" : "m") + std::string(rest.substr(0, length));
}

std::string Stub::monitor_command(std::string_view digits) {
  const auto command = from_hex(digits);
  if (!command) return std::string(malformed);
  say(monitor(control_.board(), *command));
  return std::string(done);
}

// Text for the debugger's console.
void Stub::say(std::string_view text) {
  constexpr std::size_t most = longest_packet / 2 - 1;
  for (; !text.empty(); text.remove_prefix(std::min(most, text.size())))
    reply("O" + to_hex(text.substr(0, most)));
}

}  // namespace ferry::board::debug
