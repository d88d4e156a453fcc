// run: --wire GPIO4:GPIO2
// Every kind of buffer that a transfer takes, looped back: several in a row, constants, one that repeats,
// and prepared ones in turns.
#include "tests/conformance/spi.hpp"

#include <array>

using namespace conformance;

namespace {

std::array<std::byte, 1> first_in;
std::array<std::byte, 4095> second_in;
std::array<std::byte, 130> third_in;
std::array<std::byte, 64> first_out;
std::array<std::byte, 3> second_out;
std::array<std::byte, 4097> third_out;
constexpr std::array<std::byte, 5> constant{0x10_b, 0x20_b, 0x30_b, 0x40_b, 0x50_b};

// Borders of pieces and of descriptors fall on different bytes on the two sides.
void in_a_row(spi::MasterDma& spi FERRY_BORROWS) {
  auto target = dma::scatter(dma::RxBuffer{dma::RxMemory::of<first_in>()},
                             dma::RxBuffer{dma::RxMemory::of<second_in>()},
                             dma::RxBuffer{dma::RxMemory::of<third_in>()});
  auto source = dma::gather(dma::TxBuffer{dma::TxMemory::of<first_out>()},
                            dma::TxBuffer{dma::TxMemory::of<second_out>()},
                            dma::TxBuffer{dma::TxMemory::of<third_out>()});
  std::array<std::byte, 4164> all_out;
  for (std::uint32_t round = 0; round < 3; ++round) {
    fill_pattern(all_out, round);
    const auto out = std::span<const std::byte>{all_out};
    source.with<0>([&](std::span<std::byte> bytes) { std::ranges::copy(out.first(64), bytes.begin()); });
    source.with<1>([&](std::span<std::byte> bytes) { std::ranges::copy(out.subspan(64, 3), bytes.begin()); });
    source.with<2>([&](std::span<std::byte> bytes) { std::ranges::copy(out.subspan(67), bytes.begin()); });
    const auto outcome = std::move(spi)
                             .transfer(std::move(target), std::move(source), {.rx_length = 4164})
                             .wait_into(spi, target, source);
    FERRY_CHECK(outcome && outcome->length == 4164);
    const auto equal = [&](std::uint32_t offset, std::uint32_t count) {
      return [=](std::span<const std::byte> bytes) {
        return std::ranges::equal(bytes.first(count), out.subspan(offset, count));
      };
    };
    FERRY_CHECK(target.with<0>(equal(0, 1)));
    FERRY_CHECK(target.with<1>(equal(1, 4095)));
    FERRY_CHECK(target.with<2>(equal(4096, 68)));
  }
  // Parts of the pieces, one of them left out.
  source.use<0>(60, 4);
  source.use<1>(0, 0);
  source.use<2>(4000, 97);
  target.use<1>(5);
  const auto outcome = std::move(spi)
                           .transfer(std::move(target), std::move(source), {.rx_length = 101})
                           .wait_into(spi, target, source);
  FERRY_CHECK(outcome && outcome->length == 101);
  FERRY_CHECK(target.with<0>([&](std::span<const std::byte> bytes) { return bytes[0] == all_out[60]; }));
  FERRY_CHECK(
      target.with<1>([&](std::span<const std::byte> bytes) { return bytes[3] == all_out[67 + 4000]; }));
  dma::RxBuffer first, second, third;
  std::move(target).release_into(first, second, third);
  FERRY_CHECK(first.received() == 1 && second.received() == 5 && third.received() == 95);
}

void constants_and_loops(spi::MasterDma& spi FERRY_BORROWS, dma::RxBuffer& rx FERRY_BORROWS) {
  auto source = dma::ConstSource::of<constant>();
  rx.fill(untouched);
  FERRY_CHECK(std::move(spi)
                  .transfer(std::move(rx), std::move(source), {.rx_length = 7})
                  .wait_into(spi, rx, source)
                  .has_value());
  FERRY_CHECK(rx.with([](std::span<std::byte> bytes) {
    return std::ranges::equal(bytes.first(5), constant) && all(bytes.subspan(5, 2), 0_b) &&
           all(bytes.subspan(7), untouched);
  }));
  auto loop = dma::loop(std::move(source));
  const auto outcome = std::move(spi).transfer(std::move(rx), std::move(loop)).wait_into(spi, rx, loop);
  FERRY_CHECK(outcome && outcome->length == rx.size());
  FERRY_CHECK(rx.with([](std::span<std::byte> bytes) {
    for (std::uint32_t i = 0; i < bytes.size(); ++i)
      if (bytes[i] != constant[i % 5]) return false;
    return true;
  }));
}

// Two commands and two answers in turns, each with a list of its own.
void prepared_in_turns(spi::MasterDma& spi FERRY_BORROWS, dma::RxBuffer rx FERRY_TAKES_LIVE,
                       dma::TxBuffer tx FERRY_TAKES_LIVE) {
  auto [rx_list, tx_list] = dma_descriptors<3>();
  auto target = dma::prepare(std::move(rx), std::move(rx_list));
  auto source = dma::prepare(std::move(tx), std::move(tx_list));
  auto plain = dma::ConstSource::of<constant>();
  for (std::uint32_t round = 0; round < 4; ++round) {
    source.with([&](std::span<std::byte> bytes) { fill_pattern(bytes, round); });
    const auto outcome =
        std::move(spi).transfer(std::move(target), std::move(source)).wait_into(spi, target, source);
    FERRY_CHECK(outcome && outcome->length == target.received());
    FERRY_CHECK(target.with(
        [&](std::span<const std::byte> bytes) { return matching(bytes, round) == bytes.size(); }));
    FERRY_CHECK(std::move(spi).write(std::move(plain)).wait_into(spi, plain).has_value());
  }
  rx = std::move(target).release(rx_list);
  tx = std::move(source).release(tx_list);
}

}  // namespace

int main() {
  auto chip = take();
  dma::Dma dma{std::move(chip.dma)};
  auto [rx_memory, rx_list, tx_memory, tx_list] = dma_buffers<8999>();
  dma::RxBuffer rx{std::move(rx_memory)};
  dma::TxBuffer tx{std::move(tx_memory)};
  auto [rx_descriptors, tx_descriptors] = dma_descriptors<8>();
  auto channel = std::move(dma.channel0);
  auto spi =
      make_master(chip, {.frequency = 20_MHz})
          .with_dma(std::move(channel).configure({}, std::move(rx_descriptors), std::move(tx_descriptors)));
  in_a_row(spi);
  constants_and_loops(spi, rx);
  prepared_in_turns(spi, std::move(rx), std::move(tx));
  return check::result();
}
