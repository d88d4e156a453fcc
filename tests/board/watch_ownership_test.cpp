// The owner's rules, one at a time: what ends a transfer, what gives it back, and what says nothing of it.
#include "tests/board/ownership_rig.hpp"

#include <gmock/gmock.h>

#include <set>
#include <vector>

namespace ferry::board::watch {
namespace {

TEST_F(WatchOwnership, StartingOneHalfAnewSaysNothingOfTheOther) {
  start(in, {0, 1});
  start(out, {4, 1});
  start(in, {8, 1});
  EXPECT_EQ(store_to(4), Rule::tx_write);
  model_.finish_spi(true, true, trans_done);
  model_.see_spi_status(trans_done);
  EXPECT_EQ(store_to(4), Rule::one_sided);
}

TEST_F(WatchOwnership, AFramesEndFreesAllOfAListUntilAFurtherFrameBegins) {
  start(in, {0, 3});
  close(in, 0, true);
  load(in, 1);  // the engine waits there, seen or not
  EXPECT_EQ(load_of(1), Rule::rx_read);
  model_.see_status(0, Raw::in_suc_eof.mask);
  EXPECT_EQ(load_of(0), std::nullopt);
  EXPECT_EQ(load_of(1), std::nullopt);
  EXPECT_EQ(load_of(2), std::nullopt);
  EXPECT_FALSE(model_.find(in)->alive());
  model_.go_on(in);
  EXPECT_EQ(load_of(0), std::nullopt);
  EXPECT_EQ(load_of(1), Rule::rx_read);
  EXPECT_EQ(load_of(2), Rule::rx_read);
}

TEST_F(WatchOwnership, WhatIsLoadedAfterAFramesEndWasSeenStaysFree) {
  start(in, {0, 2});
  close(in, 0, true);
  model_.see_status(0, Raw::in_suc_eof.mask);
  load(in, 1);
  EXPECT_EQ(load_of(1), std::nullopt);
}

TEST_F(WatchOwnership, AFramesEndFreesOfACircleWhatIsClosed) {
  start(in, {0, 3, true});
  close(in, 0);
  close(in, 1, true);
  load(in, 2);
  model_.see_status(0, Raw::in_suc_eof.mask);
  EXPECT_EQ(load_of(0), std::nullopt);
  EXPECT_EQ(load_of(1), std::nullopt);
  EXPECT_EQ(load_of(2), Rule::rx_read);
}

TEST_F(WatchOwnership, ACircleThatAFrameHasFilledIsTheProgramsUntilAFurtherFrameBegins) {
  start(in, {0, 2, true});
  close(in, 0);
  close(in, 1, true);
  load(in, 0);  // what the engine does at once, for a frame that may come
  EXPECT_EQ(load_of(0), Rule::rx_read);
  model_.see_status(0, Raw::in_suc_eof.mask);
  EXPECT_EQ(load_of(0), std::nullopt);
  EXPECT_EQ(load_of(1), std::nullopt);
  model_.go_on(in);
  EXPECT_EQ(load_of(0), Rule::rx_read);
  EXPECT_EQ(load_of(1), std::nullopt);
}

TEST_F(WatchOwnership, WhatIsLoadedAfterAFramesEndIsOfACircleOnlyIfItStillLeadsBack) {
  start(in, {0, 2, true});
  close(in, 0);
  close(in, 1, true);
  model_.see_status(0, Raw::in_suc_eof.mask);
  Piece loaded = pieces_of({0, 1})[0];  // whose successor the program has taken away
  model_.load(in, loaded);
  EXPECT_EQ(load_of(0), std::nullopt);
  loaded.next = descriptor_of(1);
  model_.load(in, loaded);
  EXPECT_EQ(load_of(0), Rule::rx_read);
}

TEST_F(WatchOwnership, OfACircleThatAFrameHasFilledEachOwnerBitSaysThatItCameBack) {
  start(in, {0, 2, true});
  close(in, 0);
  close(in, 1, true);
  load(in, 0);
  see_owner(0);
  EXPECT_EQ(load_of(0), std::nullopt);
  EXPECT_EQ(load_of(1), Rule::rx_read);
  see_owner(1);
  EXPECT_EQ(load_of(1), std::nullopt);
}

TEST_F(WatchOwnership, TheLastOfAListSettlesAlsoWhatIsInNoCircle) {
  start(in, {0, 3});
  start(out, {4, 1});
  close(in, 0);
  Piece loop = pieces_of({1, 1, true})[0];
  model_.load(in, loop);
  model_.close(in, descriptor_of(1), true, true);
  see_owner(1);
  EXPECT_EQ(load_of(2), std::nullopt) << "the engine goes round in the one before it";
  EXPECT_EQ(store_to(4), Rule::one_sided);
}

TEST_F(WatchOwnership, AnOwnerBitWithAFramesEndSaysWhatTheStatusDoes) {
  start(in, {0, 2});
  start(out, {4, 1});
  close(out, 4);
  close(in, 0, true);
  see_owner(0);
  EXPECT_EQ(load_of(0), std::nullopt);
  EXPECT_EQ(load_of(1), std::nullopt);
  EXPECT_EQ(store_to(4), std::nullopt);
}

TEST_F(WatchOwnership, AnOwnerBitWithinAFrameSaysNothingOfTheOtherSide) {
  start(in, {0, 2});
  start(out, {4, 1});
  close(out, 4);
  close(in, 0);
  see_owner(0);
  EXPECT_EQ(load_of(0), std::nullopt);
  EXPECT_EQ(load_of(1), Rule::rx_read);
  EXPECT_EQ(store_to(4), Rule::tx_write);
}

TEST_F(WatchOwnership, WhatACopyHasStoredItHasRead) {
  start(in, {0, 2}, uhci0, true);
  start(out, {4, 2}, uhci0, true);
  close(out, 4);
  close(out, 5);
  close(in, 0);
  see_owner(0);
  EXPECT_EQ(store_to(4), std::nullopt);
  EXPECT_EQ(store_to(5), Rule::tx_write);
}

TEST_F(WatchOwnership, ACopyGoesOnWhileItsSendingHalfHasMore) {
  start(in, {0, 2}, uhci0, true);
  start(out, {4, 2}, uhci0, true);
  close(out, 4);
  close(in, 0, true);
  model_.see_status(0, Raw::in_suc_eof.mask);
  EXPECT_EQ(load_of(0), std::nullopt);
  EXPECT_EQ(load_of(1), Rule::rx_read);
  EXPECT_EQ(store_to(5), Rule::tx_write);
}

TEST_F(WatchOwnership, ADescriptorOfACircleIsHandedBackByItsOwnerBit) {
  start(in, {0, 3, true});
  close(in, 0);
  load(in, 1);
  const auto store = [&](std::uint32_t address, std::uint32_t width, std::uint32_t value) {
    return !model_.handed_back(*extent_of(address, width), value).empty();
  };
  EXPECT_FALSE(store(descriptor_of(0), 4, owner)) << "it is the engine's still, as far as the program knows";
  see_owner(0);
  EXPECT_FALSE(store(descriptor_of(0), 4, 64));
  EXPECT_FALSE(store(descriptor_of(0), 2, owner));
  EXPECT_FALSE(store(descriptor_of(0) + 4, 4, owner));
  EXPECT_TRUE(store(descriptor_of(0), 4, owner | 64));
  EXPECT_TRUE(store(descriptor_of(0) + 3, 1, 0x80));
  EXPECT_TRUE(store(descriptor_of(0) + 2, 2, 0x8000));
  model_.hand_back(in, 0, pieces_of({0, 3, true})[0]);
  EXPECT_EQ(load_of(0), Rule::rx_read);
  EXPECT_EQ(rule(descriptor_of(0), true), Rule::desc_edit);
  see_owner(0);
  EXPECT_EQ(load_of(0), Rule::rx_read);
}

// Nobody checks the bit, so the engine takes what has none.
TEST_F(WatchOwnership, WhatWentWithoutItsOwnerBitIsHandedBackByItToo) {
  start(in, {0, 2, true});
  close(in, 0);
  Piece without = pieces_of({1, 1})[0];
  without.word0 &= ~owner;
  without.next = descriptor_of(0);
  model_.load(in, without);
  model_.close(in, descriptor_of(1), false, false);
  model_.raise(0, Raw::in_done.mask, 0);
  load(in, 0);
  model_.see_status(0, Raw::in_done.mask);
  EXPECT_EQ(load_of(1), std::nullopt);
  EXPECT_EQ(model_.handed_back(*extent_of(descriptor_of(1), 4), owner).size(), 1);
}

TEST_F(WatchOwnership, OfAListWithAnEndNothingIsHandedBack) {
  start(in, {0, 2});
  close(in, 0);
  see_owner(0);
  EXPECT_TRUE(model_.handed_back(*extent_of(descriptor_of(0), 4), owner).empty());
}

TEST_F(WatchOwnership, WhatRoseBeforeRestartSaysNothingOfWhatThatAdds) {
  start(out, {0, 1});
  close(out, 0);
  model_.raise(0, Raw::out_total_eof.mask, 0);
  const std::vector<Piece> added = pieces_of({1, 1});
  model_.restart(out, 0, descriptor_of(1), added);
  model_.see_status(0, Raw::out_total_eof.mask);
  EXPECT_EQ(store_to(0), std::nullopt);
  EXPECT_EQ(store_to(1), Rule::tx_write);
}

// The engine has found successors that nobody had seen.
TEST_F(WatchOwnership, WhatIsMetBehindAFramesEndIsTheEnginesInACircleOnly) {
  for (const bool circle : {false, true}) {
    start(in, {0, 1});
    const std::vector<Piece> found = pieces_of({0, 2, circle});
    model_.load(in, found[0]);
    model_.close(in, descriptor_of(0), true, true);
    model_.end(in, true);
    model_.raise(0, Raw::in_suc_eof.mask, 0);
    model_.see_status(0, Raw::in_suc_eof.mask);
    model_.load(in, found[1]);
    EXPECT_EQ(load_of(0), std::nullopt);
    EXPECT_EQ(load_of(1), circle ? std::optional(Rule::rx_read) : std::nullopt);
  }
}

TEST_F(WatchOwnership, ACircleThatIsCutBehindAFramesEndIsAListWithAnEnd) {
  start(in, {0, 2, true});
  close(in, 0, true);
  model_.see_status(0, Raw::in_suc_eof.mask);
  EXPECT_EQ(load_of(1), Rule::rx_read);
  model_.load(in, pieces_of({0, 2})[1]);
  EXPECT_EQ(load_of(1), std::nullopt);
}

TEST_F(WatchOwnership, WhatIsMetBehindAFramesEndIsTheEnginesUntilThatIsSeen) {
  start(in, {0, 2, true});
  close(in, 0, true);
  model_.see_status(0, Raw::in_suc_eof.mask);
  model_.go_on(in);
  close(in, 1, true);
  EXPECT_EQ(load_of(0), std::nullopt);
  model_.load(in, pieces_of({0, 1})[0]);  // the last one of a list by now
  EXPECT_EQ(load_of(0), Rule::rx_read);
  model_.see_status(0, Raw::in_suc_eof.mask);
  EXPECT_EQ(load_of(0), std::nullopt);
}

TEST_F(WatchOwnership, ASuccessorMayBeWrittenByteByByte) {
  start(out, {0, 2});
  for (unsigned byte = 0; byte < 4; ++byte) {
    const auto hits = model_.access(*extent_of(descriptor_of(1) + 8 + byte, 1), true);
    ASSERT_EQ(hits.size(), 1u);
    EXPECT_TRUE(hits.front().adds);
  }
  EXPECT_EQ(rule(descriptor_of(0) + 8, true), Rule::desc_edit);
  EXPECT_FALSE(model_.access(*extent_of(descriptor_of(0) + 8, 1), true).front().adds);
}

// By a link that was spoilt the engine has come to bytes of the list's last descriptor.
TEST_F(WatchOwnership, AStoreMayAddToOneDescriptorAndChangeAnother) {
  start(in, {0, 1});
  load(in, 0);
  Piece astray = pieces_of({1, 1})[0];
  astray.descriptor = descriptor_of(0) + 4;
  astray.next = descriptor_of(0);
  model_.load(in, astray);
  const std::vector<Hit> hits = model_.access(*extent_of(descriptor_of(0) + Piece::next_word, 4), true);
  ASSERT_EQ(hits.size(), 2);
  EXPECT_TRUE(hits[0].piece == 0 && hits[0].adds);
  EXPECT_TRUE(hits[1].piece == 1 && !hits[1].adds);
}

TEST_F(WatchOwnership, AStoreToABufferAndToADescriptorBreaksTwoRules) {
  start(in, {0, 2});
  Piece astray = pieces_of({1, 1})[0];
  astray.buffer = descriptor_of(0);
  load(in, 0);
  model_.load(in, astray);
  const std::vector<Hit> hits = model_.access(*extent_of(descriptor_of(0), 4), true);
  ASSERT_EQ(hits.size(), 2);
  EXPECT_EQ(hits[0].rule, Rule::desc_edit);
  EXPECT_EQ(hits[1].rule, Rule::rx_write);
}

TEST_F(WatchOwnership, WhatSeveralBuffersHaveInCommonIsTheFirstOnes) {
  start(in, {0, 3});
  for (const unsigned number : {1u, 2u}) {
    load(in, number - 1);
    Piece shared = pieces_of({0, 3})[number];
    shared.buffer = buffer_of(1);
    model_.load(in, shared);
  }
  const std::vector<Hit> hits = model_.access(*extent_of(buffer_of(1), 4), false);
  ASSERT_EQ(hits.size(), 1);
  EXPECT_EQ(hits[0].piece, 1);
}

TEST_F(WatchOwnership, WhatIsReleasedMayBeAnothersToo) {
  start(in, {0, 3, true});
  model_.find(in)->pieces[2].buffer = buffer_of(0) + 32;
  start(out, {8, 1});
  model_.take_changes();
  close(in, 0);
  see_owner(0);
  EXPECT_EQ(model_.lost().size(), 2u);
  std::set<std::uint32_t> offsets;
  model_.for_each_gained([&](const Extent& extent, bool reads, bool writes) {
    offsets.insert(extent.offset);
    EXPECT_TRUE(writes);
    EXPECT_EQ(reads, extent.offset != extent_of(descriptor_of(0), 1)->offset) << "may be handed over";
  });
  EXPECT_THAT(offsets, testing::UnorderedElementsAre(extent_of(descriptor_of(2), 1)->offset,
                                                     extent_of(buffer_of(0) + 32, 1)->offset,
                                                     extent_of(descriptor_of(0), 1)->offset));
  model_.take_changes();
  EXPECT_FALSE(model_.has_changed());
}

// However many: of many it is not asked first whether they own anything.
TEST_F(WatchOwnership, WhatIsReleasedMayBeALongListsToo) {
  start(in, {0, 1});
  start(out, {3, 20});
  model_.find(out)->pieces[7].buffer = buffer_of(0) + 32;
  model_.take_changes();
  model_.reset(in);
  EXPECT_EQ(model_.lost().size(), 2u);
  EXPECT_EQ(gained(), 2u) << "a descriptor and its buffer";
  for (unsigned number = 3; number < 23; ++number) close(out, number);
  model_.raise(0, Raw::out_total_eof.mask, 0);
  model_.see_status(0, Raw::out_total_eof.mask);
  EXPECT_EQ(gained(), 0u);
}

TEST_F(WatchOwnership, WhatIsStartedTakesNothingFromOthers) {
  start(out, {8, 1});
  model_.take_changes();
  start(in, {0, 2});
  EXPECT_TRUE(model_.lost().empty());
  EXPECT_EQ(gained(), 4u);
}

TEST_F(WatchOwnership, WhatIsStartedAnewLosesWhatItHadAndHasNoMore) {
  start(in, {0, 2});
  model_.take_changes();
  start(in, {4, 1});
  EXPECT_EQ(model_.lost().size(), 4u);
  EXPECT_EQ(gained(), 2u);
}

TEST_F(WatchOwnership, WhatWasGainedAndResetIsNobodys) {
  start(in, {0, 2});
  model_.reset(in);
  EXPECT_EQ(model_.lost().size(), 4u);
  EXPECT_EQ(gained(), 0u);
}

TEST_F(WatchOwnership, WhatAFurtherFrameGivesBackIsGained) {
  start(in, {0, 2});
  close(in, 0, true);
  load(in, 1);
  model_.see_status(0, Raw::in_suc_eof.mask);
  model_.take_changes();
  model_.go_on(in);
  EXPECT_TRUE(model_.lost().empty());
  EXPECT_EQ(gained(), 2u);
}

TEST_F(WatchOwnership, TheEndOfSpiFreesAllThatItSendsUntilItSendsMore) {
  start(out, {0, 3});
  model_.begin_frame(out);
  close(out, 0);
  load(out, 1);  // as the FIFO has room for some of it
  EXPECT_EQ(store_to(2), Rule::tx_write);
  finish_sending();
  model_.see_spi_status(trans_done);
  for (unsigned number = 0; number < 3; ++number) EXPECT_EQ(store_to(number), std::nullopt);
  EXPECT_FALSE(model_.find(out)->alive());
  model_.begin_frame(out);
  EXPECT_EQ(store_to(0), std::nullopt) << "it has been read";
  EXPECT_EQ(store_to(1), Rule::tx_write);
  EXPECT_EQ(store_to(2), Rule::tx_write);
  model_.see_spi_status(trans_done);  // of the first one still
  EXPECT_EQ(store_to(1), Rule::tx_write);
  finish_sending();
  model_.see_spi_status(trans_done);
  EXPECT_EQ(store_to(2), std::nullopt);
}

TEST_F(WatchOwnership, TheEndOfSpiSaysNothingOfAListThatWasStartedMeanwhile) {
  start(out, {0, 1});
  model_.begin_frame(out);
  close(out, 0);
  start(out, {4, 2});
  load(out, 4);
  finish_sending();
  model_.see_spi_status(trans_done);
  EXPECT_EQ(store_to(4), Rule::tx_write);
}

TEST_F(WatchOwnership, AFrameReceivedFreesAllThatWasSentWithIt) {
  start(in, {0, 2});
  start(out, {4, 2});
  model_.begin_frame(out);
  load(out, 4);
  finish_sending();
  close(in, 0, true);
  model_.see_spi_status(trans_done);
  EXPECT_EQ(store_to(5), Rule::one_sided);
  model_.see_status(0, Raw::in_suc_eof.mask);
  EXPECT_EQ(store_to(4), std::nullopt);
  EXPECT_EQ(store_to(5), std::nullopt);
}

TEST_F(WatchOwnership, WhatACircleHasForFramesToComeHasNoSidesYet) {
  start(in, {0, 3, true});
  start(out, {4, 1});
  model_.begin_frame(out);
  close(out, 4);
  load(in, 0);
  model_.finish_spi(true, true, trans_done);
  model_.see_spi_status(trans_done);
  EXPECT_EQ(load_of(0), Rule::one_sided);
  EXPECT_EQ(load_of(1), Rule::rx_read);
  close(in, 0, true);
  load(in, 1);
  EXPECT_EQ(load_of(0), Rule::one_sided);
  EXPECT_EQ(load_of(1), Rule::rx_read);
  model_.see_status(0, Raw::in_suc_eof.mask);
  model_.see_spi_status(trans_done);
  EXPECT_EQ(load_of(0), std::nullopt);
  EXPECT_EQ(load_of(1), Rule::rx_read);
}

TEST_F(WatchOwnership, WhatCameBackAndWasAppendedMakesNoCircle) {
  start(in, {0, 3});
  close(in, 0);
  load(in, 1);
  see_owner(0);
  Piece tail = pieces_of({2, 1})[0];
  tail.next = descriptor_of(0);
  model_.load(in, tail, [](std::uint32_t) { return 0u; });
  EXPECT_FALSE(model_.layout(in).has_circle());
  model_.load(in, tail);
  EXPECT_FALSE(model_.layout(in).has_circle());
}

TEST_F(WatchOwnership, WhatIsAppendedIsTheEngines) {
  start(in, {0, 3});
  close(in, 0);
  load(in, 1);
  see_owner(0);
  EXPECT_EQ(load_of(0), std::nullopt);
  model_.append(in, 2, descriptor_of(0), pieces_of({0, 1}));
  EXPECT_EQ(load_of(0), Rule::rx_read);
  EXPECT_FALSE(model_.layout(in).has_circle());
}

// What happens for every descriptor must not go through all of them.
TEST_F(WatchOwnership, ALongListMakesNoDifferenceToAnAccess) {
  constexpr unsigned many = 200;
  start(in, {0, many});
  for (unsigned number = 0; number < many; ++number) {
    EXPECT_EQ(load_of(number), Rule::rx_read);
    EXPECT_EQ(store_to(number), Rule::rx_write);
  }
  for (unsigned number = 0; number < many; ++number) {
    model_.take_changes();
    close(in, number);
    see_owner(number);
    EXPECT_EQ(load_of(number), std::nullopt);
    EXPECT_EQ(model_.lost().size(), 2u);
    EXPECT_EQ(gained(), 0u);
  }
}

TEST_F(WatchOwnership, OfALongListThatIsOverAllIsLostAndOthersKeepTheirs) {
  constexpr unsigned many = 200;
  start(in, {0, many});
  start(out, {many / 2, 1});
  model_.take_changes();
  model_.reset(in);
  EXPECT_EQ(model_.lost().size(), 2 * many);
  EXPECT_EQ(gained(), 2u);
}

TEST_F(WatchOwnership, AQueueMakesNoDifferenceToWhatIsAppended) {
  constexpr unsigned many = 100;
  start(in, {0, 1});
  for (unsigned number = 1; number < many; ++number) {
    close(in, number - 1);
    see_owner(number - 1);
    model_.take_changes();
    model_.restart(in, number - 1, descriptor_of(number), pieces_of({number, 1}));
    EXPECT_TRUE(model_.lost().empty());
    EXPECT_EQ(gained(), 2u);
    EXPECT_EQ(load_of(number), Rule::rx_read);
    EXPECT_EQ(load_of(number - 1), std::nullopt);
  }
}

}  // namespace
}  // namespace ferry::board::watch
