// Ordinary code around transfers: none of it may be refused.
#include "parts.hpp"

#include <array>
#include <optional>
#include <variant>

using ferry::Deadline;

void round_trip() {
  auto spi = make_spi();
  auto rx = make_rx();
  auto tx = make_tx();
  auto transfer = std::move(spi).transfer(std::move(rx), std::move(tx));
  if (!std::move(transfer).wait_into(spi, rx, tx)) work();
  rx[0] = tx[0];
  spi.apply_config({.frequency = 1_MHz});
}

void one_line() {
  auto spi = make_spi();
  auto rx = make_rx();
  auto tx = make_tx();
  for (int i = 0; i < 3; ++i) {
    tx.fill(0x42_b);
    if (!std::move(spi).transfer(std::move(rx), std::move(tx)).wait_into(spi, rx, tx)) return;
    use(std::to_integer<int>(rx[0]));
  }
}

void early_return() {
  auto spi = make_spi();
  auto rx = make_rx();
  auto tx = make_tx();
  auto transfer = std::move(spi).transfer(std::move(rx), std::move(tx));
  if (condition()) {
    if (!std::move(transfer).cancel_into(spi, rx, tx)) work();
    return;
  }
  if (!std::move(transfer).wait_into(spi, rx, tx, Deadline::after(10_ms))) work();
}

void both_branches() {
  auto spi = make_spi();
  auto rx = make_rx();
  auto tx = make_tx();
  if (condition()) {
    auto transfer = std::move(spi).transfer(std::move(rx), std::move(tx));
    while (!transfer.is_done()) {
      if (condition()) continue;
      work();
    }
    if (!std::move(transfer).wait_into(spi, rx, tx)) return;
  } else {
    rx.fill(0_b);
  }
  use(std::to_integer<int>(rx[0]));
  for (;;) {
    auto transfer = std::move(spi).transfer(std::move(rx), std::move(tx), {.rx_length = 4});
    const auto outcome = std::move(transfer).wait_into(spi, rx, tx);
    if (!outcome || outcome->length != 4) break;
  }
  spi.apply_config({});
}

void ping_pong() {
  auto spi = make_spi();
  auto front = make_rx();
  auto back = make_rx();
  auto tx = make_tx();
  for (int i = 0; i < 3; ++i) {
    auto transfer = std::move(spi).transfer(std::move(front), std::move(tx));
    use(std::to_integer<int>(back[0]));
    if (!std::move(transfer).wait_into(spi, front, tx)) return;
    swap(front, back);
  }
}

void echo() {
  auto spi = make_spi();
  auto rx = make_rx();
  auto tx = make_tx();
  for (int i = 0; i < 3; ++i) {
    if (!std::move(spi).transfer(std::move(rx), std::move(tx)).wait_into(spi, rx, tx)) return;
    auto sent = std::move(tx).turn_around();
    tx = std::move(rx).turn_around();
    rx = std::move(sent);
  }
}

// Helpers that borrow, and one that hands a transfer on.
void exchange(MasterDma& spi FERRY_BORROWS, RxBuffer& rx FERRY_BORROWS, TxBuffer& tx FERRY_BORROWS) {
  if (!std::move(spi).transfer(std::move(rx), std::move(tx)).wait_into(spi, rx, tx)) work();
}
Transfer start(MasterDma spi FERRY_TAKES_LIVE, RxBuffer rx FERRY_TAKES_LIVE, TxBuffer tx FERRY_TAKES_LIVE) {
  return std::move(spi).transfer(std::move(rx), std::move(tx));
}
void helpers() {
  auto spi = make_spi();
  auto rx = make_rx();
  auto tx = make_tx();
  exchange(spi, rx, tx);
  exchange(spi, rx, tx);
  auto transfer = start(std::move(spi), std::move(rx), std::move(tx));
  auto moved = std::move(transfer);
  if (!std::move(moved).wait_into(spi, rx, tx)) work();
  rx.fill(0_b);
}

// Scoped access returns plain values.
int access(const RxBuffer& rx FERRY_BORROWS) {
  int sum = 0;
  rx.with([&](std::span<const std::byte> bytes) {
    for (const std::byte byte : bytes) sum += std::to_integer<int>(byte);
  });
  const bool zero = rx.with_first(4, [](std::span<const std::byte> bytes) { return bytes[3] == 0_b; });
  return zero ? sum : rx.with_last(2, [](std::span<const std::byte> bytes) {
    return std::to_integer<int>(bytes[0]);
  });
}

// Buffer after buffer in a loop: one is always the program's.
void queued() {
  auto spi = make_spi();
  auto first = make_tx();
  auto second = make_tx();
  auto spare = make_tx();
  auto queue = ferry::spi::queue(std::move(spi), std::move(first), std::move(second));
  for (int round = 0; round < 100; ++round) {
    spare.fill(static_cast<std::byte>(round));
    if (!queue.exchange(spare)) break;
    if (condition() && !queue.exchange(spare, 10, ferry::Deadline::after(1_ms))) work();
  }
  if (!std::move(queue).wait_into(spi, first, second)) work();
  first[0] = second[0];
  second[1] = spare[1];
}

// Parts kept in a struct between uses.
struct Device {
  MasterDma spi;
  RxBuffer rx;
  TxBuffer tx;

  void exchange_once() {
    auto driver = ferry::take_out(spi);
    auto receive = ferry::take_out(rx);
    auto transmit = ferry::take_out(tx);
    if (!std::move(driver)
             .transfer(std::move(receive), std::move(transmit))
             .wait_into(driver, receive, transmit)) {
      work();
    }
    receive[0] = transmit[0];
    spi = std::move(driver);
    rx = std::move(receive);
    tx = std::move(transmit);
  }
};

// Or in an array.
void round_robin() {
  auto spi = make_spi();
  auto rx = make_rx();
  std::array<TxBuffer, 2> frames{make_tx(), make_tx()};
  for (std::size_t i = 0; i < 4; ++i) {
    auto tx = ferry::take_out(frames[i % 2]);
    if (!std::move(spi).transfer(std::move(rx), std::move(tx)).wait_into(spi, rx, tx)) work();
    ferry::put_back(frames[i % 2], std::move(tx));
  }
  auto last = ferry::take_out(frames[1]);
  last.fill(0_b);
  ferry::put_back(frames[1], std::move(last));
}

// Or the state of a device as a variant.
struct Idle {
  MasterDma spi;
  RxBuffer rx;
  TxBuffer tx;
};
struct Busy {
  Transfer transfer;
};
void variant_states(std::variant<Idle, Busy>& state) {
  if (auto* idle = std::get_if<Idle>(&state)) {
    state.emplace<Busy>(std::move(idle->spi).transfer(std::move(idle->rx), std::move(idle->tx)));
  }
}

// A transfer that is started in one place and ended in another.
void optional_transfer(std::optional<Transfer>& running) {
  if (running && running->is_done()) {
    MasterDma spi;
    RxBuffer rx;
    TxBuffer tx;
    if (!std::move(*running).wait_into(spi, rx, tx)) work();
    running.reset();
    rx.fill(0_b);
    spi.apply_config({});
    tx.fill(0_b);
  }
}

void apart_and_together(ferry::spi::Master master FERRY_TAKES_LIVE, ferry::dma::Dma& dma) {
  auto [rx_memory, rx_list, tx_memory, tx_list] = ferry::dma_buffers<64>();
  auto bare = std::move(dma.channel2);
  auto channel = std::move(bare).configure({}, std::move(rx_list), std::move(tx_list));
  auto spi = std::move(master).with_dma(std::move(channel));
  master = std::move(spi).without_dma(channel);
  if (!master.write({})) work();
  auto again = std::move(channel).release(rx_list, tx_list);
  channel =
      std::move(again).configure({.burst = true, .priority = 5}, std::move(rx_list), std::move(tx_list));
  spi = std::move(master).with_dma(std::move(channel));
  spi.apply_config({.frequency = {8_MHz, ferry::spi::ClockSource::pll80}, .mode = ferry::spi::Mode::_3});
}

std::expected<void, ferry::spi::ConfigError> frequency_at_run_time(MasterDma& spi FERRY_BORROWS,
                                                                   ferry::Hertz request) {
  const auto frequency = ferry::spi::Frequency::at_run_time(request);
  if (!frequency) return std::unexpected{frequency.error()};
  spi.apply_config({.frequency = *frequency});
  return {};
}

// A slave: armed, waited for, in one direction or both.
void slave() {
  auto spi = make_slave();
  auto rx = make_rx();
  auto tx = make_tx();
  for (int i = 0; i < 3; ++i) {
    auto transfer = std::move(spi).transfer(std::move(rx), std::move(tx), {.rx_length = 16});
    while (!transfer.is_done()) work();
    const auto outcome = std::move(transfer).wait_into(spi, rx, tx);
    if (!outcome || outcome->received < 16) break;
    if (!std::move(spi).write(std::move(tx)).wait_into(spi, tx, Deadline::after(10_ms))) break;
    auto read = std::move(spi).read(std::move(rx), 4);
    if (condition()) {
      if (!std::move(read).cancel_into(spi, rx)) work();
      break;
    }
    if (!std::move(read).wait_into(spi, rx, Deadline::never())) break;
  }
  spi.apply_config({.mode = ferry::spi::Mode::_3});
  rx.fill(0_b);
}

void slave_apart_and_together(ferry::spi::Slave slave FERRY_TAKES_LIVE,
                              ferry::dma::ConfiguredChannel channel FERRY_TAKES_LIVE) {
  auto spi = std::move(slave).with_dma(std::move(channel));
  slave = std::move(spi).without_dma(channel);
  spi = std::move(slave).with_dma(std::move(channel));
}

// Kinds of buffers, each through a copy and back.
constexpr std::array<std::byte, 3> header{1_b, 2_b, 3_b};
void several_as_one() {
  auto copier = make_copier();
  auto to = make_rx();
  auto body = make_tx();
  auto head = ferry::dma::ConstSource::of<header>();
  for (int i = 0; i < 2; ++i) {
    auto frame = ferry::dma::gather(std::move(head), std::move(body));
    frame.use<1>(0, 10);
    auto copy = std::move(copier).copy(std::move(to), std::move(frame));
    if (!std::move(copy).wait_into(copier, to, frame)) work();
    std::move(frame).release_into(head, body);
  }
}
constexpr std::uint8_t plain_array[] = {1, 2, 3};
std::uint32_t of_the_language() { return ferry::dma::ConstSource::of<plain_array>().size(); }
void prepared(ferry::dma::RxDescriptors rx_list, ferry::dma::TxDescriptors tx_list) {
  auto copier = make_copier();
  auto to = make_rx();
  auto from = make_tx();
  auto prepared_to = ferry::dma::prepare(std::move(to), std::move(rx_list));
  auto prepared_from = ferry::dma::prepare(std::move(from), std::move(tx_list));
  if (!copier.copy_and_wait(prepared_to, prepared_from)) work();
  use(static_cast<int>(prepared_to.received()));
  to = std::move(prepared_to).release(rx_list);
  from = std::move(prepared_from).release(tx_list);
  to[0] = from[0];
}
void scattered_and_endless() {
  auto copier = make_copier();
  auto to = make_rx();
  auto from = make_tx();
  auto head = ferry::dma::ConstSource::of<header>();
  const auto again = head;
  auto both = std::move(from).as_in_place();
  auto parts = ferry::dma::scatter(std::move(to), std::move(both));
  auto wave = ferry::dma::loop(again);
  if (!copier.copy_and_wait(parts, wave)) work();
  head = std::move(wave).release();
  std::move(parts).release_into(to, both);
  use(static_cast<int>(to.received() + both.received() + head.size()));
}

void two_channels_for_one_driver(ferry::dma::Dma& dma, ferry::dma::RxDescriptors rx_list,
                                 ferry::dma::TxDescriptors tx_list) {
  auto zero = std::move(dma.channel0);
  auto one = std::move(dma.channel1);
  auto halves = std::move(zero).split();
  auto others = std::move(one).split();
  auto crossed = join(std::move(halves.receive), std::move(others.transmit));
  auto configured = std::move(crossed).configure({.burst = {true, false}, .priority = {1, 2}},
                                                 std::move(rx_list), std::move(tx_list));
  auto channel = std::move(configured).release(rx_list, tx_list);
  auto parts = std::move(channel).split();
  auto whole = unite(std::move(parts.receive), std::move(halves.transmit));
  static_cast<void>(std::move(whole).split());
}

// Halves as local variables, which are followed.
void halves_by_name(ferry::dma::Halves halves, ferry::dma::DescriptorLists lists) {
  auto receive = ferry::take_out(halves.receive);
  auto transmit = ferry::take_out(halves.transmit);
  auto channel = unite(std::move(receive), std::move(transmit));
  static_cast<void>(std::move(channel).configure({}, std::move(lists.rx), std::move(lists.tx)));
}

// A function that is handed a transfer, and ends it.
ferry::dma::Outcome finish(Transfer transfer FERRY_EMPTIES, MasterDma& spi FERRY_REFILLS,
                           RxBuffer& rx FERRY_REFILLS, TxBuffer& tx FERRY_REFILLS) {
  return std::move(transfer).wait_into(spi, rx, tx);
}
void handed_over() {
  auto spi = make_spi();
  auto rx = make_rx();
  auto tx = make_tx();
  if (!finish(std::move(spi).transfer(std::move(rx), std::move(tx)), spi, rx, tx)) return;
  use(static_cast<int>(rx.received()));
}

// Transfers and copies that are made longer while they run.
void appending() {
  auto spi = make_spi();
  auto first = make_tx();
  auto second = ferry::dma::gather(make_tx(), make_tx());
  auto write = std::move(spi).write(std::move(first));
  work();
  auto longer = std::move(write).append(std::move(second));
  while (!longer.is_done()) work();
  if (!std::move(longer).wait_into(spi, first, second)) return;
  use(static_cast<int>(first.size() + second.size()));
}
void appending_to_copies() {
  auto copier = make_copier();
  auto to = make_rx();
  auto from = make_tx();
  auto more_to = make_rx();
  auto more_from = make_tx();
  for (int i = 0; i < 2; ++i) {
    auto copy = std::move(copier).copy(std::move(to), std::move(from));
    auto longer = std::move(copy).append(std::move(more_to), std::move(more_from), 10);
    if (!std::move(longer).cancel_into(copier, to, from, more_to, more_from)) work();
    use(static_cast<int>(to.received() + more_to.received()));
  }
}

// Queues: the same variable before and after.
void queues() {
  auto spi = make_spi();
  auto first = make_tx();
  auto second = make_tx();
  auto spare = make_tx();
  auto queue = ferry::spi::queue(std::move(spi), std::move(first), std::move(second));
  while (condition()) {
    spare.fill(1_b);
    if (!queue.exchange(spare)) break;
  }
  if (!std::move(queue).wait_into(spi, first, second)) work();
  spare[0] = first[0];
}
void queues_of_pairs() {
  auto spi = make_spi();
  auto rx = make_rx();
  auto tx = make_tx();
  auto queue = ferry::spi::queue(std::move(spi), make_rx(), make_tx(), make_rx(), make_tx());
  while (condition() && queue.exchange(rx, tx)) tx[0] = rx[0];
  RxBuffer first_rx, second_rx;
  TxBuffer first_tx, second_tx;
  if (!std::move(queue).cancel_into(spi, first_rx, first_tx, second_rx, second_tx)) work();
  rx[0] = first_rx[0];
}

// Streams: what is popped or pushed while they run.
void streams() {
  auto spi = make_spi();
  auto rx = ferry::dma_rx_stream<4096, 4>();
  auto tx = ferry::dma_tx_stream<3072, 3>();
  std::array<std::byte, 16> bytes{};
  auto exchange = ferry::spi::stream(std::move(spi), std::move(rx), std::move(tx));
  while (!exchange.error() && condition()) {
    use(static_cast<int>(exchange.push(bytes)));
    use(static_cast<int>(exchange.pop(bytes)));
  }
  if (!std::move(exchange).stop_into(spi, rx, tx)) return;
  use(static_cast<int>(rx.pop(bytes)));
}
void stream_that_loses() {
  auto spi = make_spi();
  auto rx = ferry::dma_rx_stream<4096, 4>();
  auto reception = ferry::spi::stream(std::move(spi), std::move(rx), ferry::spi::WhenFull::lose);
  use(static_cast<int>(reception.lost()));
  if (!std::move(reception).stop_into(spi, rx)) work();
}
void pipes() {
  auto copier = make_copier();
  auto to = ferry::dma_rx_stream<4096, 4>();
  auto from = ferry::dma_tx_stream<3072, 3>();
  for (int i = 0; i < 2; ++i) {
    auto pipe = std::move(copier).pipe(std::move(to), std::move(from));
    pipe.flush();
    if (!std::move(pipe).stop_into(copier, to, from)) return;
  }
  use(static_cast<int>(to.available() + from.room()));
}

// Buffers of which the compiler knows the size and the place.
template <ferry::dma::Target Rx>
void look_at(const Rx& rx FERRY_BORROWS) {
  use(static_cast<int>(rx.received()));
}
std::uint32_t known_sizes(std::uint32_t length) {
  auto spi = make_spi();
  auto [rx_memory, rx_list, tx_memory, tx_list] = ferry::dma_buffers<64, 32>();
  ferry::dma::SizedBuffer rx{std::move(rx_memory)};
  ferry::dma::SizedBuffer tx{std::move(tx_memory)};
  for (int i = 0; i < 2; ++i) {
    tx[31] = 1_b;
    auto transfer =
        std::move(spi).transfer(std::move(rx), std::move(tx), {.rx_length = 64, .tx_length = length});
    if (!std::move(transfer).wait_into(spi, rx, tx)) work();
    look_at(rx);
    auto loop = ferry::dma::loop(std::move(tx));
    if (!std::move(spi).write(std::move(loop), 1000).wait_into(spi, loop)) work();
    tx = std::move(loop).release();
  }
  auto in_place = std::move(rx).as_in_place();
  if (!std::move(spi).transfer_in_place(std::move(in_place), 64).wait_into(spi, in_place)) work();
  ferry::dma::RxBuffer any = std::move(in_place).as_receive().forget_size();
  if (!std::move(spi).read(std::move(any), length).wait_into(spi, any)) work();
  return any.received() + tx.size();
}
