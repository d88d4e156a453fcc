// run: --wire GPIO4:GPIO2 --wire GPIO0:GPIO6 --wire GPIO5:GPIO7
// Transfers longer than SPI can do at once: one for the program and for the device behind CS.
#include "check.hpp"
#include "chip/esp32c3/registers/gpio.hpp"
#include "ferry/ferry.hpp"
#include "ferry/mmio.hpp"
#include "spi_loopback.hpp"

#include <cstdint>

using namespace ferry;
using namespace ferry::literals;
using namespace loopback;

namespace {

constexpr std::uint32_t most = 100'000;

// CS, seen on the pin it is wired to.
constexpr std::uint32_t select_probe = 7;
volatile std::uint32_t selected = 0;

void on_falling_edge() {
  using namespace chip::gpio;
  mmio::write_word<StatusW1tc>(base, mmio::read<Status>(base));
  selected = selected + 1;
}

void watch_select() {
  using namespace chip::gpio;
  mmio::modify(base, Pin::int_type(2) | Pin::int_ena(1), select_probe);
  interrupt::attach(interrupt::Source::gpio, 1, on_falling_edge);
}

void check_arrived(dma::RxBuffer& rx FERRY_BORROWS, std::uint32_t rx_length, std::uint32_t tx_length,
                   std::uint32_t round) {
  const std::uint32_t common = rx_length < tx_length ? rx_length : tx_length;
  FERRY_CHECK_EQUAL(rx.with([&](std::span<std::byte> bytes) { return matching(bytes.first(common), round); }),
                    common);
  FERRY_CHECK_EQUAL(rx.with([&](std::span<std::byte> bytes) {
    return leading(bytes.subspan(common, rx_length - common), 0_b);
  }),
                    rx_length - common);
  FERRY_CHECK_EQUAL(
      rx.with([&](std::span<std::byte> bytes) { return leading(bytes.subspan(rx_length), 0xEE_b); }),
      most - rx_length);
}

void both_directions(spi::MasterDma& spi FERRY_BORROWS, dma::RxBuffer& rx FERRY_BORROWS,
                     dma::TxBuffer& tx FERRY_BORROWS) {
  constexpr dma::Lengths cases[] = {{32'736, 32'736}, {32'737, 32'737}, {65'472, 65'472}, {most, most},
                                    {100, most},      {most, 100},      {32'736, most},   {most, 32'736},
                                    {40'000, 70'000}, {70'000, 40'000}, {0, most},        {most, 0}};
  std::uint32_t round = 10;
  for (const dma::Lengths& lengths : cases) {
    ++round;
    tx.with([&](std::span<std::byte> bytes) { fill_pattern(bytes, round); });
    rx.fill(0xEE_b);
    selected = 0;
    const auto outcome =
        std::move(spi).transfer(std::move(rx), std::move(tx), lengths).wait_into(spi, rx, tx);
    FERRY_CHECK(outcome && outcome->length == lengths.rx_length);
    if (!outcome) print("rx {} tx {}: {}\n", lengths.rx_length, lengths.tx_length, outcome.error());
    FERRY_CHECK_EQUAL(selected, 1u);
    check_arrived(rx, lengths.rx_length, lengths.tx_length, round);
  }
}

// Polled by hand, with other work in between; and cancelled in the middle of the second piece.
void in_steps(spi::MasterDma& spi FERRY_BORROWS, dma::RxBuffer& rx FERRY_BORROWS,
              dma::TxBuffer& tx FERRY_BORROWS) {
  tx.with([](std::span<std::byte> bytes) { fill_pattern(bytes, 1); });
  rx.fill(0xEE_b);
  selected = 0;
  auto transfer = std::move(spi).transfer(std::move(rx), std::move(tx));
  while (!transfer.is_done()) delay(100_us);
  FERRY_CHECK(std::move(transfer).wait_into(spi, rx, tx).has_value());
  FERRY_CHECK_EQUAL(selected, 1u);
  check_arrived(rx, most, most, 1);

  rx.fill(0xEE_b);
  auto cancelled = std::move(spi).transfer(std::move(rx), std::move(tx));
  const Deadline middle = Deadline::after(10_ms);  // of 20 ms at 40 MHz
  while (!middle.has_passed() && !cancelled.is_done()) {
  }
  const auto outcome = std::move(cancelled).cancel_into(spi, rx, tx);
  FERRY_CHECK(!outcome && outcome.error() == dma::Error::cancelled);
  if (!outcome) {
    FERRY_CHECK(outcome.error().length > 40'000 && outcome.error().length < 60'000);
    check_arrived(rx, outcome.error().length, outcome.error().length, 1);
  }
  const auto after = std::move(spi).transfer(std::move(rx), std::move(tx)).wait_into(spi, rx, tx);
  FERRY_CHECK(after && after->length == most);
}

}  // namespace

int main() {
  auto chip = take();
  const gpio::Input select{std::move(chip.gpio7)};
  dma::Dma dma{std::move(chip.dma)};
  auto [rx_memory, rx_descriptors, tx_memory, tx_descriptors] = dma_buffers<most>();
  dma::RxBuffer rx{std::move(rx_memory)};
  dma::TxBuffer tx{std::move(tx_memory)};
  auto channel = std::move(dma.channel0);
  auto spi =
      make_master(chip, {.frequency = 40_MHz})
          .with_dma(std::move(channel).configure({}, std::move(rx_descriptors), std::move(tx_descriptors)));
  watch_select();
  both_directions(spi, rx, tx);
  in_steps(spi, rx, tx);
  return check::result();
}
