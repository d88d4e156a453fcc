// Random schedules of transfers and CPU accesses: DMA watch and a slow reference that keeps the owners of
// every byte in a map find the same, as sets of rule, transfer and line.
//
// Always the same cases, unless rapidcheck's own RC_PARAMS says otherwise: "seed=1234 max_success=20000".
#include "board/testing/test_board.hpp"
#include "tests/board/watch_model/program.hpp"
#include "tests/board/watch_model/watch_model.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cstdlib>
#include <iterator>
#include <map>
#include <set>
#include <sstream>
#include <vector>

namespace ferry::board::watch::random {
namespace {

// All of the range, also in the short schedules that rapidcheck begins with.
rc::Gen<unsigned> below(unsigned end) { return rc::gen::resize(rc::kNominalSize, rc::gen::inRange(0u, end)); }

rc::Gen<Step> step() {
  return rc::gen::exec([] {
    using enum Kind;
    Step step;
    step.kind =
        *rc::gen::weightedElement<Kind>({{8, transfer},       {2, compose},     {1, compose_on_stack},
                                         {3, start},          {2, append},      {2, restart},
                                         {2, stop},           {2, read_link},   {1, read_state},
                                         {2, reset},          {4, read_raw},    {3, read_status},
                                         {4, wait_for_raw},   {3, clear},       {3, enable_interrupts},
                                         {1, select},         {2, set_up_spi},  {3, start_spi},
                                         {4, read_spi},       {2, clear_spi},   {6, wait},
                                         {8, load},           {8, store},       {1, fill},
                                         {3, read_owner},     {2, hand_back},   {1, on_purpose},
                                         {2, push_frame},     {2, pop_frames},  {2, gate},
                                         {2, change_mode},    {2, ring},        {1, be_slave},
                                         {3, slave_transfer}, {2, clock_slave}, {3, grow},
                                         {1, relink},         {3, ring_again},  {1, stop_and_wait},
                                         {3, segments},       {3, hash},        {1, ask_sha},
                                         {3, read_sha},       {2, clear_sha},   {3, read_narrow},
                                         {1, clear_edges}});
    step.half = *rc::gen::weightedElement<unsigned>({{4, 0}, {4, 1}, {3, 2}, {3, 3}, {1, 4}, {1, 5}});
    for (unsigned& number : step.numbers) number = *below(4096);
    return step;
  });
}

rc::Gen<Schedule> schedule() {
  return rc::gen::exec([] {
    Schedule schedule;
    schedule.roles = {*rc::gen::weightedElement<unsigned>({{3, 0}, {1, 1}}),
                      *rc::gen::weightedElement<unsigned>({{1, 0}, {3, 1}, {1, 2}, {1, 3}, {1, 4}}),
                      *rc::gen::weightedElement<unsigned>({{1, 0}, {1, 1}, {1, 2}, {1, 3}, {2, 4}})};
    schedule.modes = *below(2048);
    schedule.steps = *rc::gen::container<std::vector<Step>>(step());
    return schedule;
  });
}

std::set<Found> found_by_the_watch(const TestBoard& test) {
  std::set<Found> found;
  for (const Finding& finding : test.findings()) {
    Found each{.rule = finding.rule, .pc = finding.access.places.at(0).pc};
    // Which transfer SPI should have waited for is nobody's, where there is none.
    if (finding.transfer && finding.rule != Rule::early_start) {
      each.half = 2 * finding.transfer->channel + (finding.transfer->direction == DmaDirection::out ? 1 : 0);
      each.started = finding.transfer->started;
    }
    found.insert(each);
  }
  return found;
}

std::set<Found> difference(const std::set<Found>& a, const std::set<Found>& b) {
  std::set<Found> result;
  std::ranges::set_difference(a, b, std::inserter(result, result.end()));
  return result;
}

std::string text(const std::set<Found>& found) {
  std::ostringstream out;
  for (const Found& each : found) out << each;
  return out.str();
}

TEST(WatchRandom, AgreesWithAMapOfOwners) {
  setenv("RC_PARAMS", "seed=1 max_success=600 max_size=60", 0);
  std::map<Rule, unsigned> times;
  const bool agree = rc::check([&] {
    const Schedule random = *schedule();
    TestBoard test(Assembler().assemble(random), {.flash_boot = false});
    test.watch_dma();
    WatchModel model(test.board());
    RC_ASSERT(test.run_for(50 * millisecond) == Board::Stop::exited);
    model.program_ended();
    const std::set<Found> watch = found_by_the_watch(test);
    RC_LOG() << "the watch alone:" << text(difference(watch, model.found()))
             << "\nthe reference alone:" << text(difference(model.found(), watch)) << '\n';
    RC_ASSERT(watch == model.found());
    for (const Found& each : watch) ++times[each.rule];
  });
  EXPECT_TRUE(agree);
  // Schedules that break no rule prove little.
  for (std::size_t index = 0; index < rule_count; ++index)
    EXPECT_GT(times[static_cast<Rule>(index)], 0u) << code_of(static_cast<Rule>(index));
}

}  // namespace
}  // namespace ferry::board::watch::random
