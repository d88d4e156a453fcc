#include "bench/firmware/by_hand/spi_dma.hpp"

#include <algorithm>

namespace by_hand {

using chip::dma::IntRaw;
using chip::spi2::DmaConf;
using chip::spi2::DmaIntRaw;
using chip::spi2::User;

namespace {

// What MS_DLEN covers, in descriptors of whole words.
constexpr std::uint32_t longest_piece = 8 * 4092;

constexpr std::uint32_t no_place = IntRaw::in_dscr_empty.mask | IntRaw::infifo_ovf.mask;
constexpr std::uint32_t receive_errors = IntRaw::in_dscr_err.mask | IntRaw::in_err_eof.mask | no_place;
constexpr std::uint32_t transmit_errors = IntRaw::out_dscr_err.mask | IntRaw::outfifo_udf.mask;
constexpr std::uint32_t spi_receive_errors =
    DmaIntRaw::dma_infifo_full_err_int_raw.mask | DmaIntRaw::mst_rx_afifo_wfull_err_int_raw.mask;
constexpr std::uint32_t spi_transmit_errors =
    DmaIntRaw::dma_outfifo_empty_err_int_raw.mask | DmaIntRaw::mst_tx_afifo_rempty_err_int_raw.mask;

Status decode(std::uint32_t channel_errors, std::uint32_t spi_errors) {
  if ((channel_errors & (IntRaw::in_dscr_err.mask | IntRaw::out_dscr_err.mask)) != 0)
    return Status::descriptor_error;
  if ((channel_errors & IntRaw::in_dscr_empty.mask) != 0) return Status::list_too_short;
  if ((channel_errors & receive_errors) != 0 || (spi_errors & spi_receive_errors) != 0)
    return Status::overflow;
  if ((channel_errors & transmit_errors) != 0 || (spi_errors & spi_transmit_errors) != 0)
    return Status::underflow;
  return Status::start_failed;
}

// Which events end the piece, and what SPI switches on for it.
[[gnu::always_inline]] inline void expect(DmaBus& dma, bool receives, bool sends, bool drops_surplus) {
  std::uint32_t stored = 0, channel_errors = 0, spi_errors = 0, conf = 0;
  if (receives) {
    stored = IntRaw::in_suc_eof.mask;
    conf = DmaConf::dma_rx_ena.mask;
    channel_errors = receive_errors;
    spi_errors = spi_receive_errors;
    if (drops_surplus) {  // then the list's end may be all that tells
      stored |= IntRaw::in_dscr_empty.mask;
      channel_errors &= ~no_place;
      spi_errors = 0;
    }
  }
  if (sends) {
    conf |= DmaConf::dma_tx_ena.mask;
    channel_errors |= transmit_errors;
    spi_errors |= spi_transmit_errors;
  }
  dma.stored = stored;
  dma.channel_errors = channel_errors;
  dma.spi_errors = spi_errors;
  dma.dma_conf = conf;
}

Status give_up(DmaBus& dma, Status why) {
  if (const Status silent = reason_for_silence(); silent != Status::timed_out) why = silent;
  reset_bus(dma.bus);
  stop_channel(dma.channel);
  dma.channel.rx.list.length = dma.channel.tx.list.length = 0;
  dma.bus.running = false;
  return why;
}

// The lists for all bytes, each piece a frame of its own.
[[gnu::always_inline]] inline Status describe(DmaBus& dma, const Buffer& rx, std::uint32_t rx_length,
                                              const Buffer& tx, std::uint32_t tx_length) {
  dma.bytes = std::max(rx_length, tx_length);
  dma.receives = rx_length != 0;
  dma.sends = tx_length != 0;
  dma.zeros_follow = dma.sends && tx_length < rx_length;
  if (dma.receives) {
    const std::uint32_t frame = dma.bytes > longest_piece ? longest_piece : 0;
    if (const Status status = prepare_receive(dma.channel, rx, rx_length, frame); status != Status::ok)
      return status;
  }
  if (dma.sends) return prepare_transmit(dma.channel, tx, tx_length, dma.zeros_follow);
  return Status::ok;
}

// SPI's next piece, and what is left behind it.
std::uint32_t take_piece(DmaBus& dma, std::uint32_t rx_left, std::uint32_t tx_left) {
  const std::uint32_t length = std::min(std::max(rx_left, tx_left), longest_piece);
  expect(dma, rx_left != 0, tx_left != 0 || dma.zeros_follow, rx_left < length);
  dma.rx_left = rx_left - std::min(rx_left, length);
  dma.tx_left = tx_left - std::min(tx_left, length);
  return length;
}

// The first one, mostly all there is.
[[gnu::always_inline]] inline std::uint32_t first_piece(DmaBus& dma, std::uint32_t rx_length,
                                                        std::uint32_t tx_length) {
  dma.polls = polls_for(dma.bus, dma.bytes);
  if (dma.bytes > longest_piece) return take_piece(dma, rx_length, tx_length);
  expect(dma, dma.receives, dma.sends, rx_length < tx_length);
  dma.rx_left = dma.tx_left = 0;
  return dma.bytes;
}

[[gnu::noinline]] bool start_next_piece(DmaBus& dma, Status& status) {
  mmio::write_word<chip::dma::IntClr>(dma.channel.rx.events, dma.stored);
  const std::uint32_t rx_left = dma.rx_left, tx_left = dma.tx_left;
  const std::uint32_t length = take_piece(dma, rx_left, tx_left);
  shape_next(dma.bus, length, std::max(rx_left, tx_left) > length);
  mmio::write_word<DmaConf>(chip::spi2::base, dma.dma_conf);
  clear_spi_events();
  if (update()) {
    start_spi();
    return false;
  }
  status = Status::timed_out;
  return true;
}

// A transfer that SPI does in one piece can be started again as it is.
[[gnu::always_inline]] inline void keep(DmaBus& dma, std::uint32_t piece, std::uint32_t rx_length,
                                        std::uint32_t tx_length) {
  dma.bus.kept = piece == dma.bytes;
  dma.last.rx_length = rx_length;
  dma.last.tx_length = tx_length;
}

[[gnu::always_inline]] inline Status set_up(DmaBus& dma, const Buffer& rx, std::uint32_t rx_length,
                                            const Buffer& tx, std::uint32_t tx_length) {
  if (dma.bus.running) return Status::busy;
  if (const Status status = describe(dma, rx, rx_length, tx, tx_length); status != Status::ok) return status;
  if (dma.bytes == 0) return Status::ok;
  const std::uint32_t length = first_piece(dma, rx_length, tx_length);
  const bool drops_surplus = dma.receives && rx_length < length, goes_on = length != dma.bytes;
  shape(dma.bus, length, dma.receives, dma.sends, drops_surplus, goes_on);
  keep(dma, length, rx_length, tx_length);
  dma.last.rx = rx.bytes;
  dma.last.tx = tx.bytes;
  dma.last.behind_phases = nullptr;
  return Status::ok;
}

[[gnu::always_inline]] inline Status set_up_behind(DmaBus& dma, const PhaseWords& words, const Buffer& buffer,
                                                   std::uint32_t length, std::uint32_t data_bit) {
  if (dma.bus.running) return Status::busy;
  const bool reads = data_bit == User::usr_miso.mask;
  const std::uint32_t rx_length = reads ? length : 0, tx_length = reads ? 0 : length;
  const Status described = describe(dma, buffer, rx_length, buffer, tx_length);
  if (described != Status::ok) return described;
  const std::uint32_t piece = first_piece(dma, rx_length, tx_length);
  const Status status = shape_behind(dma.bus, words, data_bit, piece, length > piece);
  if (status != Status::ok) return status;
  keep(dma, piece, rx_length, tx_length);
  dma.last.rx = dma.last.tx = nullptr;
  dma.last.behind_phases = buffer.bytes;
  dma.last.user = words.user;
  dma.last.user1 = words.user1;
  dma.last.ctrl = words.ctrl;
  return Status::ok;
}

}  // namespace

[[gnu::noinline]] static Status fail_to_start(DmaBus& dma) {
  return give_up(dma, decode(channel_events(dma.channel) & dma.channel_errors, 0));
}

// Lists and registers are in place. SPI does not wait for GDMA's first byte, so GDMA comes first; and
// whatever events there were are forgotten before either starts.
Status launch(DmaBus& dma) {
  const Channel& channel = dma.channel;
  const bool receives = dma.receives, sends = dma.sends;
  if (receives) give_back(channel.rx.list);
  asm volatile("" ::: "memory");  // the buffers are GDMA's from here on
  const Events events{channel.rx.events, channel.tx.events};
  reset_channel(channel, events);
  empty_fifos(dma.dma_conf);
  if (sends) start_transmit(channel.tx);
  if (receives) start_receive(channel.rx);
  dma.bus.running = true;
  clear_spi_events();
  const bool ready = update() && (!sends || wait_for_first_byte(channel));
  if (!ready || (read_events(events) & dma.channel_errors) != 0) return fail_to_start(dma);
  start_spi();
  return Status::ok;
}

Status start_other(DmaBus& dma, const Buffer& rx, std::uint32_t rx_length, const Buffer& tx,
                   std::uint32_t tx_length) {
  const Status status = set_up(dma, rx, rx_length, tx, tx_length);
  if (status != Status::ok || dma.bytes == 0) return status;
  return launch(dma);
}

Status start_other_behind(DmaBus& dma, PhaseWords words, const Buffer& buffer, std::uint32_t length,
                          std::uint32_t data_bit) {
  const Status status = set_up_behind(dma, words, buffer, length, data_bit);
  if (status != Status::ok || (length == 0 && !has_phases(dma.bus))) return status;
  return launch(dma);
}

Status prepare(DmaBus& dma, const Buffer& rx, std::uint32_t rx_length, const Buffer& tx,
               std::uint32_t tx_length) {
  return set_up(dma, rx, rx_length, tx, tx_length);
}

Status prepare_behind(DmaBus& dma, PhaseWords words, const Buffer& buffer, std::uint32_t length,
                      std::uint32_t data_bit) {
  return set_up_behind(dma, words, buffer, length, data_bit);
}

[[gnu::noinline]] static bool note_error(const DmaBus& dma, std::uint32_t in_memory, std::uint32_t on_bus,
                                         Status& status) {
  status = decode(in_memory & dma.channel_errors, on_bus & dma.spi_errors);
  return true;
}

[[gnu::always_inline]] static inline bool running_is_done(DmaBus& dma, Status& status) {
  // SPI first: what its end means for the channel shows in the second read then.
  const std::uint32_t on_bus = mmio::read<DmaIntRaw>(chip::spi2::base);
  const std::uint32_t in_memory = channel_events(dma.channel);
  if (((on_bus & dma.spi_errors) | (in_memory & dma.channel_errors)) != 0)
    return note_error(dma, in_memory, on_bus, status);
  if ((on_bus & DmaIntRaw::trans_done_int_raw.mask) == 0) return false;
  if (dma.stored != 0 && (in_memory & dma.stored) == 0) return false;
  return (dma.rx_left | dma.tx_left) == 0 || start_next_piece(dma, status);
}

bool is_done(DmaBus& dma, Status& status) { return !dma.bus.running || running_is_done(dma, status); }

End finish(DmaBus& dma) {
  Status status = Status::ok;
  if (dma.bus.running) {
    std::uint32_t polls = dma.polls;
    while (!running_is_done(dma, status)) {
      if (--polls == 0) {
        status = Status::timed_out;
        break;
      }
    }
  }
  const std::uint32_t bytes = dma.receives ? received(dma.channel.rx.list) : 0;
  if (status != Status::ok) return {give_up(dma, status), bytes};
  if (dma.zeros_follow) stop_channel(dma.channel);  // its list has no end
  dma.bus.running = false;
  asm volatile("" ::: "memory");  // and the caller's again
  return {Status::ok, bytes};
}

}  // namespace by_hand
