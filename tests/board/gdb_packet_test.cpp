// The framing of GDB's packets, and what it makes of bytes that are none.
#include "board/debug/packet.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace ferry::board::debug {

namespace {

using Event = PacketReader::Event;
using testing::ElementsAre;
using testing::IsEmpty;

std::vector<Event> events(PacketReader& reader, std::string_view bytes) {
  std::vector<Event> result;
  for (const char byte : bytes)
    if (const auto event = reader.take(byte)) result.push_back(*event);
  return result;
}

TEST(GdbPacket, IsFramedWithItsChecksum) {
  EXPECT_EQ(frame("OK"), "$OK#9a");
  EXPECT_EQ(frame(""), "$#00");
}

TEST(GdbPacket, EscapesWhatTheFramingUses) {
  const std::string payload = "a$b#c}d*e";
  const std::string framed = frame(payload);
  EXPECT_EQ(framed.substr(0, framed.size() - 2),
            "$a}\x04"
            "b}\x03"
            "c}]d}\ne#");
  PacketReader reader;
  EXPECT_THAT(events(reader, framed), ElementsAre(Event::packet));
  EXPECT_EQ(reader.payload(), payload);
}

TEST(GdbPacket, AnyBytesCanBeCarried) {
  std::string payload;
  for (int byte = 0; byte < 256; ++byte) payload += static_cast<char>(byte);
  PacketReader reader;
  EXPECT_THAT(events(reader, frame(payload)), ElementsAre(Event::packet));
  EXPECT_EQ(reader.payload(), payload);
}

TEST(GdbPacket, AWrongChecksumIsNoticed) {
  PacketReader reader;
  EXPECT_THAT(events(reader, "$OK#9b"), ElementsAre(Event::damaged));
  EXPECT_THAT(events(reader, "$OK#zz"), ElementsAre(Event::damaged));
  EXPECT_THAT(events(reader, "$OK#9A"), ElementsAre(Event::packet)) << "capital digits count as well";
}

TEST(GdbPacket, BetweenPacketsTheInterruptAndTheRequestToRepeatCount) {
  PacketReader reader;
  EXPECT_THAT(events(reader, "+\x03xyz-"), ElementsAre(Event::interrupt, Event::repeat_wanted));
  EXPECT_THAT(events(reader, "$\x03#03"), ElementsAre(Event::packet)) << "inside one they are data";
}

TEST(GdbPacket, ANewStartEndsAPacketThatWasCutOff) {
  PacketReader reader;
  EXPECT_THAT(events(reader, "$m123$g#67"), ElementsAre(Event::packet));
  EXPECT_EQ(reader.payload(), "g");
}

TEST(GdbPacket, ATooLongOneIsReportedAndNotKept) {
  PacketReader reader;
  EXPECT_THAT(events(reader, frame(std::string(longest_packet, 'a'))), ElementsAre(Event::packet));
  EXPECT_THAT(events(reader, frame(std::string(100 * longest_packet, 'a'))), ElementsAre(Event::too_long));
  EXPECT_EQ(reader.payload().size(), longest_packet);
  EXPECT_THAT(events(reader, "$g#67"), ElementsAre(Event::packet));
}

TEST(GdbPacket, NoiseDoesNoHarm) {
  std::mt19937 random(7);
  PacketReader reader;
  constexpr std::string_view alphabet =
      "$#}+-\x03"
      "0a9fmXZ:,;";
  for (int count = 0; count < 200'000; ++count) {
    (void)reader.take(alphabet[random() % alphabet.size()]);
    ASSERT_LE(reader.payload().size(), longest_packet);
  }
  EXPECT_THAT(events(reader, "$g#67$"), ElementsAre(Event::packet));
}

TEST(GdbNumbers, AreTakenUpToWhatIsNoDigit) {
  std::string_view text = "3fC80000,10";
  EXPECT_EQ(take_number(text), 0x3FC8'0000u);
  EXPECT_TRUE(take_character(text, ','));
  EXPECT_EQ(take_number(text), 0x10u);
  EXPECT_THAT(text, IsEmpty());
  EXPECT_EQ(take_number(text), std::nullopt);
}

TEST(GdbNumbers, ThatDoNotFitAreRefused) {
  std::string_view text = "100000000";
  EXPECT_EQ(take_number(text), std::nullopt);
  EXPECT_EQ(text, "100000000");
  std::string_view fits = "00000000ffffffff";
  EXPECT_EQ(take_number(fits), 0xFFFF'FFFFu);
}

TEST(GdbNumbers, WordsComeLowestByteFirst) {
  EXPECT_EQ(word_to_hex(0x1234'5678), "78563412");
  EXPECT_EQ(word_from_hex("78563412"), 0x1234'5678u);
  EXPECT_EQ(word_from_hex("7856341"), std::nullopt);
  EXPECT_EQ(word_from_hex("7856341g"), std::nullopt);
  EXPECT_EQ(from_hex("4f4B"), "OK");
}

}  // namespace

}  // namespace ferry::board::debug
