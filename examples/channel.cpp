/// The settings of a DMA channel: bursts, urgency, owner check, write-back, and when bytes count as sent.
// expect-text: Without bursts: 32000 bytes in ([0-9]+) us.*With bursts: 32000 bytes in ([0-9]+) us
#include <ferry/ferry.hpp>

using namespace ferry::literals;

namespace {

bool copy(std::string_view how, ferry::dma::Copier& copier FERRY_BORROWS,
          ferry::dma::RxBuffer& to FERRY_BORROWS, ferry::dma::TxBuffer& from FERRY_BORROWS) {
  const ferry::Instant start = ferry::time::now();
  const auto outcome = copier.copy_and_wait(to, from);
  const auto taken = (ferry::time::now() - start).in_microseconds();
  if (!outcome || to[31'999] != from[31'999]) return false;
  ferry::print("{}: {} bytes in {} us\n", how, outcome->length, taken);
  return true;
}

}  // namespace

int main() {
  auto chip = ferry::take();
  ferry::dma::Dma dma{std::move(chip.dma)};
  auto [rx_memory, rx_descriptors, tx_memory, tx_descriptors] = ferry::dma_buffers<32'000>();
  ferry::dma::RxBuffer to{std::move(rx_memory)};
  ferry::dma::TxBuffer from{std::move(tx_memory)};
  from.fill(0x42_b);

  auto channel = std::move(dma.channel0);
  ferry::dma::Copier plain{
      std::move(channel).configure({}, std::move(rx_descriptors), std::move(tx_descriptors)),
      std::move(chip.uhci0)};
  if (!copy("Without bursts", plain, to, from)) return 1;

  // A channel that is taken apart gives back what it was given, for other settings.
  auto configured = std::move(plain).release();
  auto released = std::move(configured).release(rx_descriptors, tx_descriptors);
  //! [channel]
  const ferry::dma::ChannelConfig config{
      .burst = true,                       // or {receive, transmit}; receive buffers then start on a word
      .priority = {5, 3},                  // of receiving and sending: the larger one gets the memory first
      .owner_check = true,                 // a list that something wrote over is an error, not a wild pointer
      .auto_write_back = true,             // descriptors that were sent go back to the CPU
      .eof = ferry::dma::Eof::when_taken,  // OUT_EOF comes when the last byte has left the FIFO
  };
  auto urgent = std::move(released).configure(config, std::move(rx_descriptors), std::move(tx_descriptors));
  //! [channel]
  ferry::dma::Copier copier{std::move(urgent), std::move(chip.i2s0)};
  return copy("With bursts", copier, to, from) ? 0 : 1;
}
