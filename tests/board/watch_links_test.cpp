// Which descriptors a program gives to the engine, or takes from it, by the links of a list that is under
// way.
#include "tests/board/ownership_rig.hpp"

#include <array>
#include <vector>

namespace ferry::board::watch {
namespace {

// Of a circle of three the first one has come back, and the program changes its link: to nothing, or beyond
// the second one, where the engine is.
class WatchRelinked : public WatchOwnership {
 protected:
  WatchRelinked() {
    start(in, {0, 3, true});
    close(in, 0);
    load(in, 1);
    see_owner(0);
  }
  // `link` is stored as the link of a descriptor; all have the owner bit, but for `withheld`.
  std::size_t relink(unsigned number, std::uint32_t link, std::optional<unsigned> withheld = {}) {
    links_[number] = link;
    return model_.note_links(*extent_of(descriptor_of(number) + 8, 4), reader(withheld)).size();
  }
  Ownership::PieceReader reader(std::optional<unsigned> withheld = {}) {
    return [this, withheld](Half, std::uint32_t address) {
      const unsigned number = (address - lists) / 16;
      Piece piece = pieces_of({number, 1})[0];
      piece.next = links_[number];
      piece.withheld = piece.released = withheld == number;
      return std::optional(piece);
    };
  }
  bool hands_back(unsigned number) {
    return !model_.handed_back(*extent_of(descriptor_of(number), 4), owner).empty();
  }
  std::array<std::uint32_t, 6> links_{descriptor_of(1), descriptor_of(2), descriptor_of(0)};
};

TEST_F(WatchRelinked, ACircleThatTheProgramHasCutIsNoneButLeadsToTheCut) {
  links_[0] = 0;
  (void)model_.note_links(*extent_of(descriptor_of(0) + 4, 4), reader());
  EXPECT_TRUE(model_.layout(in).has_circle()) << "that was its buffer";
  EXPECT_EQ(relink(0, 0), 0);
  EXPECT_FALSE(model_.layout(in).has_circle());
  EXPECT_TRUE(hands_back(0));
  load(in, 2);
  EXPECT_TRUE(hands_back(0));
}

TEST_F(WatchRelinked, WhatIsLinkedInIsTheEnginesFromThenOn) {
  links_[3] = descriptor_of(4);
  links_[4] = descriptor_of(1);
  EXPECT_EQ(load_of(3), std::nullopt);
  EXPECT_EQ(relink(0, descriptor_of(3)), 2);
  EXPECT_EQ(load_of(3), Rule::rx_read);
  EXPECT_EQ(load_of(4), Rule::rx_read);
  EXPECT_EQ(rule(descriptor_of(4), true), Rule::desc_edit);
  EXPECT_EQ(load_of(0), std::nullopt) << "which has not been handed back";
  EXPECT_TRUE(model_.layout(in).has_circle());
}

TEST_F(WatchRelinked, WhatIsLinkedInWithoutItsOwnerBitIsTheEnginesWhenThatIsSet) {
  links_[3] = descriptor_of(1);
  EXPECT_EQ(relink(0, descriptor_of(3), 3), 0);
  EXPECT_EQ(load_of(3), std::nullopt);
  EXPECT_TRUE(hands_back(3));
  model_.hand_back(in, 3, pieces_of({3, 1})[0]);
  EXPECT_EQ(load_of(3), Rule::rx_read);
}

TEST_F(WatchRelinked, WhatWasLinkedInWithoutItsOwnerBitAndTakenOutIsNobodysBusiness) {
  links_[3] = descriptor_of(1);
  (void)relink(0, descriptor_of(3), 3);
  (void)relink(0, descriptor_of(1));
  EXPECT_FALSE(hands_back(3));
}

TEST_F(WatchRelinked, WhoHasHaltedGoesByNoLink) {
  close(in, 1);
  load(in, 2);
  see_owner(1);
  model_.hand_back(in, 1, pieces_of({1, 2})[0]);
  close(in, 2);
  Piece of_the_cpu = pieces_of({0, 2})[0];
  of_the_cpu.withheld = of_the_cpu.released = true;
  model_.load(in, of_the_cpu);
  model_.end(in);
  model_.raise(0, Raw::in_dscr_err.mask, 0);
  links_[3] = descriptor_of(2);
  EXPECT_EQ(relink(0, descriptor_of(3)), 0);
  EXPECT_EQ(load_of(3), std::nullopt) << "it will not be taken";
  EXPECT_EQ(load_of(1), std::nullopt) << "it was taken out";
}

TEST_F(WatchRelinked, PartOfALinkLeadsNowhere) {
  links_[0] = descriptor_of(3);
  EXPECT_TRUE(model_.note_links(*extent_of(descriptor_of(0) + 8, 2), reader()).empty());
  EXPECT_EQ(load_of(3), std::nullopt);
  EXPECT_EQ(load_of(2), Rule::rx_read) << "what lies behind the old one is not lost by that";
}

TEST_F(WatchRelinked, ACircleThatIsClosedAgainHasWhatWasSetMeanwhile) {
  see_owner(0);
  close(in, 1);
  load(in, 2);
  see_owner(1);
  EXPECT_EQ(relink(0, descriptor_of(2)), 0);
  EXPECT_FALSE(hands_back(1)) << "it is out of the circle";
  EXPECT_EQ(load_of(1), std::nullopt);
  EXPECT_EQ(relink(0, descriptor_of(1)), 1);
  EXPECT_EQ(load_of(1), Rule::rx_read);
}

TEST_F(WatchRelinked, WhatTheEngineIsAboutToLeaveIsTheProgramsAgainToo) {
  close(in, 1);
  see_owner(1);
  model_.hand_back(in, 1, pieces_of({1, 2})[0]);
  EXPECT_EQ(load_of(1), Rule::rx_read);
  EXPECT_EQ(relink(0, descriptor_of(2)), 0);
  EXPECT_EQ(load_of(1), std::nullopt);
}

TEST_F(WatchRelinked, WhatTheEngineNoLongerComesToIsTheProgramsAgain) {
  close(in, 1);
  load(in, 2);
  see_owner(1);
  model_.hand_back(in, 1, pieces_of({1, 2})[0]);
  EXPECT_EQ(load_of(1), Rule::rx_read);
  EXPECT_EQ(relink(0, descriptor_of(2)), 0);
  EXPECT_EQ(load_of(1), std::nullopt);
  EXPECT_EQ(load_of(2), Rule::rx_read);
}

TEST_F(WatchRelinked, FromWhereTheEngineIsALinkLeadsInTheNextRound) {
  close(in, 1);
  see_owner(1);
  links_[3] = descriptor_of(0);
  EXPECT_EQ(relink(1, descriptor_of(3)), 1);
  EXPECT_EQ(load_of(3), Rule::rx_read);
  EXPECT_EQ(load_of(2), Rule::rx_read) << "it goes by what it has read";
  close(in, 2);
  load(in, 0);
  see_owner(2);
  EXPECT_FALSE(hands_back(2)) << "it comes there no more";
  EXPECT_EQ(load_of(3), Rule::rx_read);
}

TEST_F(WatchRelinked, WhatTheEngineHoldsReadyIsItsOwnAlsoInACircleThatWasCut) {
  close(in, 1);
  close(in, 2, true);
  load(in, 0);
  see_owner(1);
  model_.hand_back(in, 0, pieces_of({0, 2})[0]);
  EXPECT_EQ(load_of(0), Rule::rx_read);
  EXPECT_EQ(relink(1, 0), 0);
  EXPECT_FALSE(model_.layout(in).has_circle());
  EXPECT_EQ(load_of(0), Rule::rx_read) << "a further frame begins there";
}

TEST_F(WatchOwnership, WhatLiesBehindADescriptorOfTheCpuIsLookedAt) {
  start(in, {0, 3});
  for (const unsigned number : {0u, 1u, 2u}) close(in, number);
  see_owner(2);
  model_.take_changes();
  Piece of_the_cpu = pieces_of({0, 3})[0];
  of_the_cpu.withheld = of_the_cpu.released = true;
  model_.load(in, of_the_cpu);
  EXPECT_EQ(gained(), 2u) << "two descriptors, whose links may change";
}

}  // namespace
}  // namespace ferry::board::watch
