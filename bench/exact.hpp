// The tables of exact counts: what transfers cost on the chip.
#pragma once

#include "bench/measure.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace ferry::bench {

// The figure to reach: register accesses of a repeated start of the same buffers.
inline constexpr std::uint64_t most_start_accesses = 24;
// The same of a prepared one: in turn with another, and in pieces by the halves of two channels.
inline constexpr std::uint64_t most_prepared_stores = 15, most_prepared_loads = 5;

// The same for each form of transfer, against code by hand that does the same: instructions in percent of
// its, and not one register access more.
inline constexpr std::uint64_t most_form_percent = 105;

// One table, or several that belong together, as Markdown.
struct Block {
  std::string name;   // in the page that shows it
  std::string title;  // on a terminal
  std::string text;
};

// All of them. The same for the same firmware, on any host.
std::vector<Block> exact_blocks(const Programs& programs);

// The largest number of register accesses that a repeated start was seen to take.
std::uint64_t start_accesses(const Programs& programs);
// The largest numbers of loads and stores of a prepared start; nothing else of the result counts.
Cost prepared_start(const Programs& programs);

// From the call to the store that starts SPI, for one form of transfer.
struct FormCost {
  std::string name;
  Cost ferry;
  Cost by_hand;  // a driver for the registers with the same duties
  Cost least;    // code for this one case
};
std::vector<FormCost> form_costs(const Programs& programs);
// The same for the first start, one of another length, and for the whole transfer; `least` is empty.
std::vector<FormCost> other_form_costs(const Programs& programs);

}  // namespace ferry::bench
