// run: --wire GPIO4:GPIO2 --wire GPIO0:GPIO6 --wire GPIO5:GPIO7
// What is on the wires, counted at the pins: eight clocks a byte and no more, MOSI quiet while only
// receiving, one chip select for each operation however long it is.
#include "tests/conformance/edge_counter.hpp"
#include "tests/conformance/spi.hpp"

#include <array>

using namespace conformance;

namespace {

struct Seen {
  std::uint32_t clocks, data, selects;

  bool operator==(const Seen&) const = default;
};

class Counter {
 public:
  /// The rising edges of SCK, MOSI and CS since the last call.
  Seen take() {
    const auto edges = counter_.take();
    total_.clocks += edges[0];
    total_.data += edges[1];
    total_.selects += edges[2];
    return {edges[0], edges[1], edges[2]};
  }
  void expect(const Seen& expected, int line) {
    const Seen seen = take();
    if (seen != expected) {
      print("line {}: {} clocks, {} edges of MOSI, {} selects\n", line, seen.clocks, seen.data, seen.selects);
    }
    FERRY_CHECK(seen == expected);
  }
  /// For who counts at the pins from outside.
  const Seen& total() const { return total_; }

 private:
  EdgeCounter counter_{{6, 2, 7, 7}};
  Seen total_{};
};

// 0x6A, 0b01101010, has three rising edges, with bytes like it on both sides.
constexpr std::byte three_edges{0x6A};
constexpr std::array<std::byte, 4> nine_edges{0xDE_b, 0xAD_b, 0xBE_b, 0xEF_b};

void by_the_cpu(spi::MasterDma& spi FERRY_BORROWS, Counter& counter) {
  std::array<std::byte, 145> bytes;
  bytes.fill(three_edges);
  FERRY_CHECK(spi.write(nine_edges).has_value());
  counter.expect({32, 9, 1}, __LINE__);
  FERRY_CHECK(spi.transfer({}, nine_edges).has_value());
  counter.expect({32, 9, 1}, __LINE__);
  // Three of SPI's buffers, and CS stays.
  FERRY_CHECK(spi.write(bytes).has_value());
  counter.expect({145 * 8, 145 * 3, 1}, __LINE__);
  std::array<std::byte, 2> two{};
  FERRY_CHECK(spi.transfer(two, nine_edges).has_value());
  counter.expect({32, 9, 1}, __LINE__);
  std::array<std::byte, 4> four{};
  FERRY_CHECK(spi.transfer(four, std::span{bytes}.first(2)).has_value());
  counter.expect({32, 6, 1}, __LINE__);
  FERRY_CHECK(spi.read(bytes).has_value());
  FERRY_CHECK(all(bytes, 0_b));
  counter.expect({145 * 8, 0, 1}, __LINE__);
  FERRY_CHECK(spi.write({}).has_value() && spi.read({}).has_value() && spi.transfer({}, {}).has_value());
  counter.expect({0, 0, 0}, __LINE__);
}

void by_dma(spi::MasterDma& spi FERRY_BORROWS, dma::RxBuffer& rx FERRY_BORROWS,
            dma::TxBuffer& tx FERRY_BORROWS, Counter& counter) {
  tx.fill(three_edges);
  for (int i = 0; i < 3; ++i) {
    rx.fill(5_b);
    const auto read = std::move(spi).read(std::move(rx), 5).wait_into(spi, rx);
    FERRY_CHECK(read && read->length == 5);
    FERRY_CHECK(rx.with([](std::span<std::byte> bytes) { return all(bytes.first(5), 0_b); }));
    counter.expect({40, 0, 1}, __LINE__);
    FERRY_CHECK(std::move(spi).write(std::move(tx), 5).wait_into(spi, tx).has_value());
    counter.expect({40, 15, 1}, __LINE__);
    const auto both = std::move(spi)
                          .transfer(std::move(rx), std::move(tx), {.rx_length = 5, .tx_length = 5})
                          .wait_into(spi, rx, tx);
    FERRY_CHECK(both && rx.with([](std::span<std::byte> bytes) { return all(bytes.first(5), three_edges); }));
    counter.expect({40, 15, 1}, __LINE__);
  }
  struct Case {
    std::uint32_t rx_length, tx_length;
  };
  for (const Case test : {Case{2, 4}, Case{4, 2}, Case{0, 4}, Case{4, 0}, Case{0, 0}, Case{64, 1},
                          Case{1, 64}, Case{128, 128}}) {
    const auto outcome = std::move(spi)
                             .transfer(std::move(rx), std::move(tx),
                                       {.rx_length = test.rx_length, .tx_length = test.tx_length})
                             .wait_into(spi, rx, tx);
    FERRY_CHECK(outcome.has_value());
    const std::uint32_t bytes = std::max(test.rx_length, test.tx_length);
    counter.expect({bytes * 8, test.tx_length * 3, bytes != 0 ? 1u : 0u}, __LINE__);
  }
}

// Longer than the length register allows: several operations of SPI, one chip select. Clocks that are too
// fast to be counted from inside, of which the program tells how many there were.
constexpr std::uint32_t long_transfer = 70'000;

void longer_than_one(spi::MasterDma& spi FERRY_BORROWS, dma::TxBuffer& tx FERRY_BORROWS) {
  spi.apply_config({.frequency = 20_MHz});
  Counter counter;
  FERRY_CHECK(std::move(spi).write(std::move(tx)).wait_into(spi, tx).has_value());
  FERRY_CHECK_EQUAL(counter.take().selects, 1u);
  spi.apply_config({.frequency = 50_kHz});
}

void half_duplex(spi::MasterDma& spi FERRY_BORROWS, dma::RxBuffer& rx FERRY_BORROWS,
                 dma::TxBuffer& tx FERRY_BORROWS, Counter& counter) {
  std::array<std::byte, 145> bytes;
  bytes.fill(three_edges);
  // Chip select is held over all of SPI's buffers, again and again.
  for (int i = 0; i < 2; ++i) {
    FERRY_CHECK(spi.half_duplex_write({}, bytes).has_value());
    counter.expect({145 * 8, 145 * 3, 1}, __LINE__);
  }
  tx.fill(three_edges);
  for (int i = 0; i < 2; ++i) {
    FERRY_CHECK(std::move(spi).half_duplex_write({}, std::move(tx), 4).wait_into(spi, tx).has_value());
    counter.expect({32, 12, 1}, __LINE__);
  }
  // The phases in front, and nothing behind them.
  const spi::Phases command{.command = {0x6A, 8}};
  const spi::Phases all_phases{.command = {0x6A, 8}, .address = {0x6A'6A6A, 24}, .dummy_cycles = 8};
  FERRY_CHECK(spi.half_duplex_write(command).has_value());
  counter.expect({8, 3, 1}, __LINE__);
  FERRY_CHECK(std::move(spi).half_duplex_write(all_phases, std::move(tx), 0).wait_into(spi, tx).has_value());
  counter.expect({40, 12, 1}, __LINE__);
  // The length of an operation before does not stay.
  FERRY_CHECK(spi.half_duplex_write({}, std::span{bytes}.first(4)).has_value());
  FERRY_CHECK(spi.half_duplex_write(command).has_value());
  counter.expect({40, 15, 2}, __LINE__);
  FERRY_CHECK(spi.half_duplex_write(all_phases, std::span{bytes}.first(4)).has_value());
  counter.expect({72, 24, 1}, __LINE__);
  FERRY_CHECK(spi.half_duplex_read(all_phases, std::span{bytes}.first(4)).has_value());
  counter.expect({72, 12, 1}, __LINE__);
  const auto outcome = std::move(spi).half_duplex_read(all_phases, std::move(rx), 4).wait_into(spi, rx);
  FERRY_CHECK(outcome && outcome->length == 4);
  counter.expect({72, 12, 1}, __LINE__);

  // Full duplex works after it, by DMA and by the CPU, and the other way round.
  fill_pattern(bytes, 3);
  FERRY_CHECK(spi.transfer_in_place(bytes).has_value());
  FERRY_CHECK_EQUAL(matching(bytes, 3), 145u);
  tx.with([](std::span<std::byte> out) { fill_pattern(out.first(4), 9); });
  FERRY_CHECK(std::move(spi)
                  .transfer(std::move(rx), std::move(tx), {.rx_length = 4, .tx_length = 4})
                  .wait_into(spi, rx, tx)
                  .has_value());
  FERRY_CHECK_EQUAL(rx.with([](std::span<std::byte> in) { return matching(in.first(4), 9); }), 4u);
  counter.take();
  FERRY_CHECK(std::move(spi).write(std::move(tx), 40).wait_into(spi, tx).has_value());
  FERRY_CHECK(spi.half_duplex_write({}, std::span{bytes}.first(40)).has_value());
  FERRY_CHECK_EQUAL(counter.take().clocks, 640u);
}

// As many clocks, and the same data, whatever the clock's idle level.
void other_modes(spi::MasterDma& spi FERRY_BORROWS, dma::RxBuffer& rx FERRY_BORROWS,
                 dma::TxBuffer& tx FERRY_BORROWS, Counter& counter) {
  for (const spi::Mode mode : {spi::Mode::_1, spi::Mode::_2, spi::Mode::_3}) {
    spi.apply_config({.frequency = 50_kHz, .mode = mode});
    FERRY_CHECK(spi.half_duplex_write({.command = {0, 8}}).has_value());  // the clock takes its idle level
    counter.take();
    tx.with([](std::span<std::byte> out) { fill_pattern(out.first(10), 4); });
    FERRY_CHECK(std::move(spi)
                    .transfer(std::move(rx), std::move(tx), {.rx_length = 10, .tx_length = 10})
                    .wait_into(spi, rx, tx)
                    .has_value());
    FERRY_CHECK_EQUAL(rx.with([](std::span<std::byte> in) { return matching(in.first(10), 4); }), 10u);
    const Seen seen = counter.take();
    FERRY_CHECK(seen.clocks == 80 && seen.selects == 1);
  }
}

}  // namespace

int main() {
  auto chip = take();
  const gpio::Input clock{std::move(chip.gpio6)};
  const gpio::Input select{std::move(chip.gpio7)};
  dma::Dma dma{std::move(chip.dma)};
  auto [rx_memory, rx_descriptors, tx_memory, tx_descriptors] = dma_buffers<128, long_transfer>();
  dma::RxBuffer rx{std::move(rx_memory)};
  dma::TxBuffer tx{std::move(tx_memory)};
  auto channel = std::move(dma.channel0);
  // Slow enough for a handler per edge.
  auto spi =
      make_master(chip, {.frequency = 50_kHz})
          .with_dma(std::move(channel).configure({}, std::move(rx_descriptors), std::move(tx_descriptors)));
  longer_than_one(spi, tx);
  Counter counter;
  by_the_cpu(spi, counter);
  by_dma(spi, rx, tx, counter);
  half_duplex(spi, rx, tx, counter);
  other_modes(spi, rx, tx, counter);
  const Seen& total = counter.total();
  print("counted {} clocks, {} edges of MOSI, {} selects, and {} clocks with one select before\n",
        total.clocks, total.data, total.selects, long_transfer * 8);
  return check::result();
}
