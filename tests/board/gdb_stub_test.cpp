// The stub without a network: packets go in, answers come out, and a board runs in between.
#include "board/board.hpp"
#include "board/cpu/access_watches.hpp"
#include "board/cpu/cpu.hpp"
#include "board/cpu/csr.hpp"
#include "board/debug/stub.hpp"
#include "board/memory.hpp"
#include "tests/board/cpu_machine.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <functional>
#include <initializer_list>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ferry::board::debug {

namespace {

using namespace test::assemble;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

constexpr std::uint32_t code = test::code, data = test::data;
constexpr unsigned t0 = 5, t1 = 6, t2 = 7;

class GdbStub : public testing::Test {
 protected:
  GdbStub() { stub.connect(); }

  void load(std::initializer_list<std::uint32_t> words) {
    Segment segment{.address = code, .bytes = {}, .memory_size = 0, .executable = true};
    for (const std::uint32_t word : words)
      for (unsigned index = 0; index < 4; ++index)
        segment.bytes.push_back(static_cast<std::byte>(word >> (8 * index)));
    segment.memory_size = static_cast<std::uint32_t>(segment.bytes.size());
    board.load({.entry = code, .segments = {segment}, .symbols = {}});
  }
  // A word in memory that counts up for ever: t0 = its address, t1 = the count.
  void load_counter() {
    load({lui(t0, data >> 12), addi(t1, 0, 0), addi(t1, t1, 1), sw(t1, 0, t0), addi(t2, t1, 0), jal(0, -12)});
  }
  static constexpr std::uint32_t store_in_loop = code + 12, behind_store = code + 16;

  // The payload of the answer, or of the last one.
  std::string ask(std::string_view packet) {
    sent.clear();
    stub.receive(frame(packet));
    return last_payload();
  }
  // Lets the board run until it stops or `time` has passed.
  std::string go(std::string_view packet, Time time = millisecond) {
    sent.clear();
    stub.receive(frame(packet));
    const Time end = board.now() + time;
    while (stub.running() && board.now() < end) ended = stub.run_until(end);
    return last_payload();
  }
  std::string last_payload() const {
    const std::size_t start = sent.rfind('$');
    return start == std::string::npos ? std::string() : sent.substr(start + 1, sent.rfind('#') - start - 1);
  }
  std::uint32_t pc() { return board.cpu().pc(); }

  Board board;
  std::string sent;
  Stub stub{board, [this](std::string_view bytes) { sent += bytes; }};
  Board::Stop ended = Board::Stop::reached_time;
};

TEST_F(GdbStub, StopsTheBoardWhenADebuggerComes) {
  load_counter();
  EXPECT_FALSE(stub.running());
  EXPECT_EQ(ask("?"), "T05thread:1;");
  EXPECT_EQ(sent.front(), '+');
}

TEST_F(GdbStub, SaysWhatItCan) {
  EXPECT_THAT(ask("qSupported:multiprocess+"), HasSubstr("PacketSize=1000;"));
  EXPECT_EQ(ask("vCont?"), "vCont;c;C;s;S;r");
  EXPECT_EQ(ask("vMustReplyEmpty"), "");
  EXPECT_EQ(ask("qAttached"), "1");
  EXPECT_EQ(ask("QStartNoAckMode"), "OK");
  ask("?");
  EXPECT_EQ(sent.front(), '$') << "no acknowledgement any more";
}

TEST_F(GdbStub, DescribesTheChip) {
  std::string text;
  for (char more = 'm'; more == 'm';) {
    char request[64];
    std::snprintf(request, sizeof request, "qXfer:features:read:target.xml:%zx,200", text.size());
    const std::string part = ask(request);
    ASSERT_FALSE(part.empty());
    more = part.front();
    text += part.substr(1);
  }
  EXPECT_THAT(text, HasSubstr("<architecture>riscv:rv32</architecture>"));
  EXPECT_THAT(text, HasSubstr("name=\"mcause\""));
  EXPECT_THAT(text, EndsWith("</target>"));
  const std::string memory_map = ask("qXfer:memory-map:read::0,1000");
  EXPECT_THAT(memory_map, HasSubstr("0x3fc80000"));
  EXPECT_THAT(memory_map, HasSubstr("type=\"rom\" start=\"0x42000000\""));
  EXPECT_THAT(ask("qXfer:features:read:other.xml:0,10"), StartsWith("E"));
}

TEST_F(GdbStub, ReadsAndWritesRegisters) {
  load_counter();
  EXPECT_EQ(ask("P5=78563412"), "OK");
  EXPECT_EQ(ask("p5"), "78563412");
  EXPECT_EQ(ask("p20"), word_to_hex(code));
  EXPECT_EQ(ask("g").size(), 33u * 8);
  EXPECT_EQ(ask("g").substr(5 * 8, 8), "78563412");
  std::string all = ask("g");
  all.replace(6 * 8, 8, "01000000");
  EXPECT_EQ(ask("G" + all), "OK");
  EXPECT_EQ(board.cpu().register_value(t1), 1u);
  EXPECT_EQ(ask("P382=00010000"), "OK") << "mepc: 65 + 0x341";
  EXPECT_EQ(ask("p382"), "00010000");
  EXPECT_THAT(ask("pffffffff"), StartsWith("E"));
  EXPECT_THAT(ask("G00"), StartsWith("E"));
}

TEST_F(GdbStub, ReadsAndWritesMemory) {
  EXPECT_EQ(ask("M3fc90000,4:01020304"), "OK");
  EXPECT_EQ(ask("m3fc90000,4"), "01020304");
  EXPECT_EQ(ask("m40390000,4"), "01020304") << "the same bytes on the instruction bus";
  EXPECT_EQ(ask("X3fc90000,0:"), "OK");
  EXPECT_EQ(ask("X3fc90000,3:#$}"), "OK");
  EXPECT_EQ(ask("m3fc90000,3"), "23247d");
  EXPECT_EQ(ask("M3fcdfffe,2:a5a5"), "OK");
  EXPECT_EQ(ask("m3fcdfffe,10"), "a5a5") << "as much as there is";
  EXPECT_THAT(ask("m0,4"), StartsWith("E"));
  EXPECT_THAT(ask("mffffffff,ffffffff"), StartsWith("E"));
  EXPECT_THAT(ask("M3fcdfffe,4:00000000"), StartsWith("E"));
  EXPECT_THAT(ask("M3fc90000,4:00"), StartsWith("E"));
}

TEST_F(GdbStub, ReadsRegistersOfDevicesWithoutCountingIt) {
  EXPECT_EQ(ask("M60004004,4:04000000"), "OK") << "GPIO_OUT";
  EXPECT_EQ(ask("m60004004,4"), "04000000");
  EXPECT_THAT(ask("m60004005,1"), StartsWith("E"));
  EXPECT_EQ(board.counters().register_loads + board.counters().register_stores, 0u);
}

TEST_F(GdbStub, StopsBeforeABreakpoint) {
  load_counter();
  EXPECT_EQ(ask("Z0,4038000c,4"), "OK");
  EXPECT_EQ(ask("m4038000c,4"), word_to_hex(sw(t1, 0, t0))) << "memory does not show it";
  for (std::uint32_t count = 1; count < 5; ++count) {
    EXPECT_THAT(go("vCont;c"), StartsWith("T05"));
    EXPECT_EQ(pc(), store_in_loop);
    EXPECT_EQ(board.cpu().register_value(t1), count);
  }
  EXPECT_EQ(ask("z0,4038000c,4"), "OK");
  go("c");
  EXPECT_TRUE(stub.running());
}

TEST_F(GdbStub, StopsAtABreakpointAmongCodeThatRanBefore) {
  load_counter();
  go("c");
  stub.receive("\x03");
  EXPECT_THAT(last_payload(), StartsWith("T02"));
  EXPECT_FALSE(stub.running());
  for (const std::string_view place : {"40380008", "4038000c", "40380010", "40380014"}) {
    EXPECT_EQ(ask("Z1," + std::string(place) + ",4"), "OK");
    EXPECT_THAT(go("c"), StartsWith("T05"));
    std::string_view digits = place;
    EXPECT_EQ(pc(), take_number(digits));
    EXPECT_EQ(ask("z1," + std::string(place) + ",4"), "OK");
  }
}

TEST_F(GdbStub, BreakpointsWhereNoCodeCanBeAreRefused) {
  EXPECT_THAT(ask("Z0,60004000,4"), StartsWith("E"));
  EXPECT_THAT(ask("Z0,40380001,4"), StartsWith("E"));
  EXPECT_THAT(ask("Z0,0,4"), StartsWith("E"));
}

TEST_F(GdbStub, StepsOneInstruction) {
  load_counter();
  for (const std::uint32_t next : {4u, 8u, 12u, 16u, 20u, 8u, 12u}) {
    EXPECT_THAT(go("vCont;s:1;c"), StartsWith("T05"));
    EXPECT_EQ(pc(), code + next);
  }
  EXPECT_EQ(board.counters().instructions, 7u);
}

TEST_F(GdbStub, StepsThroughCodeInFlash) {
  constexpr std::uint32_t window = 0x4200'0000;
  FlashPart part;
  for (const std::uint32_t word : {addi(t1, 0, 1), jal(0, 8), loop_forever, addi(t1, t1, 1), jal(0, -8)})
    for (unsigned index = 0; index < 4; ++index)
      part.bytes.push_back(static_cast<std::byte>(word >> (8 * index)));
  board.load({.entry = window, .pages = {{.window = 0, .flash = 0}}, .flash = {part}});
  for (const std::uint32_t next : {4u, 12u, 16u, 8u, 8u}) {
    EXPECT_EQ(go("vCont;s:1;c"), "T05thread:1;");
    EXPECT_EQ(pc(), window + next);
  }
}

TEST_F(GdbStub, StepsThroughARangeAtOnce) {
  load_counter();
  EXPECT_THAT(go("vCont;r40380000,4038000c:1"), StartsWith("T05"));
  EXPECT_EQ(pc(), store_in_loop);
}

TEST_F(GdbStub, AStepServesAnInterruptAsAWhole) {
  // The interrupt is pending when it is enabled; its handler at vector 1 is mret.
  load({csrrsi(0, 0x300, 8), addi(t1, t1, 1), loop_forever});
  Memory& memory = board.memory();
  const std::uint32_t vectors = 0x4038'1000;
  const auto put = [&memory](std::uint32_t address, std::uint32_t word) {
    memory.write(address, std::as_bytes(std::span(&word, 1)));
  };
  put(vectors + 4, addi(t2, t2, 1));
  put(vectors + 8, mret);
  board.cpu().set_csr(0x300, 0);
  board.cpu().set_csr(0x305, vectors | 1);
  board.cpu().set_interrupt(1);
  go("s");
  EXPECT_EQ(pc(), code + 4);
  go("s", microsecond);
  EXPECT_GT(board.cpu().register_value(t2), 0u);
}

TEST_F(GdbStub, WatchesWhatTheCpuWrites) {
  load_counter();
  EXPECT_EQ(ask("Z2,3fc90002,2"), "OK");
  EXPECT_EQ(go("c"), "T05watch:3fc90002;thread:1;");
  EXPECT_EQ(pc(), behind_store);
  EXPECT_EQ(ask("m3fc90000,4"), "01000000");
  EXPECT_EQ(go("c"), "T05watch:3fc90002;thread:1;");
  EXPECT_EQ(ask("z2,3fc90002,2"), "OK");
  go("c");
  EXPECT_TRUE(stub.running());
}

TEST_F(GdbStub, WatchesTheBytesThatWereNamedAndNoOthers) {
  load_counter();
  EXPECT_EQ(ask("Z2,3fc90004,4"), "OK");
  EXPECT_EQ(ask("Z3,3fc90000,4"), "OK") << "it is written, never read";
  go("c");
  EXPECT_TRUE(stub.running());
}

TEST_F(GdbStub, WatchesReadsAndRegisters) {
  load({lui(t0, data >> 12), lw(t1, 0, t0), lui(t0, 0x60004), sw(t1, 4, t0), loop_forever});
  EXPECT_EQ(ask("Z3,40390000,4"), "OK") << "by the other bus's address";
  EXPECT_EQ(ask("Z4,60004004,4"), "OK");
  EXPECT_EQ(go("c"), "T05rwatch:40390000;thread:1;");
  EXPECT_EQ(pc(), code + 8);
  EXPECT_EQ(go("c"), "T05awatch:60004004;thread:1;");
  EXPECT_EQ(pc(), code + 16);
}

TEST_F(GdbStub, ImpossibleWatchpointsAreRefused) {
  EXPECT_THAT(ask("Z2,3fcdffff,2"), StartsWith("E"));
  EXPECT_THAT(ask("Z2,3fc90000,0"), StartsWith("E"));
  EXPECT_THAT(ask("Z2,0,ffffffff"), StartsWith("E"));
  EXPECT_EQ(ask("Z5,3fc90000,4"), "");
}

TEST_F(GdbStub, StopsBeforeAnException) {
  load({lui(t0, 0x10), lw(t1, 0, t0)});
  board.cpu().stop_at_exceptions(true);
  EXPECT_EQ(go("c"), "T0bthread:1;");
  EXPECT_EQ(pc(), code + 4);
  EXPECT_THAT(*from_hex(sent.substr(sent.find("$O") + 2, 38)), StartsWith("load access fault"));
  go("s");
  EXPECT_EQ(ask("p383"), "05000000") << "mcause: the trap has been taken";
}

TEST_F(GdbStub, MonitorCommandsAnswer) {
  for (const std::string_view command : {"dma", "pins", "time", "help", "nonsense", ""}) {
    EXPECT_EQ(ask("qRcmd," + to_hex(command)), "OK");
    EXPECT_THAT(sent, HasSubstr("$O")) << command;
  }
  load_counter();
  go("s");
  EXPECT_EQ(ask("qRcmd," + to_hex("reset")), "OK");
  EXPECT_EQ(pc(), code);
}

TEST_F(GdbStub, LeavingLetsTheBoardGoOn) {
  load_counter();
  ask("Z0,4038000c,4");
  EXPECT_EQ(ask("D"), "OK");
  EXPECT_FALSE(stub.connected());
  EXPECT_TRUE(stub.running());
  EXPECT_EQ(stub.run_until(board.now() + millisecond), Board::Stop::reached_time);
}

// As GDB does it: the function returns to a place on the stack that a breakpoint is at.
TEST_F(GdbStub, CallsAFunction) {
  constexpr unsigned ra = 1, a0 = 10;
  load({jal(0, 0), addi(a0, a0, 4), jalr(0, ra, 0)});
  for (const bool breaks_on_trap : {false, true}) {
    board.cpu().stop_at_exceptions(breaks_on_trap);
    EXPECT_EQ(ask("Z0,3fc90000,2"), "OK");
    board.cpu().set_register(ra, data);
    board.cpu().set_register(a0, 3);
    board.cpu().set_pc(code + 4);
    EXPECT_EQ(go("c"), "T05thread:1;");
    EXPECT_EQ(pc(), data);
    EXPECT_EQ(board.cpu().register_value(a0), 7u);
    EXPECT_EQ(ask("z0,3fc90000,2"), "OK");
    EXPECT_EQ(board.cpu().stops_at_exceptions(), breaks_on_trap);
  }
}

// The devices of a stopped chip are at the time that its CPU is at.
TEST_F(GdbStub, TimeAtABreakpoint) {
  load_counter();
  ASSERT_EQ(ask("Z0,40380010,4"), "OK");
  for (int count = 0; count < 5; ++count) {
    go("c");
    EXPECT_EQ(board.now(), board.cpu().now());
  }
}

TEST_F(GdbStub, StopsWhenSomebodyElseDrawsAttention) {
  struct Looker : Observer {
    explicit Looker(Stub& told) : stub(told) {}
    void register_accessed(const RegisterAccess&) override { stub.draw_attention("look here", true); }
    Stub& stub;
  } looker(stub);
  board.observers().add(looker);
  load({lui(t0, 0x60008), lw(t1, 0, t0), addi(t2, 0, 7), jal(0, 0)});
  EXPECT_EQ(go("c"), "T02thread:1;") << "a trap would be one step of many";
  EXPECT_THAT(sent, HasSubstr("6c6f6f6b20686572650a")) << "look here";
  EXPECT_EQ(pc(), code + 8);
  EXPECT_EQ(ended, Board::Stop::reached_time);
  EXPECT_EQ(go("s"), "T05thread:1;");
  ask("D");
  load({lui(t0, 0x60008), lw(t1, 0, t0), jal(0, 0)});
  ended = stub.run_until(board.now() + millisecond);
  EXPECT_EQ(ended, Board::Stop::requested);
  board.observers().remove(looker);
}

// Looks at the word that load_counter() counts in, as checkers do: the run is the same without them.
struct Checker : AccessWatcher {
  explicit Checker(Board& board) : cpu(board.cpu()) {
    const std::array word{
        WatchedRange{.offset = Memory::offset(data).value(), .length = 4, .reads = false, .writes = true}};
    cpu.watches().set(*this, word);
  }
  ~Checker() override { cpu.watches().set(*this, {}); }
  void cpu_accesses(const BusAccess&, std::optional<std::uint32_t>) override { told(); }
  bool only_looks() const override { return true; }

  Cpu& cpu;
  std::function<void()> told = [] {};
};

TEST_F(GdbStub, StopsRightBehindTheInstructionThatDrawsAttention) {
  Checker checker(board);
  checker.told = [this] { stub.draw_attention("look here", true); };
  load_counter();
  for (std::uint32_t count = 1; count < 5; ++count) {
    EXPECT_EQ(go("c"), "T02thread:1;");
    EXPECT_EQ(pc(), behind_store);
    EXPECT_EQ(board.cpu().register_value(t1), count);
    EXPECT_EQ(ask("m3fc90000,4"), word_to_hex(count)) << "the access has been done";
  }
  EXPECT_EQ(ask("z0,40380010,4"), "OK") << "the stop leaves no breakpoint";
  checker.told = [] {};
  go("c");
  EXPECT_TRUE(stub.running());
}

TEST_F(GdbStub, StopsInTheInterruptThatComesRightBehind) {
  // Where the code looks at the clock: an interrupt that is pending by then comes before the next
  // instruction.
  Checker checker(board);
  checker.told = [this] {
    board.cpu().set_interrupt(1);
    stub.draw_attention("look here", true);
  };
  constexpr std::uint32_t looks_at_clock = code + 256;
  load({jal(0, looks_at_clock - code), loop_forever});
  ask("M40380100,8:" + word_to_hex(sw(t1, 0, t0)) + word_to_hex(loop_forever));
  board.cpu().set_register(t0, data);
  board.cpu().set_csr(csr::mtvec, code);
  board.cpu().set_csr(csr::mstatus, ControlRegisters::mie);
  EXPECT_EQ(go("c"), "T02thread:1;");
  EXPECT_EQ(pc(), code + 4);
  EXPECT_EQ(board.cpu().csr(csr::mepc), looks_at_clock + 4);
}

TEST_F(GdbStub, StopsRightBehindTheStackPointersRise) {
  struct Follower : StackFollower {
    explicit Follower(Stub& told) : stub(told) {}
    void stack_moved(const StackMove&) override { stub.draw_attention("look here", true); }
    Stub& stub;
  } follower(stub);
  board.cpu().follow_stack(&follower, data);
  load({lui(2, data >> 12), nop, addi(2, 2, 16), nop, nop, jal(0, 0)});
  EXPECT_EQ(go("c"), "T02thread:1;");
  EXPECT_EQ(pc(), code + 12);
  board.cpu().follow_stack(nullptr);
}

TEST_F(GdbStub, KillingEndsTheRun) {
  EXPECT_EQ(ask("vKill;1"), "OK");
  EXPECT_TRUE(stub.killed());
  EXPECT_FALSE(stub.running());
}

// The handle of it all: stops must not change what happens, nor when.
TEST_F(GdbStub, ARunWithStopsCountsAsOneWithout) {
  load_counter();
  Board other;
  Segment segment{
      .address = code, .bytes = std::vector<std::byte>(24), .memory_size = 24, .executable = true};
  board.memory().read(code, segment.bytes);
  other.load({.entry = code, .segments = {segment}, .symbols = {}});
  ask("Z0,40380010,4");
  ask("Z2,3fc90000,4");
  for (int count = 0; count < 50; ++count) go("c");
  ask("z2,3fc90000,4");
  Checker checker(board);
  checker.told = [this] { stub.draw_attention("look here", true); };
  for (int count = 0; count < 50; ++count) go("c");
  checker.told = [] {};
  for (int count = 0; count < 20; ++count) go("s");
  ask("D");
  ASSERT_EQ(stub.run_until(5 * millisecond), Board::Stop::reached_time);
  ASSERT_EQ(other.run_until(5 * millisecond), Board::Stop::reached_time);
  EXPECT_EQ(board.counters().instructions, other.counters().instructions);
  EXPECT_EQ(board.counters().cycles, other.counters().cycles);
}

TEST_F(GdbStub, NoiseDoesNoHarm) {
  load_counter();
  std::mt19937 random(11);
  constexpr std::string_view starts = "?gGpPmMXZzHTqvcsCSDQk", rest = "0123456789abcdef,:;=";
  for (int count = 0; count < 5'000; ++count) {
    std::string packet(1, starts[random() % (starts.size() - 1)]);
    for (auto length = random() % 24; length > 0; --length) packet += rest[random() % rest.size()];
    stub.receive(frame(packet));
    if (stub.running()) (void)stub.run_until(board.now() + microsecond);
    stub.receive("\x03");
    if (!stub.connected()) stub.connect();
    sent.clear();
  }
  EXPECT_THAT(ask("?"), StartsWith("T"));
}

}  // namespace

}  // namespace ferry::board::debug
