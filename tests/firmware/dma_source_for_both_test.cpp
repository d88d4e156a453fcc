// run: --wire GPIO4:GPIO2
// Memory for both directions as what is sent from: the other buffer is received into, and knows how much.
#include "check.hpp"
#include "ferry/ferry.hpp"
#include "spi_loopback.hpp"

#include <cstdint>

using namespace ferry;
using namespace ferry::literals;
using namespace loopback;

namespace {

constexpr std::uint32_t size = 5000;

bool arrived(const dma::RxBuffer& to FERRY_BORROWS, std::uint32_t length) {
  return to.received() == length &&
         to.with_received([](std::span<const std::byte> bytes) { return matching(bytes, 3); }) == length;
}
bool is_as_it_was(const dma::InPlaceBuffer& both FERRY_BORROWS) {
  return both.received() == 0 &&
         both.with([](std::span<const std::byte> bytes) { return matching(bytes, 3); }) == size;
}

void copies(dma::Copier& copier FERRY_BORROWS, dma::RxBuffer& to FERRY_BORROWS,
            dma::InPlaceBuffer& both FERRY_BORROWS) {
  to.fill(0_b);
  const auto outcome = std::move(copier).copy(std::move(to), std::move(both)).wait_into(copier, to, both);
  FERRY_CHECK(outcome.has_value() && arrived(to, size) && is_as_it_was(both));
}

void transfers(spi::MasterDma& spi FERRY_BORROWS, dma::RxBuffer& to FERRY_BORROWS,
               dma::InPlaceBuffer& both FERRY_BORROWS) {
  to.fill(0_b);
  const auto outcome = std::move(spi).transfer(std::move(to), std::move(both)).wait_into(spi, to, both);
  FERRY_CHECK(outcome.has_value() && arrived(to, size) && is_as_it_was(both));
}

// A start behind one that was cancelled is set up anew, from the buffers.
void prepared(spi::MasterDma& spi FERRY_BORROWS, dma::RxBuffer& to FERRY_BORROWS,
              dma::InPlaceBuffer& both FERRY_BORROWS) {
  auto whole = spi::prepare(std::move(spi), std::move(to), std::move(both));
  auto first = std::move(whole).start();
  delay(100_us);
  FERRY_CHECK(!std::move(first).cancel_into(whole));
  auto second = std::move(whole).start();
  FERRY_CHECK(std::move(second).wait_into(whole).has_value());
  std::move(whole).release_into(spi, to, both);
  FERRY_CHECK(arrived(to, size) && is_as_it_was(both));
}

}  // namespace

int main() {
  auto chip = take();
  dma::Dma dma{std::move(chip.dma)};
  auto in_place = dma_buffer_in_place<size>();
  dma::InPlaceBuffer both{std::move(in_place.memory)};
  both.with([](std::span<std::byte> bytes) { fill_pattern(bytes, 3); });
  auto other = dma_buffers<size, 1>();
  dma::RxBuffer to{std::move(other.rx_memory)};
  auto zero = std::move(dma.channel0);
  auto spi = make_master(chip, {.frequency = 10_MHz})
                 .with_dma(std::move(zero).configure({}, std::move(in_place.rx_descriptors),
                                                     std::move(in_place.tx_descriptors)));
  auto lists = dma_descriptors<2>();
  auto one = std::move(dma.channel1);
  dma::Copier copier{std::move(one).configure({}, std::move(lists.rx), std::move(lists.tx)),
                     std::move(chip.uhci0)};
  copies(copier, to, both);
  transfers(spi, to, both);
  prepared(spi, to, both);
  return check::result();
}
