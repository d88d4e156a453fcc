// Half duplex: its registers, and the blocking operations.
#include "ferry/spi/port.hpp"
#include "hal/src/spi/fifo.hpp"

namespace ferry::spi::detail {

using namespace chip::spi2;

[[gnu::always_inline]] inline std::optional<Error> Port::make_header(Header& header,
                                                                     const PhaseRegisters& phases) const {
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

std::optional<Error> Port::fill_header(Header& header, const PhaseRegisters& phases) const {
  return make_header(header, phases);
}

[[gnu::always_inline]] inline void Port::write_shape(const Header& header, const Shape& shape) {
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

void Port::set_shape(const Header& header, const Shape& shape) { write_shape(header, shape); }

// Sets the shape of the operation's first piece, which has the phases in front.
[[gnu::always_inline]] inline std::optional<Error> Port::begin_half_duplex(const PhaseRegisters& phases,
                                                                           DataPhase data,
                                                                           std::size_t bytes) {
  Header header;
  if (const auto error = make_header(header, phases)) return error;
  write_shape(header, {.bytes = piece_of(bytes),
                       .receives = data == DataPhase::receive,
                       .sends = data == DataPhase::transmit,
                       .dma = false,
                       .drops_surplus = false,
                       .cs_stays_active = bytes > fifo_bytes});
  return {};
}

std::expected<void, Error> Port::read_half_duplex(const PhaseRegisters& phases, std::span<std::byte> rx) {
  if (const auto error = begin_half_duplex(phases, DataPhase::receive, rx.size()))
    return std::unexpected{*error};
  if (rx.empty() && !any_phase(written_.user)) return {};
  return run_pieces(rx, {}, rx.size());
}

std::expected<void, Error> Port::write_half_duplex(const PhaseRegisters& phases,
                                                   std::span<const std::byte> tx) {
  if (const auto error = begin_half_duplex(phases, DataPhase::transmit, tx.size()))
    return std::unexpected{*error};
  if (tx.empty() && !any_phase(written_.user)) return {};
  return run_pieces({}, tx, tx.size());
}

}  // namespace ferry::spi::detail
