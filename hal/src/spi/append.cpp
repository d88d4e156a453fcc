// A transfer in one direction that becomes longer while it runs. GDMA goes on in its list; to SPI, which has
// counted the bits before, what was appended is a piece of its own.
#include "ferry/spi/dma_port.hpp"
#include "hal/src/dma/events.hpp"
#include "hal/src/spi/events.hpp"

namespace ferry::spi::detail {

std::uint32_t DmaPort::append(const dma::detail::Plan& plan, DataPhase data, std::uint32_t length) {
  const bool receives = data == DataPhase::receive;
  const std::uint32_t before = running_ ? bytes_ : 0;
  if (error_ || append_error_) return before;  // what is behind a part that is missing would leave a hole
  if (length == dma::whole_buffer) length = plan.size;
  if (length == 0) return before;
  if (!running_) {
    // There was nothing to do so far: in the same form, full or half duplex, this is the first piece.
    recipe_.rx_length = receives ? length : 0;
    recipe_.tx_length = receives ? 0 : length;
    start_anew(plan, plan);
    return before;
  }
  port_.keep(false);  // a repeated transfer is the first part alone
  std::uint32_t& left = receives ? rx_left_ : tx_left_;
  if (!started_.receives && !started_.sends) {
    // Half duplex that consists of phases alone: the channel has not begun.
    append_error_ = receives ? engine_->prepare_receive(plan, length, longest_piece)
                             : engine_->prepare_transmit(plan, length, false);
    if (append_error_) return before;
    bytes_ = length;
    started_ = {.receives = receives, .sends = !receives};
    dma::detail::compiler_barrier();
    engine_->reset_and_clear();
    receives ? engine_->start_receive() : engine_->start_transmit();
  } else {
    // Pieces begin where those do that are ahead, and to GDMA each of them is a frame.
    append_error_ = engine_->append(receives ? &plan : nullptr, receives ? nullptr : &plan, length,
                                    {.length = longest_piece, .before = left % longest_piece});
    if (append_error_) return before;
    bytes_ += length;
  }
  if (port_.is_full_duplex()) recipe_.header = port_.full_duplex_header();
  left += length;
  return before;
}

}  // namespace ferry::spi::detail
