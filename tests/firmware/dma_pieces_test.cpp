// Kinds of buffers: several as one, constant data, loops, lists made beforehand. By copies, which need no
// driver but the channel.
#include "check.hpp"
#include "ferry/ferry.hpp"
#include "spi_loopback.hpp"

#include <array>
#include <cstdint>

using namespace ferry;
using namespace loopback;
using dma::Error;

// The first bytes of the flash window; the linker script has no section for it.
asm(".global flash_bytes\n.set flash_bytes, 0x3C000000");
extern "C" const std::array<std::byte, 64> flash_bytes;

namespace {

constexpr std::array<std::uint8_t, 5> table{1, 2, 3, 4, 5};
constexpr auto large_table = [] {
  std::array<std::byte, 5000> bytes{};
  for (std::uint32_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::byte>(i * 13 + (i >> 8));
  return bytes;
}();

void fails(const dma::Outcome& outcome, Error error) {
  FERRY_CHECK(!outcome.has_value());
  if (!outcome) FERRY_CHECK_EQUAL(outcome.error(), error);
}

// Three sources of different kinds and sizes, one of which takes two descriptors.
void gathers(dma::Copier& copier FERRY_BORROWS, dma::RxBuffer& to FERRY_BORROWS) {
  auto first = dma_buffers<10, 4100>();
  auto second = dma_buffers<10, 7>();
  dma::TxBuffer body{std::move(first.tx_memory)};
  dma::TxBuffer tail{std::move(second.tx_memory)};
  auto head = dma::ConstSource::of<table>();
  FERRY_CHECK_EQUAL(head.size(), 5u);
  body.with([](std::span<std::byte> bytes) { fill_pattern(bytes, 2); });
  tail.with([](std::span<std::byte> bytes) { fill_pattern(bytes, 3); });

  auto frame = dma::gather(std::move(head), std::move(body), std::move(tail));
  FERRY_CHECK_EQUAL(frame.size(), 4112u);
  for (int repetition = 0; repetition < 2; ++repetition) {
    to.fill(untouched);
    const auto outcome = copier.copy_and_wait(to, frame);
    FERRY_CHECK(outcome.has_value() && outcome->length == 4112);
    to.with_received([](std::span<const std::byte> bytes) {
      FERRY_CHECK_EQUAL(bytes.size(), 4112u);
      FERRY_CHECK(bytes[0] == std::byte{1} && bytes[4] == std::byte{5});
      FERRY_CHECK_EQUAL(matching(bytes.subspan(5, 4100), 2), 4100u);
      FERRY_CHECK_EQUAL(matching(bytes.subspan(4105), 3), 7u);
    });
    FERRY_CHECK(to[4112] == untouched);
  }

  // Parts of pieces, one left out, and the first bytes only.
  frame.use<0>(1, 3);
  frame.use<1>(4090, 10);
  frame.use<2>(0, 0);
  FERRY_CHECK_EQUAL(frame.size(), 13u);
  to.fill(untouched);
  FERRY_CHECK(copier.copy_and_wait(to, frame, 12).has_value());
  FERRY_CHECK(to[0] == std::byte{2} && to[2] == std::byte{4});
  FERRY_CHECK(to[3] == pattern(4090, 2) && to[11] == pattern(4098, 2) && to[12] == untouched);
  frame.use<2>(2, 5);
  frame.with<2>([](std::span<std::byte> bytes) { bytes[2] = std::byte{0x77}; });
  auto copy = std::move(copier).copy(std::move(to), std::move(frame));
  FERRY_CHECK(std::move(copy).wait_into(copier, to, frame).has_value());
  FERRY_CHECK_EQUAL(to.received(), 18u);
  FERRY_CHECK(to[13] == std::byte{0x77} && to[17] == pattern(6, 3));
  fails(copier.copy_and_wait(to, frame, 19), Error::length_beyond_buffer);

  std::move(frame).release_into(head, body, tail);
  FERRY_CHECK_EQUAL(body.size(), 4100u);
  FERRY_CHECK(tail[3] == pattern(3, 3));

  // More pieces than the channel's list has descriptors.
  auto two = dma::gather(std::move(body), std::move(tail));
  auto lists = dma_descriptors<2>();
  auto many = dma::prepare(std::move(two), std::move(lists.tx));
  fails(copier.copy_and_wait(to, many), Error::too_few_descriptors);
}

void scatters(dma::Copier& copier FERRY_BORROWS, dma::TxBuffer& from FERRY_BORROWS) {
  auto [memory0, list0, unused0, unused1] = dma_buffers<5, 1>();
  auto [memory1, list1, unused2, unused3] = dma_buffers<4200, 1>();
  auto [memory2, list2, unused4] = dma_buffer_in_place<20>();
  dma::RxBuffer a{std::move(memory0)};
  dma::RxBuffer b{std::move(memory1)};
  dma::InPlaceBuffer c{std::move(memory2)};
  from.with([](std::span<std::byte> bytes) { fill_pattern(bytes, 4); });
  c.fill(untouched);

  auto parts = dma::scatter(std::move(a), std::move(b), std::move(c));
  FERRY_CHECK_EQUAL(parts.size(), 4225u);
  const auto outcome = copier.copy_and_wait(parts, from, 4210);
  FERRY_CHECK(outcome.has_value() && outcome->length == 4210);
  std::move(parts).release_into(a, b, c);
  // Each knows what came to it.
  FERRY_CHECK_EQUAL(a.received(), 5u);
  FERRY_CHECK_EQUAL(b.received(), 4200u);
  FERRY_CHECK_EQUAL(c.received(), 5u);
  FERRY_CHECK(a[0] == pattern(0, 4) && a[4] == pattern(4, 4) && b[0] == pattern(5, 4));
  FERRY_CHECK(b[4199] == pattern(4204, 4) && c[4] == pattern(4209, 4) && c[5] == untouched);

  parts = dma::scatter(std::move(a), std::move(b), std::move(c));
  parts.use<0>(2);
  parts.use<1>(1);
  FERRY_CHECK_EQUAL(parts.size(), 23u);
  FERRY_CHECK(copier.copy_and_wait(parts, from, 23).has_value());
  fails(copier.copy_and_wait(parts, from, 24), Error::length_beyond_buffer);
  FERRY_CHECK(copier.copy_and_wait(parts, from, 23).has_value());
  std::move(parts).release_into(a, b, c);
  FERRY_CHECK(a.received() == 2 && b.received() == 1 && c.received() == 20);
  FERRY_CHECK(a[1] == pattern(1, 4) && b[0] == pattern(2, 4) && c[19] == pattern(22, 4));
}

void constants(dma::Copier& copier FERRY_BORROWS, dma::RxBuffer& to FERRY_BORROWS) {
  auto source = dma::ConstSource::of<large_table>();
  const auto same = source;  // nobody owns it
  static_cast<void>(same);
  auto copy = std::move(copier).copy(std::move(to), std::move(source));
  FERRY_CHECK(std::move(copy).wait_into(copier, to, source).has_value());
  FERRY_CHECK_EQUAL(to.received(), 5000u);
  FERRY_CHECK(to.with_received(
      [](std::span<const std::byte> bytes) { return std::ranges::equal(bytes, large_table); }));
  auto flash = dma::ConstSource::of<flash_bytes>();
  fails(copier.copy_and_wait(to, flash), Error::in_flash);
  auto after = dma::gather(source, flash);
  fails(copier.copy_and_wait(to, after), Error::in_flash);
}

void loops(dma::Copier& copier FERRY_BORROWS, dma::RxBuffer& to FERRY_BORROWS) {
  auto repeated = dma::loop(dma::ConstSource::of<table>());
  for (const std::uint32_t length : {1u, 5u, 6u, 4095u, 9000u}) {
    to.fill(untouched);
    const auto outcome = copier.copy_and_wait(to, repeated, length);
    FERRY_CHECK(outcome.has_value() && outcome->length == length);
    to.with([&](std::span<std::byte> bytes) {
      std::uint32_t good = 0;
      while (good < length && bytes[good] == static_cast<std::byte>(table[good % 5])) ++good;
      FERRY_CHECK_EQUAL(good, length);
      FERRY_CHECK_EQUAL(leading(bytes.subspan(length), untouched), bytes.size() - length);
    });
  }
  // By default all of the target.
  FERRY_CHECK(copier.copy_and_wait(to, repeated).has_value());
  FERRY_CHECK_EQUAL(to.received(), to.size());
  // A loop of two descriptors, and what is copied next is not what the loop left behind.
  auto buffers = dma_buffers<1, 4100>();
  dma::TxBuffer wave{std::move(buffers.tx_memory)};
  wave.with([](std::span<std::byte> bytes) { fill_pattern(bytes, 9); });
  auto waves = dma::loop(std::move(wave));
  FERRY_CHECK(copier.copy_and_wait(to, waves, 8200).has_value());
  FERRY_CHECK(to[8199] == pattern(4099, 9) && to[4100] == pattern(0, 9));
  wave = std::move(waves).release();
  FERRY_CHECK(copier.copy_and_wait(to, wave).has_value());
  FERRY_CHECK_EQUAL(to.with_received([](std::span<const std::byte> bytes) { return matching(bytes, 9); }),
                    4100u);
}

// Two pairs in turn, each with lists of its own, on a channel whose own lists serve a third.
void prepared(dma::Copier& copier FERRY_BORROWS, dma::RxBuffer& to FERRY_BORROWS,
              dma::TxBuffer& from FERRY_BORROWS) {
  auto [memory_a, rx_list_a, from_memory_a, tx_list_a] = dma_buffers<5000>();
  auto [memory_b, rx_list_b, from_memory_b, tx_list_b] = dma_buffers<60>();
  auto to_a = dma::prepare(dma::RxBuffer{std::move(memory_a)}, std::move(rx_list_a));
  auto to_b = dma::prepare(dma::RxBuffer{std::move(memory_b)}, std::move(rx_list_b));
  auto from_a = dma::prepare(dma::TxBuffer{std::move(from_memory_a)}, std::move(tx_list_a));
  auto from_b = dma::prepare(dma::TxBuffer{std::move(from_memory_b)}, std::move(tx_list_b));
  for (std::uint32_t round = 0; round < 3; ++round) {
    from_a.with([&](std::span<std::byte> bytes) { fill_pattern(bytes, round); });
    from_b.with([&](std::span<std::byte> bytes) { fill_pattern(bytes, round + 10); });
    from.with([&](std::span<std::byte> bytes) { fill_pattern(bytes, round + 20); });
    FERRY_CHECK(copier.copy_and_wait(to_a, from_a).has_value());
    auto copy = std::move(copier).copy(std::move(to_b), std::move(from_b));
    FERRY_CHECK(std::move(copy).wait_into(copier, to_b, from_b).has_value());
    FERRY_CHECK(copier.copy_and_wait(to, from).has_value());
    FERRY_CHECK_EQUAL(to_a.received(), 5000u);
    FERRY_CHECK_EQUAL(to_a.with([&](std::span<std::byte> bytes) { return matching(bytes, round); }), 5000u);
    FERRY_CHECK_EQUAL(to_b.with([&](std::span<std::byte> bytes) { return matching(bytes, round + 10); }),
                      60u);
    FERRY_CHECK_EQUAL(to.with([&](std::span<std::byte> bytes) { return matching(bytes, round + 20); }),
                      from.size());
  }
  auto buffer = std::move(to_a).release(rx_list_a);
  FERRY_CHECK_EQUAL(rx_list_a.count(), 2u);
  FERRY_CHECK_EQUAL(buffer.received(), 5000u);

  // The same list for other bytes.
  buffer.fill(untouched);
  auto again = dma::prepare(std::move(to), std::move(rx_list_a));
  fails(copier.copy_and_wait(again, from), Error::too_few_descriptors);
  FERRY_CHECK(copier.copy_and_wait(again, from, 8190).has_value());
  to = std::move(again).release(rx_list_a);
  FERRY_CHECK_EQUAL(to.received(), 8190u);
  FERRY_CHECK_EQUAL(buffer.with([](std::span<std::byte> bytes) { return leading(bytes, untouched); }), 5000u);
}

void scatters_in_words(dma::Copier& copier FERRY_BORROWS, dma::TxBuffer& from FERRY_BORROWS) {
  auto first = dma_buffers<8, 1>();
  auto second = dma_buffers<5, 1>();
  dma::RxBuffer words{std::move(first.rx_memory)};
  dma::RxBuffer odd{std::move(second.rx_memory)};
  auto fitting = dma::scatter(std::move(words), std::move(odd));
  const auto outcome = copier.copy_and_wait(fitting, from, 13);
  FERRY_CHECK(outcome.has_value() && outcome->length == 13);
  fitting.use<0>(6);
  fails(copier.copy_and_wait(fitting, from, 11), Error::misaligned);
  std::move(fitting).release_into(words, odd);
  FERRY_CHECK_EQUAL(odd.received(), 0u);
  auto unfitting = dma::scatter(std::move(odd), std::move(words));
  fails(copier.copy_and_wait(unfitting, from, 13), Error::misaligned);
  FERRY_CHECK(copier.copy_and_wait(unfitting, from, 5).has_value());
}

}  // namespace

int main() {
  auto chip = take();
  dma::Dma dma{std::move(chip.dma)};
  auto [to_memory, rx_descriptors, from_memory, tx_descriptors] = dma_buffers<12'000>();
  auto lists = dma_descriptors<4>();
  dma::RxBuffer to{std::move(to_memory)};
  dma::TxBuffer from{std::move(from_memory)};
  auto channel = std::move(dma.channel2);
  dma::Copier copier{std::move(channel).configure({}, std::move(lists.rx), std::move(lists.tx)),
                     std::move(chip.uhci0)};
  gathers(copier, to);
  scatters(copier, from);
  constants(copier, to);
  loops(copier, to);
  prepared(copier, to, from);

  // With burst, pieces in front of the last one have to be whole words.
  auto configured = std::move(copier).release();
  auto released = std::move(configured).release(lists.rx, lists.tx);
  copier =
      dma::Copier{std::move(released).configure({.burst = true}, std::move(lists.rx), std::move(lists.tx)),
                  std::move(chip.aes)};
  scatters_in_words(copier, from);
  return check::result();
}
