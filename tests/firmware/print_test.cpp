// expect-text: n = -42, x = 0xbeef, 7f, yes: true, A, 2.5 s at 100 kHz
// Formatting, in memory where it can be compared, and a line over the wire.
#include "check.hpp"
#include "ferry/ferry.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>

using namespace ferry;
using namespace ferry::literals;

namespace shape {

enum class Colour { red, green };
void format_value(Writer& writer, Colour colour) { writer.write(colour == Colour::red ? "red" : "green"); }

struct Point {
  int x, y;
};
void format_value(Writer& writer, const Point& point) { writer.print("({}, {})", point.x, point.y); }

}  // namespace shape

namespace {

char memory[100];

template <class... Arguments>
std::string_view format(FormatString<std::type_identity_t<Arguments>...> text,
                        const Arguments&... arguments) {
  return format_to<Arguments...>(memory, text, arguments...);
}

}  // namespace

int main() {
  FERRY_CHECK_EQUAL(format("plain"), "plain");
  FERRY_CHECK_EQUAL(format(""), "");
  FERRY_CHECK_EQUAL(format("{{}} {{{}}}", 1), "{} {1}");

  FERRY_CHECK_EQUAL(format("{} {} {}", 0, 42, -42), "0 42 -42");
  FERRY_CHECK_EQUAL(format("{:5}|{:<5}|{:>5}|{:05}", 42, 42, 42, 42), "   42|42   |   42|00042");
  FERRY_CHECK_EQUAL(format("{:05}|{:5}", -42, -42), "-0042|  -42");
  FERRY_CHECK_EQUAL(format("{:x} {:X} {:#x} {:#010x}", 0xBEEFu, 0xBEEFu, 0xBEEFu, 0xBEEFu),
                    "beef BEEF 0xbeef 0x0000beef");
  FERRY_CHECK_EQUAL(format("{:b} {:#b} {:08b} {:d}", 5, 5, 5, 5), "101 0b101 00000101 5");
  FERRY_CHECK_EQUAL(format("{}", std::numeric_limits<std::int32_t>::min()), "-2147483648");
  FERRY_CHECK_EQUAL(format("{}", std::numeric_limits<std::uint32_t>::max()), "4294967295");
  FERRY_CHECK_EQUAL(format("{}", std::numeric_limits<std::int64_t>::min()), "-9223372036854775808");
  FERRY_CHECK_EQUAL(format("{}", std::numeric_limits<std::uint64_t>::max()), "18446744073709551615");
  FERRY_CHECK_EQUAL(format("{:x}", std::numeric_limits<std::uint64_t>::max()), "ffffffffffffffff");
  FERRY_CHECK_EQUAL(format("{}", std::uint64_t{10'000'000'000}), "10000000000");
  FERRY_CHECK_EQUAL(format("{} {} {}", std::uint8_t{65}, std::int8_t{-5}, std::uint16_t{65535}),
                    "65 -5 65535");
  FERRY_CHECK_EQUAL(format("{:02x}", std::uint8_t{7}), "07");
  FERRY_CHECK_EQUAL(format("{}", sizeof(int)), "4");

  FERRY_CHECK_EQUAL(format("{} {:6}|{:>6}", true, false, true), "true false |  true");
  FERRY_CHECK_EQUAL(format("{}{}{:3}|", 'o', 'k', '!'), "ok!  |");
  const char* const pointer_to_text = "pointer";
  FERRY_CHECK_EQUAL(format("{} {} {}", "array", pointer_to_text, std::string_view("view")),
                    "array pointer view");
  FERRY_CHECK_EQUAL(format("{:6}|{:<6}|{:>6}|{:2}", "abc", "abc", "abc", "abc"), "abc   |abc   |   abc|abc");
  FERRY_CHECK_EQUAL(format("{} {}", reinterpret_cast<void*>(0x3FC8'0010), nullptr), "0x3fc80010 0x00000000");

  FERRY_CHECK_EQUAL(format("{} {:02x} {:d} {:#b}", 0x42_b, 0x42_b, 0x42_b, 2_b), "0x42 42 66 0b10");
  const std::array<std::byte, 3> bytes{0x01_b, 0xAB_b, 0xFF_b};
  FERRY_CHECK_EQUAL(format("{} {:02x} {:X}", bytes, std::span(bytes).first<2>(), bytes),
                    "01 ab ff 01 ab 01 AB FF");
  const std::uint8_t raw[] = {0, 16, 255};
  FERRY_CHECK_EQUAL(format("[{}]", raw), "[00 10 ff]");
  FERRY_CHECK_EQUAL(format("[{}]", std::span<const std::byte>()), "[]");

  FERRY_CHECK_EQUAL(format("{} {} {}", 10_us, 0_us, 999_us), "10 us 0 us 999 us");
  FERRY_CHECK_EQUAL(format("{} {} {}", 62_ns, 500_ns, Duration::ticks(17)), "0.0625 us 0.5 us 1.0625 us");
  FERRY_CHECK_EQUAL(format("{} {} {}", 1_ms, 1_ms + 20_us, 999_ms), "1 ms 1.02 ms 999 ms");
  FERRY_CHECK_EQUAL(format("{} {} {}", 1_s, 2500_ms, 1_s + 1_us), "1 s 2.5 s 1.000001 s");
  FERRY_CHECK_EQUAL(format("{}", Duration::seconds(10'000'000'000)), "10000000000 s");
  FERRY_CHECK_EQUAL(format("{} {} {}", 0_Hz, 999_Hz, 1_kHz), "0 Hz 999 Hz 1 kHz");
  FERRY_CHECK_EQUAL(format("{} {} {}", 12'500_Hz, 80_MHz, Hertz{26'666'667}),
                    "12.5 kHz 80 MHz 26.666667 MHz");

  FERRY_CHECK_EQUAL(format("{} {}", shape::Colour::red, shape::Point{-1, 2}), "red (-1, 2)");

  char small[4];
  FERRY_CHECK_EQUAL(format_to(small, "{}", 123'456), "1234");

  print("n = {}, x = {:#x}, {:02x}, yes: {}, {}, {} at {}\n", -42, 0xBEEF, 0x7F_b, true, 'A', 2500_ms,
        100_kHz);
  return check::result();
}
