// Schedules for the random test of DMA watch: what a program does to GDMA, SPI2 and the memory that they use,
// in any order.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <ostream>
#include <vector>

namespace ferry::board::watch::random {

// Everything lies in SRAM1, each kind of thing apart from the others.
inline constexpr std::uint32_t code = 0x4038'0000, lists = 0x3FC9'0000, buffers = 0x3FC9'1000,
                               stack_top = 0x3FC9'4000, console = 0x3FC9'5000;
inline constexpr unsigned halves = 6, longest_list = 3;
inline constexpr std::uint32_t list_bytes = 64, area_bytes = 256, frame_bytes = 64, longest_piece = 48;
// A store to this word and those behind it says that the stack pointer is about to rise by so many frames.
inline constexpr std::uint32_t announced = 0x3FC9'5800;
inline constexpr unsigned most_frames = 4;
// Those who are of no peripheral copy memory.
inline constexpr unsigned role_of_spi = 0, role_of_sha = 4;
inline constexpr unsigned line_of_channel0 = 1, line_of_spi = 4,
                          line_of_sha = 5;  // of the CPU; the other channels between
inline constexpr std::uint32_t memcpy_in_rom = 0x4000'0358;
// Where a descriptor's first word is composed before the ROM copies it.
inline constexpr std::uint32_t draft = 0x3FC9'5A00;
inline constexpr std::uint32_t all_memory = lists, all_memory_bytes = 0x6000;

enum class Kind : std::uint8_t {
  transfer,  // all steps of an ordinary one
  compose,
  compose_on_stack,
  start,
  append,
  restart,
  stop,
  read_link,
  read_state,
  reset,
  read_raw,
  read_status,
  wait_for_raw,
  clear,
  enable_interrupts,
  select,
  set_up_spi,
  start_spi,
  read_spi,
  clear_spi,
  wait,
  load,
  store,
  fill,
  read_owner,
  hand_back,
  on_purpose,
  push_frame,
  pop_frames,
  gate,
  change_mode,  // MEM_TRANS_EN of a channel
  ring,         // one that the engine goes round in, and a descriptor that is given back
  be_slave,
  slave_transfer,
  clock_slave,  // a master, made of the GPIO matrix's constants
  grow,         // a list of two descriptors that gets two more
  relink,       // a descriptor of a list to another one
  ring_again,   // a ring whose descriptors are linked in other ways as they come back
  stop_and_wait,
  segments,  // a transfer of SPI2 with a configuration before each of its two parts
  hash,      // by SHA, which takes what is sent
  ask_sha,
  read_sha,
  clear_sha,
  read_narrow,  // a byte or a half of a status
  clear_edges,  // in the interrupt matrix
  count
};
constexpr std::array<const char*, static_cast<std::size_t>(Kind::count)> kind_names{
    "transfer",       "compose",     "compose_on_stack",
    "start",          "append",      "restart",
    "stop",           "read_link",   "read_state",
    "reset",          "read_raw",    "read_status",
    "wait_for_raw",   "clear",       "enable_interrupts",
    "select",         "set_up_spi",  "start_spi",
    "read_spi",       "clear_spi",   "wait",
    "load",           "store",       "fill",
    "read_owner",     "hand_back",   "on_purpose",
    "push_frame",     "pop_frames",  "gate",
    "change_mode",    "ring",        "be_slave",
    "slave_transfer", "clock_slave", "grow",
    "relink",         "ring_again",  "stop_and_wait",
    "segments",       "hash",        "ask_sha",
    "read_sha",       "clear_sha",   "read_narrow",
    "clear_edges"};

struct Step {
  Kind kind = Kind::wait;
  unsigned half = 0;                // even numbers receive
  std::array<unsigned, 4> numbers;  // what they mean is the step's affair; any will do
};
inline std::ostream& operator<<(std::ostream& out, const Step& step) {
  out << "\n  " << kind_names[static_cast<std::size_t>(step.kind)] << (step.half % 2 == 0 ? " in" : " out")
      << step.half / 2;
  for (const unsigned number : step.numbers) out << ' ' << number;
  return out;
}

struct Schedule {
  std::array<unsigned, 3> roles{};  // of each channel
  unsigned modes = 0;
  std::vector<Step> steps;
};
inline std::ostream& operator<<(std::ostream& out, const Schedule& schedule) {
  out << "roles " << schedule.roles[0] << schedule.roles[1] << schedule.roles[2] << ", modes "
      << schedule.modes << ':';
  for (const Step& step : schedule.steps) out << step;
  return out;
}

}  // namespace ferry::board::watch::random
