#include "bench/exact.hpp"

#include "bench/markdown.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <optional>
#include <string_view>
#include <utility>

namespace ferry::bench {

namespace {

// The exercise's buffers, and one that fits a single descriptor.
constexpr std::array<std::uint32_t, 2> start_lengths{64, 32'000};

constexpr std::array<std::uint32_t, 3> clocks{100'000, 10'000'000, 40'000'000};
constexpr std::uint32_t longest = 4096;

std::string clock_name(std::uint32_t hertz) {
  return hertz < 1'000'000 ? std::to_string(hertz / 1000) + " kHz"
                           : std::to_string(hertz / 1'000'000) + " MHz";
}

void add_start(Table& table, const std::string& what, const Cost& cost) {
  table.add({what, number(cost.accesses()), number(cost.register_loads), number(cost.register_stores),
             number(cost.instructions), number(cost.cycles), microseconds(cost.time)});
}

std::string start_table(const Programs& programs) {
  Table table({"from the call to `CMD.USR`", "register accesses", "loads", "stores", "instructions",
               "CPU cycles", "µs"});
  for (const std::uint32_t bytes : start_lengths) {
    const std::string size = ", " + number(bytes) + " bytes";
    add_start(table, "by hand, repeated" + size, repeated_start(programs.floor, bytes));
    add_start(table, "Ferry, repeated" + size, repeated_start(programs.dma, bytes));
    add_start(table, "Ferry, prepared, in turn with another" + size,
              next_of_two(programs.prepared, bytes).start);
    add_start(table, "Ferry, first" + size, first_start(programs.dma, bytes));
  }
  table.add({"esp-hal, by its source", "58 or more", "27", "31", "", "", ""});
  return table.text();
}

constexpr std::array<std::pair<std::string_view, Form>, 6> forms{{
    {"blocking, full duplex", Form::blocking},
    {"DMA, full duplex", Form::dma},
    {"DMA, full duplex, prepared", Form::prepared},
    {"blocking, half duplex, command and address", Form::half_duplex},
    {"DMA, half duplex, command and address", Form::half_duplex_dma},
    {"DMA, half duplex, prepared", Form::half_duplex_prepared},
}};

std::string forms_table(const Programs& programs) {
  Table table({"from the call to `CMD.USR`", "by hand: register accesses", "Ferry", "by hand: instructions",
               "Ferry", "of those by hand", "one case alone: register accesses", "instructions"});
  for (const FormCost& form : form_costs(programs)) {
    table.add({form.name, number(form.by_hand.accesses()), number(form.ferry.accesses()),
               number(form.by_hand.instructions), number(form.ferry.instructions),
               number(form.ferry.instructions * 100 / form.by_hand.instructions) + " %",
               number(form.least.accesses()), number(form.least.instructions)});
  }
  return table.text();
}

std::string whole_forms_table(const Programs& programs) {
  Table table(
      {"", "by hand: register accesses", "Ferry", "by hand: instructions", "Ferry", "of those by hand"});
  for (const FormCost& form : other_form_costs(programs)) {
    table.add({form.name, number(form.by_hand.accesses()), number(form.ferry.accesses()),
               number(form.by_hand.instructions), number(form.ferry.instructions),
               number(form.ferry.instructions * 100 / form.by_hand.instructions) + " %"});
  }
  return table.text();
}

std::string gap_table(const Programs& programs) {
  Table table({"bytes each",
               "from the last bit of one to `CMD.USR` of the next, µs: two with lists of their own",
               "the same, once more"});
  for (const std::uint32_t bytes : start_lengths)
    table.add({number(bytes), microseconds(next_of_two(programs.prepared, bytes).gap),
               microseconds(next_of_two(programs.prepared_again, bytes).gap)});
  return table.text();
}

void add_end(Table& table, const std::string& what, const End& end) {
  table.add({what, range(end.least.accesses(), end.most.accesses()),
             range(end.least.instructions, end.most.instructions), range(end.least.cycles, end.most.cycles),
             microseconds(end.least.time, end.most.time), microseconds(end.hardware)});
}

std::string end_table(const Programs& programs) {
  Table table({"from the last bit to the parts being back", "register accesses", "instructions", "CPU cycles",
               "µs", "of these the hardware's"});
  add_end(table, "by hand, polling GDMA", end_of_transfer(programs.floor, Meanwhile::wait));
  add_end(table, "Ferry, `wait_into()` at once", end_of_transfer(programs.dma, Meanwhile::wait));
  add_end(table, "Ferry, `is_done()` until true, then `wait_into()`",
          end_of_transfer(programs.dma, Meanwhile::poll));
  return table.text();
}

std::string length_table(Comparison& comparison) {
  Table table({"bytes", "on the wire, µs", "blocking: instructions", "CPU, µs", "DMA: instructions",
               "CPU, µs", "just waiting, µs"});
  for (std::uint32_t bytes = 1; bytes <= longest; bytes *= 2) {
    const Whole whole = comparison.measure(bytes);
    table.add(
        {number(bytes), microseconds(whole.wire), number(whole.blocking.instructions),
         microseconds(whole.blocking.time), number(whole.dma_start.instructions + whole.dma_end.instructions),
         microseconds(whole.dma_start.time + whole.dma_end.time), microseconds(whole.dma_waiting.time)});
  }
  return table.text();
}

// The length from which on DMA has the advantage. What a blocking transfer costs makes steps of a word and of
// a FIFO, so a few lengths in a row decide.
class Crossing {
 public:
  void add(std::uint32_t bytes, bool dma_is_better) {
    if (!dma_is_better) from_.reset();
    if (dma_is_better && !from_) from_ = bytes;
    last_ = bytes;
  }
  bool decided() const { return from_ && last_ - *from_ >= 16; }
  std::string text() const { return from_ ? number(*from_) : "none"; }

 private:
  std::optional<std::uint32_t> from_;
  std::uint32_t last_ = 0;
};

struct Crossings {
  Crossing cpu_time, elapsed;
};

Crossings find_crossings(Comparison& comparison) {
  Crossings crossings;
  for (std::uint32_t bytes = 1; !crossings.cpu_time.decided() || !crossings.elapsed.decided(); ++bytes) {
    if (bytes > longest) break;
    const Whole whole = comparison.measure(bytes);
    crossings.cpu_time.add(bytes, whole.dma_cycles() < whole.blocking.cycles);
    crossings.elapsed.add(bytes, whole.dma_waiting.time < whole.blocking.time);
  }
  return crossings;
}

}  // namespace

std::vector<Block> exact_blocks(const Programs& programs) {
  Table crossings({"SPI clock", "less of the CPU's time from … bytes", "earlier at the end from … bytes"});
  std::string lengths;
  for (const std::uint32_t hertz : clocks) {
    Comparison comparison(programs, hertz);
    lengths +=
        (lengths.empty() ? "" : "\n") + ("At " + clock_name(hertz)) + ":\n\n" + length_table(comparison);
    const Crossings found = find_crossings(comparison);
    crossings.add({clock_name(hertz), found.cpu_time.text(), found.elapsed.text()});
  }
  return {{"start", "Start of a DMA transfer", start_table(programs)},
          {"forms", "Start of a transfer, each form", forms_table(programs)},
          {"forms-whole", "First starts, other lengths, whole transfers", whole_forms_table(programs)},
          {"end", "End of a DMA transfer", end_table(programs)},
          {"gap", "Two prepared transfers", gap_table(programs)},
          {"crossings", "DMA against blocking: where it pays", crossings.text()},
          {"lengths", "DMA against blocking: by length", lengths}};
}

std::uint64_t start_accesses(const Programs& programs) {
  std::uint64_t most = 0;
  for (const std::uint32_t bytes : start_lengths)
    most = std::max(most, repeated_start(programs.dma, bytes).accesses());
  return most;
}

Cost prepared_start(const Programs& programs) {
  Cost most;
  const auto include = [&](const Cost& start) {
    most.register_loads = std::max(most.register_loads, start.register_loads);
    most.register_stores = std::max(most.register_stores, start.register_stores);
  };
  for (const std::uint32_t bytes : start_lengths) include(next_of_two(programs.prepared, bytes).start);
  for (const std::uint32_t bytes : {start_lengths.front(), bytes_in_two_pieces})
    include(next_of_two(programs.prepared_pieces, bytes, 3).start);
  return most;
}

std::vector<FormCost> form_costs(const Programs& programs) {
  std::vector<FormCost> costs;
  for (const auto& [name, form] : forms) {
    costs.push_back({.name = std::string(name),
                     .ferry = start_of(programs.forms, form),
                     .by_hand = start_of(programs.forms_by_hand, form),
                     .least = start_of(programs.forms_least, form)});
  }
  return costs;
}

std::vector<FormCost> other_form_costs(const Programs& programs) {
  using Measure = Cost (*)(const board::Image&, Form);
  constexpr std::array<std::pair<std::string_view, Measure>, 3> measures{
      {{"first start: ", first_start_of},
       {"start of another length: ", start_of_other_length},
       {"whole: ", whole_of}}};
  std::vector<FormCost> costs;
  for (const auto& [what, measure] : measures) {
    for (const auto& [name, form] : forms)
      costs.push_back({.name = std::string(what).append(name),
                       .ferry = measure(programs.forms, form),
                       .by_hand = measure(programs.forms_by_hand, form),
                       .least = {}});
  }
  return costs;
}

}  // namespace ferry::bench
