// A prepared transfer that is started twice in a row, with marks around the second start.
#pragma once

#include "bench/firmware/bench.hpp"
#include <ferry/ferry.hpp>

namespace ferry::bench {

/// For ever. `lengths_of` has the transfer's lengths by the one that the job asks for.
template <class LengthsOf>
[[gnu::always_inline]] inline void start_twice(spi::MasterDma& spi FERRY_BORROWS,
                                               dma::RxBuffer& rx FERRY_BORROWS,
                                               dma::TxBuffer& tx FERRY_BORROWS, LengthsOf lengths_of) {
  for (;;) {
    FERRY_MARK("ready");
    const std::uint32_t length = job.length;
    rx.fill(std::byte{0});
    auto prepared = spi::prepare(std::move(spi), std::move(rx), std::move(tx), lengths_of(length));
    FERRY_MARK("first");
    auto first = std::move(prepared).start();
    const auto first_outcome = std::move(first).wait_into(prepared);
    FERRY_MARK("begin");
    auto second = std::move(prepared).start();
    FERRY_MARK("started");
    const auto outcome = std::move(second).wait_into(prepared);
    FERRY_MARK("back");
    std::move(prepared).release_into(spi, rx, tx);

    const bool complete = first_outcome && outcome && outcome->length == length;
    std::uint32_t received = failed;
    if (complete) {
      rx.with([&](std::span<std::byte> bytes) { received = check(bytes.first(length)); });
    }
    job.received = received;
  }
}

}  // namespace ferry::bench
