// A second DMA watch, to hold the real one to: slow, simple, and written from what the rules say, not from
// how the watch does it. It listens to the same board and keeps the owners of every byte in a map.
#pragma once

#include "board/board.hpp"
#include "board/bus.hpp"
#include "board/cpu/access_watches.hpp"
#include "board/devices/gdma/descriptor.hpp"
#include "board/observer.hpp"
#include "chip/esp32c3/registers/dma.hpp"
#include "chip/esp32c3/registers/sha.hpp"
#include "chip/esp32c3/registers/spi2.hpp"
#include "tests/board/watch_model/proofs.hpp"
#include "tests/board/watch_model/rules.hpp"
#include "tests/board/watch_model/sha_side.hpp"
#include "tests/board/watch_model/spi_side.hpp"
#include "tests/board/watch_model/transfers.hpp"
#include "tests/board/watch_model/wishes.hpp"
#include "tests/board/watch_model/written_bytes.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <set>
#include <string_view>
#include <vector>

namespace ferry::board::watch::random {

class WatchModel final : private Observer, private AccessWatcher {
 public:
  explicit WatchModel(Board& board);
  ~WatchModel() override;
  WatchModel(const WatchModel&) = delete;
  WatchModel& operator=(const WatchModel&) = delete;

  const std::set<Found>& found() const { return rules_.found(); }

  // Who is alive is lost, and what was added to a list for nothing is known to be that now.
  void program_ended();

 private:
  // A START or RESTART.
  struct Asked {
    Time time = 0;
    std::uint32_t pc = 0;
  };

  // ---- Observer
  void register_accessed(const RegisterAccess& access) override;
  void dma_started(unsigned channel, DmaDirection direction, std::uint32_t first) override;
  void dma_descriptor_loaded(const DmaDescriptorEvent& event) override;
  void dma_descriptor_closed(const DmaDescriptorEvent& event) override;
  void dma_ended(unsigned channel, DmaDirection direction, std::string_view why) override;
  void dma_bytes(unsigned channel, DmaDirection direction, std::uint32_t address,
                 std::uint32_t count) override;
  void dma_raised(unsigned channel, std::uint32_t bits) override;
  void spi_began(const SpiBeginning& beginning) override;
  void spi_raised(std::uint32_t bits) override;
  void spi_phase(std::string_view phase) override;
  void spi_reset() override;
  void interrupt_taken(unsigned line) override;
  void gate_changed(std::string_view device, bool clock, bool reset) override;

  // ---- AccessWatcher
  bool only_looks() const override { return true; }
  void cpu_accesses(const BusAccess& access, std::optional<std::uint32_t> stored) override;

  // ---- Registers (registers.cpp)
  bool takes_edges() const;
  void forget_kept();
  void dma_accessed(const RegisterAccess& access, std::uint32_t place);
  void spi_accessed(const RegisterAccess& access, std::uint32_t place);
  void sha_accessed(const RegisterAccess& access, std::uint32_t place);
  bool sha_rests() const;
  bool sha_may_interrupt() const;
  void dma_loaded(std::uint32_t place, std::uint32_t value, std::uint32_t got);
  void dma_stored(std::uint32_t place, std::uint32_t value, std::uint32_t pc, bool open);
  void spi_loaded(std::uint32_t place, std::uint32_t value, std::uint32_t got);
  bool spi_has_clock(std::uint32_t clk_gate) const;
  void spi_lacks_clock(std::uint32_t pc);
  void serve_as_slave();
  template <class Register>
  std::uint32_t spi_register() const {
    return board_.bus().probe_load(chip::spi2::base + Register::offset).value_or(0);
  }
  void spi_stored(std::uint32_t place, std::uint32_t value, std::uint32_t pc);
  void see_rest(unsigned half);
  void link(unsigned half, bool starts, bool stops, bool restarts, std::uint32_t pc, bool open);
  void select(unsigned half, std::uint32_t peripheral, std::uint32_t pc);
  template <class Register>
  std::uint32_t dma_register(unsigned channel) const {
    return board_.bus()
        .probe_load(chip::dma::base + Register::offset + channel * Register::stride)
        .value_or(0);
  }

  // ---- Lists (lists.cpp)
  std::uint32_t word(std::uint32_t address) const;
  gdma::Descriptor descriptor_at(std::uint32_t address) const;
  void take(unsigned half, Holding& holding, const gdma::Descriptor& descriptor) const;
  std::vector<Holding> follow(unsigned half, std::uint32_t first);
  void start(unsigned half, std::uint32_t first);
  void restart(unsigned half);
  void restart_behind_park(unsigned half);
  std::optional<Number> taken_up(unsigned half, const BusAccess& access, std::uint32_t first,
                                 std::uint32_t value) const;
  void take_up(unsigned half, Number tail, std::uint32_t value, std::uint32_t pc);
  void read_links(const BusAccess& access, std::uint32_t first, std::uint32_t value);
  std::vector<std::uint32_t> lead_on(unsigned half, const std::set<std::uint32_t>& before,
                                     const BusAccess& access, std::uint32_t first, std::uint32_t value);
  gdma::Descriptor descriptor_behind(std::uint32_t address, const BusAccess& access, std::uint32_t first,
                                     std::uint32_t value) const;
  void add(unsigned half, std::uint32_t tail, const std::vector<Holding>& added);
  void hand_back(const BusAccess& access, std::uint32_t first, std::uint32_t value);
  void end(unsigned half);
  void go_on(unsigned half);
  void begin_frame(unsigned half);
  void begin_frame_of_spi();
  void begin_sending();
  void leave_sending();
  bool is_withheld(unsigned half, const gdma::Descriptor& descriptor) const;
  bool bursts(unsigned half) const;

  bool changes_nothing(const BusAccess& access, std::uint32_t stored) const;
  bool keeps_what_is_at_hand(unsigned half, const BusAccess& access, std::uint32_t first,
                             std::uint32_t stored) const;
  bool is_marker(std::uint32_t pc) const;
  void leave_out(std::uint32_t byte);

  Board& board_;
  Transfers transfers_;
  Rules rules_{transfers_};
  Proofs proofs_{transfers_};
  SpiSide spi_{transfers_, proofs_};
  ShaSide sha_{transfers_, proofs_};
  WrittenBytes written_;
  Wishes wishes_;
  std::array<Asked, halves> asked_{};
  std::optional<unsigned> starting_;
  std::array<bool, halves> has_failed_{};  // since it was started
};

}  // namespace ferry::board::watch::random
