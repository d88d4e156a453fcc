// An interrupt comes while a queue or a stream waits, anywhere between two looks, and its handler takes
// longer than all that is waited for may take: printing a few lines does. Everything is there when it
// returns, so nothing is late.
#include "check.hpp"
#include "chip/esp32c3/registers/systimer.hpp"
#include "ferry/ferry.hpp"
#include "ferry/mmio.hpp"
#include "spi_loopback.hpp"

#include <array>
#include <cstdint>

using namespace ferry;
using namespace ferry::literals;
using loopback::make_master;

namespace {

constexpr std::uint32_t size = 40, large = 6000;
constexpr Duration longer_than_all = 60_ms;
volatile std::uint32_t handlers = 0;

void disarm() {
  using namespace chip::systimer;
  mmio::modify(base, IntEna::target1_int_ena(0));
  mmio::modify(base, Conf::target1_work_en(0));
  mmio::write(base, IntClr::target1_int_clr(1));
}

void on_time() {
  disarm();
  handlers = handlers + 1;
  delay(longer_than_all);
}

// Once, so many ticks of the timer from now on.
void interrupt_in(std::uint32_t ticks) {
  using namespace chip::systimer;
  mmio::write(base, TargetConf::target_period.run_time(ticks) | TargetConf::target_period_mode(1), 1);
  mmio::write(base, CompLoad::timer_comp_load(1), 1);
  mmio::modify(base, IntEna::target1_int_ena(1));
  mmio::modify(base, Conf::target1_work_en(1));
}

// A wait looks every few microseconds, of which each has 16 ticks: the interrupt comes at all its places.
constexpr std::uint32_t first_tick = 100, last_tick = 140;

void served(bool in_time, std::uint32_t ticks) {
  FERRY_CHECK(in_time);
  if (!in_time) print("{} ticks\n", ticks);
  static std::uint32_t expected = 0;
  FERRY_CHECK_EQUAL(handlers, ++expected);
}

// The bound of each piece, and a deadline of the program.
Deadline deadline(std::uint32_t ticks) { return ticks % 2 == 0 ? Deadline::never() : Deadline::after(10_ms); }

void queues(spi::MasterDma& spi FERRY_BORROWS, dma::TxBuffer& one FERRY_BORROWS,
            dma::TxBuffer& two FERRY_BORROWS, dma::TxBuffer& three FERRY_BORROWS) {
  for (std::uint32_t ticks = first_tick; ticks < last_tick; ++ticks) {
    auto queue = spi::queue(std::move(spi), std::move(one), std::move(two));
    interrupt_in(ticks);
    served(queue.exchange(three, dma::whole_buffer, deadline(ticks)).has_value(), ticks);
    interrupt_in(ticks);
    served(std::move(queue).wait_into(spi, one, two).has_value(), ticks);
  }
}

void streams(spi::MasterDma& spi FERRY_BORROWS, dma::TxStream& tx FERRY_BORROWS) {
  constexpr std::array<std::byte, size> bytes{};
  for (std::uint32_t ticks = first_tick; ticks < last_tick; ++ticks) {
    auto stream = spi::stream(std::move(spi), std::move(tx));
    stream.push(bytes);
    stream.flush();
    interrupt_in(ticks);
    served(stream.drain(deadline(ticks)), ticks);
    const auto outcome = std::move(stream).stop_into(spi, tx);
    FERRY_CHECK(outcome && outcome->length == size);
  }
}

struct Pair {
  dma::RxBuffer to;
  dma::TxBuffer from;
};

void copies(dma::Copier& copier FERRY_BORROWS, Pair& one, Pair& two, Pair& three) {
  auto to = take_out(three.to);
  auto from = take_out(three.from);
  for (std::uint32_t ticks = first_tick; ticks < last_tick; ++ticks) {
    auto queue =
        std::move(copier).queue(take_out(one.to), take_out(one.from), take_out(two.to), take_out(two.from));
    interrupt_in(ticks);
    served(queue.exchange(to, from, dma::whole_buffer, deadline(ticks)).has_value(), ticks);
    interrupt_in(ticks);
    served(std::move(queue).wait_into(copier, one.to, one.from, two.to, two.from).has_value(), ticks);
  }
}

}  // namespace

int main() {
  auto chip = take();
  dma::Dma dma{std::move(chip.dma)};
  interrupt::attach(interrupt::Source::systimer_target1, 2, on_time);
  {
    auto first = dma_buffers<size>();
    auto second = dma_buffers<size>();
    auto third = dma_buffers<size>();
    auto lists = dma_descriptors<4>();
    auto channel = std::move(dma.channel0).configure({}, std::move(lists.rx), std::move(lists.tx));
    auto spi = make_master(chip, {.frequency = 10_MHz}).with_dma(std::move(channel));
    dma::TxBuffer one{std::move(first.tx_memory)};
    dma::TxBuffer two{std::move(second.tx_memory)};
    dma::TxBuffer three{std::move(third.tx_memory)};
    queues(spi, one, two, three);
    auto tx = dma_tx_stream<1024, 8>();
    streams(spi, tx);
  }
  auto first = dma_buffers<large>();
  auto second = dma_buffers<large>();
  auto third = dma_buffers<large>();
  auto lists = dma_descriptors<6>();
  auto channel = std::move(dma.channel1).configure({}, std::move(lists.rx), std::move(lists.tx));
  dma::Copier copier{std::move(channel), std::move(chip.sha)};
  Pair one{dma::RxBuffer{std::move(first.rx_memory)}, dma::TxBuffer{std::move(first.tx_memory)}};
  Pair two{dma::RxBuffer{std::move(second.rx_memory)}, dma::TxBuffer{std::move(second.tx_memory)}};
  Pair three{dma::RxBuffer{std::move(third.rx_memory)}, dma::TxBuffer{std::move(third.tx_memory)}};
  copies(copier, one, two, three);
  return check::result();
}
