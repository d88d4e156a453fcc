// A transfer that becomes longer while it runs. GDMA goes on in its lists; to SPI, which has counted the bits
// before, what was appended is a piece of its own.
#include "ferry/spi/dma_port.hpp"
#include "hal/src/dma/events.hpp"
#include "hal/src/spi/events.hpp"

namespace ferry::spi::detail {

std::uint32_t DmaPort::append(const dma::detail::Plan* rx, const dma::detail::Plan* tx,
                              std::uint32_t length) {
  const std::uint32_t before = running_ || lost_ ? bytes_ : 0;
  if (error_ || append_error_) return before;  // what is behind a part that is missing would leave a hole
  if (length == dma::whole_buffer) {
    length = rx != nullptr ? rx->size : tx->size;
    if (rx != nullptr && tx != nullptr && tx->size != length) append_error_ = dma::Error::lengths_differ;
  }
  // A list behind which zeros follow has no end, and bytes without a place may still be in a FIFO.
  if (rx != nullptr && tx != nullptr && recipe_.rx_length != recipe_.tx_length)
    append_error_ = dma::Error::lengths_differ;
  if (append_error_ || length == 0) return before;
  if (!running_) {
    // There was nothing to do so far: in the same form, full or half duplex, this is the first piece. A
    // prepared transfer stays the one without any.
    const Recipe prepared = recipe_;
    recipe_.rx_length = rx != nullptr ? length : 0;
    recipe_.tx_length = tx != nullptr ? length : 0;
    start_anew(rx != nullptr ? *rx : dma::detail::Plan{}, tx != nullptr ? *tx : dma::detail::Plan{});
    recipe_.rx_length = prepared.rx_length;
    recipe_.tx_length = prepared.tx_length;
    port_.keep(false);
    return before;
  }
  port_.keep(false);  // a repeated transfer is the first part alone
  append_error_ = lengthen(rx, tx, length);
  if (append_error_) return before;
  if (rx != nullptr) rx_left_ += length;
  if (tx != nullptr) tx_left_ += length;
  has_more_ = true;
  return before;
}

std::optional<dma::Error> DmaPort::lengthen(const dma::detail::Plan* rx, const dma::detail::Plan* tx,
                                            std::uint32_t length) {
  if (started_.receives || started_.sends) {
    // Pieces begin where those do that are ahead, and to GDMA each of them is a frame.
    if (auto error =
            engine_->append(rx, tx, length, {.length = longest_piece, .before = rx_left_ % longest_piece}))
      return error;
    bytes_ += length;
    return {};
  }
  // Half duplex that consists of phases alone: the channel has not begun.
  if (auto error = rx != nullptr ? engine_->prepare_receive(*rx, length, longest_piece)
                                 : engine_->prepare_transmit(*tx, length, false))
    return error;
  bytes_ = length;
  started_ = {.receives = rx != nullptr, .sends = tx != nullptr};
  dma::detail::compiler_barrier();
  engine_->reset_and_clear();
  rx != nullptr ? engine_->start_receive() : engine_->start_transmit();
  return {};
}

}  // namespace ferry::spi::detail
