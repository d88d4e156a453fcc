#include "tests/conformance/properties/model.hpp"

#include <algorithm>

namespace properties {

namespace {

// spi::Lines
constexpr std::uint32_t one = 0, one_both_ways = 1;

struct Width {
  unsigned count;      // of lines
  std::uint8_t lines;  // which
};

// Of what the master sends.
Width width_of(std::uint32_t lines) {
  if (lines == one || lines == one_both_ways) return {1, 1};
  return lines == 2 ? Width{2, 3} : Width{4, 0xF};
}

// `bits` of a value, the uppermost first, or the other way round.
void add_value(std::vector<Clock>& clocks, std::uint32_t value, unsigned bits, std::uint32_t lines,
               bool lsb_first) {
  const Width width = width_of(lines);
  for (unsigned done = 0; done < bits; done += width.count) {
    const unsigned place = lsb_first ? done : bits - done - width.count;
    clocks.push_back({width.lines, static_cast<std::uint8_t>(value >> place & width.lines)});
  }
}

// The first `length` bytes of a source that has no end.
Bytes repeated(const Bytes& bytes, std::size_t length) {
  Bytes all(length);
  for (std::size_t i = 0; i < length; ++i) all[i] = bytes[i % bytes.size()];
  return all;
}

void receive(Expected& expected, const std::vector<std::size_t>& where, Bytes bytes, bool burst) {
  Reception& reception = expected.reception;
  reception.where.assign(where.begin(), where.begin() + static_cast<std::ptrdiff_t>(bytes.size()));
  reception.bytes = std::move(bytes);
  if (burst) reception.rounding = (4 - reception.where.size() % 4) % 4;
}

void send(Expected& expected, const Bytes& bytes, std::uint32_t lines, bool lsb_first) {
  for (const std::uint8_t byte : bytes) add_value(expected.clocks, byte, 8, lines, lsb_first);
}

// In parts both ways: of each piece as much as both sides have.
Expected in_pairs(const Request& request, const Bytes& arena) {
  Expected expected;
  Reception& reception = expected.reception;
  for (std::size_t i = 0; i < 3; ++i) {
    const std::uint32_t length = std::min(request.rx[i].length, request.tx[i].length);
    for (std::uint32_t byte = 0; byte < length; ++byte) {
      reception.where.push_back(rx_places[i] + byte);
      reception.bytes.push_back(arena[tx_places[i] + request.tx[i].offset + byte]);
    }
  }
  if (request.form == Form::copy) return expected;
  send(expected, reception.bytes, one, request.lsb_first != 0);
  reception.bytes = inverse(reception.bytes);
  return expected;
}

Expected failure(std::string_view name) { return {.error = name, .reception = {}, .clocks = {}}; }

}  // namespace

Clock device_clock(const Request& request, std::size_t clock) {
  Width width = width_of(request.data_lines);
  const std::size_t bit = clock * width.count;
  const auto in_byte = static_cast<unsigned>(bit % 8);
  const unsigned place = request.lsb_first != 0 ? in_byte : 8 - in_byte - width.count;
  const unsigned value = device_byte(bit / 8) >> place & width.lines;
  // One line to the device and one back: MISO is SIO1.
  if (request.data_lines == one) return {2, static_cast<std::uint8_t>(value << 1)};
  return {width.lines, static_cast<std::uint8_t>(value)};
}

Expected expect(const Request& request, const Bytes& arena) {
  const std::vector<std::size_t> where = places(request.rx);
  Bytes source = taken(arena, request.tx);
  const auto room = static_cast<std::uint32_t>(where.size());
  auto there = static_cast<std::uint32_t>(source.size());
  const std::uint32_t rx_length = request.rx_length == whole ? room : request.rx_length;
  std::uint32_t tx_length = request.tx_length == whole ? there : request.tx_length;
  if (request.loops != 0) {
    // As many as are received, or as it says.
    const bool follows = request.form == Form::full_duplex && rx_length != 0;
    if (follows && (request.tx_length == whole || tx_length < rx_length)) tx_length = rx_length;
    if (there != 0) there = std::max(rx_length, tx_length);
    source = repeated(source, there);
  }
  const bool lsb_first = request.lsb_first != 0, burst = request.channel.rx_burst != 0;
  const auto first = [](const Bytes& bytes, std::size_t count) {
    return Bytes(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(count));
  };
  Expected expected;
  switch (request.form) {
    case Form::full_duplex: {
      if (request.start == Start::in_parts) return in_pairs(request, arena);
      // Of two faults the one of the receiving side is told.
      if (rx_length > room) return failure("length_beyond_buffer");
      if (burst && misaligned(request.rx, rx_length)) return failure("misaligned");
      if (tx_length > there) return failure("length_beyond_buffer");
      Bytes wire = first(source, tx_length);
      wire.resize(std::max(rx_length, tx_length));
      receive(expected, where, inverse(first(wire, rx_length)), burst);
      send(expected, wire, one, lsb_first);
      return expected;
    }
    case Form::in_place: {
      const std::uint32_t length = request.rx_length == whole ? in_place_size : request.rx_length;
      if (length > in_place_size) return failure("length_beyond_buffer");
      const auto begin = arena.begin() + offsetof(Arena, in_place);
      const Bytes wire(begin, begin + length);
      receive(expected, places_in_place(length), inverse(wire), burst);
      send(expected, wire, one, lsb_first);
      return expected;
    }
    case Form::write:
      if (tx_length > there) return failure("length_beyond_buffer");
      send(expected, first(source, tx_length), one, lsb_first);
      return expected;
    case Form::read:
      if (rx_length > room) return failure("length_beyond_buffer");
      if (burst && misaligned(request.rx, rx_length)) return failure("misaligned");
      receive(expected, where, Bytes(rx_length, 0xFF), burst);
      send(expected, Bytes(rx_length, 0), one, lsb_first);
      return expected;
    case Form::by_the_cpu: {
      const std::uint32_t sent = request.tx[0].length, got = request.rx[0].length;
      Bytes wire = first(source, sent);
      wire.resize(std::max(sent, got));
      receive(expected, where, inverse(first(wire, got)), false);
      send(expected, wire, one, lsb_first);
      return expected;
    }
    case Form::copy: {
      if (request.start == Start::in_parts) return in_pairs(request, arena);
      const std::uint32_t all = request.loops != 0 ? room : there;
      const std::uint32_t length = request.rx_length == whole ? all : request.rx_length;
      if (length > room) return failure("length_beyond_buffer");
      if (burst && misaligned(request.rx, length)) return failure("misaligned");
      if (length > there) return failure("length_beyond_buffer");
      receive(expected, where, first(source, length), burst);
      return expected;
    }
    case Form::half_duplex_write:
    case Form::half_duplex_read:
      break;
  }
  const bool reads = request.form == Form::half_duplex_read;
  if (reads ? rx_length > room : tx_length > there) return failure("length_beyond_buffer");
  if (reads && burst && misaligned(request.rx, rx_length)) return failure("misaligned");
  const std::uint32_t mask = request.command_bits == 8 ? 0xFF : 0xFFFF;
  add_value(expected.clocks, command_value & mask, request.command_bits, request.phase_lines, lsb_first);
  add_value(expected.clocks, request.address_bits == 24 ? address_value & 0xFF'FFFF : address_value,
            request.address_bits, request.phase_lines, lsb_first);
  expected.clocks.resize(expected.clocks.size() + request.dummy_cycles);
  expected.header_clocks = expected.clocks.size();
  if (!reads) {
    send(expected, first(source, tx_length), request.data_lines, lsb_first);
    return expected;
  }
  expected.reads_half_duplex = true;
  Bytes bytes(rx_length);
  for (std::size_t i = 0; i < rx_length; ++i) bytes[i] = device_byte(i);
  receive(expected, where, std::move(bytes), burst);
  expected.clocks.resize(expected.header_clocks + rx_length * 8 / width_of(request.data_lines).count);
  return expected;
}

}  // namespace properties
