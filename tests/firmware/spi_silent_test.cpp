// run: --wire GPIO5:GPIO7
// What has no bytes to lose, and does not keep quiet about it all the same when SPI2 does not answer: a line
// that is let go of, another one that is selected, another mode, a line's polarity.
#include "check.hpp"
#include "chip/esp32c3/registers/spi2.hpp"
#include "chip/esp32c3/registers/system.hpp"
#include "chip/esp32c3/registers/uart.hpp"
#include "deeds.hpp"
#include "ferry/ferry.hpp"
#include "ferry/mmio.hpp"

#include <expected>

using namespace ferry;
using namespace ferry::literals;

namespace {

constexpr std::byte bytes[9]{0xA5_b};

template <class Action>
void tells(spi::Master& spi FERRY_BORROWS, const gpio::Input& select, Action action) {
  for (const deed::Deed& deed : {deed::stop_spi, deed::reset_spi}) {
    spi.hold_cs();
    FERRY_CHECK(spi.write(bytes).has_value());
    FERRY_CHECK(!select.is_high());
    deed();
    const Instant start = time::now();
    const std::expected<void, spi::Error> result = action(spi);
    FERRY_CHECK(time::now() - start < 10_ms);
    FERRY_CHECK_EQUAL(deed::in_words(result), deed::in_words(deed.error));
    FERRY_CHECK(select.is_high());
    // Nothing to let go of, and nothing that would have to answer.
    FERRY_CHECK(spi.release_cs().has_value());
    spi.select(spi::Cs::_0);
    FERRY_CHECK(spi.apply_config({.frequency = 1_MHz}).has_value());
    FERRY_CHECK(spi.write(bytes).has_value());
    FERRY_CHECK(select.is_high());
  }
}

void all_of_them(spi::Master& spi FERRY_BORROWS, const gpio::Input& select) {
  tells(spi, select, [](spi::Master& of FERRY_BORROWS) { return of.release_cs(); });
  tells(spi, select, [](spi::Master& of FERRY_BORROWS) { return of.select(spi::Cs::_3); });
  tells(spi, select, [](spi::Master& of FERRY_BORROWS) {
    return of.apply_config({.frequency = 1_MHz, .mode = spi::Mode::_2});
  });
}

// A port whose transmitter stands still takes what its FIFO has room for, and says so.
void printing() {
  using namespace chip::uart;
  delay(20_ms);  // what was printed is gone
  const std::byte many[200]{};
  mmio::modify(base_0, ClkConf::tx_sclk_en(0));
  const std::size_t sent = uart::write(many);
  const bool printed = print("lost\n");
  mmio::modify(base_0, ClkConf::tx_sclk_en(1));
  FERRY_CHECK(sent >= 100 && sent <= 130);
  FERRY_CHECK(!printed);
  delay(20_ms);
  FERRY_CHECK(print("not lost\n"));
  FERRY_CHECK_EQUAL(uart::write(std::span{many}.first(3)), 3u);
}

}  // namespace

int main() {
  auto chip = take();
  const gpio::Input select{std::move(chip.gpio7)};
  auto spi = spi::Master{std::move(chip.spi2), {.frequency = 1_MHz}};
  // The first operation writes the polarity again.
  deed::stop_spi();
  spi = std::move(spi).with_cs<1>(std::move(chip.gpio6), spi::CsPolarity::active_high);
  mmio::modify(chip::system::base, chip::system::PeripClkEn0::spi2_clk_en(1));
  FERRY_CHECK(spi.write(bytes).has_value());
  using chip::spi2::Misc;
  FERRY_CHECK_EQUAL(mmio::read(chip::spi2::base, Misc::master_cs_pol), 0b10u);
  spi = std::move(spi).with_cs(std::move(chip.gpio5));
  all_of_them(spi, select);
  printing();
  return check::result();
}
