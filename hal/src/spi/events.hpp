// What SPI2 says of a transfer by DMA, for the drivers that make some; and how much it can do at once.
#pragma once

#include "chip/esp32c3/registers/spi2.hpp"
#include "ferry/dma/descriptor.hpp"
#include "ferry/dma/error.hpp"
#include "ferry/spi/config.hpp"

#include <cstdint>
#include <optional>

namespace ferry::spi::detail {

// What MS_DLEN covers (2^18 bits), less the 32 bytes that let eight descriptors of whole words do.
inline constexpr std::uint32_t longest_piece = 8 * dma::largest_aligned_chunk;

// Events of DMA_INT_RAW that mean failure: bytes without a place, and bytes that were not there in time.
inline constexpr std::uint32_t bus_receive_errors =
    chip::spi2::DmaIntRaw::dma_infifo_full_err_int_raw.mask |
    chip::spi2::DmaIntRaw::mst_rx_afifo_wfull_err_int_raw.mask;
inline constexpr std::uint32_t bus_transmit_errors =
    chip::spi2::DmaIntRaw::dma_outfifo_empty_err_int_raw.mask |
    chip::spi2::DmaIntRaw::mst_tx_afifo_rempty_err_int_raw.mask;

// Whether SPI has sent all of a piece. One that starves it ends as well, and says that it is done.
inline bool has_sent_all(std::uint32_t bus_events) {
  return (bus_events & (chip::spi2::DmaIntRaw::trans_done_int_raw.mask | bus_transmit_errors)) ==
         chip::spi2::DmaIntRaw::trans_done_int_raw.mask;
}

// The error that events of the channel and of SPI stand for, if any. The memory side's word comes first: what
// starves there shows on the bus, too.
std::optional<dma::Error> decode(std::uint32_t memory_events, std::uint32_t bus_events);

// The name that an error of SPI has among those of transfers.
dma::Error as_transfer_error(Error error);

}  // namespace ferry::spi::detail
