// The receiving half of a channel: from a peripheral's pushes to buffers in memory.
#pragma once

#include "board/devices/gdma/channel_half.hpp"

namespace ferry::board::gdma {

class InChannel final : public ChannelHalf {
 public:
  InChannel(Gdma& gdma, unsigned channel) : ChannelHalf(gdma, channel, DmaDirection::in) {}

  // The peripheral's side.
  bool push(std::uint8_t byte);
  void end_of_frame();
  // IN_POP: takes a byte out of the FIFO past the list.
  std::optional<std::uint8_t> pop_by_software();

  std::uint32_t suc_eof_descriptor() const { return suc_eof_descriptor_; }
  void clear_latches() { suc_eof_descriptor_ = 0; }
  unsigned priority() const override;
  void archive_state(StateArchive& archive) override;

 private:
  // The end of a frame among the bytes of the FIFO.
  struct FrameEnd {
    std::uint64_t position = 0;
    Time ready = 0;  // when it has come through to this side
  };

  std::uint32_t error_bit() const override;
  unsigned start_latency() const override;
  bool owner_checked() const override;
  bool descriptor_burst() const override;
  std::optional<std::string_view> refuse(const Descriptor& descriptor) override;
  Request work() const override;
  std::uint32_t data_to_move() const override;
  void finish_data() override;
  void begin_write_back() override;
  void finish_write_back() override;
  void list_ended() override;
  void list_continues() override;
  void forget() override;

  bool data_burst() const;
  // Bytes in the FIFO that belong to the frame being received.
  std::uint32_t bytes_of_frame() const;

  Ring<FrameEnd, Fifo::capacity + 1> frame_ends_;
  bool closes_frame_ = false;  // of the write-back in progress
  bool starving_ = false;      // the list has ended: the next byte has no place to go
  std::uint32_t suc_eof_descriptor_ = 0;
};

}  // namespace ferry::board::gdma
