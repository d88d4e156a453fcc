// Snapshots of a firmware at many moments, in the middle of whatever it does: snapshot_sweep FIRMWARE
//
// GPIO4 and GPIO2 are wired. From each moment the run goes on three times: as it would have, after the board
// was put back, and on another board. Pins, text, interrupts, DMA and counters have to be the same each time.
#include "board/cpu/cpu.hpp"
#include "board/image/firmware.hpp"
#include "board/record/output.hpp"
#include "board/record/summary.hpp"
#include "board/record/vcd.hpp"
#include "board/testing/test_board.hpp"

#include <unistd.h>

#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <numeric>
#include <string>
#include <vector>

namespace {

using namespace ferry::board;

constexpr Time run_on = 2 * millisecond;
constexpr unsigned chip_select = 5;

class Interrupts final : public Observer {
 public:
  explicit Interrupts(Board& board) : board_(board) { board_.observers().add(*this, 0); }
  ~Interrupts() override { board_.observers().remove(*this); }
  Interrupts(const Interrupts&) = delete;
  Interrupts& operator=(const Interrupts&) = delete;
  void interrupt_taken(unsigned line) override {
    text_ += std::to_string(board_.now()) + ' ' + std::to_string(line) + '\n';
  }
  const std::string& text() const { return text_; }

 private:
  Board& board_;
  std::string text_;
};

// What is to be seen of the next two milliseconds.
std::string go_on(TestBoard& test, const std::filesystem::path& vcd) {
  Board& board = test.board();
  std::vector<unsigned> pins(ferry::chip::gpio_count);
  std::iota(pins.begin(), pins.end(), 0u);
  std::uint32_t levels = 0;
  for (const unsigned pin : pins) levels |= (test.level(pin) ? 1u : 0u) << pin;
  const Interrupts interrupts(board);
  {
    auto file = Output::create(vcd);
    if (!file) throw std::runtime_error(vcd.string() + ": " + file.error());
    VcdRecorder recorder(*file, [&board] { return board.now(); }, pins, levels);
    board.observers().add(recorder, Observers::only(Topic::pins));
    (void)test.run_for(run_on);
    recorder.finish();
    file->flush();
    board.observers().remove(recorder);
  }
  std::ifstream recorded(vcd, std::ios::binary);
  std::string text(std::istreambuf_iterator<char>(recorded), {});
  text += interrupts.text() + test.describe() + '\n';
  return text + summary_json({.ended = "time", .simulated = board.now(), .counters = board.counters()});
}

// The number of moments at which something was different.
int sweep(TestBoard& test, TestBoard& other, Time first, Time step, unsigned moments,
          const std::filesystem::path& folder) {
  int different = 0;
  for (unsigned number = 0; number < moments; ++number) {
    const Time moment = first + number * step;
    if (moment > test.now()) (void)test.run_for(moment - test.now());
    const TestBoard::Moment here = test.moment();
    const std::string expected = go_on(test, folder / "expected.vcd");
    test.go_back(here);
    const bool same = go_on(test, folder / "again.vcd") == expected;
    other.go_back(here);
    const bool elsewhere = go_on(other, folder / "elsewhere.vcd") == expected;
    test.go_back(here);
    if (same && elsewhere) continue;
    ++different;
    std::printf("from %llu ps on the run is another one%s\n",
                static_cast<unsigned long long>(here.board.now()), same ? " on another board" : "");
  }
  return different;
}

int run(const char* firmware) {
  auto image = load_firmware(firmware);
  if (!image) throw std::runtime_error(image.error().text);
  TestBoard test(*image), other(*image);
  test.wire(4, 2);
  other.wire(4, 2);
  std::string name = (std::filesystem::temp_directory_path() / "ferry-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
  const std::filesystem::path folder = name;

  // From before the first transfer into it, and around its end, when DMA, SPI, interrupts and UART meet.
  int different = sweep(test, other, 1 * millisecond, 37'123 * nanosecond, 60, folder);
  if (!test.run_until_level(chip_select, false, second) ||
      !test.run_until_level(chip_select, true, 10 * second))
    throw std::runtime_error("no transfer: " + test.describe());
  const Time end = test.now();
  TestBoard again(*image);
  again.wire(4, 2);
  different += sweep(again, other, end - 50 * microsecond, 2'777 * nanosecond, 60, folder);
  std::filesystem::remove_all(folder);
  std::printf("%d of 120 moments differ\n", different);
  return different == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    if (argc == 2) return run(argv[1]);
    std::fputs("usage: snapshot_sweep FIRMWARE\n", stderr);
    return 2;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "snapshot_sweep: %s\n", error.what());
    return 1;
  }
}
