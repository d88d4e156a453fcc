// SPI2 fed by GDMA, MOSI wired to MISO: lists in memory, and what a driver does before every transfer.
#pragma once

#include "tests/board/spi2_rig.hpp"

#include <algorithm>

namespace ferry::board {

class Spi2DmaRig : public Spi2Rig {
 protected:
  static constexpr std::uint32_t last = bit::owner | bit::suc_eof;
  static constexpr std::uint32_t source = ram, destination = ram + 0x8000;
  static constexpr std::uint32_t rx_list = 0x3FCA'0000, tx_list = 0x3FCB'0000;
  static constexpr std::uint32_t tx_errors = spi::outfifo_empty | spi::tx_rempty;
  static constexpr std::uint32_t rx_errors = spi::infifo_full | spi::rx_wfull;

  Spi2DmaRig() {
    loop_back();
    connect(0);
    set_up(0x80000000, 3);  // 40 MHz
    spi_put(spi::dma_conf, spi::tx_ena | spi::rx_ena);
  }
  // Channel and FIFOs as before every transfer: reset, bits cleared.
  void prepare(unsigned channel = 0) {
    reset_in(channel);
    reset_out(channel);
    clear(0x1FFF, channel);
    const std::uint32_t conf = spi_get(spi::dma_conf);
    spi_put(spi::dma_conf, conf | spi::rx_afifo_rst | spi::buf_afifo_rst | spi::dma_afifo_rst);
    spi_put(spi::dma_conf, conf);
  }
  // Descriptors of at most `piece` bytes over `count` bytes at `buffer`.
  void chain(std::uint32_t first, std::uint32_t buffer, std::uint32_t count, std::uint32_t piece,
             bool sends) {
    std::uint32_t at = first;
    for (std::uint32_t done = 0; done < count; at += 12) {
      const std::uint32_t here = std::min(piece, count - done);
      done += here;
      descriptor(at, buffer + done - here, here, sends ? here : 0, done < count ? at + 12 : 0,
                 sends && done == count ? last : bit::owner);
    }
  }
  void wait_for_data() {
    while (out_level() == 0) run(cpu_cycle);
  }
};

}  // namespace ferry::board
