// Names as Rust's compilers mangle them, of either scheme.
#include "board/record/rust_names.hpp"

#include "board/record/function_names.hpp"

#include <gtest/gtest.h>

#include <string>

namespace ferry::board {
namespace {

TEST(RustNames, OfTodaysScheme) {
  EXPECT_EQ(readable_name("_RNvCs4fqI2P2rA04_3dma4main"), "dma::main");
  EXPECT_EQ(readable_name("_RNvNtCs4fqI2P2rA04_7display5panel5flush"), "display::panel::flush");
  EXPECT_EQ(readable_name("_RINvNtC3std3mem8align_ofNtNtC3std4time8DurationE"), "std::mem::align_of");
  EXPECT_EQ(readable_name("_RNvMs_Cs4fqI2P2rA04_7displayNtB4_5Panel5flush"), "display::Panel::flush");
  EXPECT_EQ(readable_name("_RNvXCs4fqI2P2rA04_7displayNtB2_5PanelNtCs1_3hal5Write5write"),
            "display::Panel::write");
}

// As Rust's own tools print them: two closures of one function have names of their own.
TEST(RustNames, ClosuresAndShimsHaveNumbers) {
  EXPECT_EQ(readable_name("_RNCNvCs15kBYyAo9fc_4demo4main0B3_"), "demo::main::{closure#0}");
  EXPECT_EQ(readable_name("_RNCNvCs15kBYyAo9fc_4demo4mains_0B3_"), "demo::main::{closure#1}");
  EXPECT_EQ(readable_name("_RNCNvCs15kBYyAo9fc_4demo4mains0_0B3_"), "demo::main::{closure#2}");
  EXPECT_EQ(readable_name("_RNCNCNvCs15kBYyAo9fc_4demo4mains_00B5_"), "demo::main::{closure#1}::{closure#0}");
  EXPECT_EQ(readable_name("_RNSNvCs15kBYyAo9fc_4demo4draw6vtable"), "demo::draw::{shim:vtable#0}");
}

TEST(RustNames, OfTheOlderScheme) {
  EXPECT_EQ(readable_name("_ZN7display5panel4draw17h0123456789abcdefE"), "display::panel::draw");
  EXPECT_EQ(readable_name("_ZN7display5panel4draw28_$u7b$$u7b$closure$u7d$$u7d$17h0123456789abcdefE"),
            "display::panel::draw::{{closure}}");
  EXPECT_EQ(
      readable_name("_ZN56_$LT$display..Panel$u20$as$u20$core..ops..drop..Drop$GT$4drop17h0123456789abcdefE"),
      "<display::Panel as core::ops::drop::Drop>::drop");
}

// Link-time optimisation moves a function to another unit, and gives it a number.
TEST(RustNames, MovedFunctionsKeepTheirNames) {
  EXPECT_EQ(readable_name("_ZN16embassy_executor3raw20TaskStorage$LT$F$GT$4poll17h448d28b0838bc2b1E.llvm."
                          "2171100497948193521"),
            "embassy_executor::raw::TaskStorage<F>::poll");
  EXPECT_EQ(readable_name("_RNvNtCs4fqI2P2rA04_7display5panel5flush.llvm.2171100497948193521"),
            "display::panel::flush");
}

TEST(RustNames, WhatIsNoneIsLeftAlone) {
  for (const char* const name : {"_R", "_RNv", "_RNvC3dm", "_RNvC99999999999999999999x", "_Rust", "R", ""}) {
    EXPECT_FALSE(rust_name(name)) << name;
    EXPECT_EQ(readable_name(name), name);
  }
}

}  // namespace
}  // namespace ferry::board
