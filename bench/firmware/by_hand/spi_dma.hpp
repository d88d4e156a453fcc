// SPI2 and a channel of GDMA, driven by hand: transfers that run by themselves.
//
// Whoever starts one leaves bus, channel and buffers alone until finish() has returned: nothing here holds
// anybody to it, but that a second start is refused.
#pragma once

#include "bench/firmware/by_hand/half_duplex.hpp"

#include <cstddef>
#include <cstdint>

namespace by_hand {

struct DmaBus {
  Bus bus;
  Channel channel;
  // The transfer at hand.
  bool receives, sends, zeros_follow;
  std::uint32_t bytes;             // on the wire
  std::uint32_t rx_left, tx_left;  // behind the piece that SPI is at
  std::uint32_t polls;             // so many at the most
  std::uint32_t dma_conf;
  // Events that mean that all is stored (0: nothing to wait for), and those that mean failure.
  std::uint32_t stored, channel_errors, spi_errors;
  // What `bus.kept` is about. Full duplex has no bytes behind phases, and the reverse.
  struct {
    const std::byte *rx, *tx, *behind_phases;
    std::uint32_t rx_length, tx_length;
    std::uint32_t user, user1, ctrl;  // of the phases
  } last;
};

// What starts come to: lists and registers are in place, or have to be made first.
Status launch(DmaBus& dma);
Status start_other(DmaBus& dma, const Buffer& rx, std::uint32_t rx_length, const Buffer& tx,
                   std::uint32_t tx_length);
Status start_other_behind(DmaBus& dma, PhaseWords words, const Buffer& buffer, std::uint32_t length,
                          std::uint32_t data_bit);

// The same bytes and lengths as before, and nothing else in between, is started without another look at them.
//
// Full duplex with lengths that may differ, or one direction with a length of 0 for the other. If it returns
// anything but ok, nothing runs.
[[gnu::always_inline]] inline Status start(DmaBus& dma, const Buffer& rx, std::uint32_t rx_length,
                                           const Buffer& tx, std::uint32_t tx_length) {
  if (dma.bus.running) return Status::busy;
  if (dma.bus.kept && rx.bytes == dma.last.rx && tx.bytes == dma.last.tx && rx_length == dma.last.rx_length &&
      tx_length == dma.last.tx_length)
    return launch(dma);
  return start_other(dma, rx, rx_length, tx, tx_length);
}

[[gnu::always_inline]] inline Status start_behind(DmaBus& dma, const Phases& phases, const Buffer& buffer,
                                                  std::uint32_t length, std::uint32_t data_bit) {
  using namespace chip::spi2;
  if (dma.bus.running) return Status::busy;
  const PhaseWords words = translate(phases, data_bit, writes_lsb_first(dma.bus));
  const std::uint32_t last_length = data_bit == User::usr_miso.mask ? dma.last.rx_length : dma.last.tx_length;
  if (!dma.bus.kept || dma.last.behind_phases != buffer.bytes || last_length != length ||
      words.user != dma.last.user || words.user1 != dma.last.user1 || words.ctrl != dma.last.ctrl ||
      words.status != Status::ok)
    return start_other_behind(dma, words, buffer, length, data_bit);
  change<User2>(dma.bus.written.user2, words.user2);
  change<Addr>(dma.bus.written.addr, words.addr);
  return launch(dma);
}

[[gnu::always_inline]] inline Status start_write_behind(DmaBus& dma, const Phases& phases, const Buffer& tx,
                                                        std::uint32_t length) {
  return start_behind(dma, phases, tx, length, chip::spi2::User::usr_mosi.mask);
}

[[gnu::always_inline]] inline Status start_read_behind(DmaBus& dma, const Phases& phases, const Buffer& rx,
                                                       std::uint32_t length) {
  return start_behind(dma, phases, rx, length, chip::spi2::User::usr_miso.mask);
}

// The same in two steps, the second of which may be repeated as long as nothing else uses bus and channel,
// and none has failed. For transfers that SPI can do at once.
Status prepare(DmaBus& dma, const Buffer& rx, std::uint32_t rx_length, const Buffer& tx,
               std::uint32_t tx_length);
Status prepare_behind(DmaBus& dma, PhaseWords words, const Buffer& buffer, std::uint32_t length,
                      std::uint32_t data_bit);
[[gnu::always_inline]] inline Status prepare_write_behind(DmaBus& dma, const Phases& phases, const Buffer& tx,
                                                          std::uint32_t length) {
  constexpr std::uint32_t data_bit = chip::spi2::User::usr_mosi.mask;
  return prepare_behind(dma, translate(phases, data_bit, writes_lsb_first(dma.bus)), tx, length, data_bit);
}
[[gnu::always_inline]] inline Status start_prepared(DmaBus& dma) {
  if (dma.bus.running) return Status::busy;
  return dma.bus.kept ? launch(dma) : Status::start_failed;
}

// Whether it is over, on the bus and in memory. Starts the next piece of a long one.
bool is_done(DmaBus& dma, Status& status);
// Waits for the end, bounded. Afterwards nothing runs.
struct End {
  Status status;
  std::uint32_t received;  // bytes
};
End finish(DmaBus& dma);

}  // namespace by_hand
