// The general DMA controller: three pairs of channels that share one bus master.
//
// Each half of a pair walks its own list and asks for the bus; the arbiter grants one access at a time.
// Peripherals meet a channel through a DmaPort: the channel whose PERI_SEL holds their number.
#pragma once

#include "board/clocks.hpp"
#include "board/device.hpp"
#include "board/devices/gdma/in_channel.hpp"
#include "board/devices/gdma/out_channel.hpp"
#include "board/lines.hpp"
#include "board/memory.hpp"
#include "board/observer.hpp"
#include "board/timeline.hpp"
#include "chip/esp32c3/signals.hpp"

#include <array>
#include <bitset>
#include <string_view>

namespace ferry::board {

class Gdma final : public Device {
 public:
  static constexpr unsigned pairs = 3;

  Gdma(Timeline& timeline, Clocks& clocks, Memory& memory, InterruptSink& interrupts, Observers& observers);

  std::uint32_t read(std::uint32_t offset) override;
  void write(std::uint32_t offset, std::uint32_t value) override;
  void reset() override;
  void archive_state(StateArchive& archive) override;
  std::span<const Limit> limits() const override;
  void gate_changed(const Gate& gate) override;
  bool pure(std::uint32_t) const override { return true; }
  std::span<const chip::RegisterInfo> registers() const override { return registers_.table(); }

  // Where a peripheral finds its channel. The reference stays valid as long as this device.
  DmaPort& port(chip::DmaPeripheral peripheral);

  // For the halves of the channels.
  enum class Notice : std::uint8_t {
    start_while_halted,
    undefined_descriptor,
    no_suc_eof,
    shared_peripheral,
    memory_without_peripheral,
    count,
  };
  void notice_once(Notice notice, std::string_view line);
  void raise(unsigned channel, std::uint32_t bits);
  bool serves(const gdma::ChannelHalf& half) const { return served_ == &half; }
  void data_arrived(unsigned channel);
  void frame_stored(unsigned channel);
  void abandon(const gdma::ChannelHalf& half);  // an access in progress for this half will have no effect
  void wake();                                  // some half may want the bus
  Time after_cycles(unsigned cycles) const { return timeline_.now() + cycles * clocks_.apb(); }
  void write_word(std::uint32_t address, std::uint32_t word);
  Memory& memory() { return memory_; }
  Observers& observers() { return observers_; }
  const RegisterFile& registers_of() const { return registers_; }

 private:
  struct Pair {
    Pair(Gdma& gdma, unsigned channel) : in(gdma, channel), out(gdma, channel) {}
    void archive_state(StateArchive& archive);
    gdma::InChannel in;
    gdma::OutChannel out;
  };

  class Port final : public DmaPort {
   public:
    void connect(Gdma& gdma, std::uint32_t number) { gdma_ = &gdma, number_ = number; }
    DmaListener* listener() const { return listener_; }
    void listen(DmaListener& listener) override { listener_ = &listener; }
    unsigned available() const override;
    std::optional<std::uint8_t> pop() override;
    bool push(std::uint8_t byte) override;
    void end_of_frame() override;

   private:
    Gdma* gdma_ = nullptr;
    std::uint32_t number_ = 0;
    DmaListener* listener_ = nullptr;
  };
  static constexpr std::uint32_t port_count = 64;  // what six bits of PERI_SEL can say

  std::uint32_t read_channel(unsigned channel, std::uint32_t offset) const;
  void write_channel(unsigned channel, std::uint32_t offset);
  void write_in_link(unsigned channel);
  void write_out_link(unsigned channel);
  void update_line(unsigned channel);
  void warn_of_shared_peripheral(unsigned channel);

  gdma::InChannel* in_of(std::uint32_t peripheral);
  gdma::OutChannel* out_of(std::uint32_t peripheral);
  bool memory_to_memory(unsigned channel) const;

  gdma::ChannelHalf& half(unsigned index);  // in order of the round robin: in 0, out 0, in 1, …
  void step();
  void grant();
  bool memory_can_move() const;
  void move_memory_to_memory();

  Timeline& timeline_;
  Clocks& clocks_;
  Memory& memory_;
  InterruptSink& interrupts_;
  Observers& observers_;
  RegisterFile registers_;
  std::array<Pair, pairs> pairs_;
  std::array<Port, port_count> ports_;
  std::array<bool, pairs> line_{};
  std::bitset<static_cast<std::size_t>(Notice::count)> said_;
  Gate gate_;

  Event step_;
  bool stepping_ = false;
  bool bus_busy_ = false;
  gdma::ChannelHalf* served_ = nullptr;
  gdma::Transaction transaction_ = gdma::Transaction::none;
  unsigned last_served_ = 2 * pairs - 1;
};

}  // namespace ferry::board
