#include "board/record/report/recorder.hpp"

#include "board/image/text.hpp"

#include <utility>

namespace ferry::board::report {

namespace {

// Whoever writes character by character without hurry writes pieces of text, each where it was written.
constexpr Time longest_pause = 5 * millisecond;
constexpr std::size_t longest_text = 160;

// A firmware that enters traps and never leaves one does not make the board remember them all.
constexpr std::size_t deepest_trap = 32;

}  // namespace

Recorder::Recorder(std::function<Time()> now, std::function<std::uint64_t(unsigned)> sources,
                   std::uint32_t levels)
    : now_(std::move(now)), sources_(std::move(sources)) {
  for (std::size_t pin = 0; pin < pins_.size(); ++pin) pins_[pin].level_at_start = (levels >> pin & 1) != 0;
}

void Recorder::mark(Time moment, std::string_view kind, std::string_view text) {
  marks_.add({{moment, moment}, std::string(kind), std::string(text)});
}

void Recorder::printed(Port port, std::string_view text) {
  for (const char byte : text) print(port, byte);
}

void Recorder::finish() {
  end_ = now_();
  cpu_waits(false);
  leave_handlers(0);
  spi_phase("idle");
  for (DmaLane& lane : dma_) {
    end_descriptor(lane, std::nullopt);
    end_transfer(lane, "");
  }
  for (TextLane& lane : texts_)
    if (lane.text) lane.texts.add(*std::exchange(lane.text, std::nullopt));
}

// ---- Pins, CPU and SPI

void Recorder::pin_changed(unsigned pin, bool) {
  const Time now = now_();
  pins_[pin].edges.add({now, now});
}

void Recorder::cpu_waits(bool waits) {
  if (waits == asleep_since_.has_value()) return;
  if (waits) {
    asleep_since_ = now_();
  } else {
    asleep_.add({*std::exchange(asleep_since_, std::nullopt), now_()});
  }
}

void Recorder::spi_phase(std::string_view phase) {
  const Time now = now_();
  if (phase_) {
    phase_->end = now;
    phases_.add(*std::exchange(phase_, std::nullopt));
  }
  if (phase != "idle") phase_ = Phase{{now, now}, std::string(phase)};
}

// ---- Traps

void Recorder::interrupt_taken(unsigned line) {
  const Time now = now_();
  if (traps_.size() < deepest_trap) traps_.emplace_back(Handler{{now, now}, line, sources_(line)});
}

void Recorder::exception_taken(std::uint32_t cause, std::uint32_t value, std::uint32_t pc) {
  mark(now_(), "exception", "cause " + std::to_string(cause) + " at " + hex(pc) + ", mtval " + hex(value));
  if (traps_.size() < deepest_trap) traps_.emplace_back(std::nullopt);
}

void Recorder::trap_left() {
  if (!traps_.empty()) leave_handlers(traps_.size() - 1);
}

// Handlers are added when they end, an inner one before that around it.
void Recorder::leave_handlers(std::size_t depth) {
  for (; traps_.size() > depth; traps_.pop_back()) {
    if (!traps_.back()) continue;
    traps_.back()->end = now_();
    handlers_.add(*traps_.back());
  }
}

// ---- DMA

void Recorder::dma_started(unsigned channel, DmaDirection direction, std::uint32_t first_descriptor) {
  DmaLane& lane = dma_[index(channel, direction)];
  end_transfer(lane, "");
  const Time now = now_();
  lane.transfer = Transfer{{now, now}, first_descriptor, {}};
}

void Recorder::dma_descriptor_loaded(const DmaDescriptorEvent& event) {
  DmaLane& lane = dma_[index(event.channel, event.direction)];
  end_descriptor(lane, std::nullopt);
  const Time now = now_();
  lane.descriptor = Descriptor{{now, now}, event.address, event.word0, event.buffer, event.next, {}};
}

void Recorder::dma_descriptor_closed(const DmaDescriptorEvent& event) {
  end_descriptor(dma_[index(event.channel, event.direction)], event.word0);
}

void Recorder::dma_ended(unsigned channel, DmaDirection direction, std::string_view why) {
  DmaLane& lane = dma_[index(channel, direction)];
  end_descriptor(lane, std::nullopt);
  end_transfer(lane, why);
}

void Recorder::dma_bytes(unsigned channel, DmaDirection direction, std::uint32_t, std::uint32_t count) {
  auto& descriptor = dma_[index(channel, direction)].descriptor;
  if (!descriptor) return;
  descriptor->last_byte = now_();
  if (descriptor->moved == 0) descriptor->first_byte = descriptor->last_byte;
  descriptor->moved += count;
}

void Recorder::end_descriptor(DmaLane& lane, std::optional<std::uint32_t> word0) {
  if (!lane.descriptor) return;
  lane.descriptor->end = now_();
  lane.descriptor->word0_closed = word0;
  lane.descriptors.add(*std::exchange(lane.descriptor, std::nullopt));
}

void Recorder::end_transfer(DmaLane& lane, std::string_view why) {
  if (!lane.transfer) return;
  lane.transfer->end = now_();
  lane.transfer->ended = why;
  lane.transfers.add(*std::exchange(lane.transfer, std::nullopt));
}

// ---- Text

void Recorder::uart_sent(unsigned uart, std::uint8_t byte) {
  if (uart < static_cast<unsigned>(Port::semihosting))
    print(static_cast<Port>(uart), static_cast<char>(byte));
}

void Recorder::print(Port port, char byte) {
  TextLane& lane = texts_[static_cast<std::size_t>(port)];
  const Time now = now_();
  if (lane.text && (now - lane.text->end > longest_pause || lane.text->bytes.size() >= longest_text))
    lane.texts.add(*std::exchange(lane.text, std::nullopt));
  if (!lane.text) lane.text = Text{{now, now}, {}};
  lane.text->bytes += byte;
  lane.text->end = now;
  if (byte == '\n') lane.texts.add(*std::exchange(lane.text, std::nullopt));
}

// ---- Marks

void Recorder::chip_reset(std::string_view cause) {
  mark(now_(), "reset", cause);
  leave_handlers(0);
  cpu_waits(false);
  for (DmaLane& lane : dma_) {
    end_descriptor(lane, std::nullopt);
    end_transfer(lane, "chip reset");
  }
}

void Recorder::notice(std::string_view line) { mark(now_(), "notice", line); }

}  // namespace ferry::board::report
