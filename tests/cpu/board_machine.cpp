#include "board/bus.hpp"
#include "board/clocks.hpp"
#include "board/cpu/cpu.hpp"
#include "board/memory.hpp"
#include "board/observer.hpp"
#include "board/timeline.hpp"
#include "tests/cpu/encode.hpp"
#include "tests/cpu/machines.hpp"

#include <algorithm>
#include <span>

namespace ferry::cpu_test {

namespace {

using namespace ferry::board;

constexpr std::uint32_t code = 0x4038'0000, data_bus_code = 0x3FC8'0000;  // one memory, two buses
constexpr std::uint32_t end_stub = code + 0x5'0000;
constexpr std::uint32_t scratch = data_bus_code + 0x5'8000;
constexpr std::uint32_t log_device = 0x6002'4000;
constexpr std::uint32_t end_register = 0x80;  // of the log device: a write ends the run

// The log as a device: the registers of each block are written over those of the last.
class Log : public Device {
 public:
  Log() : Device("LOG") {}
  std::uint32_t read(std::uint32_t) override { return 0; }
  void write(std::uint32_t offset, std::uint32_t value) override {
    if (offset == end_register) return cpu->request_stop();
    if (offset == 4) entries.resize(entries.size() + log_entry_size / 4);  // x1 comes first
    entries[entries.size() - log_entry_size / 4 + offset / 4] = value;
  }
  void reset() override {}
  void archive_state(StateArchive& archive) override { archive(entries); }

  Cpu* cpu = nullptr;
  std::vector<std::uint32_t> entries;
};

}  // namespace

std::expected<Outcome, std::string> run_on_board(Program program) {
  Timeline timeline;
  Clocks clocks;
  Observers observers;
  Memory memory;
  Bus bus(memory, observers);
  Log log;
  bus.attach(log, log_device, 256);
  Cpu cpu(bus, memory, timeline, clocks, observers);
  log.cpu = &cpu;

  program.set_parameters({.log = log_device, .log_step = 0, .scratch = scratch, .end = end_stub});
  if (program.code.size() * 2 > end_stub - code)
    return std::unexpected("the program is too long for the board");
  memory.write(code, std::as_bytes(std::span(program.code)));
  const std::uint32_t stub[] = {encode::sw(0, end_register, 3), encode::jal(0, 0)};
  memory.write(end_stub, std::as_bytes(std::span(stub)));
  memory.write(scratch - scratch_reach, std::as_bytes(std::span(program.scratch)));

  // Blocks are executed a few times only: by the handlers first, then translated.
  cpu.translate_after(2);
  cpu.reset(code);
  // A program takes a fraction of a second; one that got lost must not run for ever.
  const StopReason reason = cpu.run(10 * second);
  if (reason != StopReason::requested)
    return std::unexpected("the board stopped for reason " + std::to_string(static_cast<int>(reason)));
  Outcome outcome;
  outcome.instructions = cpu.counters().instructions;
  outcome.log = std::move(log.entries);
  outcome.scratch.resize(program.scratch.size());
  memory.read(scratch - scratch_reach, std::as_writable_bytes(std::span(outcome.scratch)));
  return outcome;
}

}  // namespace ferry::cpu_test
