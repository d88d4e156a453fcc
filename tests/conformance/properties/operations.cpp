// Does what the test asks for, once per change of `go`, and shows on GPIO10 when it is done. The parts of
// each operation come back or the program does not compile; the next operation uses them again.
#include "ferry/ferry.hpp"
#include "tests/conformance/properties/pieces.hpp"
#include "tests/conformance/properties/request.hpp"

#include <utility>

using namespace ferry;
using namespace ferry::literals;
using namespace properties;

// Found by the test by their names.
Request request;
Answer answer;
Arena arena;
volatile std::uint32_t go;

namespace {

void tell(const dma::Outcome& outcome) {
  answer = {.succeeded = outcome.has_value() ? 1u : 0u,
            .error = outcome ? 0 : static_cast<std::uint32_t>(outcome.error().reason),
            .received = dma::received(outcome)};
}

// Ends a transfer as the request says.
template <class Transfer, class... Back>
void end(Transfer transfer FERRY_TAKES_LIVE, Back&... back FERRY_REFILLS) {
  const Duration span = Duration::microseconds(request.microseconds);
  if (request.end == End::by_itself) {
    tell(std::move(transfer).wait_into(back...));
  } else if (request.end == End::by_a_deadline) {
    tell(std::move(transfer).wait_into(back..., Deadline::after(span)));
  } else {
    delay(span);
    tell(std::move(transfer).cancel_into(back...));
  }
}

spi::Config config() {
  constexpr spi::Frequency choices[] = {1_MHz, 4_MHz, 10_MHz, 20_MHz, 40_MHz};
  static_assert(std::size(choices) == frequencies.size());
  const spi::BitOrder order = request.lsb_first != 0 ? spi::BitOrder::lsb_first : spi::BitOrder::msb_first;
  return {.frequency = choices[request.frequency],
          .mode = static_cast<spi::Mode>(request.mode),
          .write_bit_order = order,
          .read_bit_order = order};
}

// The widths are constants to the compiler, which checks them.
spi::Phases phases() {
  const auto lines = static_cast<spi::Lines>(request.phase_lines);
  spi::Phases made{.data_lines = static_cast<spi::Lines>(request.data_lines)};
  if (request.command_bits == 8) made.command = {command_value & 0xFF, 8, lines};
  if (request.command_bits == 16) made.command = {command_value, 16, lines};
  if (request.address_bits == 24) made.address = {address_value & 0xFF'FFFF, 24, lines};
  if (request.address_bits == 32) made.address = {address_value, 32, lines};
  if (request.dummy_cycles == 2) made.dummy_cycles = 2;
  if (request.dummy_cycles == 9) made.dummy_cycles = 9;
  return made;
}

void by_the_cpu(spi::MasterDma& spi FERRY_BORROWS) {
  const auto outcome = spi.transfer(std::span{arena.rx0}.first(request.rx[0].length),
                                    std::span{arena.tx0}.subspan(request.tx[0].offset, request.tx[0].length));
  answer = {.succeeded = outcome.has_value() ? 1u : 0u, .error = 0, .received = 0};
}

void copy(dma::Copier& copier FERRY_BORROWS, Target& target FERRY_BORROWS, Source& source FERRY_BORROWS) {
  end(std::move(copier).copy(std::move(target), std::move(source), request.rx_length), copier, target,
      source);
}

void by_spi(spi::MasterDma& spi FERRY_BORROWS, Target& target FERRY_BORROWS, Source& source FERRY_BORROWS,
            dma::InPlaceBuffer& in_place FERRY_BORROWS) {
  spi.apply_config(config());
  switch (request.form) {
    case Form::in_place:
      return end(std::move(spi).transfer_in_place(std::move(in_place), request.rx_length), spi, in_place);
    case Form::write:
      return end(std::move(spi).write(std::move(source), request.tx_length), spi, source);
    case Form::read:
      return end(std::move(spi).read(std::move(target), request.rx_length), spi, target);
    case Form::half_duplex_write:
      return end(std::move(spi).half_duplex_write(phases(), std::move(source), request.tx_length), spi,
                 source);
    case Form::half_duplex_read:
      return end(std::move(spi).half_duplex_read(phases(), std::move(target), request.rx_length), spi,
                 target);
    case Form::by_the_cpu:
      return by_the_cpu(spi);
    case Form::full_duplex:
    case Form::copy:
      break;
  }
  end(std::move(spi).transfer(std::move(target), std::move(source),
                              {.rx_length = request.rx_length, .tx_length = request.tx_length}),
      spi, target, source);
}

FERRY_MADE_LIVE spi::Master make_master(Peripherals& chip) {
  return spi::Master{std::move(chip.spi2), {}}
      .with_sck(std::move(chip.gpio0))
      .with_cs(std::move(chip.gpio5))
      .with_sio0(std::move(chip.gpio4))
      .with_sio1(std::move(chip.gpio2))
      .with_sio2(std::move(chip.gpio6))
      .with_sio3(std::move(chip.gpio7));
}

}  // namespace

int main() {
  auto chip = take();
  gpio::Output done{std::move(chip.gpio10)};
  dma::Dma dma{std::move(chip.dma)};
  auto channel0 = std::move(dma.channel0);
  auto [rx_list, tx_list] = dma_descriptors<16>();
  auto configured = std::move(channel0).configure({}, std::move(rx_list), std::move(tx_list));
  auto spi = make_master(chip).with_dma(std::move(configured));
  auto channel1 = std::move(dma.channel1);
  auto [rx_list1, tx_list1] = dma_descriptors<16>();
  dma::Copier copier{std::move(channel1).configure({}, std::move(rx_list1), std::move(tx_list1)),
                     std::move(chip.uhci0)};
  auto channel2 = std::move(dma.channel2);
  auto [rx_list2, tx_list2] = dma_descriptors<16>();
  dma::Copier burst_copier{
      std::move(channel2).configure({.burst = true}, std::move(rx_list2), std::move(tx_list2)),
      std::move(chip.i2s0)};
  auto target = make_target();
  auto source = make_source();
  dma::InPlaceBuffer in_place{dma::InPlaceMemory::of<arena.in_place>()};

  for (std::uint32_t last = 0;;) {
    while (go == last) {
    }
    last = go;
    done.set_low();
    use_pieces(request, target, source);
    if (request.form == Form::copy) {
      if (request.rx_burst != 0) {
        copy(burst_copier, target, source);
      } else {
        copy(copier, target, source);
      }
    } else {
      auto master = std::move(spi).without_dma(configured);
      auto channel = std::move(configured).release(rx_list, tx_list);
      configured = std::move(channel).configure({.burst = {request.rx_burst != 0, request.tx_burst != 0}},
                                                std::move(rx_list), std::move(tx_list));
      spi = std::move(master).with_dma(std::move(configured));
      by_spi(spi, target, source, in_place);
    }
    done.set_high();
  }
}
