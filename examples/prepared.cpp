/// Two transfers in turn, each with a descriptor list of its own: linked once, started a hundred times.
// run: --wire GPIO4:GPIO2
// expect-text: 200 transfers, [0-9]+ ns from one to the next
#include <ferry/ferry.hpp>

#include <cstddef>
#include <cstdint>

using namespace ferry::literals;

int main() {
  auto chip = ferry::take();
  ferry::dma::Dma dma{std::move(chip.dma)};
  auto [command_memory, command_rx_list, command_tx_memory, command_tx_list] = ferry::dma_buffers<4>();
  auto [data_memory, data_rx_list, data_tx_memory, data_tx_list] = ferry::dma_buffers<16>();
  auto lists = ferry::dma_descriptors<1>();

  //! [prepare]
  ferry::dma::RxBuffer command_rx{std::move(command_memory)};
  ferry::dma::TxBuffer command_tx{std::move(command_tx_memory)};
  ferry::dma::RxBuffer data_rx{std::move(data_memory)};
  ferry::dma::TxBuffer data_tx{std::move(data_tx_memory)};
  command_tx.fill(0x9F_b);
  data_tx.fill(0x11_b);
  auto answer = ferry::dma::prepare(std::move(command_rx), std::move(command_rx_list));
  auto command = ferry::dma::prepare(std::move(command_tx), std::move(command_tx_list));
  auto read = ferry::dma::prepare(std::move(data_rx), std::move(data_rx_list));
  auto written = ferry::dma::prepare(std::move(data_tx), std::move(data_tx_list));
  //! [prepare]

  auto channel = std::move(dma.channel0);
  auto spi = ferry::spi::Master{std::move(chip.spi2), {.frequency = 10_MHz}}
                 .with_sck(std::move(chip.gpio0))
                 .with_mosi(std::move(chip.gpio4))
                 .with_miso(std::move(chip.gpio2))
                 .with_dma(std::move(channel).configure({}, std::move(lists.rx), std::move(lists.tx)));

  const ferry::Instant start = ferry::time::now();
  for (int i = 0; i < 100; ++i) {
    if (!std::move(spi).transfer(std::move(answer), std::move(command)).wait_into(spi, answer, command))
      return 1;
    if (!std::move(spi).transfer(std::move(read), std::move(written)).wait_into(spi, read, written)) return 1;
  }
  // 4 and 16 bytes take 3.2 and 12.8 us on the bus, 1.6 ms in all.
  const auto nanoseconds = ((ferry::time::now() - start).in_microseconds() - 1600) * 1000 / 200;
  const bool right = answer.received() == 4 && read.received() == 16;
  ferry::print("200 transfers, {} ns from one to the next\n", nanoseconds);
  return right ? 0 : 1;
}
