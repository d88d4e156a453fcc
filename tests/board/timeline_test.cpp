#include "board/timeline.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <string>

namespace ferry::board {
namespace {

TEST(Timeline, RunsEventsInOrderOfTimeThenOfScheduling) {
  Timeline timeline;
  std::string order;
  Event late(timeline, [&] { order += 'l'; });
  Event first(timeline, [&] { order += 'a'; });
  Event second(timeline, [&] { order += 'b'; });
  late.at(20);
  first.at(10);
  second.at(10);
  EXPECT_EQ(timeline.next(), 10u);
  timeline.advance_to(20);
  EXPECT_EQ(order, "abl");
  EXPECT_EQ(timeline.next(), never);
  EXPECT_EQ(timeline.events_run(), 3u);
}

TEST(Timeline, AnEventSeesItsOwnTime) {
  Timeline timeline;
  Time seen = 0;
  Event event(timeline, [&] { seen = timeline.now(); });
  event.at(7);
  timeline.advance_to(100);
  EXPECT_EQ(seen, 7u);
  EXPECT_EQ(timeline.now(), 100u);
}

TEST(Timeline, AnEventMayScheduleItselfAgain) {
  Timeline timeline;
  int runs = 0;
  std::unique_ptr<Event> event;
  event = std::make_unique<Event>(timeline, [&] {
    if (++runs < 5) event->after(10);
  });
  event->after(10);
  timeline.advance_to(35);
  EXPECT_EQ(runs, 3);
  timeline.advance_to(1000);
  EXPECT_EQ(runs, 5);
  EXPECT_FALSE(event->pending());
}

TEST(Timeline, ATimeInThePastMeansAsSoonAsTimeMoves) {
  Timeline timeline;
  timeline.advance_to(50);
  int runs = 0;
  Event event(timeline, [&] { ++runs; });
  event.at(10);
  EXPECT_EQ(event.due(), 50u);
  timeline.advance_to(50);
  EXPECT_EQ(runs, 1);
}

TEST(Timeline, AnEventThatEndsItsLifeIsForgotten) {
  Timeline timeline;
  int runs = 0;
  {
    Event gone(timeline, [&] { ++runs; });
    gone.at(5);
  }
  Event stays(timeline, [&] { runs += 10; });
  stays.at(6);
  timeline.advance_to(10);
  EXPECT_EQ(runs, 10);
}

TEST(Timeline, ManyEventsMovedAndCancelledKeepTheirOrder) {
  Timeline timeline;
  std::mt19937 random(42);
  std::vector<std::unique_ptr<Event>> events;
  std::vector<Time> expected(200, never);
  Time last = 0;
  int runs = 0;
  for (std::size_t index = 0; index < expected.size(); ++index)
    events.push_back(std::make_unique<Event>(timeline, [&, index] {
      EXPECT_EQ(timeline.now(), expected[index]);
      EXPECT_GE(timeline.now(), last);
      last = timeline.now();
      expected[index] = never;
      ++runs;
    }));
  int scheduled = 0;
  for (int step = 0; step < 2000; ++step) {
    const std::size_t index = random() % expected.size();
    if (random() % 4 == 0) {
      events[index]->cancel();
      expected[index] = never;
    } else {
      expected[index] = random() % 1000;
      events[index]->at(expected[index]);
    }
  }
  for (const Time due : expected) scheduled += due != never ? 1 : 0;
  timeline.advance_to(1000);
  EXPECT_EQ(runs, scheduled);
}

}  // namespace
}  // namespace ferry::board
