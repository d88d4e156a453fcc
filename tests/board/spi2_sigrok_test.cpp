// What sigrok's decoders, which nobody here wrote, read from the board's waveforms of SPI2.
#include "board/record/vcd.hpp"
#include "tests/app/temporary_folder.hpp"
#include "tests/board/spi2_slave_rig.hpp"

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <sstream>

namespace ferry::board {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Transfers = std::vector<std::string>;

// SPI2's clocks as drivers compute them, from the 80 MHz of the PLL.
constexpr std::uint32_t pll = 7;
constexpr std::array<std::uint32_t, 4> clocks_of_spi{0x3F1631, 0x0674E7, 0x0070C7,
                                                     0x001001};  // 0.1, 1, 10, 40 MHz

class Spi2Sigrok : public Spi2SlaveRig {
 protected:
  void SetUp() override {
    if (std::system("command -v sigrok-cli > /dev/null") != 0) GTEST_SKIP() << "sigrok-cli is not installed";
  }
  // Everything the pins do from here on.
  void record() {
    auto created = Output::create(folder.path("pins.vcd"));
    ASSERT_TRUE(created.has_value());
    output_file = std::make_unique<Output>(std::move(*created));
    std::uint32_t levels = 0;
    for (unsigned pin = 0; pin < chip::gpio_count; ++pin) levels |= pins.level(pin) ? 1u << pin : 0u;
    recorder =
        std::make_unique<VcdRecorder>(*output_file, [this] { return timeline.now(); }, recorded, levels);
    observers.add(*recorder, Observers::only(Topic::pins));
  }
  void stop() {
    if (!recorder) return;
    run(microsecond);
    recorder->finish();
    observers.remove(*recorder);
    recorder.reset();
    output_file.reset();
  }
  // The decoder's annotations of one kind, a line each, without the decoder's name. Its exit code says
  // nothing: with Python 3.11 and later libsigrokdecode can abort after all has been printed, when it takes
  // its interpreter down.
  Transfers decode(const std::string& decoder, const std::string& annotation) {
    stop();
    const std::string command = "sigrok-cli -i " + folder.path("pins.vcd") + " -I vcd -P " + decoder +
                                " -A " + annotation + " 2>/dev/null";
    FILE* const pipe = ::popen(command.c_str(), "r");
    EXPECT_NE(pipe, nullptr);
    std::string text;
    for (int character; (character = std::fgetc(pipe)) != EOF;) text += static_cast<char>(character);
    ::pclose(pipe);
    Transfers result;
    std::istringstream printed(text);
    for (std::string line; std::getline(printed, line);) result.push_back(line.substr(line.find(": ") + 2));
    return result;
  }
  static std::string spi_decoder(unsigned mode, const std::string& more = "") {
    return "spi:clk=GPIO0:mosi=GPIO4:miso=GPIO2:cs=GPIO5:cpol=" + std::to_string(mode >> 1) +
           ":cpha=" + std::to_string(mode & 1) + more;
  }
  void set_mode(unsigned mode) {
    spi_put(spi::user,
            (spi_get(spi::user) & ~spi::ck_out_edge) | (mode == 1 || mode == 2 ? spi::ck_out_edge : 0));
    spi_put(spi::misc, 0x3E | (mode >= 2 ? spi::ck_idle_edge : 0));
  }
  // The other side shifts these bytes out: in modes 0 and 2 the first bit is there before the first edge.
  void answer_bytes(const std::vector<std::uint8_t>& bytes, unsigned mode) {
    std::vector<bool> bits;
    for (const std::uint8_t byte : bytes)
      for (int bit = 7; bit >= 0; --bit) bits.push_back((byte >> bit & 1) != 0);
    if (mode % 2 == 1) bits.insert(bits.begin(), !bits.front());
    answer(bits, mode == 1 || mode == 2);
  }
  const std::vector<unsigned> recorded{clock_pin, miso_pin, mosi_pin, select_pin, wp_pin, hd_pin};
  tests::TemporaryFolder folder;
  std::unique_ptr<Output> output_file;
  std::unique_ptr<VcdRecorder> recorder;
};

class EveryMode : public Spi2Sigrok, public testing::WithParamInterface<unsigned> {};

TEST_P(EveryMode, AtSeveralClocksInBothDirections) {
  const unsigned mode = GetParam();
  set_up(clocks_of_spi[0], pll);
  set_mode(mode);
  update();
  record();
  for (const std::uint32_t clock : clocks_of_spi) {
    spi_put(spi::clock, clock);
    put_buffer({0xA6, 0x01});
    spi_put(spi::ms_dlen, 15);
    update();
    answer_bytes({0x3C, 0xD5}, mode);
    spi_put(spi::cmd, spi::usr);
    finish();
    run(microsecond);
    EXPECT_EQ(buffer(0, 2), (std::vector<std::uint8_t>{0x3C, 0xD5})) << clock;
  }
  stop();
  EXPECT_EQ(decode(spi_decoder(mode), "spi=mosi-transfer"), (Transfers(4, "A6 01")));
  EXPECT_EQ(decode(spi_decoder(mode), "spi=miso-transfer"), (Transfers(4, "3C D5")));
}

INSTANTIATE_TEST_SUITE_P(Spi2Sigrok, EveryMode, testing::Values(0, 1, 2, 3),
                         [](const auto& mode) { return "Mode" + std::to_string(mode.param); });

class EveryClock : public Spi2Sigrok, public testing::WithParamInterface<std::uint32_t> {
 protected:
  // A command, 24 bits of address and two bytes, twice, all on the lines that `user` and `ctrl` say.
  void write_twice(std::uint32_t user, std::uint32_t ctrl, std::uint32_t command) {
    set_up(GetParam(), pll);
    spi_put(spi::user, spi::command | spi::address | spi::mosi | user);
    spi_put(spi::ctrl, ctrl);
    spi_put(spi::user2, command | 7u << 28);
    spi_put(spi::user1, 23u << 27);
    spi_put(spi::addr, 0xC0FFEE00);
    put_buffer({0x1B, 0xE4});
    update();
    record();
    transfer(16);
    transfer(16);
  }
};

INSTANTIATE_TEST_SUITE_P(Spi2Sigrok, EveryClock, testing::ValuesIn(clocks_of_spi),
                         [](const auto& clock) { return "Clock" + std::to_string(clock.index); });

TEST_P(EveryClock, LsbFirst) {
  set_up(GetParam(), pll);
  spi_put(spi::ctrl, spi::wr_lsb_first);
  put_buffer({0xA6, 0x01, 0x7F});
  update();
  record();
  transfer(24);
  EXPECT_THAT(decode(spi_decoder(0, ":bitorder=lsb-first"), "spi=mosi-transfer"), ElementsAre("A6 01 7F"));
}

// A flash's page program: command, 24 bits of address, data; then a fast read: with a dummy byte before data.
TEST_P(EveryClock, HalfDuplex) {
  set_up(GetParam(), pll);
  spi_put(spi::user, spi::command | spi::address | spi::mosi);
  spi_put(spi::user2, 0x02 | 7u << 28);
  spi_put(spi::user1, 23u << 27);
  spi_put(spi::addr, 0x12345600);
  put_buffer({0xCA, 0xFE});
  update();
  record();
  transfer(16);
  spi_put(spi::user, spi::command | spi::address | spi::dummy | spi::miso);
  spi_put(spi::user2, 0x0B | 7u << 28);
  spi_put(spi::user1, 23u << 27 | 7u);
  spi_put(spi::ms_dlen, 15);
  update();
  answer_bytes({0, 0, 0, 0, 0, 0xBE, 0xEF}, 0);
  spi_put(spi::cmd, spi::usr);
  finish();
  EXPECT_EQ(buffer(0, 2), (std::vector<std::uint8_t>{0xBE, 0xEF}));
  EXPECT_THAT(decode(spi_decoder(0), "spi=mosi-transfer"),
              ElementsAre("02 12 34 56 CA FE", "0B 12 34 56 00 00 00"));
  EXPECT_THAT(decode(spi_decoder(0), "spi=miso-transfer"), ElementsAre(testing::_, "00 00 00 00 00 BE EF"));
}

// Modes 1 and 3 sample with the trailing edge: the last bit of a phase stays until the next leading one.
TEST_P(EveryClock, HalfDuplexOnTrailingEdges) {
  for (const unsigned mode : {1u, 3u}) {
    set_up(GetParam(), pll);
    spi_put(spi::user, spi::command | spi::miso);
    spi_put(spi::user2, 0x9E | 7u << 28);
    spi_put(spi::ctrl, spi::d_pol);
    set_mode(mode);
    update();
    record();
    answer_bytes({0, 0xC7}, mode);
    transfer(8);
    EXPECT_EQ(buffer(0, 1), (std::vector<std::uint8_t>{0xC7}));
    EXPECT_THAT(decode(spi_decoder(mode), "spi=mosi-transfer"), ElementsAre("9E FF"));
  }
}

TEST_P(EveryClock, ThreeWires) {
  set_up(GetParam(), pll);
  spi_put(spi::user, spi::mosi | spi::miso | spi::sio);
  put_buffer({0x5A});
  spi_put(spi::ms_dlen, 7);
  update();
  record();
  unsigned falls = 0;
  pins.listen_pad(clock_pin, [&](bool level) {
    if (level || ++falls < 8) return;
    pins.drive_from_outside(mosi_pin,
                            falls < 16 ? std::optional((0x93u >> (15 - falls) & 1) != 0) : std::nullopt);
  });
  spi_put(spi::cmd, spi::usr);
  finish();
  EXPECT_EQ(buffer(0, 1), (std::vector<std::uint8_t>{0x93}));
  EXPECT_THAT(decode(spi_decoder(0), "spi=mosi-transfer"), ElementsAre("5A 93"));
  EXPECT_THAT(events.notices, IsEmpty());
}

// Sigrok's decoder of parallel buses takes the data lines as a bus of two or four bits. The words begin when
// the recording does, so everything on the wire has to be written on that many lines; the last one is not
// shown, as the decoder waits for its end.
TEST_P(EveryClock, TwoLines) {
  write_twice(1u << 12, 1u << 8 | 1u << 5, 0xBB);
  EXPECT_THAT(decode("parallel:clk=GPIO0:d0=GPIO4:d1=GPIO2:wordsize=4:endianness=big", "parallel=words"),
              ElementsAre("bb", "c0", "ff", "ee", "1b", "e4", "bb", "c0", "ff", "ee", "1b"));
}

TEST_P(EveryClock, FourLines) {
  const std::string bus = "parallel:clk=GPIO0:d0=GPIO4:d1=GPIO2:d2=GPIO8:d3=GPIO9:wordsize=2:endianness=big";
  write_twice(1u << 3, 0, 0xEB);  // QPI
  EXPECT_THAT(decode(bus, "parallel=words"),
              ElementsAre("eb", "c0", "ff", "ee", "1b", "e4", "eb", "c0", "ff", "ee", "1b"));

  // And a read: the dummy's two clocks are a word nobody drives.
  spi_put(spi::user, spi::command | spi::dummy | spi::miso | 1u << 3);
  spi_put(spi::user1, 1);
  update();
  record();
  unsigned falls = 0;
  constexpr std::array<unsigned, 6> nibbles{0xB, 0xE, 0xE, 0xF, 0x1, 0x2};
  pins.listen_pad(clock_pin, [&](bool level) {
    if (level || ++falls < 4) return;
    for (unsigned line = 0; line < 4; ++line)
      pins.drive_from_outside(
          std::array{mosi_pin, miso_pin, wp_pin, hd_pin}[line],
          falls < 10 ? std::optional((nibbles[falls - 4] >> line & 1) != 0) : std::nullopt);
  });
  transfer(24);
  EXPECT_EQ(buffer(0, 3), (std::vector<std::uint8_t>{0xBE, 0xEF, 0x12}));
  EXPECT_THAT(decode(bus, "parallel=words"), ElementsAre("eb", testing::_, "be", "ef"));
  EXPECT_THAT(events.notices, IsEmpty());
}

// As a slave, with the clock and chip select of a master from outside.
TEST_P(EveryMode, AsASlave) {
  const unsigned mode = GetParam();
  be_slave(mode);
  put_buffer({0xA6, 0x01, 0x7F});
  record();
  half_period = 20 * nanosecond;
  exchange({0x3C, 0xD5, 0x80});
  half_period = microsecond;
  exchange({0x42});
  EXPECT_THAT(decode(spi_decoder(mode), "spi=mosi-transfer"), ElementsAre("3C D5 80", "42"));
  EXPECT_THAT(decode(spi_decoder(mode), "spi=miso-transfer"), ElementsAre("A6 01 7F", "3C"));
}

}  // namespace
}  // namespace ferry::board
