// USB Serial/JTAG, as far as firmware prints and reads through it: the two bulk endpoints of its serial port.
// With a host attached, packets are collected a while after they are flushed; without one they never are, and
// firmware that waits for room without a time-out waits for ever, as on a real board that is only powered.
#pragma once

#include "board/lines.hpp"
#include "board/register_device.hpp"
#include "board/timeline.hpp"

#include <cstdint>
#include <deque>
#include <span>
#include <vector>

namespace ferry::board {

class UsbSerialJtag : public RegisterDevice {
 public:
  // What the host collected is told to the observers as sent by this "UART".
  static constexpr unsigned console_number = 2;
  static constexpr std::size_t packet_size = 64;
  // A full-speed host asks a bulk endpoint many times in each 1 ms frame; how often is up to the host.
  static constexpr Time collect_time = 50 * microsecond;
  static constexpr Time frame_time = millisecond;

  UsbSerialJtag(Timeline& timeline, InterruptSink& interrupts, Observers& observers,
                bool host_attached = true);

  std::uint32_t read(std::uint32_t offset) override;
  void write(std::uint32_t offset, std::uint32_t value) override;
  void reset() override;
  void archive_state(StateArchive& archive) override;
  std::span<const Limit> limits() const override;
  bool pure(std::uint32_t offset) const override;
  Time steady_until(std::uint32_t offset) const override;

  // Bytes that the host sends; they arrive in packets, each when the one before it has been read. Without a
  // host they are dropped.
  void receive(std::span<const std::uint8_t> bytes);

 private:
  void push(std::uint8_t byte);
  void flush();
  void collected();
  std::uint8_t pop();
  void packet_arrives();
  void settle_frames();
  void schedule_frame();
  void raise(std::uint32_t interrupts);
  void update_interrupts();

  Timeline& timeline_;
  InterruptSink& interrupts_;
  bool host_attached_;
  std::vector<std::uint8_t> in_packet_;   // towards the host
  bool in_waits_ = false;                 // flushed, not collected yet
  std::deque<std::uint8_t> out_packet_;   // from the host, being read
  std::deque<std::uint8_t> out_waiting_;  // still with the host
  std::uint64_t frames_seen_ = 0;
  Event collect_event_, arrive_event_, frame_event_;
};

}  // namespace ferry::board
