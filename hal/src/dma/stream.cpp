#include "ferry/dma/stream.hpp"

#include "hal/src/dma/events.hpp"

#include <algorithm>
#include <cstring>

namespace ferry::dma::detail {

// GDMA writes the descriptors while the program reads them, so each function looks at memory anew.

std::uint32_t ReceiveStream::available() const {
  compiler_barrier();
  return ring.available();
}

std::uint32_t ReceiveStream::peek(std::span<std::byte> to) const {
  compiler_barrier();
  std::uint32_t done = 0;
  while (done < to.size()) {
    const Part part = ring.readable(done);
    if (part.length == 0) break;
    const auto length = std::min(part.length, static_cast<std::uint32_t>(to.size()) - done);
    std::memcpy(to.data() + done, bytes + part.offset, length);
    done += length;
  }
  return done;
}

std::span<const std::byte> ReceiveStream::window() const {
  compiler_barrier();
  const Part part = ring.readable();
  return {bytes + part.offset, part.length};
}

bool ReceiveStream::consume(std::uint32_t length) {
  const bool gave_back = ring.consume(length);
  compiler_barrier();
  return gave_back;
}

void ReceiveStream::resume() {
  compiler_barrier();
  ring.resume();
  lost = 0;
  compiler_barrier();
}

void ReceiveStream::clear() { ring.arm(); }

std::uint32_t TransmitStream::room() {
  compiler_barrier();
  return ring.room();
}

TransmitStream::Pushed TransmitStream::push(std::span<const std::byte> from) {
  compiler_barrier();
  Pushed pushed{0, false};
  while (pushed.length < from.size()) {
    const Part part = ring.writable();
    if (part.length == 0) break;
    const auto length = std::min(part.length, static_cast<std::uint32_t>(from.size()) - pushed.length);
    std::memcpy(bytes + part.offset, from.data() + pushed.length, length);
    pushed.length += length;
    pushed.handed_over |= ring.commit(length);
  }
  compiler_barrier();
  return pushed;
}

bool TransmitStream::flush() {
  compiler_barrier();
  const bool handed_over = ring.flush();
  compiler_barrier();
  return handed_over;
}

std::span<std::byte> TransmitStream::window() {
  compiler_barrier();
  const Part part = ring.writable();
  return {bytes + part.offset, part.length};
}

bool TransmitStream::commit(std::uint32_t length) {
  compiler_barrier();
  const bool handed_over = ring.commit(length);
  compiler_barrier();
  return handed_over;
}

RxStream StreamAccess::receive(const Region& memory, List* list) {
  ReceiveStream stream{ReceiveRing{{list->first, list->descriptors},
                                   address_of(list->first),
                                   address_of(memory.bytes),
                                   memory.size / list->descriptors},
                       memory.bytes, list};
  stream.ring.arm();
  return RxStream{stream};
}

TxStream StreamAccess::transmit(const Region& memory, List* list) {
  TransmitStream stream{TransmitRing{{list->first, list->descriptors},
                                     address_of(list->first),
                                     address_of(memory.bytes),
                                     memory.size / list->descriptors},
                        memory.bytes, list};
  stream.ring.clear();
  return TxStream{stream};
}

}  // namespace ferry::dma::detail
