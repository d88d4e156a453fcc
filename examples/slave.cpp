/// A slave that exchanges 32 bytes by DMA with a master made of four pins in the same program.
// run: --wire GPIO4:GPIO0 --wire GPIO5:GPIO1 --wire GPIO6:GPIO2 --wire GPIO7:GPIO3
// expect-text: clocked 32 bytes.*The slave got 00 01 02 .*The master got fe fd fc .*Nobody came: timed_out
#include <ferry/ferry.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

using namespace ferry::literals;

namespace {

constexpr std::uint32_t length = 32;

// A master in mode 1: both sides put a bit on their line with the clock's rising edge and read with the
// falling one. It stands for another chip, which would be faster: SPI2 is the slave here.
struct Master {
  ferry::gpio::Output sck, mosi;
  ferry::gpio::Input miso;
  ferry::gpio::Output cs;

  std::byte exchange(std::byte out) {
    std::byte in{};
    for (int bit = 7; bit >= 0; --bit) {
      sck.set_high();
      mosi.set((out >> bit & std::byte{1}) != std::byte{0} ? ferry::gpio::Level::high
                                                           : ferry::gpio::Level::low);
      in = in << 1 | std::byte{miso.is_high()};
      sck.set_low();
    }
    return in;
  }
};

void print_first(std::string_view who, std::span<const std::byte> bytes) {
  const auto byte = [&](std::size_t index) { return std::to_integer<unsigned>(bytes[index]); };
  ferry::print("The {} got {:02x} {:02x} {:02x} {:02x} ...\n", who, byte(0), byte(1), byte(2), byte(3));
}

// What the two send each other, once.
bool exchange(Master& master, ferry::spi::SlaveDma& spi FERRY_BORROWS, ferry::dma::RxBuffer& rx FERRY_BORROWS,
              ferry::dma::TxBuffer& tx FERRY_BORROWS) {
  for (std::uint32_t i = 0; i < length; ++i) tx[i] = static_cast<std::byte>(254 - i);

  //! [transfer]
  auto transfer = std::move(spi).transfer(std::move(rx), std::move(tx));  // from here on the master may come
  //! [transfer]

  std::array<std::byte, length> answer{};
  master.cs.set_low();
  for (std::uint32_t i = 0; i < length; ++i) answer[i] = master.exchange(static_cast<std::byte>(i));
  master.cs.set_high();

  //! [wait]
  const auto outcome = std::move(transfer).wait_into(spi, rx, tx, ferry::Deadline::after(10_ms));
  //! [wait]
  if (!outcome) {
    ferry::print("failed: {}\n", outcome.error());
    return false;
  }
  ferry::print("The master clocked {} bytes\n", outcome->length);
  rx.with([](std::span<const std::byte> bytes) { print_first("slave", bytes); });
  print_first("master", answer);
  return true;
}

// A master that never comes costs the slave nothing but the time it allows.
void wait_in_vain(ferry::spi::SlaveDma& spi FERRY_BORROWS, ferry::dma::RxBuffer& rx FERRY_BORROWS) {
  const auto outcome = std::move(spi).read(std::move(rx)).wait_into(spi, rx, ferry::Deadline::after(5_ms));
  if (!outcome) ferry::print("Nobody came: {}\n", outcome.error());
}

}  // namespace

int main() {
  auto chip = ferry::take();
  Master master{.sck = ferry::gpio::Output{std::move(chip.gpio4)},
                .mosi = ferry::gpio::Output{std::move(chip.gpio5)},
                .miso = ferry::gpio::Input{std::move(chip.gpio6)},
                .cs = ferry::gpio::Output{std::move(chip.gpio7), ferry::gpio::Level::high}};

  ferry::dma::Dma dma{std::move(chip.dma)};
  auto [rx_memory, rx_descriptors, tx_memory, tx_descriptors] = ferry::dma_buffers<length>();
  ferry::dma::RxBuffer rx{std::move(rx_memory)};
  ferry::dma::TxBuffer tx{std::move(tx_memory)};
  auto channel = std::move(dma.channel0);

  //! [slave]
  auto spi =
      ferry::spi::Slave{std::move(chip.spi2), {.mode = ferry::spi::Mode::_1}}
          .with_sck(std::move(chip.gpio0))
          .with_mosi(std::move(chip.gpio1))
          .with_miso(std::move(chip.gpio2))
          .with_cs(std::move(chip.gpio3))
          .with_dma(std::move(channel).configure({}, std::move(rx_descriptors), std::move(tx_descriptors)));
  //! [slave]

  if (!exchange(master, spi, rx, tx)) return 1;
  wait_in_vain(spi, rx);
  return 0;
}
