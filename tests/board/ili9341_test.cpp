// The display at its pins: what is written where, and what is seen of it.
#include "board/parts/ili9341.hpp"

#include "tests/app/temporary_folder.hpp"
#include "tests/board/spi_bench.hpp"

#include <gmock/gmock.h>
#include <png.h>

namespace ferry::board {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr unsigned data_command_pin = 8, reset_pin = 9;
constexpr Colour black{}, white{255, 255, 255}, red{255, 0, 0}, green{0, 255, 0}, blue{0, 0, 255};
constexpr std::uint16_t red16 = 0xF800, green16 = 0x07E0, blue16 = 0x001F, white16 = 0xFFFF;

class Ili9341Test : public SpiBench {
 protected:
  Ili9341& make(const Attributes& attributes = {}) {
    display = &place<Ili9341>("display", attributes);
    connect("display:CS", "GPIO10");
    connect("display:SCK", "GPIO6");
    connect("display:MOSI", "GPIO7");
    connect("display:MISO", "GPIO2");
    connect("display:D/C", "GPIO8");
    circuit.start();
    return *display;
  }
  // Sleep out, 16 bits, upright, on.
  void start() {
    command(0x11);
    run(10 * millisecond);
    command(0x3A, {0x55});
    command(0x36, {0x48});
    command(0x29);
  }
  void command(std::uint8_t code, std::initializer_list<std::uint8_t> parameters = {}) {
    select();
    drive(data_command_pin, false);
    send({code});
    drive(data_command_pin, true);
    send(parameters);
    deselect();
  }
  void window(unsigned x, unsigned y, unsigned width, unsigned height) {
    const auto range = [this](std::uint8_t code, unsigned first, unsigned last) {
      command(code, {static_cast<std::uint8_t>(first >> 8), static_cast<std::uint8_t>(first),
                     static_cast<std::uint8_t>(last >> 8), static_cast<std::uint8_t>(last)});
    };
    range(0x2A, x, x + width - 1);
    range(0x2B, y, y + height - 1);
  }
  void pixels(const std::vector<std::uint16_t>& words, std::uint8_t code = 0x2C) {
    select();
    drive(data_command_pin, false);
    send({code});
    drive(data_command_pin, true);
    for (const std::uint16_t word : words) send_bits(word, 16);
    deselect();
  }
  Colour seen(unsigned x, unsigned y) const { return display->picture().at(x, y); }
  Bytes read(std::uint8_t code, unsigned dummy_clocks, std::size_t count) {
    select();
    drive(data_command_pin, false);
    send({code});
    drive(data_command_pin, true);
    for (unsigned clock = 0; clock < dummy_clocks; ++clock) send_bits(0, 1);
    const Bytes bytes = receive(count);
    deselect();
    return bytes;
  }

  Ili9341* display = nullptr;
};

TEST_F(Ili9341Test, ShowsNothingUntilItIsOn) {
  make();
  command(0x36, {0x48});
  command(0x3A, {0x55});
  window(0, 0, 1, 1);
  pixels({white16});
  EXPECT_EQ(seen(0, 0), black);
  command(0x29);
  EXPECT_EQ(seen(0, 0), black);
  command(0x11);
  EXPECT_EQ(seen(0, 0), white);
  run(10 * millisecond);
  command(0x28);
  EXPECT_EQ(seen(0, 0), black);
  EXPECT_EQ(display->summary(), "pixels written: 1, off");
}

TEST_F(Ili9341Test, FillsAWindowRowByRow) {
  make();
  start();
  window(10, 20, 2, 2);
  pixels({red16, green16, blue16, white16});
  EXPECT_EQ(seen(10, 20), red);
  EXPECT_EQ(seen(11, 20), green);
  EXPECT_EQ(seen(10, 21), blue);
  EXPECT_EQ(seen(11, 21), white);
  EXPECT_EQ(seen(12, 20), black);
  EXPECT_EQ(display->pixels_written(), 4u);
  EXPECT_THAT(notes, IsEmpty());
}

TEST_F(Ili9341Test, GoesOnWithWriteContinueAndStopsAtTheWindowsEnd) {
  make();
  start();
  window(0, 0, 2, 2);
  pixels({red16, green16});
  pixels({blue16}, 0x3C);
  EXPECT_EQ(seen(0, 1), blue);
  pixels({white16, red16}, 0x3C);
  EXPECT_EQ(seen(1, 1), white);
  EXPECT_EQ(seen(0, 0), red);
  EXPECT_THAT(notes, ElementsAre("display: more pixels than the window holds; they are ignored"));
  pixels({blue16});
  EXPECT_EQ(seen(0, 0), blue);
}

TEST_F(Ili9341Test, TakesEighteenBits) {
  make();
  start();
  command(0x3A, {0x66});
  window(0, 0, 2, 1);
  command(0x2C, {0xFC, 0x80, 0x00, 0x00, 0x00, 0xFF});
  EXPECT_EQ(seen(0, 0), (Colour{255, 130, 0}));
  EXPECT_EQ(seen(1, 0), blue);
  command(0x3A, {0x03});
  EXPECT_THAT(notes, ElementsAre("display: command 0x3a out of range; ignored"));
}

// The four ways up of a usual module, as drivers set them.
TEST_F(Ili9341Test, TurnsWithMemoryAccess) {
  make();
  start();
  const auto mark = [this](std::uint8_t madctl) {
    command(0x01);
    run(10 * millisecond);
    start();
    window(0, 0, 240, 1);
    command(0x36, {madctl});
    window(3, 5, 1, 1);
    pixels({red16});
    const Picture picture = display->picture();
    for (unsigned y = 0; y < picture.height(); ++y)
      for (unsigned x = 0; x < picture.width(); ++x)
        if (picture.at(x, y) == red) {
          command(0x2C, {0, 0});
          return std::pair(x, y);
        }
    return std::pair(0u, 0u);
  };
  EXPECT_EQ(mark(0x48), std::pair(3u, 5u));
  EXPECT_EQ(mark(0x88), std::pair(236u, 314u));
  EXPECT_EQ(mark(0x08), std::pair(236u, 5u));
  EXPECT_EQ(mark(0x28), std::pair(234u, 3u));
  EXPECT_EQ(mark(0xE8), std::pair(5u, 316u));
}

TEST_F(Ili9341Test, ColoursAreSwappedWithoutTheBgrBit) {
  make();
  start();
  window(0, 0, 1, 1);
  pixels({red16});
  command(0x36, {0x40});
  EXPECT_EQ(seen(0, 0), blue);
}

TEST_F(Ili9341Test, InvertsScrollsAndShowsAPart) {
  make();
  start();
  window(0, 0, 1, 320);
  std::vector<std::uint16_t> rows(320);
  rows[100] = white16;
  pixels(rows);
  EXPECT_EQ(seen(0, 100), white);
  command(0x21);
  EXPECT_EQ(seen(0, 100), black);
  EXPECT_EQ(seen(0, 101), white);
  command(0x20);
  command(0x33, {0, 10, 0, 210, 0, 100});  // 10 rows fixed, 210 scrolled, 100 fixed
  command(0x37, {0, 60});
  EXPECT_EQ(seen(0, 50), white);
  command(0x37, {0, 110});
  EXPECT_EQ(seen(0, 210), white);
  command(0x13);
  EXPECT_EQ(seen(0, 100), white);
  command(0x30, {0, 101, 0, 200});
  command(0x12);
  EXPECT_EQ(seen(0, 100), black);
  command(0x30, {0, 100, 0, 200});
  EXPECT_EQ(seen(0, 100), white);
  EXPECT_THAT(notes, IsEmpty());
}

TEST_F(Ili9341Test, AnswersQuestions) {
  make();
  start();
  EXPECT_THAT(read(0x04, 1, 3), ElementsAre(0x00, 0x80, 0x00));
  EXPECT_THAT(read(0x09, 1, 4), ElementsAre(0xA4, 0x53, 0x04, 0x00));
  EXPECT_THAT(read(0x0A, 0, 1), ElementsAre(0x9C));
  EXPECT_THAT(read(0x0B, 0, 1), ElementsAre(0x48));
  EXPECT_THAT(read(0x0C, 0, 1), ElementsAre(0x55));
  EXPECT_THAT(read(0xD3, 8, 3), ElementsAre(0x00, 0x93, 0x41));
  window(0, 0, 2, 1);
  pixels({red16, green16});
  EXPECT_THAT(read(0x2E, 8, 6), ElementsAre(0xFC, 0, 0, 0, 0xFC, 0));
  command(0x00);
  EXPECT_THAT(notes, IsEmpty());
}

TEST_F(Ili9341Test, ResetsByItsPinAndNotesHaste) {
  make();
  connect("display:RST", "GPIO9");
  drive(reset_pin, true);
  start();
  window(0, 0, 1, 1);
  pixels({white16});
  drive(reset_pin, false);
  command(0x29);
  command(0x11);
  drive(reset_pin, true);
  EXPECT_FALSE(display->is_on());
  EXPECT_THAT(notes, IsEmpty());
  command(0x11);
  EXPECT_THAT(notes, ElementsAre("display: a command comes less than 5 ms after a reset or sleep out"));
  run(10 * millisecond);
  command(0x29);
  command(0x36, {0x48});
  EXPECT_EQ(seen(0, 0), white);  // the memory keeps its content
}

TEST_F(Ili9341Test, SpeaksNineBitsOnThreeLines) {
  make({{"interface", "3-line"}});
  const auto word = [this](unsigned data, unsigned byte) { send_bits(data << 8 | byte, 9); };
  select();
  word(0, 0x11);
  deselect();
  run(10 * millisecond);
  select();
  word(0, 0x36), word(1, 0x48);
  word(0, 0x3A), word(1, 0x55);
  word(0, 0x29);
  word(0, 0x2C), word(1, 0xF8), word(1, 0x00);
  deselect();
  EXPECT_EQ(seen(0, 0), red);
  select();
  word(0, 0x0C);
  EXPECT_THAT(receive(1), ElementsAre(0x55));
  deselect();
}

TEST_F(Ili9341Test, IsSavedAsAPng) {
  tests::TemporaryFolder folder;
  make({{"screenshot", folder.path("screen.png")}, {"swapXY", "1"}});
  start();
  window(10, 20, 1, 1);
  pixels({green16});
  ASSERT_TRUE(circuit.save().has_value());
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  ASSERT_NE(png_image_begin_read_from_file(&image, folder.path("screen.png").c_str()), 0);
  image.format = PNG_FORMAT_RGB;
  ASSERT_EQ(image.width, 320u);
  ASSERT_EQ(image.height, 240u);
  std::vector<std::uint8_t> bytes(PNG_IMAGE_SIZE(image));
  ASSERT_NE(png_image_finish_read(&image, nullptr, bytes.data(), 0, nullptr), 0);
  const std::size_t place = (10 * 320 + 20) * 3;
  EXPECT_THAT(Bytes(bytes.begin() + place, bytes.begin() + place + 3), ElementsAre(0, 255, 0));
  EXPECT_EQ(std::ranges::count(bytes, 255), 1);
  EXPECT_THAT(display->save_png("/nowhere/screen.png").error(),
              HasSubstr("/nowhere/screen.png: No such file"));
}

TEST_F(Ili9341Test, SaysWhatItDoesNotTake) {
  make();
  start();
  command(0x2A, {0, 0, 0, 240});
  command(0x2B, {0, 5, 0, 4});
  command(0xF1, {1, 2, 3});
  command(0x22);
  EXPECT_THAT(notes, ElementsAre("display: command 0x2a out of range; ignored",
                                 "display: command 0x2b out of range; ignored",
                                 "display: command 0x22 is not modelled"));
  EXPECT_THAT(refusal<Ili9341>({{"interface", "8080"}}), HasSubstr("is not 4-line or 3-line"));
}

}  // namespace
}  // namespace ferry::board
