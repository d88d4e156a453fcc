// DMA watch: follows who owns which byte and reports who breaks it, with both ends: who touched, and whose
// transfer it was.
//
// It hangs on a board as observers do and changes nothing: a run with it has the same instructions, cycles
// and times as one without. board/watch/README.md says what each rule means; ownership.hpp, what counts as
// the end of a transfer.
#pragma once

#include "board/board.hpp"
#include "board/cpu/access_watches.hpp"
#include "board/cpu/cpu.hpp"
#include "board/devices/gdma/descriptor.hpp"
#include "board/observer.hpp"
#include "board/record/source_places.hpp"
#include "board/watch/finding.hpp"
#include "board/watch/left_lengths.hpp"
#include "board/watch/ownership.hpp"
#include "board/watch/suppressions.hpp"
#include "board/watch/unwritten.hpp"
#include "board/watch/variables.hpp"
#include "board/watch/ways.hpp"
#include "chip/esp32c3/interrupts.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace ferry::board::watch {

inline chip::InterruptSource source_of(unsigned channel) {
  return static_cast<chip::InterruptSource>(static_cast<unsigned>(chip::InterruptSource::dma_channel0) +
                                            channel);
}

// Whether nothing of the program comes after this: it has ended, sleeps so that nothing can wake it, or goes
// round in its trap handler.
bool ends_program(Board::Stop stop);

class DmaWatch final : private Observer, private AccessWatcher, private StackFollower {
 public:
  // From here on. `places` says where instructions come from; board and places must outlive this.
  DmaWatch(Board& board, const SourcePlaces& places, std::span<const Symbol> symbols);
  ~DmaWatch() override;
  DmaWatch(const DmaWatch&) = delete;
  DmaWatch& operator=(const DmaWatch&) = delete;

  void suppress(std::vector<Suppression> suppressions) { suppressions_ = std::move(suppressions); }
  // Called with each finding at its first occurrence; it may request the run's end.
  void on_finding(std::function<void(const Finding&)> listener) { listener_ = std::move(listener); }
  // The program has ended: what is alive now is lost.
  void program_ended();

  // What is known of memory, for who may go back to this moment.
  std::shared_ptr<const WrittenBytes> written_bytes() const { return unwritten_.state(); }
  // The board was put back to a snapshot. Of memory `written` was known then; null: nothing, and its content
  // tells. Of what is under way there, nothing is known. Findings stay; the same bug is counted with them.
  void went_back(const WrittenBytes* written);

  // In the order in which they occurred.
  const std::vector<Finding>& findings() const { return findings_; }
  std::uint64_t suppressed() const { return suppressed_; }
  // Of the suppressions those that have fitted nothing, as they are written.
  std::vector<std::string> unused_suppressions() const;

 private:
  // What a rule is about, before the words for it are looked up.
  struct Touch {
    Act act = Act::load;
    Origin origin;
    std::optional<std::uint32_t> address = {};
    std::uint32_t width = 0;
    std::optional<std::size_t> piece = {};   // nothing: the one that the engine is at
    std::optional<std::uint32_t> byte = {};  // of the piece
  };

  // What it wants to hear of; see follow_matrix().
  static constexpr unsigned topics = Observers::only(Topic::dma) | Observers::only(Topic::dma_registers);

  // ---- Observer and AccessWatcher
  void register_accessed(const RegisterAccess& access) override;
  void dma_started(unsigned channel, DmaDirection direction, std::uint32_t first_descriptor) override;
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
  void gate_changed(std::string_view device, bool clock, bool reset) override;
  void interrupt_taken(unsigned line) override;
  void chip_reset(std::string_view cause) override;
  void cpu_accesses(const BusAccess& access, std::optional<std::uint32_t> stored) override;
  bool only_looks() const override { return true; }
  void stack_moved(const StackMove& move) override;
  void stack_put(std::uint32_t pointer, std::uint32_t pc) override;

  void forget_transfers();
  void begin(Half half, std::uint32_t first, bool loaded);
  void begin_frame(Half half);
  void begin_frame_of_spi(DmaDirection direction);
  bool changes_nothing(const BusAccess& access, std::uint32_t stored) const;
  bool reads_the_same(Half half, const Piece& piece, const Extent& bytes, std::uint32_t value) const;
  void note_what_a_slave_does();
  void rest_sender();
  gdma::Descriptor descriptor_behind(std::uint32_t address, const Extent& bytes, std::uint32_t value) const;
  void take_back(const BusAccess& access, const Extent& bytes, std::uint32_t value);
  void take_linked(const BusAccess& access, const Extent& bytes, std::uint32_t value);
  bool take_up(Transfer& transfer, const Hit& hit, const BusAccess& access, std::uint32_t value);

  // ---- Registers (registers.cpp)
  void dma_loaded(std::uint32_t offset, std::uint32_t value, std::uint32_t lanes);
  void dma_stored(const RegisterAccess& access, std::uint32_t offset, std::uint32_t value);
  void link_stored(const RegisterAccess& access, Half half, bool start, bool stop, bool restart);
  void spi_loaded(std::uint32_t offset, std::uint32_t value, std::uint32_t lanes);
  void spi_stored(const RegisterAccess& access, std::uint32_t offset, std::uint32_t value);
  void sha_stored(std::uint32_t offset, std::uint32_t value);
  bool sha_rests() const;
  void see_sha_rest();
  unsigned line_of(chip::InterruptSource source) const;
  bool keeps_edge(chip::InterruptSource source) const;
  void follow_matrix();
  void matrix_stored(std::uint32_t offset, std::uint32_t value);
  bool is_slave() const;
  bool is_selected_both_ways() const;
  void ask_for_frame();
  bool spi_is_clocked(std::uint32_t clk_gate) const;
  void check_spi_clock(const Touch& touch);
  std::uint32_t dma_register(std::uint32_t offset) const;
  template <class Register>
  std::uint32_t dma_register(unsigned channel) const {
    return dma_register(Register::offset + channel * Register::stride);
  }
  std::uint32_t spi_register(std::uint32_t offset) const;

  // ---- Rules about transfers (rules.cpp)
  gdma::Descriptor descriptor_at(std::uint32_t address) const;
  Piece piece_of(Half half, const gdma::Descriptor& descriptor) const;
  std::vector<Piece> walk(Half half, std::uint32_t first);
  void go_on_behind_tail(Half half);
  void go_on_behind_park(Half half);
  std::uint32_t asked_of(const gdma::Descriptor& descriptor) const;
  void check_reach(Transfer& transfer, const Piece& piece);
  void check_added(Transfer& transfer, std::span<const Piece> added, const std::function<Origin()>& origin);
  void check_overlap(Transfer& transfer, std::size_t piece, const std::function<Origin()>& origin);
  void check_trigger(const Transfer& transfer, Act act, const Origin& origin);
  bool bursts(Half half) const;
  bool checks_owner(Half half) const;

  // ---- Findings (report.cpp)
  Origin here(std::uint32_t pc);
  CallFrame frame_at(std::uint32_t pc) const;
  void report(Rule rule, Transfer* transfer, const Touch& touch);
  static bool was_told(const Transfer& transfer, Rule rule, const Way::Numbers& way);
  bool was_told(const Transfer& transfer, Rule rule, std::uint32_t pc);
  void report_unfinished();
  void report_additions(Transfer& transfer);
  void report_late_edit(Half half);
  void report_edit(Transfer& transfer, const Transfer::Addition& edit);
  std::string instruction_at(std::uint32_t pc) const;
  Finding describe(Rule rule, const Transfer* transfer, const Touch& touch);

  void arm() {
    if (ownership_.has_changed()) rearm();
    if (ownership_.has_unfinished()) report_unfinished();
  }
  void rearm();
  void watch_stores(const Extent& bytes);
  bool is_marker(std::uint32_t pc);

  // ---- The stack (stack.cpp)
  void note_stack(Transfer& transfer);
  bool note_other_stack(Transfer& transfer, const Piece& piece);
  bool note_other_stack(Transfer& transfer, std::uint32_t place);
  void watch_stack();
  bool may_lie_on_stack(const Transfer& transfer) const;
  void note_stack_at(std::uint32_t pointer);
  bool ends_function(const StackMove& move) const;

  Board& board_;
  Variables variables_;
  std::vector<Suppression> suppressions_;
  std::function<void(const Finding&)> listener_;

  Unwritten unwritten_;
  Ownership ownership_;
  std::optional<Half> starting_;              // the half whose START is being stored
  std::array<Origin, Half::count> asked_by_;  // the last START or RESTART of each half
  std::array<bool, Half::count> restarts_{};  // it was started, and no error has made RESTART vain since
  bool some_on_stacks_ = false;               // transfers have, maybe, what lies on one
  LeftLengths left_lengths_;
  struct SpiStart {
    Origin origin;
    bool list_started = false;
  };
  std::optional<SpiStart> spi_start_;
  bool spi_runs_ = false, spi_sends_ = false, spi_receives_ = false;
  // What SHA has been asked to hash by DMA: nobody has seen yet that it is done; since its interrupt was
  // cleared; that will rise for the last of it; and it has, and was cleared before it was taken.
  struct ShaRun {
    bool unseen = false, uncleared = false, raises = true, kept = false;
  };
  ShaRun sha_run_;

  std::vector<Finding> findings_;
  // A rule, the way of who breaks it, and the half and the way of its START, if there is a transfer.
  using Bug = std::array<std::uint32_t, 6>;
  static constexpr std::size_t no_finding = ~std::size_t{0};  // somebody does not want to hear of it
  std::map<Bug, std::size_t> known_;
  Ways ways_;
  std::unordered_map<std::uint32_t, bool> markers_;  // instructions that load, and whether they are one
  std::uint64_t suppressed_ = 0;
};

}  // namespace ferry::board::watch
