// What recorders, watchers and debuggers may see. A device reports what it did; it does not know who listens.
#pragma once

#include "board/timeline.hpp"

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <vector>

namespace ferry::board {

enum class DmaDirection : std::uint8_t {
  in,
  out
};  // in: peripheral → memory (RX); out: memory → peripheral (TX)

struct DmaDescriptorEvent {
  unsigned channel;
  DmaDirection direction;
  std::uint32_t address;  // where the descriptor lies
  std::uint32_t word0;    // size, length, flags: as read, or as written back
  std::uint32_t buffer;
  std::uint32_t next;
};

struct RegisterAccess {
  std::uint32_t address;
  std::uint32_t width = 4;  // in bytes: 1, 2 or 4
  std::uint32_t value;      // of a narrow access, its bits at the bottom
  bool write;
  std::uint32_t pc;
  std::string_view closed =
      {};  // why it did not reach the device: "no clock", "in reset"; empty: nothing barred it
};

// SPI2, as a master, begins to transfer.
struct SpiBeginning {
  bool sends_by_dma, receives_by_dma;
  bool found_nothing;  // to send: GDMA's FIFO was empty when the first byte was wanted
};

class Observer {
 public:
  virtual ~Observer() = default;
  virtual void pin_changed(unsigned /*pin*/, bool /*level*/) {}
  virtual void register_accessed(const RegisterAccess&) {}
  // So many further accesses to the registers of the block at this address, in an idle loop. Instead of
  // register_accessed, and only as long as nobody asks for Topic::registers.
  virtual void register_accesses_repeated(std::uint32_t /*block*/, std::uint64_t /*times*/) {}
  virtual void dma_started(unsigned /*channel*/, DmaDirection, std::uint32_t /*first_descriptor*/) {}
  virtual void dma_descriptor_loaded(const DmaDescriptorEvent&) {}
  virtual void dma_descriptor_closed(const DmaDescriptorEvent&) {
  }  // write-back done, or the last byte was read
  virtual void dma_ended(unsigned /*channel*/, DmaDirection, std::string_view /*why*/) {}
  virtual void dma_bytes(unsigned /*channel*/, DmaDirection, std::uint32_t /*address*/,
                         std::uint32_t /*count*/) {}
  // Bits of INT_RAW that were 0 and are 1 now: what says so, is already so.
  virtual void dma_raised(unsigned /*channel*/, std::uint32_t /*bits*/) {}
  virtual void spi_began(const SpiBeginning&) {}
  virtual void spi_raised(std::uint32_t /*bits*/) {}  // of DMA_INT_RAW, likewise
  virtual void spi_reset() {}                         // whichever way; behind "idle", where it was busy
  // A peripheral's clock was turned on or off, or its reset.
  virtual void gate_changed(std::string_view /*device*/, bool /*clock*/, bool /*reset*/) {}
  virtual void spi_phase(std::string_view /*phase*/) {
  }  // "idle", "conf", "prep", "cmd", "addr", "dummy", "data", "done"
  virtual void cpu_waits(bool /*waits*/) {}  // in wfi, or out of it again; the same may be told twice
  virtual void interrupt_taken(unsigned /*line*/) {}
  virtual void exception_taken(std::uint32_t /*cause*/, std::uint32_t /*value*/, std::uint32_t /*pc*/) {}
  virtual void trap_left() {}  // mret: out of the handler of an interrupt or of an exception
  virtual void uart_sent(unsigned /*uart*/, std::uint8_t /*byte*/) {}
  virtual void chip_reset(std::string_view /*cause*/) {}
  virtual void notice(std::string_view /*line*/) {}  // something the user should know; said once per cause
};

// What there is much of, so that a device asks whether anybody wants it before it reports. The rest is told
// to all.
enum class Topic : std::uint8_t {
  pins,
  registers,        // every single access; idle loops are then executed pass by pass
  register_counts,  // accesses, those in idle loops as a number
  dma_registers,    // the same of GDMA, SPI2 and SHA
  matrix_stores,    // stores to the interrupt matrix: handlers load from it all the time
  dma,
};

class Observers {
 public:
  static constexpr unsigned everything = ~0u;
  static constexpr unsigned only(Topic topic) { return 1u << static_cast<unsigned>(topic); }

  // `topics`: a union of only(…), where somebody who wants one of them spares the others' cost. Who is there
  // already wants these from now on.
  void add(Observer& observer, unsigned topics = everything) {
    const auto known = std::ranges::find(list_, &observer, &Entry::observer);
    if (known != list_.end()) {
      known->topics = topics;
    } else {
      list_.push_back({&observer, topics});
    }
    count_topics();
  }
  void remove(Observer& observer) {
    std::erase_if(list_, [&](const Entry& entry) { return entry.observer == &observer; });
    count_topics();
  }
  bool any(Topic topic) const { return any(only(topic)); }
  bool any(unsigned topics) const { return (topics_ & topics) != 0; }

  template <class... Parameters, class... Arguments>
  void tell(void (Observer::*what)(Parameters...), const Arguments&... arguments) {
    for (const Entry& entry : list_) (entry.observer->*what)(arguments...);
  }
  // Only those who want one of these topics.
  template <class... Parameters, class... Arguments>
  void tell_about(unsigned topics, void (Observer::*what)(Parameters...), const Arguments&... arguments) {
    for (const Entry& entry : list_)
      if ((entry.topics & topics) != 0) (entry.observer->*what)(arguments...);
  }

 private:
  struct Entry {
    Observer* observer;
    unsigned topics;
  };
  void count_topics() {
    topics_ = 0;
    for (const Entry& entry : list_) topics_ |= entry.topics;
  }

  std::vector<Entry> list_;
  unsigned topics_ = 0;
};

}  // namespace ferry::board
