// unwatched: it writes over a list that GDMA goes on with
// A list that something wrote over: the pipe says so, and the next one works.
#include "check.hpp"
#include "chip/esp32c3/registers/dma.hpp"
#include "ferry/ferry.hpp"
#include "ferry/mmio.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

using namespace ferry;
using namespace ferry::literals;

namespace {

std::array<std::byte, 256> in, out;

void broken(dma::Copier& copier FERRY_BORROWS, dma::RxStream& to FERRY_BORROWS,
            dma::TxStream& from FERRY_BORROWS) {
  auto pipe = std::move(copier).pipe(std::move(to), std::move(from));
  FERRY_CHECK_EQUAL(pipe.push(in), 256u);
  delay(20_us);
  const std::uint32_t list = mmio::read(chip::dma::base, chip::dma::OutLink::outlink_addr);
  FERRY_CHECK_EQUAL(pipe.push(std::span{in}.first(255)), 255u);
  reinterpret_cast<dma::Descriptor*>(0x3FC0'0000u + list)[0].next = 0x4000'0000;
  mmio::modify(chip::dma::base, chip::dma::OutLink::outlink_restart(1));
  delay(50_us);
  FERRY_CHECK(pipe.error() == dma::Error::tx_descriptor_error);
  const auto outcome = std::move(pipe).stop_into(copier, to, from);
  FERRY_CHECK(!outcome && outcome.error() == dma::Error::tx_descriptor_error);
  FERRY_CHECK_EQUAL(received(outcome), 256u);
  // What has arrived until then is still there, and would be in front of what comes now.
  FERRY_CHECK_EQUAL(to.available(), 256u);
  to.clear();
}

void works(dma::Copier& copier FERRY_BORROWS, dma::RxStream& to FERRY_BORROWS,
           dma::TxStream& from FERRY_BORROWS) {
  auto pipe = std::move(copier).pipe(std::move(to), std::move(from));
  FERRY_CHECK_EQUAL(pipe.push(in), 256u);
  delay(50_us);
  FERRY_CHECK_EQUAL(pipe.pop(out), 256u);
  FERRY_CHECK(std::ranges::equal(in, out));
  FERRY_CHECK(std::move(pipe).stop_into(copier, to, from).has_value());
}

}  // namespace

int main() {
  auto chip = take();
  dma::Dma dma{std::move(chip.dma)};
  auto to = dma_rx_stream<4096, 4>();
  auto from = dma_tx_stream<768, 3>();
  auto lists = dma_descriptors<1>();
  auto channel = std::move(dma.channel0);
  dma::Copier copier{std::move(channel).configure({}, std::move(lists.rx), std::move(lists.tx)),
                     std::move(chip.uhci0)};
  for (std::uint32_t i = 0; i < in.size(); ++i) in[i] = static_cast<std::byte>(i * 7 + 1);
  broken(copier, to, from);
  works(copier, to, from);
  return check::result();
}
