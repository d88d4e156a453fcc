// run: --wire GPIO4:GPIO2
// By DMA, looped back: every length around a word, SPI's buffer, a descriptor and the length register,
// directions of unequal lengths, the same buffers again and again.
#include "tests/conformance/spi.hpp"

using namespace conformance;

namespace {

constexpr std::uint32_t sizes[] = {0,     1,      3,      4,      5,      48,     63,     64,     65,    128,
                                   4091,  4092,   4093,   4094,   4095,   4096,   4097,   8184,   8190,  8191,
                                   12285, 32'000, 32'736, 32'737, 32'767, 32'768, 32'769, 65'472, 70'000};

constexpr std::uint32_t largest = 70'000;

void transfer(spi::MasterDma& spi FERRY_BORROWS, dma::RxBuffer& rx FERRY_BORROWS,
              dma::TxBuffer& tx FERRY_BORROWS, dma::Lengths lengths, std::uint32_t round) {
  const std::uint32_t behind = std::min(lengths.rx_length + 300, rx.size());
  tx.with([&](std::span<std::byte> bytes) { fill_pattern(bytes.first(lengths.tx_length), round); });
  rx.with([&](std::span<std::byte> bytes) { std::ranges::fill(bytes.first(behind), untouched); });
  const auto outcome = std::move(spi).transfer(std::move(rx), std::move(tx), lengths).wait_into(spi, rx, tx);
  FERRY_CHECK(outcome && outcome->length == lengths.rx_length);
  if (!outcome) print("{}/{}: {}\n", lengths.rx_length, lengths.tx_length, outcome.error());
  FERRY_CHECK_EQUAL(rx.received(), lengths.rx_length);
  const std::uint32_t common = std::min(lengths.rx_length, lengths.tx_length);
  const std::uint32_t good =
      rx.with([&](std::span<std::byte> bytes) { return matching(bytes.first(common), round); });
  if (good != common) print("{}/{}: ", lengths.rx_length, lengths.tx_length);
  FERRY_CHECK_EQUAL(good, common);
  // Zeros were sent behind the end of what there was to send, and nothing was written behind the end of what
  // there was to receive.
  FERRY_CHECK(rx.with([&](std::span<std::byte> bytes) {
    return all(bytes.subspan(common, lengths.rx_length - common), 0_b) &&
           all(bytes.subspan(lengths.rx_length, behind - lengths.rx_length), untouched);
  }));
}

void lengths(spi::MasterDma& spi FERRY_BORROWS, dma::RxBuffer& rx FERRY_BORROWS,
             dma::TxBuffer& tx FERRY_BORROWS) {
  std::uint32_t round = 0;
  for (const std::uint32_t size : sizes) {
    transfer(spi, rx, tx, {.rx_length = size, .tx_length = size}, ++round);
    if (size > 4097) continue;
    transfer(spi, rx, tx, {.rx_length = size, .tx_length = size / 2}, ++round);
    transfer(spi, rx, tx, {.rx_length = size / 2, .tx_length = size}, ++round);
  }
  transfer(spi, rx, tx, {.rx_length = 32'736, .tx_length = 1}, ++round);
  transfer(spi, rx, tx, {.rx_length = 1, .tx_length = 40'000}, ++round);
  transfer(spi, rx, tx, {.rx_length = 40'000, .tx_length = 4096}, ++round);
  transfer(spi, rx, tx, {.rx_length = 0, .tx_length = 33'000}, ++round);
  transfer(spi, rx, tx, {.rx_length = 33'000, .tx_length = 0}, ++round);
}

// 32,000 bytes four times, of which the first and the last byte tell the round.
void again_and_again(spi::MasterDma& spi FERRY_BORROWS, dma::RxBuffer& rx FERRY_BORROWS,
                     dma::TxBuffer& tx FERRY_BORROWS) {
  constexpr std::uint32_t size = 32'000;
  for (std::uint32_t round = 0; round < 4; ++round) {
    tx.with([&](std::span<std::byte> bytes) {
      for (std::uint32_t i = 0; i < size; ++i) bytes[i] = static_cast<std::byte>(i % 255);
      bytes[0] = bytes[size - 1] = static_cast<std::byte>(round);
    });
    auto running =
        std::move(spi).transfer(std::move(rx), std::move(tx), {.rx_length = size, .tx_length = size});
    while (!running.is_done()) {
    }
    const auto outcome = std::move(running).wait_into(spi, rx, tx);
    FERRY_CHECK(outcome && outcome->length == size);
    FERRY_CHECK(rx[0] == static_cast<std::byte>(round) && rx[size - 1] == static_cast<std::byte>(round));
    FERRY_CHECK(rx.with([&](std::span<const std::byte> in) {
      return tx.with([&](std::span<const std::byte> out) {
        return std::ranges::equal(in.first(size), out.first(size));
      });
    }));
  }
}

// The CPU and DMA in turns, and what one left in SPI's own buffer does not reach the other.
void by_turns(spi::MasterDma& spi FERRY_BORROWS, dma::RxBuffer& rx FERRY_BORROWS,
              dma::TxBuffer& tx FERRY_BORROWS) {
  std::byte bytes[100];
  for (std::uint32_t round = 0; round < 3; ++round) {
    fill_pattern(bytes, round);
    FERRY_CHECK(spi.transfer_in_place(bytes).has_value());
    FERRY_CHECK_EQUAL(matching(bytes, round), 100u);
    transfer(spi, rx, tx, {.rx_length = 100, .tx_length = 0}, round);
    transfer(spi, rx, tx, {.rx_length = 5, .tx_length = 5}, round);
    FERRY_CHECK(spi.read(bytes).has_value());
    FERRY_CHECK(all(bytes, 0_b));
  }
}

void one_direction(spi::MasterDma& spi FERRY_BORROWS, dma::RxBuffer& rx FERRY_BORROWS,
                   dma::TxBuffer& tx FERRY_BORROWS) {
  for (const std::uint32_t size : {0u, 1u, 4u, 65u, 4096u, 33'000u}) {
    const auto written = std::move(spi).write(std::move(tx), size).wait_into(spi, tx);
    FERRY_CHECK(written.has_value());
    rx.fill(untouched);
    const auto outcome = std::move(spi).read(std::move(rx), size).wait_into(spi, rx);
    FERRY_CHECK(outcome && outcome->length == size);
    FERRY_CHECK(rx.with([&](std::span<std::byte> bytes) {
      return all(bytes.first(size), 0_b) && all(bytes.subspan(size), untouched);
    }));
  }
}

void in_place(spi::MasterDma& spi FERRY_BORROWS, dma::RxBuffer& rx FERRY_BORROWS) {
  auto buffer = std::move(rx).as_in_place();
  std::uint32_t round = 40;
  for (const std::uint32_t size : {0u, 1u, 5u, 64u, 4095u, 4097u, 32'736u, 40'000u}) {
    buffer.fill(untouched);
    buffer.with([&](std::span<std::byte> bytes) { fill_pattern(bytes.first(size), ++round); });
    const auto outcome = std::move(spi).transfer_in_place(std::move(buffer), size).wait_into(spi, buffer);
    FERRY_CHECK(outcome && outcome->length == size);
    FERRY_CHECK_EQUAL(
        buffer.with([&](std::span<std::byte> bytes) { return matching(bytes.first(size), round); }), size);
    FERRY_CHECK(buffer.with([&](std::span<std::byte> bytes) { return all(bytes.subspan(size), untouched); }));
  }
  rx = std::move(buffer).as_receive();
}

}  // namespace

int main() {
  auto chip = take();
  dma::Dma dma{std::move(chip.dma)};
  auto [rx_memory, rx_descriptors, tx_memory, tx_descriptors] = dma_buffers<largest>();
  dma::RxBuffer rx{std::move(rx_memory)};
  dma::TxBuffer tx{std::move(tx_memory)};
  auto channel = std::move(dma.channel0);
  auto spi =
      make_master(chip, {.frequency = 40_MHz})
          .with_dma(std::move(channel).configure({}, std::move(rx_descriptors), std::move(tx_descriptors)));
  lengths(spi, rx, tx);
  again_and_again(spi, rx, tx);
  by_turns(spi, rx, tx);
  one_direction(spi, rx, tx);
  in_place(spi, rx);
  return check::result();
}
