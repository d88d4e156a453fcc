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
