// The SPI2 controller as its drivers see it: registers, what was last written to them, and the blocking
// transfer.
//
// For spi::Master and spi::MasterDma, which are handles to it; a program holds one of those. Registers that
// only this driver writes are never read back: the value last written is kept here, and writing the same
// again is left out.
#pragma once

#include "chip/esp32c3/registers/spi2.hpp"
#include "ferry/mmio.hpp"
#include "ferry/spi/config.hpp"
#include "ferry/spi/phase_registers.hpp"
#include "ferry/units.hpp"

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>

namespace ferry::spi::detail {

/// The buffer that SPI has of its own, W0 to W15.
inline constexpr std::uint32_t fifo_bytes = 64;

/// What it holds of so many bytes.
constexpr std::uint32_t piece_of(std::size_t bytes) {
  return bytes < fifo_bytes ? static_cast<std::uint32_t>(bytes) : fifo_bytes;
}

class Port {
 public:
  /// Opens the clock, resets SPI2 and applies the settings.
  void open(const Config& config);
  /// The settings take effect with the next transfer. Fails only where release_cs() is called for them, as it
  /// does; the settings are taken all the same.
  std::expected<void, Error> apply(const Config& config);

  Hertz frequency() const { return frequency_; }

  /// Full duplex through the FIFO: clocks for the longer of the two, zeros sent behind the end of `tx`,
  /// surplus bytes behind the end of `rx` dropped. CS stays active from the first byte to the last.
  std::expected<void, Error> exchange(std::span<std::byte> rx, std::span<const std::byte> tx);

  /// Half duplex through the FIFO, with CS active from the first phase to the last byte. Without bytes only
  /// the phases are sent.
  std::expected<void, Error> read_half_duplex(const PhaseRegisters& phases, std::span<std::byte> rx);
  std::expected<void, Error> write_half_duplex(const PhaseRegisters& phases, std::span<const std::byte> tx);

  /// For translate(). One load.
  bool writes_lsb_first() const { return (ctrl_ & chip::spi2::Ctrl::wr_bit_order.mask) != 0; }

  /// Fails as release_cs() does; the line is selected all the same.
  std::expected<void, Error> select(Cs line);
  /// To be called before a pin is routed to the line, which has its inactive level then. If SPI does not
  /// answer the next operation writes it again, and says so if it still does not.
  void set_polarity(std::uint32_t line, CsPolarity polarity);
  void hold_cs() {
    is_kept_ = false;
    misc_ |= chip::spi2::Misc::cs_keep_active(1).bits;
  }
  /// Bounded: if SPI does not answer, it is reset and set up anew, by which CS is inactive, too.
  std::expected<void, Error> release_cs();

  /// SIO0 to SIO3 as bits; to be told once a pin is routed.
  void add_outputs(std::uint32_t lines) { outputs_ |= lines; }
  void add_inputs(std::uint32_t lines) { inputs_ |= lines; }

  /// What a transfer is apart from its Shape, as the registers say it.
  struct Header {
    std::uint32_t user, user1, user2, addr, ctrl;

    /// Whether anything comes before the data.
    bool any_phase() const { return Port::any_phase(user); }
    /// For the pieces of an operation that follow its first.
    void leave_phases_out() { user &= ~all_phases; }
  };
  std::uint32_t full_duplex_user() const { return user_; }
  Header full_duplex_header() const { return {user_, user1_, written_.user2, written_.addr, ctrl_}; }
  static bool is_full_duplex(const Header& header) {
    return (header.user & chip::spi2::User::doutdin.mask) != 0;
  }
  /// Whether the transfer at hand is full duplex.
  bool is_full_duplex() const { return (written_.user & chip::spi2::User::doutdin.mask) != 0; }
  /// The phases with the settings of the bus, or why the bus cannot do them.
  std::optional<Error> make_header(Header& header, const PhaseRegisters& phases) const;

  /// How the next transfer is to be made; set by drivers before update().
  struct Shape {
    std::uint32_t bytes;   ///< on the wire, at least 1
    bool receives;         ///< there is a receive phase
    bool sends;            ///< there is a transmit phase
    bool dma;              ///< by GDMA, otherwise from the FIFO
    bool drops_surplus;    ///< bytes that nobody takes do not end the transfer
    bool cs_stays_active;  ///< after the last byte
  };
  [[gnu::always_inline]] void set_shape(const Shape& shape) {
    using namespace chip::spi2;
    const std::uint32_t user =
        user_ | User::usr_miso.run_time(shape.receives).bits | User::usr_mosi.run_time(shape.sends).bits;
    const std::uint32_t user1 =
        user1_ & (shape.drops_surplus ? ~User1::mst_wfull_err_end_en.mask : 0xFFFF'FFFFu);
    const std::uint32_t misc = misc_ | Misc::cs_keep_active.run_time(shape.cs_stays_active).bits;
    dma_conf_ = DmaConf::dma_rx_ena.run_time(shape.dma && shape.receives).bits |
                DmaConf::dma_tx_ena.run_time(shape.dma && shape.sends).bits;
    // Of what half duplex changes, CTRL is the only other register that matters; USER differs then, too.
    is_kept_ = false;
    if (written_.user != user) write_if_changed<Ctrl>(written_.ctrl, ctrl_);
    write_if_changed<User>(written_.user, user);
    write_if_changed<User1>(written_.user1, user1);
    write_if_changed<Misc>(written_.misc, misc);
    write_if_changed<MsDlen>(written_.ms_dlen, shape.bytes * 8 - 1);
  }
  /// The same for a transfer with this header, `shape.bytes` of which may be 0: then there is no data phase.
  void set_shape(const Header& header, const Shape& shape);

  /// The values of command and address alone, for phases of the kind that was set last.
  [[gnu::always_inline]] void set_values(const PhaseRegisters& phases) {
    write_if_changed<chip::spi2::User2>(written_.user2, phases.user2);
    write_if_changed<chip::spi2::Addr>(written_.addr, phases.addr);
  }

  /// Settings and registers stay as they are now for a transfer that is repeated, until somebody changes one
  /// of them. keep() and is_kept() are for one driver at a time, as all of this is.
  void keep(bool kept) { is_kept_ = kept; }
  bool is_kept() const { return is_kept_; }

  /// The operation whose shape was set does not begin, so CS does not stay active between its pieces. Only
  /// behind hold_cs() it may be active now.
  void leave_pieces_out();

  /// Bytes of the data phase that was set last.
  std::uint32_t length() const { return (written_.ms_dlen + 1) / 8; }

  /// Empties the FIFOs between SPI's two clock domains, and with the same writes switches DMA on or off as
  /// the shape says. Two stores. The reset bits clear themselves; writing them back to 0 suits a document
  /// that says they do not.
  void reset_afifos() {
    using namespace chip::spi2;
    const std::uint32_t dma_conf = dma_conf_;
    mmio::write_word<DmaConf>(
        base,
        dma_conf | (DmaConf::rx_afifo_rst(1) | DmaConf::buf_afifo_rst(1) | DmaConf::dma_afifo_rst(1)).bits);
    mmio::write_word<DmaConf>(base, dma_conf);
  }
  /// Switches DMA as the shape says, and leaves the FIFOs as they are. One store.
  void switch_dma() { mmio::write_word<chip::spi2::DmaConf>(base, dma_conf_); }

  /// Forgets what happened before. One store.
  static void clear_events() { mmio::write_word<chip::spi2::DmaIntClr>(base, all_events); }
  /// DMA_INT_RAW; see chip::spi2::DmaIntRaw for the fields. One load.
  static std::uint32_t events() { return mmio::read<chip::spi2::DmaIntRaw>(base); }

  /// Has the settings taken over by the part of SPI that runs on the bus clock. Bounded; false if it did not
  /// happen. One store and at least one load.
  [[gnu::always_inline]] static bool update() {
    using chip::spi2::Cmd;
    mmio::write(base, Cmd::update(1));
    for (std::uint32_t polls = update_polls; polls != 0; --polls) {
      if (mmio::read(base, Cmd::update) == 0) return true;
    }
    return false;
  }
  /// Starts the transfer. One store.
  static void start() { mmio::write(base, chip::spi2::Cmd::usr(1)); }

  /// Resets SPI2 and sets it up anew, as open() did. For when it does not answer. CS is inactive afterwards.
  void reset_and_set_up();

  /// How long a transfer of so many bytes may take before it counts as stuck: twice what length and clock ask
  /// for, and 20 ms.
  Duration time_allowed(std::uint32_t bytes) const;

  /// Why SPI does not answer: clock_off, in_reset (also one that is over), or, if it is neither, timed_out.
  /// Four loads.
  Error reason_for_silence() const;

  /// Ends a running transfer behind the byte it is in. Bounded: if SPI does not come to rest, it is reset and
  /// set up anew. CS is inactive afterwards, also where it was held.
  void stop();
  /// The same for what ends well: behind hold_cs() CS stays as it is.
  void come_to_rest();

 private:
  static constexpr std::uint32_t base = chip::spi2::base;
  static constexpr std::uint32_t all_events = 0x1F'FFFF;  // the 21 events of DMA_INT_RAW
  static constexpr std::uint32_t all_phases =
      chip::spi2::User::usr_command.mask | chip::spi2::User::usr_addr.mask | chip::spi2::User::usr_dummy.mask;
  // UPDATE takes some cycles of the bus clock, at the lowest frequency a few thousand of the CPU's.
  static constexpr std::uint32_t update_polls = 20'000;

  // What the registers hold that depend on the transfer.
  struct Written {
    std::uint32_t user, user1, user2, addr, ctrl, misc, ms_dlen;
  };

  template <class Register>
  static void write_if_changed(std::uint32_t& written, std::uint32_t value) {
    if (written == value) return;
    written = value;
    mmio::write_word<Register>(base, value);
  }

  /// By the operation before, not only from the next one on.
  bool cs_is_held() const { return (written_.misc & chip::spi2::Misc::cs_keep_active.mask) != 0; }
  void take_settings(const Config& config);
  void write_settings();
  static bool any_phase(std::uint32_t user) { return (user & all_phases) != 0; }
  std::optional<Error> begin_half_duplex(const PhaseRegisters& phases, DataPhase data, std::size_t bytes);
  void set_next_piece(std::size_t left);
  std::expected<void, Error> run_pieces(std::span<std::byte> rx, std::span<const std::byte> tx,
                                        std::size_t left);
  bool run(std::uint32_t bytes);
  std::unexpected<Error> give_up();
  bool wait_until_done(std::uint32_t bytes) const;
  bool wait_until_idle() const;
  std::uint32_t polls_for(std::uint32_t bytes) const;

  Written written_{};
  // The settings' part of the registers.
  std::uint32_t user_ = 0;
  std::uint32_t user1_ = 0;
  std::uint32_t misc_ = 0;
  std::uint32_t ctrl_ = 0;
  std::uint32_t clock_ = 0;
  std::uint32_t clk_gate_ = 0;
  std::uint32_t dma_conf_ = 0;
  bool is_kept_ = false;
  std::uint32_t cpu_cycles_per_bit_ = 0;
  std::uint32_t outputs_ = 0;  // data lines with a pin to send on
  std::uint32_t inputs_ = 0;   // and with one to receive from
  Hertz frequency_{};
};

// Half duplex is inlined where it is called, up to the bytes: of phases that the compiler knows there, only
// constants are left of the translation, and of what is done with it.

[[gnu::always_inline]] inline std::optional<Error> Port::make_header(Header& header,
                                                                     const PhaseRegisters& phases) const {
  using namespace chip::spi2;
  if (const auto error = phases.error()) return error;
  if ((phases.outputs() & ~outputs_) != 0 || (phases.inputs() & ~inputs_) != 0) return Error::line_not_routed;
  constexpr std::uint32_t of_phases = User1::usr_addr_bitlen.mask | User1::usr_dummy_cyclelen.mask;
  header.user = (user_ & ~User::doutdin.mask) | phases.user();
  header.user1 = (user1_ & ~of_phases) | phases.user1;
  header.user2 = phases.user2;
  header.addr = phases.addr;
  header.ctrl = ctrl_ | phases.ctrl();
  return {};
}

[[gnu::always_inline]] inline void Port::set_shape(const Header& header, const Shape& shape) {
  using namespace chip::spi2;
  const bool has_data = shape.bytes != 0;
  is_kept_ = false;
  dma_conf_ = DmaConf::dma_rx_ena.run_time(shape.dma && shape.receives && has_data).bits |
              DmaConf::dma_tx_ena.run_time(shape.dma && shape.sends && has_data).bits;
  write_if_changed<User>(written_.user, header.user |
                                            User::usr_miso.run_time(shape.receives && has_data).bits |
                                            User::usr_mosi.run_time(shape.sends && has_data).bits);
  write_if_changed<User1>(
      written_.user1,
      header.user1 & (shape.drops_surplus ? ~User1::mst_wfull_err_end_en.mask : 0xFFFF'FFFFu));
  write_if_changed<User2>(written_.user2, header.user2);
  write_if_changed<Addr>(written_.addr, header.addr);
  write_if_changed<Ctrl>(written_.ctrl, header.ctrl);
  write_if_changed<Misc>(written_.misc, misc_ | Misc::cs_keep_active.run_time(shape.cs_stays_active).bits);
  if (has_data) write_if_changed<MsDlen>(written_.ms_dlen, shape.bytes * 8 - 1);
}

// Sets the shape of the operation's first piece, which has the phases in front.
[[gnu::always_inline]] inline std::optional<Error> Port::begin_half_duplex(const PhaseRegisters& phases,
                                                                           DataPhase data,
                                                                           std::size_t bytes) {
  Header header;
  if (const auto error = make_header(header, phases)) return error;
  set_shape(header, {.bytes = piece_of(bytes),
                     .receives = data == DataPhase::receive,
                     .sends = data == DataPhase::transmit,
                     .dma = false,
                     .drops_surplus = false,
                     .cs_stays_active = bytes > fifo_bytes});
  return {};
}

[[gnu::always_inline]] inline std::expected<void, Error> Port::read_half_duplex(const PhaseRegisters& phases,
                                                                                std::span<std::byte> rx) {
  if (const auto error = begin_half_duplex(phases, DataPhase::receive, rx.size()))
    return std::unexpected{*error};
  if (rx.empty() && !any_phase(written_.user)) return {};
  return run_pieces(rx, {}, rx.size());
}

[[gnu::always_inline]] inline std::expected<void, Error> Port::write_half_duplex(
    const PhaseRegisters& phases, std::span<const std::byte> tx) {
  if (const auto error = begin_half_duplex(phases, DataPhase::transmit, tx.size()))
    return std::unexpected{*error};
  if (tx.empty() && !any_phase(written_.user)) return {};
  return run_pieces({}, tx, tx.size());
}

}  // namespace ferry::spi::detail
