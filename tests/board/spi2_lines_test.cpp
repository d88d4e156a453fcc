// SPI2 on two and on four data lines: which bit goes where, and who drives a line when.
#include "tests/board/spi2_rig.hpp"

namespace ferry::board {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using Bytes = std::vector<std::uint8_t>;

constexpr std::uint32_t dummy_out = 1 << 3, faddr_dual = 1 << 5, faddr_quad = 1 << 6, fcmd_dual = 1 << 8,
                        fcmd_quad = 1 << 9, fread_dual = 1 << 14, fread_quad = 1 << 15, q_pol = 1 << 18,
                        hold_pol = 1 << 20, wp_pol = 1 << 21;
constexpr std::uint32_t qpi_mode = 1 << 3, fwrite_dual = 1 << 12, fwrite_quad = 1 << 13;
constexpr std::uint32_t quad_din_pin_swap = 1u << 31;

class Spi2Lines : public Spi2Rig {
 protected:
  static constexpr unsigned wp_pin = 8, hd_pin = 9;
  static constexpr std::array<unsigned, 4> data_pins{mosi_pin, miso_pin, wp_pin, hd_pin};
  static constexpr std::array<std::uint32_t, 4> data_signals{chip::signal::fspid, chip::signal::fspiq,
                                                             chip::signal::fspiwp, chip::signal::fspihd};

  Spi2Lines() {
    for (unsigned line = 0; line < 4; ++line) {
      output(data_pins[line], data_signals[line]);
      pins.route_input(data_signals[line], {.from = InputRoute::From::pad, .pin = data_pins[line]});
    }
    pins.listen_pad(clock_pin, [this](bool level) { clock_edge(level); });
  }
  // As set_up(), with these phases in half duplex.
  void half_duplex(std::uint32_t user, std::uint32_t control) {
    set_up();
    spi_put(spi::user, user);
    spi_put(spi::ctrl, control);
  }
  void run_transfer(std::uint32_t bits) {
    seen.clear();
    falls = 0;
    transfer(bits);
  }
  // What the lines show at each rising edge, line 0 in bit 0; and the other side's answer at falling edges.
  void clock_edge(bool level) {
    if (level) {
      unsigned now = 0;
      for (unsigned line = 0; line < 4; ++line) now |= pins.level(data_pins[line]) ? 1u << line : 0u;
      return seen.push_back(static_cast<std::uint8_t>(now));
    }
    ++falls;
    if (falls < answer_from) return;
    const std::size_t index = falls - answer_from;
    for (unsigned line = 0; line < 4; ++line)
      if ((answer_lines >> line & 1) != 0)
        pins.drive_from_outside(data_pins[line], index < answers.size()
                                                     ? std::optional((answers[index] >> line & 1) != 0)
                                                     : std::nullopt);
  }
  // From this falling edge on, the other side shows these on the lines of the mask.
  void answer_after(unsigned falling_edge, unsigned mask, Bytes nibbles) {
    answer_from = falling_edge;
    answer_lines = mask;
    answers = std::move(nibbles);
  }

  Bytes seen, answers;
  unsigned falls = 0, answer_from = ~0u, answer_lines = 0;
};

// The manual's table 27.5-5, for B7 … B0 = 1011'0010.
TEST_F(Spi2Lines, WhichBitGoesWhere) {
  struct Case {
    std::uint32_t user, control;
    unsigned mask;
    Bytes expected;  // by clock; bits HD WP Q D
  };
  for (const auto& [user, control, mask, expected] :
       {Case{fwrite_dual, 0, 0b0011, {0b10, 0b11, 0b00, 0b10}},
        Case{fwrite_dual, spi::wr_lsb_first, 0b0011, {0b10, 0b00, 0b11, 0b10}},
        Case{fwrite_quad, 0, 0b1111, {0b1011, 0b0010}},
        Case{fwrite_quad, spi::wr_lsb_first, 0b1111, {0b0010, 0b1011}},
        Case{qpi_mode, 0, 0b1111, {0b1011, 0b0010}}}) {
    half_duplex(spi::mosi | user, control);
    put_buffer({0b1011'0010});
    run_transfer(8);
    for (auto& levels : seen) levels &= static_cast<std::uint8_t>(mask);
    EXPECT_THAT(seen, ElementsAreArray(expected)) << user << ' ' << control;
    EXPECT_EQ(interrupts(), spi::trans_done);
  }
}

TEST_F(Spi2Lines, ReadingPutsBitsWhereWritingTakesThem) {
  struct Case {
    std::uint32_t control;
    unsigned mask;
    Bytes levels, expected;
  };
  const Bytes pairs{0b10, 0b11, 0b00, 0b10}, nibbles{0b1011, 0b0010};
  for (const auto& [control, mask, levels, expected] :
       {Case{fread_dual, 0b0011, pairs, {0b1011'0010}},
        Case{fread_dual | spi::rd_lsb_first, 0b0011, pairs, {0b1000'1110}},
        Case{fread_quad, 0b1111, nibbles, {0b1011'0010}},
        Case{fread_quad | spi::rd_lsb_first, 0b1111, nibbles, {0b0010'1011}}}) {
    half_duplex(spi::dummy | spi::miso, control);
    spi_put(spi::user1, 0);
    answer_after(1, mask, levels);
    run_transfer(8);
    EXPECT_EQ(buffer(0, 1), expected) << control;
    EXPECT_THAT(events.notices, IsEmpty()) << "nobody fought over a line";
  }
}

TEST_F(Spi2Lines, EveryPhaseHasItsOwnWidth) {
  struct Case {
    std::uint32_t user, control;
    unsigned count;
  };
  constexpr std::uint32_t phases = spi::command | spi::address | spi::mosi;
  for (const auto& [user, control, count] :
       {Case{0, 0, 16 + 24 + 32}, Case{0, fcmd_dual, 8 + 24 + 32}, Case{0, fcmd_quad, 4 + 24 + 32},
        Case{0, faddr_dual, 16 + 12 + 32}, Case{0, faddr_quad, 16 + 6 + 32},
        Case{fwrite_dual, 0, 16 + 24 + 16}, Case{fwrite_quad, 0, 16 + 24 + 8},
        Case{fwrite_dual, faddr_quad | fcmd_dual, 8 + 6 + 16}, Case{qpi_mode, 0, 4 + 6 + 8},
        Case{fwrite_quad, faddr_quad | fcmd_quad, 4 + 6 + 8}, Case{fwrite_quad | fwrite_dual, 0, 16 + 24 + 8},
        Case{0, fread_quad | fread_dual, 16 + 24 + 32}}) {
    half_duplex(phases | user, control);
    spi_put(spi::user2, 0x5AA5 | 15u << 28);
    spi_put(spi::user1, 23u << 27);
    spi_put(spi::addr, 0x12345600);
    put_buffer({1, 2, 3, 4});
    run_transfer(32);
    EXPECT_THAT(seen, SizeIs(count)) << std::hex << user << ' ' << control;
    EXPECT_THAT(events.phases, ElementsAre("prep", "cmd", "addr", "data", "done", "idle"));
  }
}

// Fast read quad I/O as a flash wants it: command on one line, address and mode bits on four, dummy, data.
TEST_F(Spi2Lines, QuadReadTurnsTheBusRound) {
  half_duplex(spi::command | spi::address | spi::dummy | spi::miso, faddr_quad | fread_quad);
  spi_put(spi::user2, 0xEB | 7u << 28);
  spi_put(spi::addr, 0x123456A5);
  spi_put(spi::user1, 31u << 27 | 3u);
  // The other side drives from the middle of the dummy on; data after 8 + 8 + 4 clocks.
  answer_after(18, 0b1111, {0xF, 0x0, 0xC, 0x3, 0x5, 0xA});
  run_transfer(16);
  ASSERT_THAT(seen, SizeIs(8 + 8 + 4 + 4));
  Bytes command, address(seen.begin() + 8, seen.begin() + 16);
  for (unsigned bit = 0; bit < 8; ++bit) command.push_back(seen[bit] & 1);
  EXPECT_THAT(command, ElementsAre(1, 1, 1, 0, 1, 0, 1, 1));
  EXPECT_THAT(address, ElementsAre(1, 2, 3, 4, 5, 6, 0xA, 5));
  EXPECT_EQ(buffer(0, 2), (Bytes{0xC3, 0x5A}));
  EXPECT_THAT(events.notices, IsEmpty()) << "nobody fought over a line";
}

// WP and HD of a flash that works on one line are WP# and HOLD#: they stay high.
TEST_F(Spi2Lines, UnusedLinesHaveTheirIdleLevels) {
  for (const bool level : {false, true}) {
    half_duplex(spi::command | spi::mosi | fwrite_quad, level ? wp_pol | hold_pol | q_pol : 0);
    spi_put(spi::user2, 0x55 | 7u << 28);
    put_buffer({0x69});
    run_transfer(8);
    ASSERT_THAT(seen, SizeIs(10));
    for (unsigned clock = 0; clock < 8; ++clock) EXPECT_EQ(seen[clock] >> 2, level ? 3 : 0);
    EXPECT_EQ(seen[8], 6);
    EXPECT_EQ(seen[9], 9);
    EXPECT_EQ(pins.level(wp_pin), level);
    EXPECT_EQ(pins.level(hd_pin), level);
  }
}

TEST_F(Spi2Lines, WhoDrivesWhen) {
  struct Case {
    std::uint32_t control, user;
    std::array<bool, 4> driven;  // D, Q, WP, HD while data come in
  };
  for (const auto& [control, user, driven] :
       {Case{0, 0, {true, false, true, true}}, Case{0, spi::sio, {false, false, true, true}},
        Case{fread_dual, 0, {false, false, true, true}}, Case{fread_quad, 0, {false, false, false, false}},
        Case{0, qpi_mode, {false, false, false, false}}}) {
    for (const bool keeps : {false, true}) {
      half_duplex(spi::dummy | spi::miso | user,
                  control | (keeps ? dummy_out : 0) | spi::d_pol | q_pol | wp_pol | hold_pol);
      spi_put(spi::user1, 7);
      begin(32);
      run(4 * microsecond);  // in the dummy: driven lines are high, the others float
      for (unsigned line = 0; line < 4; ++line) {
        const bool data_line = line == 0 || (line == 1 && (control != 0 || user == qpi_mode)) || line > 1;
        EXPECT_EQ(pins.level(data_pins[line]), keeps ? data_line : driven[line])
            << line << ' ' << control << user;
      }
      run(5 * microsecond);  // in the data
      for (unsigned line = 0; line < 4; ++line)
        EXPECT_EQ(pins.level(data_pins[line]), driven[line]) << line << ' ' << control << user;
      finish();
      EXPECT_TRUE(pins.level(mosi_pin));
      EXPECT_FALSE(pins.level(miso_pin)) << "between transfers Q is the other side's";
      EXPECT_TRUE(pins.level(wp_pin));
      EXPECT_TRUE(pins.level(hd_pin));
    }
  }
}

TEST_F(Spi2Lines, KeptSelectedTheLinesStayFree) {
  half_duplex(spi::miso, fread_quad | wp_pol | hold_pol);
  spi_put(spi::misc, 0x3E | spi::cs_keep_active);
  run_transfer(8);
  EXPECT_FALSE(pins.level(select_pin));
  EXPECT_FALSE(pins.level(hd_pin)) << "the other side still has it";
  spi_put(spi::misc, 0x3E);
  run_transfer(8);
  EXPECT_TRUE(pins.level(hd_pin));
}

TEST_F(Spi2Lines, SwappedInputs) {
  half_duplex(spi::miso | spi::dummy, fread_quad);
  spi_put(spi::misc, 0x3E | quad_din_pin_swap);
  spi_put(spi::user1, 0);
  answer_after(1, 0b1111, {0b0001, 0b0100});
  run_transfer(8);
  EXPECT_EQ(buffer(0, 1), Bytes{0b0010'1000});
}

TEST_F(Spi2Lines, AllModesOfTheClock) {
  for (const std::uint32_t mode : {0u, 1u, 2u, 3u}) {
    half_duplex(spi::mosi | fwrite_quad | (mode == 1 || mode == 2 ? spi::ck_out_edge : 0), 0);
    spi_put(spi::misc, 0x3E | (mode >= 2 ? spi::ck_idle_edge : 0));
    put_buffer({0xA5, 0x3C});
    transfer(16);
    const auto samples = probe.times(clock_pin, mode == 0 || mode == 3);
    ASSERT_THAT(samples, SizeIs(4));
    Bytes nibbles;
    for (const Time time : samples) {
      unsigned now = 0;
      for (unsigned line = 0; line < 4; ++line)
        now |= probe.before(data_pins[line], time, initial_level(data_pins[line])) ? 1u << line : 0u;
      nibbles.push_back(static_cast<std::uint8_t>(now));
    }
    EXPECT_THAT(nibbles, ElementsAre(0xA, 5, 3, 0xC)) << mode;
  }
}

TEST_F(Spi2Lines, LengthsThatDoNotFillTheLines) {
  for (const auto& [bits, count] : {std::pair{1u, 1u}, {4u, 1u}, {5u, 2u}, {7u, 2u}, {9u, 3u}, {16u, 4u}}) {
    half_duplex(spi::mosi | fwrite_quad, 0);
    run_transfer(bits);
    EXPECT_THAT(seen, SizeIs(count)) << bits;
  }
}

TEST_F(Spi2Lines, FullDuplexHasOneLine) {
  set_up();
  spi_put(spi::user, spi::doutdin | spi::mosi | spi::miso | fwrite_quad);
  run_transfer(16);
  EXPECT_THAT(seen, SizeIs(16));
  EXPECT_THAT(events.notices, ElementsAre(HasSubstr("full duplex (USER.DOUTDIN) has one data line")));
}

TEST_F(Spi2Lines, AQuadTransferCanBeCutShort) {
  half_duplex(spi::mosi | fwrite_quad, 0);
  begin(64 * 8);
  run(21 * microsecond);
  spi_put(spi::ms_dlen, 7);
  update();
  finish();
  EXPECT_EQ(interrupts(), spi::trans_done);
  EXPECT_THAT(probe.times(clock_pin, true), SizeIs(22)) << "the byte in progress is finished";
}

TEST_F(Spi2Lines, ByDma) {
  connect(0);
  half_duplex(spi::mosi | fwrite_quad, 0);
  spi_put(spi::dma_conf, spi::tx_ena);
  fill(ram, {0x12, 0x34, 0x56});
  descriptor(list, ram, 3, 3, 0, bit::owner | bit::suc_eof);
  start_out(list);
  settle();
  run_transfer(24);
  EXPECT_THAT(seen, ElementsAre(1, 2, 3, 4, 5, 6));
  EXPECT_EQ(raw() & (bit::out_eof | bit::out_total_eof), bit::out_eof | bit::out_total_eof);

  half_duplex(spi::miso | spi::dummy, fread_quad);
  spi_put(spi::user1, 0);
  spi_put(spi::dma_conf, spi::rx_ena | spi::rx_afifo_rst);
  descriptor(list, ram + 64, 8, 0);
  start_in(list);
  answer_after(1, 0b1111, {7, 8, 9, 0xA, 0xB, 0xC});
  run_transfer(24);
  settle();
  EXPECT_EQ(bytes_at(ram + 64, 3), (Bytes{0x78, 0x9A, 0xBC}));
  EXPECT_NE(raw() & bit::in_suc_eof, 0u);
}

}  // namespace
}  // namespace ferry::board
