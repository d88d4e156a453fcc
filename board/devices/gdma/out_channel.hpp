// The sending half of a channel: from buffers in memory to a peripheral's pops.
#pragma once

#include "board/devices/gdma/channel_half.hpp"

namespace ferry::board::gdma {

class OutChannel final : public ChannelHalf {
 public:
  OutChannel(Gdma& gdma, unsigned channel) : ChannelHalf(gdma, channel, DmaDirection::out) {}

  // The peripheral's side. A pop from an empty FIFO is an underflow.
  std::optional<std::uint8_t> pop();
  // Memory to memory: the next byte, and whether a descriptor with suc_eof ends with it. The FIFO is not
  // empty.
  struct Taken {
    std::uint8_t byte;
    bool ends_frame;
  };
  Taken take();
  // OUT_PUSH: puts a byte into the FIFO past the list.
  void push_by_software(std::uint8_t byte);

  std::uint32_t eof_descriptor() const { return eof_descriptor_; }
  std::uint32_t descriptor_before_eof() const { return descriptor_before_eof_; }
  void clear_latches() { eof_descriptor_ = descriptor_before_eof_ = 0; }
  unsigned priority() const override;
  void archive_state(StateArchive& archive) override;

 private:
  // Where in the stream the bytes of a descriptor end.
  struct Mark {
    std::uint64_t end = 0;
    std::uint32_t address = 0, previous = 0;
    bool suc_eof = false;
    bool last = false;    // the list ends here
    bool closed = false;  // written back, or nothing to write back
  };

  std::uint32_t error_bit() const override;
  unsigned start_latency() const override;
  bool owner_checked() const override;
  bool descriptor_burst() const override;
  std::optional<std::string_view> refuse(const Descriptor& descriptor) override;
  Request work() const override;
  std::uint32_t data_to_move() const override;
  void finish_data() override;
  void finish_write_back() override;
  void list_ended() override {}
  void list_continues() override;
  void forget() override { marks_.clear(); }

  void enter(std::uint8_t byte);
  bool data_burst() const;
  bool eof_when_popped() const;
  bool writes_back() const;
  void descriptor_read(std::uint32_t word0);
  void latch_eof(const Mark& mark);
  void descriptors_sent();  // reports descriptors whose last byte has left the FIFO

  Ring<Mark, Fifo::capacity + 2> marks_;
  std::uint32_t eof_descriptor_ = 0, descriptor_before_eof_ = 0;
};

}  // namespace ferry::board::gdma
