#include "board/devices/apb_saradc/apb_saradc.hpp"

#include "tests/board/peripheral_rig.hpp"

namespace ferry::board {
namespace {

using ::testing::IsEmpty;

constexpr std::uint32_t onetime_sample = 0x20, data1 = 0x2C, data2 = 0x30, int_ena = 0x40, int_raw = 0x44,
                        int_st = 0x48, int_clr = 0x4C, tsens_ctrl = 0x58;
// ONETIME_SAMPLE: attenuation 24:23, channel 28:25 (unit in its top bit), start 29, second unit 30, first 31.
constexpr std::uint32_t start = 1u << 29, second_unit = 1u << 30, first_unit = 1u << 31;
constexpr std::uint32_t channel(std::uint32_t number) { return number << 25; }
constexpr std::uint32_t done1 = 1u << 31, done2 = 1u << 30;
constexpr unsigned adc_source = 43;

struct ApbSaradcTest : ::testing::Test, Bench {
  Pins pins{observers};
  std::map<std::pair<unsigned, unsigned>, std::uint32_t> analog;  // (register, lowest bit) of block 0x69
  ApbSaradc adc{timeline, pins, lines, observers, [this](const chip::regi2c::SlaveField& field) {
                  EXPECT_EQ(field.slave, 0x69u);
                  return analog[{field.address, field.lsb}];
                }};

  std::uint32_t convert(std::uint32_t which, std::uint32_t number) {
    adc.write(int_clr, done1 | done2);
    adc.write(onetime_sample, which | channel(number));
    adc.write(onetime_sample, which | channel(number) | start);
    run_for(ApbSaradc::conversion_time);
    adc.write(onetime_sample, channel(number));
    return adc.read(which == first_unit ? data1 : data2);
  }
};

TEST_F(ApbSaradcTest, ResetValues) {
  expect_registers(adc,
                   {{0x00, 0x40038240}, {0x04, 0xA1FE}, {0x08, 0},       {0x0C, 0xFF0808},   {0x10, 0},
                    {0x14, 0},          {0x18, 0},      {0x1C, 0},       {0x20, 0x1A000000}, {0x24, 0x900},
                    {0x28, 0x03740000}, {0x2C, 0},      {0x30, 0},       {0x34, 0x3FFED},    {0x38, 0x3FFED},
                    {0x3C, 0},          {0x40, 0},      {0x44, 0},       {0x48, 0},          {0x4C, 0},
                    {0x50, 0xFF},       {0x54, 4},      {0x58, 0x18000}, {0x5C, 0x4002},     {0x60, 0x8000},
                    {0x3FC, 0x2007171}});
}

TEST_F(ApbSaradcTest, AConversionTakesItsTimeAndRaisesItsInterrupt) {
  adc.write(int_ena, done1);
  adc.write(onetime_sample, first_unit | channel(2) | start);
  run_for(ApbSaradc::conversion_time - 1);
  EXPECT_EQ(adc.read(int_raw), 0u);
  run_for(1);
  EXPECT_EQ(adc.read(int_raw), done1);
  EXPECT_EQ(adc.read(int_st), done1);
  EXPECT_TRUE(lines[adc_source]);
  adc.write(int_clr, done1);
  EXPECT_FALSE(lines[adc_source]);
  adc.write(onetime_sample, first_unit | channel(2) | start);
  run_for(ApbSaradc::conversion_time);
  EXPECT_EQ(adc.read(int_raw), 0u) << "START has to fall first";
}

TEST_F(ApbSaradcTest, WithoutAUnitNothingIsConverted) {
  adc.write(onetime_sample, channel(0) | start);
  run_for(millisecond);
  EXPECT_EQ(adc.read(int_raw), 0u);
}

TEST_F(ApbSaradcTest, PadsAreAtTheEndsOfTheScale) {
  pins.drive_from_outside(3, true);
  pins.drive_from_outside(5, true);
  EXPECT_EQ(convert(first_unit, 3), 3u << 13 | 4095u);
  EXPECT_EQ(convert(first_unit, 2), 2u << 13);
  EXPECT_EQ(convert(second_unit, 8), 4095u) << "channel 0 of the second unit: GPIO5";
  EXPECT_EQ(adc.read(int_raw), done2);
  pins.drive_from_outside(5, false);
  EXPECT_EQ(convert(second_unit, 8), 0u);
  EXPECT_EQ(convert(first_unit, 5), 5u << 13) << "there is no such channel";
  EXPECT_THAT(events.notices, IsEmpty());
}

TEST_F(ApbSaradcTest, TheInitialCodeIsTakenOffAndTheInputCanBeGrounded) {
  pins.drive_from_outside(0, true);
  analog[{1, 0}] = 0xF;  // 0xFFF: still beyond the scale
  analog[{0, 0}] = 0xFF;
  EXPECT_EQ(convert(first_unit, 0), 4095u);
  analog[{7, 5}] = 1;
  EXPECT_EQ(convert(first_unit, 0), 0u) << "grounded";
  EXPECT_EQ(convert(second_unit, 8), 0u);
}

TEST_F(ApbSaradcTest, AResetEndsAConversion) {
  adc.write(onetime_sample, first_unit | channel(0) | start);
  adc.reset();
  run_for(millisecond);
  EXPECT_EQ(adc.read(int_raw), 0u);
}

TEST_F(ApbSaradcTest, TheSensorSays25Degrees) {
  analog[{6, 0}] = 15;
  EXPECT_EQ(adc.read(tsens_ctrl) & 0xFF, 0u) << "off";
  adc.write(tsens_ctrl, 0x18000 | 1u << 22);
  EXPECT_EQ(adc.read(tsens_ctrl) & 0xFF, 104u);
  analog[{6, 0}] = 11;
  EXPECT_EQ(adc.read(tsens_ctrl) & 0xFF, 167u) << "one range colder";
}

}  // namespace
}  // namespace ferry::board
