#include "bench/firmware/by_hand/gdma.hpp"

#include "chip/esp32c3/memory_map.hpp"
#include "chip/esp32c3/registers/system.hpp"

#include <algorithm>
#include <array>

namespace by_hand {

using namespace chip::dma;

namespace {

constexpr std::uint32_t largest_chunk = 4095, largest_chunk_of_words = 4092;

bool reachable(const void* bytes, std::uint32_t length) {
  return chip::memory_map::dma_memory.contains(address_of(bytes), length);
}

// Sent behind the last byte for as long as SPI takes bytes: a descriptor that follows itself.
alignas(4) std::array<std::byte, 64> zeros{};
Descriptor endless_zeros{};

std::uint32_t endless_zeros_address() {
  endless_zeros = {.word0 = owned_by_dma | zeros.size() << length_shift | zeros.size(),
                   .buffer = address_of(zeros.data()),
                   .next = address_of(&endless_zeros)};
  return address_of(&endless_zeros);
}

// Most bytes fit one descriptor, and nothing is wrong with them.
[[gnu::always_inline]] inline bool fits_one(const List& list, const Buffer& buffer, std::uint32_t length,
                                            std::uint32_t chunk) {
  return length <= chunk && length <= buffer.size && reachable(buffer.bytes, length) &&
         reachable(list.first, list.capacity * sizeof(Descriptor));
}

[[gnu::always_inline]] inline void describe_one(List& list, const Buffer& buffer, std::uint32_t length,
                                                std::uint32_t word0) {
  *list.first = {.word0 = word0, .buffer = address_of(buffer.bytes), .next = 0};
  list.count = 1;
  list.bytes = buffer.bytes;
  list.length = length;
}

// What both lists have in common: the checks, and the cutting into descriptors. `words` makes word0.
template <class Words>
Status link(List& list, const Buffer& buffer, std::uint32_t length, std::uint32_t chunk, std::uint32_t frame,
            Words words) {
  list.length = 0;
  if (length > buffer.size) return Status::length_beyond_buffer;
  if (!reachable(buffer.bytes, length) || !reachable(list.first, list.capacity * sizeof(Descriptor)))
    return Status::outside_dma_memory;
  std::uint32_t address = address_of(buffer.bytes), left = length, in_frame = frame, count = 0;
  Descriptor* next = list.first;
  while (left != 0) {
    if (count++ == list.capacity) return Status::too_few_descriptors;
    std::uint32_t size = std::min(left, chunk);
    if (frame != 0) {
      size = std::min(size, in_frame);
      in_frame = in_frame == size ? frame : in_frame - size;
    }
    *next = {.word0 = words(size), .buffer = address, .next = address_of(next + 1)};
    ++next;
    address += size;
    left -= size;
  }
  next[-1].next = 0;
  list.count = count;
  list.bytes = buffer.bytes;
  list.length = length;
  return Status::ok;
}

[[gnu::always_inline]] inline std::uint32_t whole_words(std::uint32_t length) { return (length + 3) / 4 * 4; }

[[gnu::always_inline]] inline bool misaligned(const Channel& channel, const Buffer& buffer,
                                              std::uint32_t length) {
  return channel.burst && (address_of(buffer.bytes) % 4 != 0 || whole_words(length) > buffer.capacity);
}

[[gnu::noinline]] Status link_receive_list(Channel& channel, const Buffer& buffer, std::uint32_t length,
                                           std::uint32_t frame) {
  if (misaligned(channel, buffer, length)) return Status::misaligned;
  List& list = channel.rx.list;
  const Status status = link(list, buffer, length, channel.burst ? largest_chunk_of_words : largest_chunk,
                             frame, [](std::uint32_t size) { return owned_by_dma | size; });
  if (status != Status::ok) return status;
  if (channel.burst) list.first[list.count - 1].word0 += whole_words(length) - length;
  list.frame = frame;
  return Status::ok;
}

[[gnu::noinline]] Status link_transmit_list(Channel& channel, const Buffer& buffer, std::uint32_t length,
                                            bool zeros_follow) {
  List& list = channel.tx.list;
  const Status status = link(list, buffer, length, largest_chunk, 0,
                             [](std::uint32_t size) { return owned_by_dma | size << length_shift | size; });
  if (status != Status::ok) return status;
  Descriptor& last = list.first[list.count - 1];
  if (zeros_follow) {
    last.next = endless_zeros_address();
  } else {
    last.word0 |= end_of_frame;
  }
  list.zeros_follow = zeros_follow;
  return Status::ok;
}

}  // namespace

void open_channel(Channel& channel, unsigned rx_number, unsigned tx_number, bool burst,
                  chip::DmaPeripheral peripheral) {
  mmio::modify(chip::system::base, chip::system::PeripClkEn1::dma_clk_en(1));
  mmio::modify(chip::system::base, chip::system::PeripRstEn1::dma_rst(0));
  mmio::write(base, MiscConf::clk_en(1));
  Half &rx = channel.rx, &tx = channel.tx;
  rx.registers = base + rx_number * InConf0::stride;
  rx.events = base + rx_number * IntRaw::stride;
  rx.conf = (InConf0::indscr_burst_en(1) | InConf0::in_data_burst_en.run_time(burst)).bits;
  tx.registers = base + tx_number * OutConf0::stride;
  tx.events = base + tx_number * IntRaw::stride;
  tx.conf = (OutConf0::outdscr_burst_en(1) | OutConf0::out_data_burst_en.run_time(burst) |
             OutConf0::out_eof_mode(1))
                .bits;
  rx.start = (InLink::inlink_addr.run_time(address_of(rx.list.first)) | InLink::inlink_auto_ret(1) |
              InLink::inlink_start(1))
                 .bits;
  tx.start = (OutLink::outlink_addr.run_time(address_of(tx.list.first)) | OutLink::outlink_start(1)).bits;
  rx.list.length = tx.list.length = 0;
  channel.burst = burst;
  reset_channel(channel, {rx.events, tx.events});
  const auto number = static_cast<std::uint32_t>(peripheral);
  mmio::write(rx.registers, InConf1::in_check_owner(1));
  mmio::write(tx.registers, OutConf1::out_check_owner(1));
  mmio::write(rx.registers, InPeriSel::peri_in_sel.run_time(number));
  mmio::write(tx.registers, OutPeriSel::peri_out_sel.run_time(number));
}

Status link_receive(Channel& channel, const Buffer& buffer, std::uint32_t length, std::uint32_t frame) {
  List& list = channel.rx.list;
  if (frame != 0 || !fits_one(list, buffer, length, largest_chunk_of_words) ||
      misaligned(channel, buffer, length))
    return link_receive_list(channel, buffer, length, frame);
  describe_one(list, buffer, length, owned_by_dma | (channel.burst ? whole_words(length) : length));
  list.frame = 0;
  return Status::ok;
}

Status link_transmit(Channel& channel, const Buffer& buffer, std::uint32_t length, bool zeros_follow) {
  List& list = channel.tx.list;
  if (zeros_follow || !fits_one(list, buffer, length, largest_chunk))
    return link_transmit_list(channel, buffer, length, zeros_follow);
  describe_one(list, buffer, length, owned_by_dma | end_of_frame | length << length_shift | length);
  list.zeros_follow = false;
  return Status::ok;
}

void stop_channel(Channel& channel) {
  Half &rx = channel.rx, &tx = channel.tx;
  mmio::write(rx.registers, InLink::inlink_addr.run_time(address_of(rx.list.first)) |
                                InLink::inlink_auto_ret(1) | InLink::inlink_stop(1));
  mmio::write(tx.registers,
              OutLink::outlink_addr.run_time(address_of(tx.list.first)) | OutLink::outlink_stop(1));
  for (std::uint32_t polls = 10'000; polls != 0; --polls) {
    if (mmio::read(rx.registers, InLink::inlink_park) != 0 &&
        mmio::read(tx.registers, OutLink::outlink_park) != 0)
      break;
  }
  reset_channel(channel, {rx.events, tx.events});
}

}  // namespace by_hand
