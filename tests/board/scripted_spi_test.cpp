// The SPI device that follows a script: what matches, and what is said when something does not.
#include "board/parts/scripted_spi.hpp"

#include "tests/app/temporary_folder.hpp"
#include "tests/board/spi_bench.hpp"

#include <gmock/gmock.h>

namespace ferry::board {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

class ScriptedSpiTest : public SpiBench {
 protected:
  ScriptedSpi& make(const std::string& script) {
    device = &place<ScriptedSpi>("sensor", {{"script", folder.write("script.json", script)}});
    connect("sensor:CS", "GPIO10");
    connect("sensor:SCK", "GPIO6");
    connect("sensor:MOSI", "GPIO7");
    connect("sensor:MISO", "GPIO2");
    circuit.start();
    return *device;
  }
  // Full duplex: what comes back while these go out.
  Bytes exchange(std::initializer_list<std::uint8_t> out) {
    Bytes came;
    select();
    for (const std::uint8_t byte : out) came.push_back(static_cast<std::uint8_t>(send_bits(byte, 8)));
    deselect();
    return came;
  }
  std::string failure() const { return circuit.failures().empty() ? "" : circuit.failures().front(); }

  tests::TemporaryFolder folder;
  ScriptedSpi* device = nullptr;
};

constexpr const char* two_exchanges = R"({"exchanges": [
  {"name": "identify", "expect": "9F ?? ??", "answer": "00 EF 40"}, {"expect": "0102"}]})";

TEST_F(ScriptedSpiTest, ExpectsAndAnswersInOrder) {
  make(two_exchanges);
  EXPECT_THAT(exchange({0x9F, 0x55, 0x00}), ElementsAre(0x00, 0xEF, 0x40));
  select();
  deselect();  // nothing was clocked
  EXPECT_THAT(exchange({1, 2}), ElementsAre(0, 0));
  circuit.end_of_run();
  EXPECT_EQ(failure(), "");
  EXPECT_EQ(device->summary(), "exchanges: 2");
  EXPECT_EQ(stops, 0);
}

// Full duplex on a bench that is in the same mode: what the device sends is stable at the edge that reads.
TEST_F(ScriptedSpiTest, AnswersInEveryMode) {
  for (const char digit : {'0', '1', '2', '3'}) {
    const std::string name = std::string("mode") + digit;
    const std::string script =
        R"({"exchanges": [{"expect": "A5 3C", "answer": "C3 5A"}], "select": "high", "mode": )";
    place<ScriptedSpi>(name, {{"script", folder.write("script.json", script + digit + '}')}});
    connect(name + ":CS", std::string("GPIO1") + digit);
    connect(name + ":SCK", "GPIO6");
    connect(name + ":MOSI", "GPIO7");
    connect(name + ":MISO", "GPIO2");
  }
  for (unsigned pin = 10; pin < 14; ++pin) drive(pin, false);
  circuit.start();
  for (unsigned which = 0; which < 4; ++which) {
    set_mode(which);
    drive(10 + which, true);
    EXPECT_EQ(send_bits(0xA53C, 16), 0xC35Au) << which;
    drive(10 + which, false);
  }
  circuit.end_of_run();
  EXPECT_THAT(circuit.failures(), IsEmpty());
}

TEST_F(ScriptedSpiTest, SaysWhichByteDiffersAndStops) {
  make(two_exchanges);
  exchange({0x9E, 0x00, 0x00});
  EXPECT_EQ(failure(), "sensor: exchange 1 (identify), byte 1: 0x9e came, 0x9f was expected");
  EXPECT_EQ(stops, 1);
  exchange({7});
  EXPECT_EQ(circuit.failures().size(), 1u);
}

TEST_F(ScriptedSpiTest, SaysWhenAnExchangeIsTooShort) {
  make(two_exchanges);
  exchange({0x9F});
  EXPECT_EQ(failure(), "sensor: exchange 1 (identify): ended after 1 of 3 bytes");
}

TEST_F(ScriptedSpiTest, SaysWhenAnExchangeIsTooLong) {
  make(two_exchanges);
  exchange({0x9F, 0, 0, 4});
  EXPECT_EQ(failure(), "sensor: exchange 1 (identify), byte 4: 0x04 came, the end was expected");
}

TEST_F(ScriptedSpiTest, SaysWhenAByteIsNotComplete) {
  make(two_exchanges);
  select();
  send({0x9F});
  send_bits(0, 3);
  deselect();
  EXPECT_EQ(failure(), "sensor: exchange 1 (identify): ends after 3 bits of byte 2");
}

TEST_F(ScriptedSpiTest, SaysWhenExchangesAreLeft) {
  make(two_exchanges);
  exchange({0x9F, 0, 0});
  circuit.end_of_run();
  EXPECT_EQ(failure(), "sensor: 1 of 2 exchanges have not happened; the next is exchange 2");
}

TEST_F(ScriptedSpiTest, SaysWhenThereAreMore) {
  make(two_exchanges);
  exchange({0x9F, 0, 0});
  exchange({1, 2});
  exchange({3});
  EXPECT_EQ(failure(), "sensor: byte 0x03 after the last of 2 exchanges");
}

constexpr const char* registers =
    R"({"registers": {"values": {"0x0F": "33", "0x10": "01 02"}, "read_only": ["0x0F"]}})";

TEST_F(ScriptedSpiTest, HasRegisters) {
  make(registers);
  EXPECT_THAT(exchange({0x8F, 0, 0, 0}), ElementsAre(0, 0x33, 1, 2));
  exchange({0x10, 0x77, 0x88});
  EXPECT_EQ(device->value(0x11), 0x88);
  device->set_value(0x10, 0x99);
  EXPECT_THAT(exchange({0x90, 0}), ElementsAre(0, 0x99));
  circuit.end_of_run();
  EXPECT_EQ(failure(), "");
  exchange({0x0F, 1});
  EXPECT_EQ(failure(), "sensor: register 0x0f is written, and can only be read");
}

TEST_F(ScriptedSpiTest, SaysWhichRegisterItDoesNotHave) {
  make(registers);
  exchange({0x91, 0, 0});
  EXPECT_EQ(failure(), "sensor: register 0x12 is read, and there is none");
}

TEST_F(ScriptedSpiTest, IsPutBack) {
  make(registers);
  std::vector<std::byte> kept;
  StateArchive keep(kept);
  keep(pins, circuit);
  exchange({0x10, 0x77});
  StateArchive back{std::span<const std::byte>(kept)};
  back(pins, circuit);
  EXPECT_EQ(device->value(0x10), 1);
}

std::string error(std::string_view text) {
  const auto script = parse_spi_script(text);
  return script ? "" : script.error();
}

TEST(SpiScript, SaysWhatIsWrongWithIt) {
  EXPECT_THAT(error("{"), StartsWith("not JSON: parse error"));
  EXPECT_EQ(error("[]"), "not an object");
  EXPECT_EQ(error("{}"), "a script has either \"exchanges\" or \"registers\"");
  EXPECT_EQ(error(R"({"exchanges": [], "mood": 1})"), "\"mood\" is not known");
  EXPECT_EQ(error(R"({"exchanges": []})"), "\"exchanges\" is not a list with something in it");
  EXPECT_EQ(error(R"({"exchanges": [{}]})"), "exchange 1: has no bytes");
  EXPECT_EQ(error(R"({"exchanges": [{"expect": "1"}]})"),
            "exchange 1: \"1\" is not a row of bytes such as 9F ?? 0A");
  EXPECT_EQ(error(R"({"exchanges": [{"answer": "??"}]})"),
            "exchange 1: \"??\" is not a row of bytes such as 9F 00 0A");
  EXPECT_EQ(error(R"({"exchanges": [{"expect": "01", "answer": "01 02"}]})"),
            "exchange 1: answers more bytes than it expects");
  EXPECT_EQ(error(R"({"mode": 4})"), "\"mode\" is not a number from 0 to 3");
  EXPECT_EQ(error(R"({"select": "up"})"), "\"select\" is neither \"low\" nor \"high\"");
  EXPECT_EQ(error(R"({"registers": {"values": {"0x100": "00"}}})"),
            "registers: \"0x100\" is not a number from 0 to 255");
  EXPECT_EQ(error(R"({"registers": {"values": {"0xFF": "00 01"}}})"),
            "registers: 0xff has a bit of \"read_bit\", 0x80, in it, so that no access would reach it");
  EXPECT_EQ(error(R"({"registers": {"values": {"0x7F": "00 01"}}})"),
            "registers: 0x80 has a bit of \"read_bit\", 0x80, in it, so that no access would reach it");
  EXPECT_EQ(error(R"({"registers": {"read_bit": "1", "values": {"0x80": "00 01"}}})"),
            "registers: 0x81 has a bit of \"read_bit\", 0x01, in it, so that no access would reach it");
  EXPECT_EQ(error(R"({"registers": {"values": {"0x0F": "00"}, "read_only": ["0x8F"]}})"),
            "registers: 0x8f has a bit of \"read_bit\", 0x80, in it, so that no access would reach it");
  EXPECT_EQ(error(R"({"registers": {"values": {"0x0F": "33 44", "0x10": "55"}}})"),
            "registers: 0x10 has two values, one of them in the row of \"0x10\"");
  EXPECT_EQ(error(R"({"registers": {"values": {"0x0F": "33", "15": "33"}}})"),
            "registers: 0x0f has two values, one of them in the row of \"15\"");
  EXPECT_EQ(error(R"({"registers": {"values": {}}})"),
            "registers: \"values\" is not an object with registers in it");
  EXPECT_EQ(error(R"({"repeat": 1})"), "\"repeat\" is neither true nor false");
}

TEST_F(ScriptedSpiTest, NeedsItsFile) {
  EXPECT_THAT(refusal<ScriptedSpi>({}), HasSubstr("needs the attribute \"script\""));
  EXPECT_THAT(refusal<ScriptedSpi>({{"script", folder.path("none")}}), HasSubstr("none: No such file"));
}

}  // namespace
}  // namespace ferry::board
