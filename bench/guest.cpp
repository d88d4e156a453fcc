#include "bench/guest.hpp"

#include "board/cpu/cpu.hpp"
#include "board/memory.hpp"
#include "chip/esp32c3/registers/spi2.hpp"

#include <array>
#include <cstddef>
#include <span>

namespace ferry::bench {

namespace {

using board::Time;

// More than any way between two marks that is gone step by step.
constexpr std::uint64_t most_steps = 50'000'000;
// Longer than any transfer here takes.
constexpr Time longest_transfer = 10 * board::second;

constexpr std::string_view mark_prefix = "ferry_mark.";

}  // namespace

Cost operator-(const Cost& later, const Cost& earlier) {
  return {.instructions = later.instructions - earlier.instructions,
          .cycles = later.cycles - earlier.cycles,
          .register_loads = later.register_loads - earlier.register_loads,
          .register_stores = later.register_stores - earlier.register_stores,
          .time = later.time - earlier.time};
}

Cost operator+(const Cost& a, const Cost& b) {
  return {.instructions = a.instructions + b.instructions,
          .cycles = a.cycles + b.cycles,
          .register_loads = a.register_loads + b.register_loads,
          .register_stores = a.register_stores + b.register_stores,
          .time = a.time + b.time};
}

Guest::Guest(const board::Image& image, std::uint32_t hertz) {
  for (const board::Symbol& symbol : image.symbols) {
    if (symbol.name == "job") job_ = symbol.address;
    if (!symbol.name.starts_with(mark_prefix)) continue;
    const std::string name = symbol.name.substr(mark_prefix.size());
    marks_[name.substr(0, name.find('.'))].insert(symbol.address);
  }
  if (job_ == 0 || marks_.empty()) throw Failure("there are no marks in the firmware, or no job");
  board_.wire(4, 2);
  board_.observers().add(
      *this, board::Observers::only(board::Topic::registers) | board::Observers::only(board::Topic::dma));
  board_.load(image);
  run_to("boot");
  write(hertz_offset, hertz);
  run_to("ready");
}

Guest::~Guest() { board_.observers().remove(*this); }

Cost Guest::now() {
  const board::Counters counters = board_.counters();
  return {.instructions = counters.instructions,
          .cycles = counters.cycles,
          .register_loads = counters.register_loads,
          .register_stores = counters.register_stores,
          .time = board_.now()};
}

void Guest::step() {
  if (board_.cpu().step()) throw Failure("the firmware stopped");
}

Cost Guest::run_to(std::string_view mark) {
  const auto place = marks_.find(mark);
  if (place == marks_.end()) throw Failure("there is no mark " + std::string(mark));
  for (std::uint64_t steps = 0; !place->second.contains(board_.cpu().pc()); ++steps) {
    if (steps == most_steps) throw Failure("the firmware does not reach the mark " + std::string(mark));
    step();
  }
  return now();
}

Cost Guest::run_to_bus_start() {
  bus_started_ = false;
  for (std::uint64_t steps = 0; !bus_started_; ++steps) {
    if (steps == most_steps) throw Failure("the firmware does not start SPI");
    step();
  }
  return now();
}

Cost Guest::run_to_end_seen() {
  end_seen_ = false;
  for (std::uint64_t steps = 0; !end_seen_; ++steps) {
    if (steps == most_steps) throw Failure("the firmware does not see the transfer's end");
    step();
  }
  return now();
}

Cost Guest::run_to_last_bit() {
  const Time before = last_bit_;
  for (std::uint64_t steps = 0; last_bit_ == before; ++steps) {
    if (steps == most_steps) throw Failure("the transfer does not end");
    step();
  }
  Cost here = now();
  here.time = last_bit_;
  return here;
}

void Guest::run_to_frame_end(std::uint32_t frames) {
  frames_to_go_ = frames;
  const Time end = board_.now() + longest_transfer;
  while (frames_to_go_ != 0) {
    const auto reason = board_.run_until(end);
    if (reason != board::Board::Stop::requested) throw Failure("the transfer does not end");
  }
}

void Guest::write(std::uint32_t offset, std::uint32_t value) {
  board_.memory().write(job_ + offset, std::as_bytes(std::span(&value, 1)));
}

void Guest::check_received(std::uint32_t bytes) {
  std::uint32_t received = 0;
  board_.memory().read(job_ + received_offset, std::as_writable_bytes(std::span(&received, 1)));
  if (received != bytes)
    throw Failure("a transfer of " + std::to_string(bytes) + " bytes did not bring them back");
}

void Guest::register_accessed(const board::RegisterAccess& access) {
  using chip::spi2::Cmd;
  using chip::spi2::DmaIntRaw;
  if (!access.write && access.address == chip::spi2::base + DmaIntRaw::offset &&
      DmaIntRaw::trans_done_int_raw.get(access.value) != 0)
    end_seen_ = true;
  if (access.write && access.address == chip::spi2::base + Cmd::offset && Cmd::usr.get(access.value) != 0)
    bus_started_ = true;
}

// "done": the last edge of the clock has passed. "idle": chip select is inactive, TRANS_DONE is set.
void Guest::spi_phase(std::string_view phase) {
  if (phase == "done") {
    last_bit_ = board_.now();
    if (frames_to_go_ != 0 && --frames_to_go_ == 0) board_.request_stop();
  }
  if (phase == "idle") completion_ = board_.now();
}

void Guest::dma_ended(unsigned, board::DmaDirection direction, std::string_view) {
  if (direction == board::DmaDirection::in) completion_ = board_.now();
}

}  // namespace ferry::bench
