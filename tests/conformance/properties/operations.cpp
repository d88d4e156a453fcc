// Does what the test asks for, once per change of `go`, and shows on GPIO10 when it is done. The parts of
// each operation come back or the program does not compile; the next operation uses them again.
#include "ferry/ferry.hpp"
#include "tests/conformance/properties/channel_config.hpp"
#include "tests/conformance/properties/ending.hpp"
#include "tests/conformance/properties/pieces.hpp"
#include "tests/conformance/properties/request.hpp"
#include "tests/conformance/properties/spi_config.hpp"
#include "tests/firmware/dma_hog.hpp"

#include <algorithm>
#include <concepts>
#include <utility>

using namespace ferry;
using namespace properties;

// Found by the test by their names.
Request request;
Answer answer;
Arena arena;
volatile std::uint32_t go;

namespace {

// What copies beside an operation.
Hog hog;
constexpr std::uint32_t crowding_channel = 2;

// Ends a transfer as the request says.
template <class Transfer, class... Back>
void end(Transfer transfer FERRY_TAKES_LIVE, Back&... back FERRY_REFILLS) {
  answer = end_as(request.end, request.microseconds, std::move(transfer), back...);
}

// Shows that it is done, and waits for the next request.
void next(gpio::Output& done) {
  const std::uint32_t last = go;
  Hog::stop(crowding_channel);
  done.set_high();
  while (go == last) {
  }
  done.set_low();
  if (request.crowd != 0) hog.start(crowding_channel, chip::DmaPeripheral::i2s0, request.crowd == 1 ? 0 : 5);
}

// Starts what was prepared, for this request and those that want it once more; the one behind them waits.
template <class Prepared, class... Parts>
void run(gpio::Output& done, Prepared prepared FERRY_TAKES_LIVE, Parts&... parts FERRY_REFILLS) {
  do {
    auto started = std::move(prepared).start();
    end(std::move(started), prepared);
    next(done);
  } while (request.again != 0);
  std::move(prepared).release_into(parts...);
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

template <class From>
void copy(dma::Copier& copier FERRY_BORROWS, Target& target FERRY_BORROWS, From& source FERRY_BORROWS) {
  end(std::move(copier).copy(std::move(target), std::move(source), request.rx_length), copier, target,
      source);
}

dma::Lengths lengths() { return {.rx_length = request.rx_length, .tx_length = request.tx_length}; }

// What sends, with any kind of source.
template <class From>
void send(gpio::Output& done, spi::MasterDma& spi FERRY_BORROWS, Target& target FERRY_BORROWS,
          From& source FERRY_BORROWS) {
  const bool prepared = request.start == Start::prepared;
  if (request.form == Form::write) {
    if (prepared) {
      return run(done, spi::prepare_write(std::move(spi), std::move(source), request.tx_length), spi, source);
    }
    end(std::move(spi).write(std::move(source), request.tx_length), spi, source);
  } else if (request.form == Form::half_duplex_write) {
    if (prepared) {
      return run(
          done,
          spi::prepare_half_duplex_write(std::move(spi), phases(), std::move(source), request.tx_length), spi,
          source);
    }
    end(std::move(spi).half_duplex_write(phases(), std::move(source), request.tx_length), spi, source);
  } else {
    if (prepared) {
      return run(done, spi::prepare(std::move(spi), std::move(target), std::move(source), lengths()), spi,
                 target, source);
    }
    end(std::move(spi).transfer(std::move(target), std::move(source), lengths()), spi, target, source);
  }
  next(done);
}

void receive(gpio::Output& done, spi::MasterDma& spi FERRY_BORROWS, Target& target FERRY_BORROWS) {
  const bool prepared = request.start == Start::prepared;
  if (request.form == Form::read) {
    if (prepared) {
      return run(done, spi::prepare_read(std::move(spi), std::move(target), request.rx_length), spi, target);
    }
    end(std::move(spi).read(std::move(target), request.rx_length), spi, target);
  } else {
    if (prepared) {
      return run(
          done, spi::prepare_half_duplex_read(std::move(spi), phases(), std::move(target), request.rx_length),
          spi, target);
    }
    end(std::move(spi).half_duplex_read(phases(), std::move(target), request.rx_length), spi, target);
  }
  next(done);
}

void exchange_in_place(gpio::Output& done, spi::MasterDma& spi FERRY_BORROWS,
                       dma::InPlaceBuffer& in_place FERRY_BORROWS) {
  if (request.start == Start::prepared) {
    return run(done, spi::prepare_in_place(std::move(spi), std::move(in_place), request.rx_length), spi,
               in_place);
  }
  end(std::move(spi).transfer_in_place(std::move(in_place), request.rx_length), spi, in_place);
  next(done);
}

void wait_for_the_next_part() {
  if (request.pause != 0) delay(Duration::microseconds(request.pause));
}

// Each piece as a buffer of its own, appended to those before.
using Part = dma::Gather<dma::TxBuffer>;
void send_the_rest(spi::MasterDma& spi FERRY_REFILLS, spi::TransferOf<Part> one FERRY_TAKES_LIVE,
                   Part& a FERRY_REFILLS, Part& b FERRY_BORROWS, Part& c FERRY_BORROWS) {
  wait_for_the_next_part();
  auto two = std::move(one).append(std::move(b));
  wait_for_the_next_part();
  end(std::move(two).append(std::move(c)), spi, a, b, c);
}
void use_parts(Part& a FERRY_BORROWS, Part& b FERRY_BORROWS, Part& c FERRY_BORROWS) {
  a.use<0>(request.tx[0].offset, request.tx[0].length);
  b.use<0>(request.tx[1].offset, request.tx[1].length);
  c.use<0>(request.tx[2].offset, request.tx[2].length);
}
void send_parts(spi::MasterDma& spi FERRY_BORROWS, Part& a FERRY_BORROWS, Part& b FERRY_BORROWS,
                Part& c FERRY_BORROWS) {
  use_parts(a, b, c);
  if (request.form == Form::write) {
    send_the_rest(spi, std::move(spi).write(std::move(a)), a, b, c);
  } else {
    send_the_rest(spi, std::move(spi).half_duplex_write(phases(), std::move(a)), a, b, c);
  }
}
void send_in_parts(spi::MasterDma& spi FERRY_BORROWS, Source& source FERRY_BORROWS) {
  dma::TxBuffer tx0, tx1, tx2;
  std::move(source).release_into(tx0, tx1, tx2);
  auto a = dma::gather(std::move(tx0));
  auto b = dma::gather(std::move(tx1));
  auto c = dma::gather(std::move(tx2));
  send_parts(spi, a, b, c);
  std::move(a).release_into(tx0);
  std::move(b).release_into(tx1);
  std::move(c).release_into(tx2);
  source = dma::gather(std::move(tx0), std::move(tx1), std::move(tx2));
}

void receive_the_rest(spi::MasterDma& spi FERRY_REFILLS, spi::Read one FERRY_TAKES_LIVE,
                      dma::RxBuffer& a FERRY_REFILLS, dma::RxBuffer& b FERRY_BORROWS,
                      dma::RxBuffer& c FERRY_BORROWS) {
  wait_for_the_next_part();
  auto two = std::move(one).append(std::move(b), request.rx[1].length);
  wait_for_the_next_part();
  end(std::move(two).append(std::move(c), request.rx[2].length), spi, a, b, c);
  // Each has its share, in order.
  const bool in_order = (b.received() == 0 || a.received() == request.rx[0].length) &&
                        (c.received() == 0 || b.received() == request.rx[1].length);
  if (!in_order || a.received() + b.received() + c.received() != answer.received)
    answer.received = 0xFFFF'FFFF;
}
void receive_in_parts(spi::MasterDma& spi FERRY_BORROWS, Target& target FERRY_BORROWS) {
  dma::RxBuffer a, b, c;
  std::move(target).release_into(a, b, c);
  const std::uint32_t length = request.rx[0].length;
  if (request.form == Form::read) {
    receive_the_rest(spi, std::move(spi).read(std::move(a), length), a, b, c);
  } else {
    receive_the_rest(spi, std::move(spi).half_duplex_read(phases(), std::move(a), length), a, b, c);
  }
  target = dma::scatter(std::move(a), std::move(b), std::move(c));
}

// Piece by piece, as much of each as both sides have.
std::uint32_t common(std::size_t piece) {
  return std::min(request.rx[piece].length, request.tx[piece].length);
}
// Each has its share, in order.
void check_shares(const dma::RxBuffer& a FERRY_BORROWS, const dma::RxBuffer& b FERRY_BORROWS,
                  const dma::RxBuffer& c FERRY_BORROWS) {
  const bool in_order =
      (b.received() == 0 || a.received() == common(0)) && (c.received() == 0 || b.received() == common(1));
  if (!in_order || a.received() + b.received() + c.received() != answer.received)
    answer.received = 0xFFFF'FFFF;
}

// Both ways, by SPI or through memory. `one` is the first part.
template <class One, class Driver>
void pair_the_rest(One one FERRY_TAKES_LIVE, Driver& driver FERRY_REFILLS, dma::RxBuffer& a FERRY_REFILLS,
                   dma::RxBuffer& b FERRY_BORROWS, dma::RxBuffer& c FERRY_BORROWS, Part& from_a FERRY_REFILLS,
                   Part& from_b FERRY_BORROWS, Part& from_c FERRY_BORROWS) {
  wait_for_the_next_part();
  auto two = std::move(one).append(std::move(b), std::move(from_b), common(1));
  wait_for_the_next_part();
  end(std::move(two).append(std::move(c), std::move(from_c), common(2)), driver, a, from_a, b, from_b, c,
      from_c);
}
void pair_parts(spi::MasterDma& spi FERRY_BORROWS, dma::RxBuffer& a FERRY_BORROWS,
                dma::RxBuffer& b FERRY_BORROWS, dma::RxBuffer& c FERRY_BORROWS, Part& from_a FERRY_BORROWS,
                Part& from_b FERRY_BORROWS, Part& from_c FERRY_BORROWS) {
  pair_the_rest(std::move(spi).transfer(std::move(a), std::move(from_a),
                                        {.rx_length = common(0), .tx_length = common(0)}),
                spi, a, b, c, from_a, from_b, from_c);
}
void pair_parts(dma::Copier& copier FERRY_BORROWS, dma::RxBuffer& a FERRY_BORROWS,
                dma::RxBuffer& b FERRY_BORROWS, dma::RxBuffer& c FERRY_BORROWS, Part& from_a FERRY_BORROWS,
                Part& from_b FERRY_BORROWS, Part& from_c FERRY_BORROWS) {
  pair_the_rest(std::move(copier).copy(std::move(a), std::move(from_a), common(0)), copier, a, b, c, from_a,
                from_b, from_c);
}
template <class Driver>
void pair_in_parts(Driver& driver FERRY_BORROWS, Target& target FERRY_BORROWS, Source& source FERRY_BORROWS) {
  dma::RxBuffer a, b, c;
  std::move(target).release_into(a, b, c);
  dma::TxBuffer tx0, tx1, tx2;
  std::move(source).release_into(tx0, tx1, tx2);
  auto from_a = dma::gather(std::move(tx0));
  auto from_b = dma::gather(std::move(tx1));
  auto from_c = dma::gather(std::move(tx2));
  use_parts(from_a, from_b, from_c);
  pair_parts(driver, a, b, c, from_a, from_b, from_c);
  check_shares(a, b, c);
  std::move(from_a).release_into(tx0);
  std::move(from_b).release_into(tx1);
  std::move(from_c).release_into(tx2);
  source = dma::gather(std::move(tx0), std::move(tx1), std::move(tx2));
  target = dma::scatter(std::move(a), std::move(b), std::move(c));
}

void in_parts(gpio::Output& done, spi::MasterDma& spi FERRY_BORROWS, Target& target FERRY_BORROWS,
              Source& source FERRY_BORROWS) {
  if (request.holds != 0) spi.hold_cs();
  if (request.form == Form::read || request.form == Form::half_duplex_read) {
    receive_in_parts(spi, target);
  } else if (request.form == Form::full_duplex) {
    pair_in_parts(spi, target, source);
  } else {
    send_in_parts(spi, source);
  }
  spi.release_cs();
  next(done);
}

// The last pieces as they are, so that the driver can tell that it had the same before.
template <class Rx, class Tx>
void operate_plainly(spi::MasterDma& spi FERRY_BORROWS, Rx& rx FERRY_BORROWS, Tx& tx FERRY_BORROWS) {
  if (request.form == Form::full_duplex) {
    end(std::move(spi).transfer(std::move(rx), std::move(tx), lengths()), spi, rx, tx);
  } else if (request.form == Form::write) {
    end(std::move(spi).write(std::move(tx), request.tx_length), spi, tx);
  } else if (request.form == Form::read) {
    end(std::move(spi).read(std::move(rx), request.rx_length), spi, rx);
  } else if (request.form == Form::half_duplex_write) {
    end(std::move(spi).half_duplex_write(phases(), std::move(tx), request.tx_length), spi, tx);
  } else {
    end(std::move(spi).half_duplex_read(phases(), std::move(rx), request.rx_length), spi, rx);
  }
}
void plainly(gpio::Output& done, spi::MasterDma& spi FERRY_BORROWS, Target& target FERRY_BORROWS,
             Source& source FERRY_BORROWS) {
  dma::RxBuffer rx0, rx1, rx2;
  std::move(target).release_into(rx0, rx1, rx2);
  dma::TxBuffer tx0, tx1, tx2;
  std::move(source).release_into(tx0, tx1, tx2);
  operate_plainly(spi, rx2, tx2);
  target = dma::scatter(std::move(rx0), std::move(rx1), std::move(rx2));
  source = dma::gather(std::move(tx0), std::move(tx1), std::move(tx2));
  next(done);
}

struct Lists {
  dma::RxDescriptors rx;
  dma::TxDescriptors tx;
};

// Full duplex or a copy, with lists that belong to the buffers.
template <class Driver>
void with_own_lists(gpio::Output& done, Driver& driver FERRY_BORROWS, Lists& lists,
                    Target& target FERRY_BORROWS, Source& source FERRY_BORROWS) {
  auto to = dma::prepare(std::move(target), std::move(lists.rx));
  auto from = dma::prepare(std::move(source), std::move(lists.tx));
  do {
    if constexpr (std::same_as<Driver, dma::Copier>) {
      end(std::move(driver).copy(std::move(to), std::move(from), request.rx_length), driver, to, from);
    } else {
      end(std::move(driver).transfer(std::move(to), std::move(from), lengths()), driver, to, from);
    }
    next(done);
  } while (request.again != 0);
  target = std::move(to).release(lists.rx);
  source = std::move(from).release(lists.tx);
}

void by_spi(gpio::Output& done, spi::MasterDma& spi FERRY_BORROWS, Lists& lists, Target& target FERRY_BORROWS,
            Source& source FERRY_BORROWS, dma::InPlaceBuffer& in_place FERRY_BORROWS) {
  if (request.stays == 0) spi.apply_config(spi_config_of(request));
  const bool by_dma = request.form != Form::in_place && request.form != Form::by_the_cpu;
  if (request.plain != 0 && by_dma) return plainly(done, spi, target, source);
  if (request.start == Start::in_parts) return in_parts(done, spi, target, source);
  if (request.form == Form::in_place) return exchange_in_place(done, spi, in_place);
  if (request.form == Form::read || request.form == Form::half_duplex_read) return receive(done, spi, target);
  if (request.start == Start::with_own_lists) return with_own_lists(done, spi, lists, target, source);
  if (request.form == Form::by_the_cpu) {
    by_the_cpu(spi);
    return next(done);
  }
  if (request.loops == 0) return send(done, spi, target, source);
  auto loop = dma::loop(std::move(source));
  send(done, spi, target, loop);
  source = std::move(loop).release();
}

void by_copying(gpio::Output& done, dma::Copier& copier FERRY_BORROWS, Lists& lists,
                Target& target FERRY_BORROWS, Source& source FERRY_BORROWS) {
  if (request.start == Start::with_own_lists) return with_own_lists(done, copier, lists, target, source);
  if (request.start == Start::in_parts) {
    pair_in_parts(copier, target, source);
  } else if (request.loops == 0) {
    copy(copier, target, source);
  } else {
    auto loop = dma::loop(std::move(source));
    copy(copier, target, loop);
    source = std::move(loop).release();
  }
  next(done);
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
  auto [rx_list, tx_list] = dma_descriptors<32>();
  auto configured = std::move(channel0).configure({}, std::move(rx_list), std::move(tx_list));
  auto spi = make_master(chip).with_dma(std::move(configured));
  auto target = make_target();
  auto source = make_source();
  dma::InPlaceBuffer in_place{dma::InPlaceMemory::of<arena.in_place>()};

  auto own_lists = dma_descriptors<32>();
  Lists lists{std::move(own_lists.rx), std::move(own_lists.tx)};

  next(done);
  // A copier keeps its channel, so its settings are those that the first request asks for.
  auto channel1 = std::move(dma.channel1);
  auto [rx_list1, tx_list1] = dma_descriptors<32>();
  dma::Copier copier{
      std::move(channel1).configure(config_of(request.channel), std::move(rx_list1), std::move(tx_list1)),
      std::move(chip.uhci0)};
  for (;;) {
    use_pieces(request, target, source);
    if (request.form == Form::copy) {
      by_copying(done, copier, lists, target, source);
    } else {
      if (request.stays == 0) {
        auto master = std::move(spi).without_dma(configured);
        auto channel = std::move(configured).release(rx_list, tx_list);
        configured =
            std::move(channel).configure(config_of(request.channel), std::move(rx_list), std::move(tx_list));
        spi = std::move(master).with_dma(std::move(configured));
      }
      by_spi(done, spi, lists, target, source, in_place);
    }
  }
}
