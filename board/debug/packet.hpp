// Packets of GDB's remote protocol: "$payload#xx", where xx is the sum of the payload's bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ferry::board::debug {

// What the debugger is told it may send, and the most this end keeps of one packet.
inline constexpr std::size_t longest_packet = 4096;

// A payload with its frame; bytes that mean something to the framing are escaped.
std::string frame(std::string_view payload);
// How long frame() makes a byte.
std::size_t framed_size(char byte);

// Finds packets in a stream of bytes, whatever that holds.
class PacketReader {
 public:
  enum class Event : std::uint8_t {
    packet,         // payload(): complete, its checksum right, escapes resolved
    damaged,        // a packet with a wrong checksum
    too_long,       // a packet longer than longest_packet
    interrupt,      // Ctrl-C in the debugger
    repeat_wanted,  // the other end did not understand the last packet
  };

  // Takes the next byte. Nothing when it completes nothing.
  std::optional<Event> take(char byte);
  const std::string& payload() const { return payload_; }

 private:
  enum class State : std::uint8_t { between, payload, escaped, first_digit, second_digit };

  void add(char byte);

  State state_ = State::between;
  std::string payload_;
  bool too_long_ = false;
  bool bad_digit_ = false;
  std::uint8_t sum_ = 0, claimed_ = 0;
};

// Hexadecimal digits, two a byte.
std::string to_hex(std::string_view bytes);
std::optional<std::string> from_hex(std::string_view digits);
// A word as the target's memory has it: its lowest byte first.
std::string word_to_hex(std::uint32_t word);
std::optional<std::uint32_t> word_from_hex(std::string_view digits);
// Takes a number in hexadecimal, highest digit first, from the start of `text`. Nothing, and `text`
// unchanged, when there is none or it does not fit.
std::optional<std::uint32_t> take_number(std::string_view& text);
// Takes this one character from the start of `text`.
bool take_character(std::string_view& text, char character);

}  // namespace ferry::board::debug
