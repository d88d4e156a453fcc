// run: --wire GPIO4:GPIO2
// What holds for every form of a transfer: nothing to do is success without an edge, MOSI has its idle level
// while only reading, one buffer does for both directions.
#include "bus_recorder.hpp"
#include "check.hpp"
#include "ferry/ferry.hpp"
#include "spi_loopback.hpp"

#include <array>
#include <cstdint>
#include <span>

using namespace ferry;
using namespace ferry::literals;
using namespace loopback;

namespace {

bool no_edge() {
  delay(50_us);
  return bus::clocks == 0 && bus::selected[bus::cs0] == 0;
}

void empty_blocking(spi::MasterDma& spi FERRY_BORROWS) {
  bus::start_over();
  FERRY_CHECK(spi.transfer({}, {}).has_value());
  FERRY_CHECK(spi.transfer_in_place({}).has_value());
  FERRY_CHECK(spi.write({}).has_value());
  FERRY_CHECK(spi.read({}).has_value());
  FERRY_CHECK(spi.half_duplex_read({}, {}).has_value());
  FERRY_CHECK(spi.half_duplex_write({}).has_value());
  FERRY_CHECK(no_edge());
}

void empty_by_dma(spi::MasterDma& spi FERRY_BORROWS, dma::RxBuffer& rx FERRY_BORROWS,
                  dma::TxBuffer& tx FERRY_BORROWS, dma::InPlaceBuffer& both FERRY_BORROWS) {
  bus::start_over();
  auto transfer = std::move(spi).transfer(std::move(rx), std::move(tx), {0, 0});
  FERRY_CHECK(transfer.is_done());
  FERRY_CHECK(std::move(transfer).wait_into(spi, rx, tx).has_value());
  auto in_place = std::move(spi).transfer_in_place(std::move(both), 0);
  FERRY_CHECK(in_place.is_done());
  FERRY_CHECK(std::move(in_place).cancel_into(spi, both).has_value());
  FERRY_CHECK(no_edge());
}

void empty_in_one_direction(spi::MasterDma& spi FERRY_BORROWS, dma::RxBuffer& rx FERRY_BORROWS,
                            dma::TxBuffer& tx FERRY_BORROWS) {
  bus::start_over();
  FERRY_CHECK(std::move(spi).write(std::move(tx), 0).wait_into(spi, tx).has_value());
  FERRY_CHECK(std::move(spi).read(std::move(rx), 0).wait_into(spi, rx, Deadline::after(0_us)).has_value());
  FERRY_CHECK(std::move(spi).half_duplex_write({}, std::move(tx), 0).wait_into(spi, tx).has_value());
  FERRY_CHECK(std::move(spi).half_duplex_read({}, std::move(rx), 0).wait_into(spi, rx).has_value());
  FERRY_CHECK(no_edge());
}

// MISO is wired to MOSI, so what is read is what MOSI shows.
void idle_level(spi::MasterDma& spi FERRY_BORROWS, dma::RxBuffer& rx FERRY_BORROWS) {
  for (const gpio::Level level : {gpio::Level::high, gpio::Level::low}) {
    const std::byte expected = level == gpio::Level::high ? 0xFF_b : 0_b;
    spi.apply_config({.frequency = 1_MHz, .idle_mosi = level});
    FERRY_CHECK(spi.write(std::array{0x5A_b}).has_value());
    std::array<std::byte, 70> bytes;
    FERRY_CHECK(spi.read(bytes).has_value());
    FERRY_CHECK_EQUAL(leading(bytes, expected), 70u);
    FERRY_CHECK(std::move(spi).read(std::move(rx), 70).wait_into(spi, rx).has_value());
    FERRY_CHECK_EQUAL(
        rx.with_received([&](std::span<const std::byte> got) { return leading(got, expected); }), 70u);
    FERRY_CHECK(bus::level(bus::sio[0]) == (level == gpio::Level::high));
    // Behind the end of what there was to send follow zeros in any case.
    FERRY_CHECK(spi.transfer(bytes, std::array{0x5A_b}).has_value());
    FERRY_CHECK(bytes[0] == 0x5A_b && leading(std::span{bytes}.subspan(1), 0_b) == 69);
  }
}

void in_place(spi::MasterDma& spi FERRY_BORROWS, dma::InPlaceBuffer& both FERRY_BORROWS) {
  spi.apply_config({.frequency = 40_MHz});
  for (const std::uint32_t length : {1u, 3u, 64u, 4091u, 4095u, 4096u, 4097u, 32'736u, 40'000u}) {
    both.fill(0xEE_b);
    // Bits in the other order on the way back show that these bytes have made it.
    spi.apply_config({.frequency = 40_MHz, .read_bit_order = spi::BitOrder::lsb_first});
    both.with([&](std::span<std::byte> bytes) { bytes.first(length)[length - 1] = 0x01_b; });
    const auto outcome = std::move(spi).transfer_in_place(std::move(both), length).wait_into(spi, both);
    FERRY_CHECK(outcome && outcome->length == length && both.received() == length);
    FERRY_CHECK(both[length - 1] == 0x80_b);
    FERRY_CHECK_EQUAL(
        both.with([&](std::span<std::byte> bytes) { return leading(bytes.first(length - 1), 0x77_b); }),
        length - 1);
    FERRY_CHECK_EQUAL(
        both.with([&](std::span<std::byte> bytes) { return leading(bytes.subspan(length), 0xEE_b); }),
        both.size() - length);
  }
  auto cancelled = std::move(spi).transfer_in_place(std::move(both));
  delay(500_us);
  const auto outcome = std::move(cancelled).cancel_into(spi, both);
  FERRY_CHECK(!outcome && outcome.error() == dma::Error::cancelled && both.received() > 2000);
  FERRY_CHECK(std::move(spi).transfer_in_place(std::move(both)).wait_into(spi, both).has_value());
}

}  // namespace

int main() {
  auto chip = take();
  dma::Dma dma{std::move(chip.dma)};
  auto [rx_memory, unused_rx_list, tx_memory, unused_tx_list] = dma_buffers<100>();
  auto [memory, rx_descriptors, tx_descriptors] = dma_buffer_in_place<40'000>();
  dma::RxBuffer rx{std::move(rx_memory)};
  dma::TxBuffer tx{std::move(tx_memory)};
  dma::InPlaceBuffer both{std::move(memory)};
  auto channel = std::move(dma.channel0);
  auto spi =
      make_master(chip, {.frequency = 50_kHz})
          .with_dma(std::move(channel).configure({}, std::move(rx_descriptors), std::move(tx_descriptors)));
  bus::record(std::array{bus::sck, bus::cs0});
  empty_blocking(spi);
  empty_by_dma(spi, rx, tx, both);
  empty_in_one_direction(spi, rx, tx);
  interrupt::detach(interrupt::Source::gpio);
  idle_level(spi, rx);
  in_place(spi, both);
  return check::result();
}
