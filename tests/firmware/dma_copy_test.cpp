// Copies from memory to memory: every size around a boundary, with and without burst, into a larger buffer,
// misaligned; ended early and at once; errors; all with the same copier and buffers.
#include "check.hpp"
#include "ferry/ferry.hpp"
#include "spi_loopback.hpp"

#include <array>
#include <cstdint>

using namespace ferry;
using namespace ferry::literals;
using namespace loopback;

// RTC memory, which is beyond GDMA's reach; the linker script has no section for it.
asm(".global rtc_bytes\n.set rtc_bytes, 0x50000000");
extern "C" std::array<std::byte, 64> rtc_bytes;

namespace {

constexpr std::uint32_t sizes[] = {1,    2,    3,    4,    5,    48,     63,     64,    65,
                                   4091, 4092, 4093, 4095, 4096, 10'240, 32'000, 32'736};

struct Shifted {
  alignas(4) std::byte first;
  std::array<std::byte, 62> bytes;
};
Shifted shifted;

void check_copied(const dma::Outcome& outcome, dma::RxBuffer& to FERRY_BORROWS, std::uint32_t size,
                  std::uint32_t round, bool burst) {
  if (!outcome) print("{} bytes: {}\n", size, outcome.error());
  FERRY_CHECK(outcome.has_value());
  if (!outcome) return;
  FERRY_CHECK_EQUAL(outcome->length, size);
  FERRY_CHECK_EQUAL(to.with([&](std::span<std::byte> bytes) { return matching(bytes.first(size), round); }),
                    size);
  // A burst may complete the last word.
  const std::uint32_t written = burst ? (size + 3) / 4 * 4 : size;
  FERRY_CHECK_EQUAL(
      to.with([&](std::span<std::byte> bytes) { return leading(bytes.subspan(written), untouched); }),
      to.size() - written);
}

void run(dma::Copier& copier FERRY_BORROWS, dma::RxBuffer& to FERRY_BORROWS,
         dma::TxBuffer& from FERRY_BORROWS, bool burst) {
  for (const std::uint32_t size : sizes) {
    from.with([&](std::span<std::byte> bytes) { fill_pattern(bytes, size); });
    to.fill(untouched);
    auto copy = std::move(copier).copy(std::move(to), std::move(from), size);
    std::uint32_t polls = 0;
    while (!copy.is_done()) ++polls;
    const auto outcome = std::move(copy).wait_into(copier, to, from);
    check_copied(outcome, to, size, size, burst);
    // The CPU was free meanwhile.
    FERRY_CHECK(size < 4091 || polls > 10);

    from.with([&](std::span<std::byte> bytes) { fill_pattern(bytes, size + 1); });
    to.fill(untouched);
    check_copied(copier.copy_and_wait(to, from, size), to, size, size + 1, burst);
  }
}

// Wherever it is cut off, the parts come back, nothing is written any more, and the next copy is a whole one.
void cancel(dma::Copier& copier FERRY_BORROWS, dma::RxBuffer& to FERRY_BORROWS,
            dma::TxBuffer& from FERRY_BORROWS) {
  for (std::uint32_t polls = 0; polls < 200; polls += 7) {
    from.with([&](std::span<std::byte> bytes) { fill_pattern(bytes, polls); });
    auto copy = std::move(copier).copy(std::move(to), std::move(from));
    for (std::uint32_t i = 0; i < polls; ++i) static_cast<void>(copy.is_done());
    const auto outcome = std::move(copy).cancel_into(copier, to, from);
    FERRY_CHECK(!outcome.has_value());
    if (!outcome) FERRY_CHECK_EQUAL(outcome.error(), dma::Error::cancelled);
    to.fill(untouched);
    delay(100_us);
    FERRY_CHECK_EQUAL(to.with([&](std::span<std::byte> bytes) { return leading(bytes, untouched); }),
                      to.size());
    check_copied(copier.copy_and_wait(to, from), to, from.size(), polls, false);
  }
  auto copy = std::move(copier).copy(std::move(to), std::move(from));
  const auto outcome = std::move(copy).wait_into(copier, to, from, Deadline::after(0_us));
  FERRY_CHECK(!outcome.has_value());
  if (!outcome) FERRY_CHECK_EQUAL(outcome.error(), dma::Error::timed_out);
  // Over already: its own end, not a cancelled one.
  auto finished = std::move(copier).copy(std::move(to), std::move(from));
  while (!finished.is_done()) {
  }
  FERRY_CHECK(std::move(finished).cancel_into(copier, to, from).has_value());
}

void errors(dma::Copier& copier FERRY_BORROWS, dma::RxBuffer& to FERRY_BORROWS,
            dma::TxBuffer& from FERRY_BORROWS) {
  const auto fails = [](const dma::Outcome& outcome, dma::Error error) {
    FERRY_CHECK(!outcome.has_value());
    if (!outcome) FERRY_CHECK_EQUAL(outcome.error(), error);
  };
  const auto empty = copier.copy_and_wait(to, from, 0);
  FERRY_CHECK(empty.has_value() && empty->length == 0);
  fails(copier.copy_and_wait(to, from, from.size() + 1), dma::Error::length_beyond_buffer);

  dma::RxBuffer beyond_reach{dma::RxMemory::of<rtc_bytes>()};
  fails(copier.copy_and_wait(beyond_reach, from, 64), dma::Error::outside_dma_memory);
  auto copy = std::move(copier).copy(std::move(beyond_reach), std::move(from), 64);
  FERRY_CHECK(copy.is_done());
  fails(std::move(copy).wait_into(copier, beyond_reach, from), dma::Error::outside_dma_memory);
  fails(copier.copy_and_wait(beyond_reach, from), dma::Error::length_beyond_buffer);

  check_copied(copier.copy_and_wait(to, from), to, from.size(), 1, false);
}

}  // namespace

int main() {
  auto chip = take();
  dma::Dma dma{std::move(chip.dma)};
  auto [to_memory, rx_descriptors, from_memory, tx_descriptors] = dma_buffers<32'736>();
  dma::RxBuffer to{std::move(to_memory)};
  dma::TxBuffer from{std::move(from_memory)};
  auto channel = std::move(dma.channel1);
  dma::Copier copier{std::move(channel).configure({}, std::move(rx_descriptors), std::move(tx_descriptors)),
                     std::move(chip.uhci0)};
  run(copier, to, from, false);
  from.with([](std::span<std::byte> bytes) { fill_pattern(bytes, 1); });
  cancel(copier, to, from);
  from.with([](std::span<std::byte> bytes) { fill_pattern(bytes, 1); });
  errors(copier, to, from);

  // Without burst nothing need be aligned.
  dma::RxBuffer odd{dma::RxMemory::of<shifted.bytes>()};
  const auto outcome = copier.copy_and_wait(odd, from, 62);
  FERRY_CHECK(outcome.has_value());
  FERRY_CHECK_EQUAL(odd.with([](std::span<std::byte> bytes) { return matching(bytes, 1); }), 62u);

  // The channel taken out, and with burst in another copier.
  auto configured = std::move(copier).release();
  auto released = std::move(configured).release(rx_descriptors, tx_descriptors);
  copier = dma::Copier{
      std::move(released).configure({.burst = true}, std::move(rx_descriptors), std::move(tx_descriptors)),
      std::move(chip.aes)};
  const auto misaligned = copier.copy_and_wait(odd, from, 62);
  FERRY_CHECK(!misaligned.has_value() && misaligned.error() == dma::Error::misaligned);
  run(copier, to, from, true);
  return check::result();
}
