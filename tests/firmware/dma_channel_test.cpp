// Settings of a channel, half by half, and halves of two channels: what the registers and the descriptors
// say.
#include "check.hpp"
#include "chip/esp32c3/registers/dma.hpp"
#include "ferry/ferry.hpp"
#include "ferry/mmio.hpp"
#include "spi_loopback.hpp"

#include <array>
#include <cstdint>

using namespace ferry;
using namespace loopback;
using dma::Error;
using dma::Owner;

namespace {

std::array<dma::Descriptor, 4> rx_list, tx_list;
struct Shifted {
  alignas(4) std::byte first;
  std::array<std::byte, 63> bytes;
};
Shifted shifted;

void works(dma::Copier& copier FERRY_BORROWS, dma::RxBuffer& to FERRY_BORROWS,
           dma::TxBuffer& from FERRY_BORROWS, std::uint32_t round) {
  from.with([&](std::span<std::byte> bytes) { fill_pattern(bytes, round); });
  to.fill(std::byte{0});
  const auto outcome = copier.copy_and_wait(to, from);
  if (!outcome) print("round {}: {}\n", round, outcome.error());
  FERRY_CHECK(outcome.has_value());
  FERRY_CHECK_EQUAL(to.with([&](std::span<std::byte> bytes) { return matching(bytes, round); }), to.size());
}

template <class Field>
std::uint32_t field(Field which, std::uint32_t channel) {
  return mmio::read(chip::dma::base, which, channel);
}

// Takes the channel out of the copier and puts it back with other settings.
template <class Token>
FERRY_MADE_LIVE dma::Copier configured_anew(dma::Copier copier FERRY_TAKES_LIVE, dma::ChannelConfig config,
                                            Token token) {
  auto configured = std::move(copier).release();
  dma::RxDescriptors rx;
  dma::TxDescriptors tx;
  auto channel = std::move(configured).release(rx, tx);
  return dma::Copier{std::move(channel).configure(config, std::move(rx), std::move(tx)), std::move(token)};
}

void settings(dma::Copier& copier FERRY_BORROWS, dma::RxBuffer& to FERRY_BORROWS,
              dma::TxBuffer& from FERRY_BORROWS, Peripherals& chip) {
  using namespace chip::dma;
  FERRY_CHECK(field(InConf1::in_check_owner, 0) == 1 && field(OutConf1::out_check_owner, 0) == 1);
  FERRY_CHECK(field(InConf0::in_data_burst_en, 0) == 0 && field(OutConf0::out_data_burst_en, 0) == 0);
  FERRY_CHECK(field(OutConf0::out_auto_wrback, 0) == 0 && field(OutConf0::out_eof_mode, 0) == 1);
  works(copier, to, from, 1);
  FERRY_CHECK(tx_list[0].owner() == Owner::dma && rx_list[0].owner() == Owner::cpu);

  // Bursts on one side: only the receiving side asks for alignment.
  dma::RxBuffer odd{dma::RxMemory::of<shifted.bytes>()};
  copier =
      configured_anew(std::move(copier), {.burst = {false, true}, .priority = {2, 5}}, std::move(chip.i2s0));
  FERRY_CHECK(field(InConf0::in_data_burst_en, 0) == 0 && field(OutConf0::out_data_burst_en, 0) == 1);
  FERRY_CHECK(field(InPri::rx_pri, 0) == 2 && field(OutPri::tx_pri, 0) == 5);
  works(copier, to, from, 2);
  FERRY_CHECK(copier.copy_and_wait(odd, from, 63).has_value());
  copier = configured_anew(std::move(copier), {.burst = {true, false}}, std::move(chip.aes));
  FERRY_CHECK(field(InConf0::in_data_burst_en, 0) == 1 && field(OutConf0::out_data_burst_en, 0) == 0);
  works(copier, to, from, 3);
  const auto misaligned = copier.copy_and_wait(odd, from, 60);
  FERRY_CHECK(!misaligned && misaligned.error() == Error::misaligned);
  auto odd_source = std::move(odd).turn_around();
  FERRY_CHECK(copier.copy_and_wait(to, odd_source, 63).has_value());

  // GDMA gives back what it has sent, and every copy finds the list ready again. Not so with a loop.
  copier = configured_anew(std::move(copier), {.auto_write_back = true}, std::move(chip.sha));
  for (std::uint32_t round = 4; round < 7; ++round) {
    works(copier, to, from, round);
    FERRY_CHECK(tx_list[0].owner() == Owner::cpu && tx_list[1].owner() == Owner::cpu);
  }
  auto repeated = dma::loop(std::move(odd_source));
  FERRY_CHECK(copier.copy_and_wait(to, repeated).has_value());
  FERRY_CHECK(tx_list[0].owner() == Owner::dma);
  works(copier, to, from, 7);
  FERRY_CHECK(tx_list[0].owner() == Owner::cpu);

  // Without the check, a descriptor that belongs to the CPU is as good as any.
  copier = configured_anew(std::move(copier), {.owner_check = false, .eof = dma::Eof::when_read},
                           std::move(chip.apb_saradc));
  FERRY_CHECK(field(InConf1::in_check_owner, 0) == 0 && field(OutConf1::out_check_owner, 0) == 0);
  FERRY_CHECK(field(OutConf0::out_eof_mode, 0) == 0);
  works(copier, to, from, 8);
  tx_list[1].word0 &= ~dma::Descriptor::owner_bit;
  works(copier, to, from, 9);
  FERRY_CHECK(tx_list[1].owner() == Owner::cpu);
}

}  // namespace

int main() {
  auto chip = take();
  dma::Dma dma{std::move(chip.dma)};
  auto buffers = dma_buffers<5000>();
  dma::RxBuffer to{std::move(buffers.rx_memory)};
  dma::TxBuffer from{std::move(buffers.tx_memory)};

  // Two channels, split and joined crosswise; then each put together again.
  auto zero = std::move(dma.channel0);
  auto two = std::move(dma.channel2);
  auto halves = std::move(zero).split();
  auto others = std::move(two).split();
  auto crossed = join(std::move(halves.receive), std::move(others.transmit));
  auto spare = dma_descriptors<2>();
  auto configured =
      std::move(crossed).configure({.priority = {1, 4}}, std::move(spare.rx), std::move(spare.tx));
  FERRY_CHECK(field(chip::dma::InPri::rx_pri, 0) == 1 && field(chip::dma::OutPri::tx_pri, 0) == 0);
  FERRY_CHECK(field(chip::dma::InPri::rx_pri, 2) == 0 && field(chip::dma::OutPri::tx_pri, 2) == 4);
  auto pair = std::move(configured).release(spare.rx, spare.tx);
  auto parts = std::move(pair).split();
  [[maybe_unused]] auto second = unite(std::move(others.receive), std::move(parts.transmit));
  auto channel = unite(std::move(parts.receive), std::move(halves.transmit));

  dma::Copier copier{
      std::move(channel).configure({}, dma::RxDescriptors::of<rx_list>(), dma::TxDescriptors::of<tx_list>()),
      std::move(chip.uhci0)};
  settings(copier, to, from, chip);
  return check::result();
}
