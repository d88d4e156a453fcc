// SHA: hashes of messages in blocks of 64 bytes, SHA-1, SHA-224 and SHA-256. The CPU writes blocks to M_MEM,
// or GDMA brings several; the state stands in H_MEM between them. Padding is software's.
#pragma once

#include "board/devices/sha/compression.hpp"
#include "board/lines.hpp"
#include "board/register_device.hpp"
#include "board/timeline.hpp"

#include <cstddef>
#include <cstdint>

namespace ferry::board {

class Sha : public RegisterDevice, private DmaListener {
 public:
  // Not documented: about a cycle of 160 MHz for each of up to 80 rounds.
  static constexpr Time block_time = 500 * nanosecond;

  Sha(Timeline& timeline, DmaPort& dma, InterruptSink& interrupts, Observers& observers);

  std::uint32_t read(std::uint32_t offset) override;
  void write(std::uint32_t offset, std::uint32_t value) override;
  void reset() override;
  void archive_state(StateArchive& archive) override;
  std::span<const Limit> limits() const override;
  bool pure(std::uint32_t) const override { return true; }

 private:
  static constexpr std::size_t block_size = 64;

  bool busy() const { return block_.pending() || blocks_left_ != 0; }
  bool begin(bool anew);
  void start_block(bool anew);
  void start_dma(bool anew);
  void block_done();
  void take_from_dma();
  void dma_data_arrived() override;
  void update_interrupts();

  DmaPort& dma_;
  InterruptSink& interrupts_;
  // Software sees them with the bytes of each word the other way round: the first one is the lowest.
  sha::State state_{};
  sha::Block message_{};
  std::uint32_t blocks_left_ = 0, arrived_ = 0;  // by DMA; bytes of the block that is being filled
  bool interrupt_ = false;
  Event block_;
};

}  // namespace ferry::board
