// A slave that is armed as the test asks, once per change of `go`, and shows on GPIO10 that it is, until the
// transfer is over or the test takes it away. As operations.cpp it uses the same parts all the time.
#include "ferry/ferry.hpp"
#include "tests/conformance/properties/channel_config.hpp"
#include "tests/conformance/properties/pieces.hpp"
#include "tests/conformance/properties/request.hpp"

#include <utility>

using namespace ferry;
using namespace properties;

// Found by the test by their names.
SlaveRequest request;
SlaveAnswer answer;
Arena arena;
volatile std::uint32_t go;
volatile std::uint32_t taken_away;

namespace {

void tell(const spi::SlaveOutcome& outcome) {
  answer = {.succeeded = outcome.has_value() ? 1u : 0u,
            .error = outcome ? 0 : static_cast<std::uint32_t>(outcome.error().reason),
            .received = spi::received(outcome),
            .length = outcome ? outcome->length : 0,
            .sent = outcome ? outcome->sent : 0,
            .extra_bits = outcome ? outcome->extra_bits : 0};
}

template <class Transfer, class... Back>
void wait(gpio::Output& armed, Transfer transfer FERRY_TAKES_LIVE, Back&... back FERRY_REFILLS) {
  armed.set_high();
  while (!transfer.is_done() && taken_away == 0) {
  }
  if (taken_away != 0) {
    tell(std::move(transfer).cancel_into(back...));
  } else {
    tell(std::move(transfer).wait_into(back...));
  }
  armed.set_low();
}

void operate(gpio::Output& armed, spi::SlaveDma& spi FERRY_BORROWS, Target& target FERRY_BORROWS,
             Source& source FERRY_BORROWS, dma::InPlaceBuffer& in_place FERRY_BORROWS) {
  if (request.form == Form::in_place) {
    wait(armed, std::move(spi).transfer_in_place(std::move(in_place), request.rx_length), spi, in_place);
  } else if (request.form == Form::read) {
    wait(armed, std::move(spi).read(std::move(target), request.rx_length), spi, target);
  } else if (request.form == Form::write) {
    wait(armed, std::move(spi).write(std::move(source), request.tx_length), spi, source);
  } else {
    wait(armed,
         std::move(spi).transfer(std::move(target), std::move(source),
                                 {.rx_length = request.rx_length, .tx_length = request.tx_length}),
         spi, target, source);
  }
}

spi::SlaveConfig config() {
  const spi::BitOrder order = request.lsb_first != 0 ? spi::BitOrder::lsb_first : spi::BitOrder::msb_first;
  return {.mode = static_cast<spi::Mode>(request.mode), .write_bit_order = order, .read_bit_order = order};
}

}  // namespace

int main() {
  auto chip = take();
  gpio::Output armed{std::move(chip.gpio10)};
  dma::Dma dma{std::move(chip.dma)};
  auto whole_channel = std::move(dma.channel0);
  auto [rx_list, tx_list] = dma_descriptors<16>();
  auto configured = std::move(whole_channel).configure({}, std::move(rx_list), std::move(tx_list));
  auto spi = spi::Slave{std::move(chip.spi2), {}}
                 .with_sck(std::move(chip.gpio0))
                 .with_mosi(std::move(chip.gpio4))
                 .with_miso(std::move(chip.gpio2))
                 .with_cs(std::move(chip.gpio5))
                 .with_dma(std::move(configured));
  auto target = make_target();
  auto source = make_source();
  dma::InPlaceBuffer in_place{dma::InPlaceMemory::of<arena.in_place>()};

  for (std::uint32_t last = 0;;) {
    while (go == last) {
    }
    last = go;
    auto slave = std::move(spi).without_dma(configured);
    auto channel = std::move(configured).release(rx_list, tx_list);
    configured =
        std::move(channel).configure(config_of(request.channel), std::move(rx_list), std::move(tx_list));
    spi = std::move(slave).with_dma(std::move(configured));
    spi.apply_config(config());
    use_pieces(request, target, source);
    operate(armed, spi, target, source, in_place);
  }
}
