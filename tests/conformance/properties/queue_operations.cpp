// Queues as the test asks for them. Each change of `go` is a queue that starts, an exchange or the end, and
// GPIO10 shows when that is done. The parts come back or the program does not compile; the next queue uses
// them again.
#include "ferry/ferry.hpp"
#include "tests/conformance/properties/channel_config.hpp"
#include "tests/conformance/properties/ending.hpp"
#include "tests/conformance/properties/queue_request.hpp"
#include "tests/conformance/properties/spi_config.hpp"

#include <utility>

using namespace ferry;

using namespace properties;

// Found by the test by their names.
QueueRequest request;
Answer answer;
QueueArena arena;
volatile std::uint32_t go;

namespace {

// What a queue takes: the whole of it one kind, so views of one buffer each.
using To = dma::Scatter<dma::RxBuffer>;
using From = dma::Gather<dma::TxBuffer>;

void use(const QueueEntry& entry, To& to FERRY_BORROWS) { to.use<0>(entry.room); }
void use(const QueueEntry& entry, From& from FERRY_BORROWS) { from.use<0>(entry.tx.offset, entry.tx.length); }
void use(const QueueEntry& entry, To& to FERRY_BORROWS, From& from FERRY_BORROWS) {
  use(entry, to);
  use(entry, from);
}
void use(const QueueEntry&, [[maybe_unused]] dma::InPlaceBuffer& buffer FERRY_BORROWS) {}  // always whole

// Shows that it is done, and waits for the next request.
void next(gpio::Output& done) {
  const std::uint32_t last = go;
  done.set_high();
  while (go == last) {
  }
  done.set_low();
}

// Until the queue is to end.
template <class Queue, class... Spare>
void exchange(gpio::Output& done, Queue& queue FERRY_BORROWS, Spare&... spare FERRY_BORROWS) {
  for (next(done); request.ends == 0; next(done)) {
    use(request.next, spare...);
    if (request.pause != 0) delay(Duration::microseconds(request.pause));
    while (request.asks != 0 && !queue.can_exchange()) {
    }
    const std::uint32_t length = request.next.length, patience = request.patience;
    answer = answer_of(patience == all ? queue.exchange(spare..., length)
                                       : queue.exchange(spare..., length,
                                                        Deadline::after(Duration::microseconds(patience))));
  }
}

template <class Queue, class... Back>
void end(Queue queue FERRY_TAKES_LIVE, Back&... back FERRY_REFILLS) {
  answer = end_as(request.end, request.microseconds, std::move(queue), back...);
}

template <class Buffer>
void one_way(gpio::Output& done, spi::MasterDma& spi FERRY_BORROWS, Buffer& a FERRY_BORROWS,
             Buffer& b FERRY_BORROWS, Buffer& c FERRY_BORROWS) {
  use(request.first[0], a);
  use(request.first[1], b);
  auto queue = spi::queue(std::move(spi), std::move(a), std::move(b));
  exchange(done, queue, c);
  end(std::move(queue), spi, a, b);
}

void both_ways(gpio::Output& done, spi::MasterDma& spi FERRY_BORROWS, To& to_a FERRY_BORROWS,
               To& to_b FERRY_BORROWS, To& to_c FERRY_BORROWS, From& from_a FERRY_BORROWS,
               From& from_b FERRY_BORROWS, From& from_c FERRY_BORROWS) {
  use(request.first[0], to_a, from_a);
  use(request.first[1], to_b, from_b);
  auto queue =
      spi::queue(std::move(spi), std::move(to_a), std::move(from_a), std::move(to_b), std::move(from_b));
  exchange(done, queue, to_c, from_c);
  end(std::move(queue), spi, to_a, from_a, to_b, from_b);
}

void copies(gpio::Output& done, dma::Copier& copier FERRY_BORROWS, To& to_a FERRY_BORROWS,
            To& to_b FERRY_BORROWS, To& to_c FERRY_BORROWS, From& from_a FERRY_BORROWS,
            From& from_b FERRY_BORROWS, From& from_c FERRY_BORROWS) {
  use(request.first[0], to_a, from_a);
  use(request.first[1], to_b, from_b);
  auto queue =
      std::move(copier).queue(std::move(to_a), std::move(from_a), std::move(to_b), std::move(from_b));
  exchange(done, queue, to_c, from_c);
  end(std::move(queue), copier, to_a, from_a, to_b, from_b);
}

struct Lists {
  dma::RxDescriptors rx;
  dma::TxDescriptors tx;
};
Lists choose(Lists tight, Lists roomy) { return request.is_tight != 0 ? std::move(tight) : std::move(roomy); }

FERRY_MADE_LIVE spi::Master make_master(Peripherals& chip) {
  return spi::Master{std::move(chip.spi2), {}}
      .with_sck(std::move(chip.gpio0))
      .with_cs(std::move(chip.gpio5))
      .with_mosi(std::move(chip.gpio4))
      .with_miso(std::move(chip.gpio2));
}

}  // namespace

int main() {
  auto chip = take();
  gpio::Output done{std::move(chip.gpio10)};
  dma::Dma dma{std::move(chip.dma)};
  auto to_a = dma::scatter(dma::RxBuffer{dma::RxMemory::of<arena.rx0>()});
  auto to_b = dma::scatter(dma::RxBuffer{dma::RxMemory::of<arena.rx1>()});
  auto to_c = dma::scatter(dma::RxBuffer{dma::RxMemory::of<arena.rx2>()});
  auto from_a = dma::gather(dma::TxBuffer{dma::TxMemory::of<arena.tx0>()});
  auto from_b = dma::gather(dma::TxBuffer{dma::TxMemory::of<arena.tx1>()});
  auto from_c = dma::gather(dma::TxBuffer{dma::TxMemory::of<arena.tx2>()});
  dma::InPlaceBuffer in_place_a{dma::InPlaceMemory::of<arena.in_place0>()};
  dma::InPlaceBuffer in_place_b{dma::InPlaceMemory::of<arena.in_place1>()};
  dma::InPlaceBuffer in_place_c{dma::InPlaceMemory::of<arena.in_place2>()};
  next(done);
  auto [rx3, tx3] = dma_descriptors<3>();
  auto [rx40, tx40] = dma_descriptors<40>();
  auto [copy_rx3, copy_tx3] = dma_descriptors<3>();
  auto [copy_rx40, copy_tx40] = dma_descriptors<40>();
  Lists lists = choose({std::move(rx3), std::move(tx3)}, {std::move(rx40), std::move(tx40)});
  Lists copy_lists =
      choose({std::move(copy_rx3), std::move(copy_tx3)}, {std::move(copy_rx40), std::move(copy_tx40)});
  auto channel0 = std::move(dma.channel0);
  auto configured = std::move(channel0).configure({}, std::move(lists.rx), std::move(lists.tx));
  dma::RxDescriptors rx_list;
  dma::TxDescriptors tx_list;
  auto spi = make_master(chip).with_dma(std::move(configured));
  // A copier keeps its channel, so its settings are those that the first request asks for.
  auto channel1 = std::move(dma.channel1);
  dma::Copier copier{std::move(channel1).configure(config_of(request.channel), std::move(copy_lists.rx),
                                                   std::move(copy_lists.tx)),
                     std::move(chip.uhci0)};
  for (;;) {
    auto master = std::move(spi).without_dma(configured);
    auto channel = std::move(configured).release(rx_list, tx_list);
    configured =
        std::move(channel).configure(config_of(request.channel), std::move(rx_list), std::move(tx_list));
    spi = std::move(master).with_dma(std::move(configured));
    spi.apply_config(spi_config_of(request));
    if (request.holds != 0) spi.hold_cs();
    if (request.form == Form::write) {
      one_way(done, spi, from_a, from_b, from_c);
    } else if (request.form == Form::read) {
      one_way(done, spi, to_a, to_b, to_c);
    } else if (request.form == Form::in_place) {
      one_way(done, spi, in_place_a, in_place_b, in_place_c);
    } else if (request.form == Form::copy) {
      copies(done, copier, to_a, to_b, to_c, from_a, from_b, from_c);
    } else {
      both_ways(done, spi, to_a, to_b, to_c, from_a, from_b, from_c);
    }
    spi.release_cs();
    next(done);
  }
}
