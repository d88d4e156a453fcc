// Half duplex: what its phases are in SPI's registers, and the blocking operations.
#include "ferry/spi/port.hpp"
#include "hal/src/spi/fifo.hpp"

#include <algorithm>
#include <utility>

namespace ferry::spi::detail {

namespace {

using namespace chip::spi2;

std::uint32_t number_of(Lines lines) {
  switch (lines) {
    case Lines::one:
    case Lines::one_both_ways:
      return 1;
    case Lines::two:
      return 2;
    case Lines::four:
      return 4;
  }
  return 1;
}

// The lines that need a pin, as bits. A single one each way may be left open, as in full duplex.
std::uint32_t needed(Lines lines) {
  switch (lines) {
    case Lines::one:
      return 0;
    case Lines::one_both_ways:
      return 0b1;
    case Lines::two:
      return 0b11;
    case Lines::four:
      return 0b1111;
  }
  return 0;
}

bool fits(std::uint32_t value, std::uint32_t bits) { return bits >= 32 || value >> bits == 0; }

std::uint32_t bytes_reversed(std::uint32_t word) {
  return word << 24 | (word & 0xFF00) << 8 | (word >> 8 & 0xFF00) | word >> 24;
}

// What the value of a phase has to look like in ADDR, whose uppermost byte goes out first. With the most
// significant bit in front, the value's first bit is the register's uppermost; with the least significant one
// in front, it is the lowest of the byte that goes out first.
std::uint32_t aligned_to_top(std::uint32_t value, std::uint32_t bits, bool lsb_first) {
  if (bits == 0) return 0;
  return lsb_first ? bytes_reversed(value) : value << (32 - bits);
}

template <class DualField, class QuadField>
std::uint32_t width_bits(Lines lines, DualField dual, QuadField quad) {
  return (dual.run_time(lines == Lines::two) | quad.run_time(lines == Lines::four)).bits;
}

}  // namespace

std::expected<Port::Header, Error> Port::header_for(const Phases& phases, DataPhase data) const {
  const Command& command = phases.command;
  const Address& address = phases.address;
  const std::uint32_t command_bits = command.bits.count(), address_bits = address.bits.count();
  const std::uint32_t dummy = phases.dummy_cycles.count();
  if (!fits(command.value, command_bits) || !fits(address.value, address_bits))
    return std::unexpected{Error::value_too_large};
  if (command_bits % number_of(command.lines) != 0 || address_bits % number_of(address.lines) != 0)
    return std::unexpected{Error::partial_clock};

  const std::uint32_t written = (command_bits != 0 ? needed(command.lines) : 0) |
                                (address_bits != 0 ? needed(address.lines) : 0) |
                                (data == DataPhase::transmit ? needed(phases.data_lines) : 0);
  const std::uint32_t read = data == DataPhase::receive ? needed(phases.data_lines) : 0;
  if ((written & ~outputs_) != 0 || (read & ~inputs_) != 0) return std::unexpected{Error::line_not_routed};

  const bool lsb_first = (ctrl_ & Ctrl::wr_bit_order.mask) != 0;
  Header header{};
  header.user =
      (user_ & ~User::doutdin.mask) |
      (User::usr_command.run_time(command_bits != 0) | User::usr_addr.run_time(address_bits != 0) |
       User::usr_dummy.run_time(dummy != 0) | User::sio.run_time(phases.data_lines == Lines::one_both_ways))
          .bits;
  header.ctrl = ctrl_ | width_bits(command.lines, Ctrl::fcmd_dual, Ctrl::fcmd_quad) |
                width_bits(address.lines, Ctrl::faddr_dual, Ctrl::faddr_quad);
  if (data == DataPhase::receive) {
    header.ctrl |= width_bits(phases.data_lines, Ctrl::fread_dual, Ctrl::fread_quad);
  } else {
    header.user |= width_bits(phases.data_lines, User::fwrite_dual, User::fwrite_quad);
  }
  header.user1 = (user1_ & ~(User1::usr_addr_bitlen.mask | User1::usr_dummy_cyclelen.mask)) |
                 (User1::usr_addr_bitlen.run_time(address_bits == 0 ? 0 : address_bits - 1) |
                  User1::usr_dummy_cyclelen.run_time(dummy == 0 ? 0 : dummy - 1))
                     .bits;
  // Of the command's value bits 7 to 0 go out first, then 15 to 8.
  const std::uint32_t value = bytes_reversed(aligned_to_top(command.value, command_bits, lsb_first)) & 0xFFFF;
  header.user2 = (User2::mst_rempty_err_end_en(1) |
                  User2::usr_command_bitlen.run_time(command_bits == 0 ? 0 : command_bits - 1) |
                  User2::usr_command_value.run_time(value))
                     .bits;
  header.addr = aligned_to_top(address.value, address_bits, lsb_first);
  return header;
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

std::expected<void, Error> Port::read_half_duplex(const Phases& phases, std::span<std::byte> rx) {
  return half_duplex(phases, DataPhase::receive, rx, {});
}

std::expected<void, Error> Port::write_half_duplex(const Phases& phases, std::span<const std::byte> tx) {
  return half_duplex(phases, DataPhase::transmit, {}, tx);
}

// One of the two spans is empty. The phases in front go with the first piece.
std::expected<void, Error> Port::half_duplex(const Phases& phases, DataPhase data, std::span<std::byte> rx,
                                             std::span<const std::byte> tx) {
  auto header = header_for(phases, data);
  if (!header) return std::unexpected{header.error()};
  std::size_t left = std::max(rx.size(), tx.size());
  if (left == 0 && !header->any_phase()) return {};
  bool first = true;
  do {
    const auto length = static_cast<std::uint32_t>(std::min<std::size_t>(fifo_bytes, left));
    left -= length;
    set_shape(*header, {.bytes = length,
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
    header->leave_phases_out();
  } while (left != 0);
  return {};
}

}  // namespace ferry::spi::detail
