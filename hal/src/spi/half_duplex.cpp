// Half duplex: its registers, and the blocking operations.
#include "ferry/spi/port.hpp"
#include "hal/src/spi/fifo.hpp"

#include <algorithm>
#include <utility>

namespace ferry::spi::detail {

using namespace chip::spi2;

std::optional<Error> Port::fill_header(Header& header, const PhaseRegisters& phases) const {
  if (phases.error) return phases.error;
  if ((phases.outputs & ~outputs_) != 0 || (phases.inputs & ~inputs_) != 0) return Error::line_not_routed;
  constexpr std::uint32_t of_phases = User1::usr_addr_bitlen.mask | User1::usr_dummy_cyclelen.mask;
  header.user = (user_ & ~User::doutdin.mask) | phases.user;
  header.user1 = (user1_ & ~of_phases) | phases.user1;
  header.user2 = phases.user2;
  header.addr = phases.addr;
  header.ctrl = ctrl_ | phases.ctrl;
  return {};
}

void Port::set_shape(const Header& header, const Shape& shape) {
  const bool has_data = shape.bytes != 0;
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

std::expected<void, Error> Port::read_half_duplex(const PhaseRegisters& phases, std::span<std::byte> rx) {
  return half_duplex(phases, DataPhase::receive, rx, {});
}

std::expected<void, Error> Port::write_half_duplex(const PhaseRegisters& phases,
                                                   std::span<const std::byte> tx) {
  return half_duplex(phases, DataPhase::transmit, {}, tx);
}

// One of the two spans is empty. The phases in front go with the first piece.
std::expected<void, Error> Port::half_duplex(const PhaseRegisters& phases, DataPhase data,
                                             std::span<std::byte> rx, std::span<const std::byte> tx) {
  Header header;
  if (const auto error = fill_header(header, phases)) return std::unexpected{*error};
  std::size_t left = std::max(rx.size(), tx.size());
  if (left == 0 && !header.any_phase()) return {};
  bool first = true;
  do {
    const auto length = static_cast<std::uint32_t>(std::min<std::size_t>(fifo_bytes, left));
    left -= length;
    set_shape(header, {.bytes = length,
                       .receives = data == DataPhase::receive,
                       .sends = data == DataPhase::transmit,
                       .dma = false,
                       .drops_surplus = false,
                       .cs_stays_active = left != 0});
    if (std::exchange(first, false)) reset_afifos();
    if (!tx.empty()) {
      fill_fifo(tx.first(length), length);
      tx = tx.subspan(length);
    }
    if (!run(length)) return give_up();
    if (!rx.empty()) {
      read_fifo(rx.first(length));
      rx = rx.subspan(length);
    }
    header.leave_phases_out();
  } while (left != 0);
  return {};
}

}  // namespace ferry::spi::detail
