// What DMA watch has found: the access, and the transfer that it meets.
#pragma once

#include "board/observer.hpp"
#include "board/record/source_places.hpp"
#include "board/timeline.hpp"
#include "board/watch/rule.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ferry::board::watch {

// An instruction in the program, as far as its file tells where that is.
struct Place {
  std::uint32_t pc = 0;
  SourcePlace source;
};

// Who does what.
enum class Act : std::uint8_t {
  load,           // the CPU
  store,          // the CPU
  engine_reads,   // GDMA reads data from memory
  engine_writes,  // GDMA writes data to memory
  descriptor,     // GDMA takes a descriptor
  start,          // a store that starts a transfer of GDMA
  select,         // a store that gives a channel its trigger
  spi_start,      // a store of CMD.USR
  gate,           // a store that turns a clock off
  stack,          // an instruction that gives up a piece of the stack
  end,            // the end of the program
};
std::string_view name_of(Act act);

struct Finding {
  Rule rule = Rule::tx_write;
  struct Access {
    Act act = Act::load;
    Time time = 0;
    std::string instruction;               // as an assembler writes it; empty when it plays no part
    std::optional<std::uint32_t> address;  // canonical: on the data bus
    std::uint32_t width = 0;               // in bytes
    std::optional<std::uint64_t> offset;   // of its first byte that is owned, in all that the transfer moves
    std::optional<bool> moved;             // whether the engine had moved that byte already
    std::vector<Place> places;             // where it is done, and its callers
    bool under_way = false;                // by the instruction that the CPU is at when this is told
  } access;
  struct Owner {
    unsigned channel = 0;
    DmaDirection direction = DmaDirection::in;
    std::string peripheral;  // "SPI2", or "memory"
    Time started = 0;
    std::vector<Place> places;
    std::optional<Time> stopped;                                // STOP
    std::uint32_t descriptor = 0;                               // the address of the one in question
    std::uint64_t descriptor_number = 0, descriptor_count = 0;  // from 1 on
    std::uint64_t bytes = 0, moved = 0;
  };
  std::optional<Owner> transfer;  // nothing when the point is that there is none
  std::uint64_t times = 1;        // transfers to which the same has happened at the same two places
};

// "tx-write in main, race.cpp:31: a store of 1 byte to 0x3fc8a010; channel 0 TX to SPI2, started in main,
// race.cpp:30": for a mark, one line.
std::string headline_of(const Finding& finding);
// For people, some lines, each ended.
std::string text_of(const Finding& finding);

}  // namespace ferry::board::watch
