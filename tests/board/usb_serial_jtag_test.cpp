#include "board/devices/usb_serial_jtag/usb_serial_jtag.hpp"

#include "tests/board/peripheral_rig.hpp"

namespace ferry::board {
namespace {

using ::testing::IsEmpty;

// Offsets and bits from the manual, chapter 30.
constexpr std::uint32_t ep1 = 0x00, ep1_conf = 0x04, int_raw = 0x08, int_st = 0x0C, int_ena = 0x10,
                        int_clr = 0x14, fram_num = 0x24, out_ep1_st = 0x3C;
constexpr std::uint32_t wr_done = 1u << 0, data_free = 1u << 1, data_avail = 1u << 2;
constexpr std::uint32_t sof = 1u << 1, out_recv_pkt = 1u << 2, in_empty = 1u << 3, in_token = 1u << 8;
constexpr unsigned usb_source = 26;

struct UsbSerialJtagTest : ::testing::Test, Bench {
  UsbSerialJtag usb{timeline, lines, observers};

  void send(UsbSerialJtag& device, std::string_view text) {
    for (const char byte : text) device.write(ep1, static_cast<std::uint8_t>(byte));
  }
  std::string& console() { return events.sent[UsbSerialJtag::console_number]; }
  void host_sends(std::string_view text) {
    const std::vector<std::uint8_t> bytes(text.begin(), text.end());
    usb.receive(bytes);
  }
};

TEST_F(UsbSerialJtagTest, ResetValues) {
  std::vector<Word> words{{ep1, 0},     {ep1_conf, 2}, {int_raw, 8},   {int_st, 0},
                          {int_ena, 0}, {int_clr, 0},  {0x18, 0x4200}, {0x1C, 0},
                          {0x20, 0x44}, {fram_num, 0}, {0x38, 0},      {out_ep1_st, 0},
                          {0x40, 0},    {0x44, 0},     {0x48, 2},      {0x80, 0x2007300}};
  append(words, 0x28, 4, 1);
  expect_registers(usb, words);
}

TEST_F(UsbSerialJtagTest, AFlushedPacketReachesTheHostALittleLater) {
  send(usb, "hello");
  run_for(millisecond);
  EXPECT_THAT(console(), IsEmpty()) << "nothing goes without a flush";
  EXPECT_EQ(usb.read(ep1_conf), data_free);
  usb.write(int_clr, in_empty);
  usb.write(ep1_conf, wr_done);
  EXPECT_EQ(usb.read(ep1_conf), 0u) << "no room until the host has collected it";
  run_for(UsbSerialJtag::collect_time);
  EXPECT_EQ(console(), "hello");
  EXPECT_EQ(usb.read(ep1_conf), data_free);
  EXPECT_EQ(usb.read(int_raw) & (in_empty | in_token), in_empty | in_token);
}

TEST_F(UsbSerialJtagTest, The64thByteFlushesByItself) {
  send(usb, std::string(63, 'x'));
  EXPECT_EQ(usb.read(ep1_conf), data_free);
  send(usb, "y");
  EXPECT_EQ(usb.read(ep1_conf), 0u);
  send(usb, "z");
  EXPECT_EQ(events.notices.size(), 1u) << "lost";
  run_for(UsbSerialJtag::collect_time);
  EXPECT_EQ(console(), std::string(63, 'x') + "y");
}

TEST_F(UsbSerialJtagTest, WithoutAHostNothingIsEverCollected) {
  UsbSerialJtag alone{timeline, lines, observers, false};
  send(alone, "hello");
  alone.write(ep1_conf, wr_done);
  run_for(10 * second);
  EXPECT_EQ(alone.read(ep1_conf), 0u);
  EXPECT_THAT(console(), IsEmpty());
  EXPECT_EQ(alone.read(int_raw) & sof, 0u);
  const std::uint8_t byte[] = {'x'};
  alone.receive(byte);
  run_for(second);
  EXPECT_EQ(alone.read(ep1_conf) & data_avail, 0u);
}

TEST_F(UsbSerialJtagTest, TheHostsBytesComeInPackets) {
  usb.write(int_ena, out_recv_pkt);
  host_sends(std::string(70, 'h'));
  run_for(UsbSerialJtag::collect_time);
  EXPECT_TRUE(lines[usb_source]);
  EXPECT_EQ(usb.read(ep1_conf) & data_avail, data_avail);
  EXPECT_EQ(usb.read(out_ep1_st) >> 16, 64u);
  usb.write(int_clr, out_recv_pkt);
  EXPECT_FALSE(lines[usb_source]);
  for (int byte = 0; byte < 64; ++byte) EXPECT_EQ(usb.read(ep1), std::uint32_t{'h'});
  EXPECT_EQ(usb.read(ep1_conf) & data_avail, 0u);
  run_for(UsbSerialJtag::collect_time);
  EXPECT_TRUE(lines[usb_source]);
  EXPECT_EQ(usb.read(out_ep1_st) >> 16, 6u);
}

TEST_F(UsbSerialJtagTest, FramesStartEveryMillisecond) {
  run_until(millisecond - 1);
  EXPECT_EQ(usb.read(int_raw) & sof, 0u);
  run_until(millisecond);
  EXPECT_EQ(usb.read(int_raw) & sof, sof);
  EXPECT_EQ(usb.read(fram_num), 1u);
  usb.write(int_clr, sof);
  EXPECT_EQ(usb.read(int_raw) & sof, 0u);
  EXPECT_EQ(timeline.next(), never) << "nobody is woken for a frame that nobody waits for";
  usb.write(int_ena, sof);
  run_until(2 * millisecond);
  EXPECT_TRUE(lines[usb_source]);
  EXPECT_EQ(usb.read(int_st), sof);
}

TEST_F(UsbSerialJtagTest, RawCannotBeWritten) {
  usb.write(int_raw, 0xFFF);
  EXPECT_EQ(usb.read(int_raw), 8u);
}

}  // namespace
}  // namespace ferry::board
