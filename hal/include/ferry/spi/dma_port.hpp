// The SPI2 controller together with a DMA channel: how a transfer is started, observed and ended.
//
// For spi::MasterDma and spi::Transfer, which are handles to it.
#pragma once

#include "ferry/dma/engine.hpp"
#include "ferry/dma/transfer.hpp"
#include "ferry/ownership.hpp"
#include "ferry/spi/port.hpp"
#include "ferry/time.hpp"

#include <cstdint>
#include <optional>

namespace ferry::spi::detail {

class DmaPort {
 public:
  /// For a direction that is left out.
  static constexpr dma::detail::Region no_region{};

  Port& port() { return port_; }
  dma::detail::Engine& engine() const { return *engine_; }

  void attach(dma::detail::Engine* engine);
  /// Gives the channel back, at rest.
  dma::detail::Engine* detach();

  /// Starts a full-duplex transfer, or one in one direction. Does not block longer than the channel takes for
  /// its first bytes. If it cannot start, the transfer is over at once and finish() tells why.
  void start(const dma::detail::Plan& rx, const dma::detail::Plan& tx, dma::Lengths lengths) {
    make(rx, tx, lengths, Then::start);
  }
  /// The same with memory in one piece and the channel's own lists; no_region for a direction that is left
  /// out. If nothing has changed since such a transfer of the same memory, lengths and direction, nothing is
  /// looked into again. Fatal without memory, nullptr: that of a buffer that is spent.
  /// A first transfer and a repeated one are started from the same line: the caller's.
  [[gnu::always_inline]] FERRY_UNTOLD inline void start(const dma::detail::Region* rx,
                                                        const dma::detail::Region* tx, dma::Lengths lengths) {
    if (port_.is_kept() && rx == repeated_.rx && tx == repeated_.tx &&
        is_length(lengths.rx_length, rx, recipe_.rx_length) &&
        is_length(lengths.tx_length, tx, recipe_.tx_length)) [[likely]]
      return launch();
    if (rx == nullptr) ferry::detail::used_after_move();
    if (tx == nullptr) ferry::detail::used_after_move();
    make(*rx, *tx, lengths, Then::start);
  }

  /// Both in half duplex.
  void start_half_duplex(const PhaseRegisters& phases, DataPhase data, const dma::detail::Plan& plan,
                         std::uint32_t length) {
    make_half_duplex(phases, data, plan, length, Then::start);
  }
  [[gnu::always_inline]] FERRY_UNTOLD inline void start_half_duplex(const PhaseRegisters& phases,
                                                                    DataPhase data,
                                                                    const dma::detail::Region* region,
                                                                    std::uint32_t length) {
    const bool receives = data == DataPhase::receive;
    if (port_.is_kept() && region == repeated_.behind_phases && is_length(length, region, bytes_) &&
        receives == started_.receives && phases.kind == repeated_.kind && phases.user1 == repeated_.user1)
        [[likely]] {
      port_.set_values(phases);
      return launch();
    }
    if (region == nullptr) ferry::detail::used_after_move();
    make_half_duplex(phases, data, *region, length, Then::start);
  }

  /// Sets a transfer up without starting it: the lists are filled and SPI's registers written. Nothing runs.
  /// What is wrong with it, the first start's finish() tells.
  void set_up(const dma::detail::Plan& rx, const dma::detail::Plan& tx, dma::Lengths lengths) {
    make(rx, tx, lengths, Then::nothing);
  }
  void set_up(const dma::detail::Region& rx, const dma::detail::Region& tx, dma::Lengths lengths) {
    make(rx, tx, lengths, Then::nothing);
  }
  void set_up_half_duplex(const PhaseRegisters& phases, DataPhase data, const dma::detail::Plan& plan,
                          std::uint32_t length) {
    make_half_duplex(phases, data, plan, length, Then::nothing);
  }
  [[gnu::always_inline]] void set_up_half_duplex(const PhaseRegisters& phases, DataPhase data,
                                                 const dma::detail::Region& region, std::uint32_t length) {
    make_half_duplex(phases, data, region, length, Then::nothing);
  }
  /// Starts what was set up last, for the first time or again; nobody else has used the port in between.
  /// False if it is not in place any more (after a transfer that failed) or never is: longer than SPI can do
  /// at once, or to be written back.
  [[gnu::always_inline]] bool start_in_place() {
    if (!port_.is_kept()) return false;
    launch();
    return true;
  }
  /// Sets it up anew and starts it.
  void start_anew(const dma::detail::Plan& rx, const dma::detail::Plan& tx);

  /// Goes on with `length` bytes more in the directions that the transfer has, nullptr for one that it does
  /// not have, when it is done with what it has; by default with all of the plans. If it cannot, or could not
  /// before, append_error() tells why. Returns how many bytes come before.
  std::uint32_t append(const dma::detail::Plan* rx, const dma::detail::Plan* tx, std::uint32_t length);
  std::optional<dma::Error> append_error() const { return append_error_; }
  /// The outcome of a transfer that received so many bytes before something was left out.
  dma::Outcome left_out(std::uint32_t received) const {
    return std::unexpected{dma::Failure{*append_error_, started_.receives ? received : bytes_}};
  }
  /// To be called before the first append() to a transfer.
  void forget_append_error() { append_error_ = {}; }

  /// Whether the transfer is over, well or not: both the bus and the memory side. Two loads. When a piece of
  /// a transfer is over that is longer than SPI can do at once, this starts the next one. Each time it has
  /// been asked in vain dma::detail::polls_per_look times it looks whether the end can still come.
  bool is_done();

  /// Waits for the end. Bounded by `deadline`, then the transfer is aborted; in every case nothing touches
  /// the buffers any more when this returns.
  dma::Outcome finish(Deadline deadline);
  /// The same with twice the time that length and clock ask for, and 20 ms more, counted from when it has
  /// polled a thousand times.
  [[gnu::always_inline]] dma::Outcome finish() {
    const std::int32_t received = wait();
    if (received >= 0) [[likely]]
      return dma::Received{static_cast<std::uint32_t>(received)};
    return std::unexpected{failure_};
  }
  /// How many bytes of the transfer with this outcome are in the receive buffer. Of one that only sends, a
  /// failure tells what has left.
  [[gnu::always_inline]] std::uint32_t arrived(const dma::Outcome& outcome) const {
    if (outcome) [[likely]]
      return outcome->length;
    return started_.receives ? outcome.error().length : 0;
  }
  /// For a deadline that a program asks for. As SPI waits for nobody, never() is as good as none: a wait that
  /// takes longer has nothing to wait for.
  dma::Outcome finish_by(Deadline deadline) { return deadline.is_never() ? finish() : finish(deadline); }
  /// Ends the transfer now, unless it is over already.
  dma::Outcome cancel() { return end_early(dma::Error::cancelled); }

  /// What is behind an error, if it can be told, in a transfer, queue or stream that has started these
  /// halves. To be asked before anything is stopped.
  dma::Error cause(dma::Error found, dma::detail::Engine::Started started) const;

 private:
  // Whether what was asked for comes to so many bytes.
  [[gnu::always_inline]] static bool is_length(std::uint32_t asked, const dma::detail::Region* region,
                                               std::uint32_t length) {
    return asked == length || (asked == dma::whole_buffer && region->size == length);
  }
  // Sets it up, and starts it if that is what comes next.
  enum class Then : std::uint8_t { nothing, start };
  void go_on_to(Then then);
  void make(const dma::detail::Plan& rx, const dma::detail::Plan& tx, dma::Lengths lengths, Then then);
  void make(const dma::detail::Region& rx, const dma::detail::Region& tx, dma::Lengths lengths, Then then);
  void make_half_duplex(const PhaseRegisters& phases, DataPhase data, const dma::detail::Plan& plan,
                        std::uint32_t length, Then then);
  // By value, so that phases of which nothing is left but constants need no place in memory before it is
  // known that this is called.
  void make_half_duplex(PhaseRegisters phases, DataPhase data, const dma::detail::Region& region,
                        std::uint32_t length, Then then);
  // Memory: a Plan, or a Region.
  template <class Memory>
  bool set_up_full_duplex(const Memory& rx, const Memory& tx, dma::Lengths lengths);
  template <class Memory>
  bool set_up_behind(const PhaseRegisters& phases, DataPhase data, const Memory& memory,
                     std::uint32_t length);
  template <class Memory>
  bool set_up_all(const Memory& rx, const Memory& tx, const Port::Header& header, dma::Lengths lengths,
                  bool full_duplex);
  void set_up_registers(const Port::Header& header, dma::Lengths lengths, bool full_duplex);
  bool refuse(dma::Error why);
  std::optional<dma::Error> lengthen(const dma::detail::Plan* rx, const dma::detail::Plan* tx,
                                     std::uint32_t length);
  void set_up_piece(const Port::Header& header);
  enum class State : std::uint8_t { running, done, failed };
  template <class Next>
  State running_state(Next next);
  bool go_on();
  bool is_lost();
  void lose(dma::Error why);
  void note_error(std::uint32_t memory_events, std::uint32_t bus_events);
  void expect(bool receives, bool sends, bool drops_surplus);
  void launch();
  void fail_to_start();
  dma::Error cause(dma::Error found) const { return cause(found, started_); }
  dma::Outcome fail(dma::Error why);
  dma::Outcome end_early(dma::Error why);
  // The bytes received, or less than 0 and `failure_`: in one register, and nothing to be put together.
  std::int32_t wait();
  std::int32_t wait_longer();
  std::uint32_t succeed();
  dma::Outcome conclude();
  dma::Outcome conclude_error();
  std::uint32_t abort();

  Port port_;  // inside, as every start looks at it
  dma::detail::Engine* engine_ = nullptr;

  // The transfer at hand. `running_` is false when it is over before it began: nothing to do, or an error.
  bool running_ = false;
  dma::detail::Engine::Started started_{};
  bool zeros_follow_ = false;  // behind what is sent
  bool goes_on_ = false;       // the transmit list has no end
  std::optional<dma::Error> error_;
  std::optional<dma::Error> append_error_;
  dma::Failure failure_{dma::Error{}};  // as wait() found it
  bool lost_ = false;                   // with an error and not `running_`: it has not been stopped
  std::uint32_t polls_to_look_ = dma::detail::polls_per_look;
  std::uint32_t bytes_ = 0;    // on the wire
  std::uint32_t rx_left_ = 0;  // of them, behind the piece that SPI is at; 0 when nothing runs
  std::uint32_t tx_left_ = 0;
  bool has_more_ = false;  // any of them
  // Of the piece: events of the channel of which one tells that all is stored (0: not asked), and those of
  // the channel and of SPI that mean failure.
  struct Expected {
    std::uint32_t memory_done, memory_errors, bus_errors;
  } expected_{};
  static const Expected expected_of[2][2];

  // What start_in_place() and start_anew() are to start. The header is also that of the transfer at hand, if
  // it has one; of full duplex, whose header is the port's, it has only USER.
  struct Recipe {
    Port::Header header;
    std::uint32_t rx_length, tx_length;
    std::optional<dma::Error> error;  // why it cannot be
  } recipe_{};

  // The memory that the recipe was made for, if it is in one piece and described by the channel's own lists;
  // and the kind of the phases. Of use while port_.is_kept(): then lists and registers are as the recipe
  // says. Where there is none it is no_region, which no start has in all its directions; not nullptr, which
  // is what a spent buffer has.
  struct Repeated {
    const dma::detail::Region *rx = &no_region, *tx = &no_region;  // full duplex or one direction
    const dma::detail::Region* behind_phases = &no_region;         // half duplex
    std::uint32_t kind = 0, user1 = 0;                             // of the phases
  } repeated_{};
};

/// The chip's general-purpose SPI controller, also of a master without DMA.
extern DmaPort dma_port2;

}  // namespace ferry::spi::detail
