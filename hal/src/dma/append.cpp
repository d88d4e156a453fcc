// A list that becomes longer while GDMA walks along it.
#include "ferry/dma/engine.hpp"
#include "hal/src/dma/events.hpp"

namespace ferry::dma::detail {

namespace {

Descriptor* end_of(const List& list) { return list.first + list.count; }

// Of the list's descriptors those that are not in use.
ListBuilder behind(const List& list, Cuts cuts) {
  return ListBuilder{{end_of(list), list.descriptors - list.count}, address_of(end_of(list)), cuts};
}

// GDMA may follow the link at once, so what it finds there has to be in memory.
void link(List& list, std::uint32_t descriptors, std::uint32_t length) {
  compiler_barrier();
  end_of(list)[-1].next = address_of(end_of(list));
  compiler_barrier();
  list.count += descriptors;
  list.length += length;
  list.bytes = nullptr;  // no first piece tells what it describes
}

}  // namespace

// Whatever GDMA is at, in front of the last descriptor, in it, or at rest behind it: RESTART has it read the
// link of the one it loaded last again. What is sent follows what receives it.
std::optional<Error> Engine::append(const Plan* rx, const Plan* tx, std::uint32_t length, Frames frames) {
  ListBuilder receiving =
      behind(*rx_list_, {.chunk = settings_.rx_burst ? largest_aligned_chunk : largest_chunk,
                         .frame = frames.length,
                         .in_frame = frames.before});
  ListBuilder sending = behind(*tx_list_, {.chunk = largest_chunk});
  if (rx != nullptr) {
    // A descriptor that was rounded up to whole words would take the next bytes of the same frame.
    if (settings_.rx_burst && frames.length != 0 && rx_list_->length % 4 != 0) return Error::misaligned;
    if (auto error = fill_receive(receiving, *rx, length)) return error;
  }
  if (tx != nullptr) {
    if (auto error = fill_transmit(sending, *tx, length)) return error;
    sending.finish_sending(0);
  }
  if (rx != nullptr) {
    link(*rx_list_, receiving.count(), length);
    restart_receive();
  }
  if (tx != nullptr) {
    link(*tx_list_, sending.count(), length);
    restart_transmit();
  }
  return {};
}

bool Engine::receive_list_is_full() const {
  compiler_barrier();
  return rx_list_->in_use().back().owner() == Owner::cpu;
}

}  // namespace ferry::dma::detail
