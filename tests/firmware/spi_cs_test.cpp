// Chip select: six lines of which one is active, polarity, set-up and hold times, and a line that stays
// active from one operation to the next, until it is released or something goes wrong.
#include "bus_recorder.hpp"
#include "check.hpp"
#include "chip/esp32c3/registers/spi2.hpp"
#include "ferry/ferry.hpp"

#include <array>
#include <cstdint>

using namespace ferry;
using namespace ferry::literals;
using spi::Cs;

namespace {

constexpr std::byte bytes[70]{0xA5_b};

void one_of_several(spi::MasterDma& spi FERRY_BORROWS) {
  // The third line is active high, and low all the time until it is selected.
  FERRY_CHECK(bus::level(bus::cs0) && bus::level(bus::cs1) && !bus::level(bus::cs2));
  const std::pair<Cs, std::uint32_t> cases[] = {
      {Cs::_0, bus::cs0}, {Cs::_1, bus::cs1}, {Cs::_5, bus::cs2}, {Cs::none, 0}, {Cs::_0, bus::cs0}};
  for (const auto& [line, pin] : cases) {
    spi.select(line);
    bus::start_over();
    FERRY_CHECK(spi.write(bytes).has_value());
    for (const std::uint32_t other : {bus::cs0, bus::cs1, bus::cs2}) {
      FERRY_CHECK_EQUAL(bus::selected[other], other == pin ? 1u : 0u);
      FERRY_CHECK_EQUAL(bus::released[other], other == pin ? 1u : 0u);
    }
    FERRY_CHECK_EQUAL(bus::clocks, 560u);
  }
}

// In clock cycles, 20 us each; the recording is good to a microsecond or two.
bool is_near(Duration measured, std::uint32_t half_cycles) {
  const Duration expected = 10_us * half_cycles;
  return measured + 3_us > expected && measured < expected + 3_us;
}

void times(spi::MasterDma& spi FERRY_BORROWS) {
  const spi::Config configs[] = {{.frequency = 50_kHz, .cs_setup = 0, .cs_hold = 0},
                                 {.frequency = 50_kHz, .cs_setup = 1, .cs_hold = 2},
                                 {.frequency = 50_kHz, .cs_setup = 32, .cs_hold = 1},
                                 {.frequency = 50_kHz, .cs_setup = 5, .cs_hold = 32}};
  for (const spi::Config& config : configs) {
    spi.apply_config(config);
    for (const bool half_duplex : {false, true}) {
      bus::start_over();
      const auto result =
          half_duplex ? spi.half_duplex_write({.command = {0x9F, 8}}) : spi.write(std::span{bytes}.first(1));
      FERRY_CHECK(result.has_value());
      bus::start_over();
      FERRY_CHECK(is_near(bus::first_clock - bus::selected_at, 2 * config.cs_setup.count() + 1));
      FERRY_CHECK(is_near(bus::released_at - bus::last_clock, 2 * config.cs_hold.count() + 1));
    }
  }
  spi.apply_config({.frequency = 100_kHz});
}

// The edges of the line since the last call: towards active and back.
bool edges(std::uint32_t pin, std::uint32_t selected, std::uint32_t released) {
  delay(100_us);
  const bool right = bus::selected[pin] == selected && bus::released[pin] == released;
  if (!right)
    print("selected {} released {}\n", std::uint32_t{bus::selected[pin]}, std::uint32_t{bus::released[pin]});
  bus::start_over();
  return right;
}

void held(spi::MasterDma& spi FERRY_BORROWS, dma::RxBuffer& rx FERRY_BORROWS,
          dma::TxBuffer& tx FERRY_BORROWS) {
  bus::start_over();
  spi.release_cs();  // of nothing
  FERRY_CHECK(edges(bus::cs0, 0, 0));

  // Operations of all kinds behind each other are one selection.
  spi.hold_cs();
  FERRY_CHECK(edges(bus::cs0, 0, 0));
  FERRY_CHECK(spi.write(bytes).has_value());
  FERRY_CHECK(edges(bus::cs0, 1, 0));
  FERRY_CHECK(spi.half_duplex_write({.command = {0x9F, 8}}).has_value());
  FERRY_CHECK(std::move(spi).transfer(std::move(rx), std::move(tx)).wait_into(spi, rx, tx).has_value());
  FERRY_CHECK(std::move(spi).half_duplex_read({}, std::move(rx)).wait_into(spi, rx).has_value());
  FERRY_CHECK(!bus::level(bus::cs0));
  FERRY_CHECK(edges(bus::cs0, 0, 0));
  spi.release_cs();
  FERRY_CHECK_EQUAL(bus::clocks, 0u);
  FERRY_CHECK(edges(bus::cs0, 0, 1));
  FERRY_CHECK(spi.write(bytes).has_value());
  FERRY_CHECK(edges(bus::cs0, 1, 1));

  // Another line is only selected when this one is not.
  spi.hold_cs();
  FERRY_CHECK(spi.write(bytes).has_value());
  spi.select(Cs::_1);
  FERRY_CHECK(edges(bus::cs0, 1, 1));
  FERRY_CHECK(spi.write(bytes).has_value());
  FERRY_CHECK(edges(bus::cs1, 1, 1));
  spi.select(Cs::_0);
}

// A device that is held sees no clock edge when the clock's idle level changes: it is let go of before.
void held_until_the_clock_idles_otherwise(spi::MasterDma& spi FERRY_BORROWS) {
  const spi::Config idles_low{.frequency = 100_kHz, .mode = spi::Mode::_0};
  const spi::Config idles_high{.frequency = 100_kHz, .mode = spi::Mode::_3};
  bus::start_over();
  spi.hold_cs();
  FERRY_CHECK(spi.write(bytes).has_value());
  spi.apply_config({.frequency = 50_kHz, .mode = spi::Mode::_1});
  FERRY_CHECK(edges(bus::cs0, 1, 0));
  spi.apply_config(idles_high);
  FERRY_CHECK_EQUAL(bus::clocks, 0u);
  FERRY_CHECK(edges(bus::cs0, 0, 1));
  FERRY_CHECK(spi.write(bytes).has_value());
  FERRY_CHECK(edges(bus::cs0, 1, 1));
  // What is only going to be held stays so.
  spi.hold_cs();
  spi.apply_config(idles_low);
  FERRY_CHECK(spi.write(bytes).has_value());
  FERRY_CHECK(edges(bus::cs0, 1, 0));
  spi.release_cs();
  FERRY_CHECK(edges(bus::cs0, 0, 1));
}

// A stream is no exception, whether it is stopped behind its last byte or in the middle.
void held_behind_a_stream(spi::MasterDma& spi FERRY_BORROWS, dma::TxStream& memory FERRY_BORROWS) {
  bus::start_over();
  FERRY_CHECK(spi.write(bytes).has_value());  // not held: the line is released
  FERRY_CHECK(edges(bus::cs0, 1, 1));
  spi.hold_cs();
  {
    auto stream = spi::stream(std::move(spi), std::move(memory));
    FERRY_CHECK_EQUAL(stream.push(std::span{bytes}.first(32)), 32u);
    FERRY_CHECK(stream.drain(Deadline::after(10_ms)));
    FERRY_CHECK(std::move(stream).stop_into(spi, memory).has_value());
  }
  FERRY_CHECK(edges(bus::cs0, 1, 0));
  FERRY_CHECK(spi.write(bytes).has_value());
  {
    auto stream = spi::stream(std::move(spi), std::move(memory));
    FERRY_CHECK_EQUAL(stream.push(std::span{bytes}.first(32)), 32u);
    stream.flush();
    FERRY_CHECK(std::move(stream).stop_into(spi, memory).has_value());
  }
  FERRY_CHECK(spi.write(bytes).has_value());
  FERRY_CHECK(edges(bus::cs0, 0, 0));
  FERRY_CHECK(spi.release_cs().has_value());
  FERRY_CHECK(edges(bus::cs0, 0, 1));
  // What is not held is let go of by its end.
  auto stream = spi::stream(std::move(spi), std::move(memory));
  FERRY_CHECK_EQUAL(stream.push(std::span{bytes}.first(32)), 32u);
  FERRY_CHECK(stream.drain(Deadline::after(10_ms)));
  FERRY_CHECK(std::move(stream).stop_into(spi, memory).has_value());
  FERRY_CHECK(edges(bus::cs0, 1, 1));
}

void held_until_it_goes_wrong(spi::MasterDma& spi FERRY_BORROWS, dma::RxBuffer& rx FERRY_BORROWS,
                              dma::TxBuffer& tx FERRY_BORROWS) {
  // The transfer is cancelled.
  spi.hold_cs();
  FERRY_CHECK(spi.write(bytes).has_value());
  auto cancelled = std::move(spi).transfer(std::move(rx), std::move(tx));
  delay(1_ms);
  FERRY_CHECK(!std::move(cancelled).cancel_into(spi, rx, tx).has_value());
  FERRY_CHECK(edges(bus::cs0, 1, 1));
  FERRY_CHECK(spi.write(bytes).has_value());
  FERRY_CHECK(edges(bus::cs0, 1, 1));

  // It is over when it is cancelled: that is its end, and the line stays active.
  spi.hold_cs();
  auto over = std::move(spi).write(std::move(tx));
  while (!over.is_done()) {
  }
  FERRY_CHECK(std::move(over).cancel_into(spi, tx).has_value());
  FERRY_CHECK(edges(bus::cs0, 1, 0));
  // Its deadline passes.
  FERRY_CHECK(!std::move(spi).write(std::move(tx)).wait_into(spi, tx, Deadline::after(1_ms)).has_value());
  FERRY_CHECK(edges(bus::cs0, 0, 1));

  // The bus clock stops.
  spi.hold_cs();
  FERRY_CHECK(spi.write(bytes).has_value());
  FERRY_CHECK(edges(bus::cs0, 1, 0));
  mmio::write(chip::spi2::base, chip::spi2::ClkGate::clk_en(1));
  const auto stuck = spi.write(bytes);
  FERRY_CHECK(!stuck && stuck.error() == spi::Error::clock_off);
  FERRY_CHECK(edges(bus::cs0, 0, 1));
  FERRY_CHECK(spi.write(bytes).has_value());
  FERRY_CHECK(edges(bus::cs0, 1, 1));
}

}  // namespace

int main() {
  auto chip = take();
  dma::Dma dma{std::move(chip.dma)};
  auto [rx_memory, rx_descriptors, tx_memory, tx_descriptors] = dma_buffers<64>();
  dma::RxBuffer rx{std::move(rx_memory)};
  dma::TxBuffer tx{std::move(tx_memory)};
  auto channel = std::move(dma.channel0);
  auto spi =
      spi::Master{std::move(chip.spi2), {.frequency = 100_kHz}}
          .with_sck(std::move(chip.gpio0))
          .with_mosi(std::move(chip.gpio4))
          .with_cs(std::move(chip.gpio5))
          .with_cs<1>(std::move(chip.gpio6))
          .with_cs<5>(std::move(chip.gpio7), spi::CsPolarity::active_high)
          .with_dma(std::move(channel).configure({}, std::move(rx_descriptors), std::move(tx_descriptors)));
  bus::active_high = 1u << bus::cs2;
  bus::record(std::array{bus::sck, bus::cs0, bus::cs1, bus::cs2});
  one_of_several(spi);
  times(spi);
  held(spi, rx, tx);
  held_until_the_clock_idles_otherwise(spi);
  auto stream_memory = dma_tx_stream<64, 4>();
  held_behind_a_stream(spi, stream_memory);
  held_until_it_goes_wrong(spi, rx, tx);
  return check::result();
}
