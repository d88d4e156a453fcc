// What `ferry run` traces, from end to end.
#include "tests/app/ferry_process.hpp"
#include "tests/app/temporary_folder.hpp"
#include "tests/app/tiny_firmware.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace ferry::tests {
namespace {

using testing::AllOf;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

class Trace : public testing::Test {
 protected:
  // Pulses GPIO3, copies by DMA, prints, exits.
  Finished run(std::vector<std::string> options) {
    TinyFirmware program;
    program.pulse(3).copy_by_dma().print("hi\n").drain().exit(0);
    options.insert(options.begin(), "run");
    options.push_back(folder.write("tiny.elf", program.elf().build()));
    return run_ferry(options);
  }

  TemporaryFolder folder;
};

TEST_F(Trace, ShowsRegisterAccessesByName) {
  for (const char* option : {"--trace-bus", "--trace=bus"}) {
    const Finished ferry = run({option});
    EXPECT_EQ(ferry.exit_status, 0);
    EXPECT_EQ(ferry.output, "hi\n");
    EXPECT_THAT(ferry.errors, AllOf(ContainsRegex("bus +0\\.[0-9]{9} s  0x403800[0-9a-f]{2} writes "
                                                  "GPIO\\.OUT_W1TS +0x00000008  OUT_W1TS 0x00000008\n"),
                                    ContainsRegex("writes DMA\\.IN_LINK\\[0\\] +0x004[0-9a-f]{5}  .*"
                                                  "INLINK_START 1\n"),
                                    ContainsRegex("reads  UART0\\.STATUS .*TXFIFO_CNT"),
                                    HasSubstr("times more, here the last\n")));
  }
}

TEST_F(Trace, ShowsTheChosenBlocksOnly) {
  for (const std::vector<std::string>& options :
       {std::vector<std::string>{"--trace-bus=gpio,DMA"}, {"--trace-bus=GPIO", "--trace-bus=DMA"}}) {
    const Finished ferry = run(options);
    EXPECT_EQ(ferry.exit_status, 0);
    EXPECT_THAT(ferry.errors, AllOf(HasSubstr(" GPIO."), HasSubstr(" DMA."), Not(HasSubstr(" UART0.")),
                                    Not(HasSubstr(" SYSTEM."))));
  }
}

TEST_F(Trace, CanShowBusAndDmaTogether) {
  const Finished ferry = run({"--trace", "dma", "--trace", "bus"});
  EXPECT_EQ(ferry.exit_status, 0);
  EXPECT_THAT(ferry.errors, AllOf(ContainsRegex("dma .* starts "), ContainsRegex("bus .* writes ")));
}

TEST_F(Trace, RefusesBlocksThatDoNotExist) {
  const Finished ferry = run({"--trace-bus=SPI2,SPI9"});
  EXPECT_EQ(ferry.exit_status, 2);
  EXPECT_THAT(ferry.errors, HasSubstr("ferry: --trace-bus: there is no block \"SPI9\""));
}

}  // namespace
}  // namespace ferry::tests
