#include "bench/measure.hpp"

#include "board/image/firmware.hpp"

#include <algorithm>

namespace ferry::bench {

namespace {

using board::Time;

constexpr std::uint32_t exercise_hertz = 100'000, fast_hertz = 10'000'000;
constexpr std::uint32_t fifo_bytes = 64;

board::Image load(const std::filesystem::path& file) {
  auto image = board::load_firmware(file);
  if (!image) throw Failure(file.string() + ": " + image.error().text);
  return std::move(*image);
}

std::uint32_t frames(std::uint32_t bytes) { return (bytes + fifo_bytes - 1) / fifo_bytes; }

// From "ready" to "ready", one transfer.
void transfer_once(Guest& guest, std::uint32_t bytes, std::uint32_t frames) {
  guest.set_length(bytes);
  guest.run_to("begin");
  guest.run_to_frame_end(frames);
  guest.run_to("back");
  guest.run_to("ready");
  guest.check_received(bytes);
}

Cost start(Guest& guest, std::uint32_t bytes) {
  guest.set_length(bytes);
  const Cost begin = guest.run_to("begin");
  return guest.run_to_bus_start() - begin;
}

// The same to "ready", from the mark of this name.
Cost start_from(Guest& guest, std::string_view mark, std::uint32_t bytes) {
  guest.set_length(bytes);
  const Cost begin = guest.run_to(mark);
  const Cost cost = guest.run_to_bus_start() - begin;
  guest.run_to("ready");
  guest.check_received(bytes);
  return cost;
}

void widen(End& end, const Cost& cost) {
  const auto include = [](auto& least, auto& most, auto value) {
    least = std::min(least, value);
    most = std::max(most, value);
  };
  include(end.least.instructions, end.most.instructions, cost.instructions);
  include(end.least.cycles, end.most.cycles, cost.cycles);
  include(end.least.register_loads, end.most.register_loads, cost.register_loads);
  include(end.least.register_stores, end.most.register_stores, cost.register_stores);
  include(end.least.time, end.most.time, cost.time);
}

}  // namespace

Programs Programs::load(const std::filesystem::path& folder) {
  return {.dma = bench::load(folder / "bench-dma.elf"),
          .blocking = bench::load(folder / "bench-blocking.elf"),
          .floor = bench::load(folder / "bench-floor.elf"),
          .forms = bench::load(folder / "bench-forms.elf"),
          .forms_by_hand = bench::load(folder / "bench-forms_by_hand.elf"),
          .forms_least = bench::load(folder / "bench-forms_least.elf"),
          .prepared = bench::load(folder / "bench-prepared.elf"),
          .prepared_again = bench::load(folder / "bench-prepared_again.elf"),
          .prepared_pieces = bench::load(folder / "bench-prepared_pieces.elf")};
}

Cost first_start(const board::Image& dma, std::uint32_t bytes) {
  Guest guest(dma, exercise_hertz);
  return start(guest, bytes);
}

Cost repeated_start(const board::Image& program, std::uint32_t bytes) {
  Guest guest(program, exercise_hertz);
  transfer_once(guest, bytes, 1);
  return start(guest, bytes);
}

Cost start_of(const board::Image& program, Form form) {
  Guest guest(program, fast_hertz);
  guest.set_form(form);
  Cost cost;
  for (int turn = 0; turn < 3; ++turn) cost = start_from(guest, "begin", fifo_bytes);
  return cost;
}

Cost first_start_of(const board::Image& program, Form form) {
  Guest guest(program, fast_hertz);
  guest.set_form(form);
  return start_from(guest, "call", fifo_bytes);
}

Cost start_of_other_length(const board::Image& program, Form form) {
  Guest guest(program, fast_hertz);
  guest.set_form(form);
  Cost cost;
  for (const std::uint32_t bytes : {fifo_bytes, fifo_bytes / 2, fifo_bytes})
    cost = start_from(guest, "call", bytes);
  return cost;
}

Cost whole_of(const board::Image& program, Form form) {
  Guest guest(program, fast_hertz);
  guest.set_form(form);
  for (int turn = 0; turn < 2; ++turn) start_from(guest, "begin", fifo_bytes);
  guest.set_meanwhile(Meanwhile::work);
  guest.release(false);
  const Cost begin = guest.run_to("begin");
  Cost cost;
  if (is_blocking(form)) {
    cost = guest.run_to_bus_start() - begin;
    const Cost seen = guest.run_to_end_seen();
    cost = cost + (guest.run_to("back") - seen);
  } else {
    cost = guest.run_to("started") - begin;
    guest.run_for(board::millisecond);
    guest.release(true);
    const Cost look = guest.run_to("look");
    cost = cost + (guest.run_to("back") - look);
  }
  guest.run_to("ready");
  guest.check_received(fifo_bytes);
  return cost;
}

Next next_of_two(const board::Image& prepared, std::uint32_t bytes, std::uint32_t pieces) {
  Guest guest(prepared, fast_hertz);
  guest.set_length(bytes);
  guest.run_to("first");
  guest.run_to_frame_end(2 * pieces);
  guest.run_to("ready");
  guest.check_received(bytes);
  guest.run_to("first");
  guest.run_to_frame_end(pieces);
  Next next;
  const board::Time last_bit = guest.last_bit_time();
  const Cost begin = guest.run_to("begin");
  const Cost started = guest.run_to_bus_start();
  next.start = started - begin;
  next.gap = started.time - last_bit;
  return next;
}

End end_of_transfer(const board::Image& program, Meanwhile meanwhile) {
  End end{.shortest = 49, .longest = 64};
  Guest guest(program, fast_hertz);
  guest.set_meanwhile(meanwhile);
  for (std::uint32_t bytes = end.shortest; bytes <= end.longest; ++bytes) {
    transfer_once(guest, bytes, 1);
    start(guest, bytes);
    const Cost last_bit = guest.run_to_last_bit();
    const Cost cost = guest.run_to("back") - last_bit;
    if (bytes == end.shortest) end.least = end.most = cost;
    widen(end, cost);
    end.hardware = std::max(end.hardware, guest.completion_time() - guest.last_bit_time());
    guest.run_to("ready");
    guest.check_received(bytes);
  }
  return end;
}

Comparison::Comparison(const Programs& programs, std::uint32_t hertz)
    : blocking_(programs.blocking, hertz), dma_(programs.dma, hertz), hertz_(hertz) {}

Whole Comparison::measure(std::uint32_t bytes) {
  Whole result{.wire = Time{bytes} * 8 * (board::second / hertz_)};

  transfer_once(blocking_, bytes, frames(bytes));
  Cost begin = blocking_.run_to("begin");
  blocking_.run_to_frame_end(frames(bytes));
  result.blocking = blocking_.run_to("back") - begin;
  blocking_.run_to("ready");
  blocking_.check_received(bytes);

  dma_.set_meanwhile(Meanwhile::wait);
  transfer_once(dma_, bytes, 1);
  begin = dma_.run_to("begin");
  dma_.run_to_frame_end(1);
  result.dma_waiting = dma_.run_to("back") - begin;
  dma_.run_to("ready");
  dma_.check_received(bytes);

  dma_.set_meanwhile(Meanwhile::work);
  dma_.release(false);
  begin = dma_.run_to("begin");
  result.dma_start = dma_.run_to("started") - begin;
  // The end may have come by now, for a single byte on a fast bus.
  dma_.run_for(result.wire + 100 * board::microsecond);
  dma_.release(true);
  const Cost look = dma_.run_to("look");
  result.dma_end = dma_.run_to("back") - look;
  dma_.run_to("ready");
  dma_.check_received(bytes);
  return result;
}

}  // namespace ferry::bench
