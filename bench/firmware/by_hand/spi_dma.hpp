// SPI2 and a channel of GDMA, driven by hand: transfers that run by themselves.
//
// Whoever starts one leaves bus, channel and buffers alone until finish() has returned: nothing here holds
// anybody to it, but that a second start is refused.
#pragma once

#include "bench/firmware/by_hand/spi.hpp"

#include <cstdint>

namespace by_hand {

struct DmaBus {
  Bus bus;
  Channel channel;
  // The transfer at hand.
  bool receives, sends, zeros_follow;
  std::uint32_t bytes;             // on the wire
  std::uint32_t rx_left, tx_left;  // behind the piece that SPI is at
  std::uint32_t dma_conf;
  // Events that mean that all is stored (0: nothing to wait for), and those that mean failure.
  std::uint32_t stored, channel_errors, spi_errors;
  // What `bus.kept` is about. Full duplex has no bytes behind phases, and the reverse.
  struct {
    const std::byte *rx, *tx, *behind_phases;
    std::uint32_t rx_length, tx_length;
    Phases phases;
  } last;
};

// The same bytes and lengths as before, and nothing else in between, is started without another look at them.
//
// Full duplex with lengths that may differ, or one direction with a length of 0 for the other. If it returns
// anything but ok, nothing runs.
Status start(DmaBus& dma, const Buffer& rx, std::uint32_t rx_length, const Buffer& tx,
             std::uint32_t tx_length);
Status start_write_behind(DmaBus& dma, const Phases& phases, const Buffer& tx, std::uint32_t length);
Status start_read_behind(DmaBus& dma, const Phases& phases, const Buffer& rx, std::uint32_t length);

// The same in two steps, the second of which may be repeated as long as nothing else uses bus and channel,
// and none has failed. For transfers that SPI can do at once.
Status prepare(DmaBus& dma, const Buffer& rx, std::uint32_t rx_length, const Buffer& tx,
               std::uint32_t tx_length);
Status prepare_write_behind(DmaBus& dma, const Phases& phases, const Buffer& tx, std::uint32_t length);
Status start_prepared(DmaBus& dma);

// Whether it is over, on the bus and in memory. Starts the next piece of a long one.
bool is_done(DmaBus& dma, Status& status);
// Waits for the end, bounded. Afterwards nothing runs.
Status finish(DmaBus& dma, std::uint32_t& received_bytes);

}  // namespace by_hand
