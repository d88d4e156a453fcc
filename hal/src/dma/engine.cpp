#include "ferry/dma/engine.hpp"

#include "chip/esp32c3/memory_map.hpp"

#include <algorithm>
#include <array>

namespace ferry::dma::detail {

namespace {

// Far more than any bus access takes: a half that does not rest after this is reset all the same.
constexpr std::uint32_t rest_polls = 10'000;

std::uint32_t address_of(const void* object) {
  return static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(object));
}

// What is wrong with the place of these bytes, if anything.
std::optional<Error> place_error(std::uint32_t address, std::uint32_t length) {
  namespace map = chip::memory_map;
  if (map::dma_memory.contains(address, length)) return {};
  if (map::flash_data.contains(address) || map::flash_instruction.contains(address)) return Error::in_flash;
  return Error::outside_dma_memory;
}

std::optional<Error> place_error(const List& list) {
  return place_error(address_of(list.first), list.descriptors * std::uint32_t{sizeof(Descriptor)});
}

// Calls `add` with address and length of the parts of the plan's pieces that make up its first `length`
// bytes; each piece goes on where the one before it ended. Stops at the first error.
template <class Add>
std::optional<Error> for_each_part(const Plan& plan, std::uint32_t length, Add add) {
  if (length > plan.size) return Error::length_beyond_buffer;
  for (const Region* piece = plan.pieces; length != 0; ++piece) {
    const std::uint32_t part = std::min(length, piece->size);
    length -= part;
    if (part == 0) continue;
    if (auto error = place_error(address_of(piece->bytes), part)) return error;
    if (auto error = add(*piece, part, length == 0)) return error;
  }
  return {};
}

// What a transmit list goes on with where more is received than sent: a descriptor that follows itself. GDMA
// never writes to transmit descriptors (OUT_AUTO_WRBACK stays off), so all channels may read the same one.
// In writable memory: constants may end up in flash, where GDMA cannot read.
alignas(4) constinit std::array<std::byte, 64> zeros{};
constinit Descriptor endless_zeros{};

std::uint32_t endless_zeros_address() {
  endless_zeros.word0 = Descriptor::sending(zeros.size(), false);
  endless_zeros.buffer = address_of(zeros.data());
  endless_zeros.next = address_of(&endless_zeros);
  return endless_zeros.next;
}

}  // namespace

constinit Engine engines[3] = {Engine{0}, Engine{1}, Engine{2}};

void Engine::configure(bool burst, std::uint32_t priority, List* rx_list, List* tx_list) {
  using namespace chip::dma;
  burst_ = burst;
  own_rx_list_ = rx_list_ = rx_list;
  own_tx_list_ = tx_list_ = tx_list;
  rx_list->length = 0;
  tx_list->length = 0;
  // Descriptors are always fetched in a burst: three words in a row, no alignment to observe.
  in_conf0_ = (InConf0::indscr_burst_en(1) | InConf0::in_data_burst_en.run_time(burst)).bits;
  // EOF_MODE 1, as after reset: "sent" means taken by the peripheral, not by the FIFO.
  out_conf0_ = (OutConf0::outdscr_burst_en(1) | OutConf0::out_data_burst_en.run_time(burst) |
                OutConf0::out_eof_mode(1))
                   .bits;
  reset_and_clear();
  mmio::write(registers_, InConf1::in_check_owner(1));
  mmio::write(registers_, OutConf1::out_check_owner(1));
  mmio::write(registers_, InPri::rx_pri.run_time(priority));
  mmio::write(registers_, OutPri::tx_pri.run_time(priority));
}

void Engine::connect(chip::DmaPeripheral peripheral) {
  using namespace chip::dma;
  const auto number = static_cast<std::uint32_t>(peripheral);
  mmio::write(registers_, InPeriSel::peri_in_sel.run_time(number));
  mmio::write(registers_, OutPeriSel::peri_out_sel.run_time(number));
}

void Engine::join_halves(bool joined) {
  using chip::dma::InConf0;
  in_conf0_ = (in_conf0_ & ~InConf0::mem_trans_en.mask) | InConf0::mem_trans_en.run_time(joined).bits;
}

std::optional<Error> Engine::link_receive(const Plan& plan, std::uint32_t length, std::uint32_t form) {
  List& list = *rx_list_;
  list.length = 0;
  ListBuilder builder({list.first, list.descriptors}, address_of(list.first),
                      {.chunk = burst_ ? largest_aligned_chunk : largest_chunk, .frame = form >> 1});
  const auto add = [&](const Region& piece, std::uint32_t part, bool last) -> std::optional<Error> {
    const std::uint32_t address = address_of(piece.bytes);
    // A burst writes whole words: GDMA wants address and size to say so. Only behind the last byte of all
    // there may be a few more that do not count.
    if (burst_ && (address % 4 != 0 || (last ? (part + 3) / 4 * 4 > piece.capacity : part % 4 != 0)))
      return Error::misaligned;
    if (!builder.add_receiving(address, part)) return Error::too_few_descriptors;
    return {};
  };
  if (auto error = place_error(list)) return error;
  if (auto error = for_each_part(plan, length, add)) return error;
  builder.finish_receiving(burst_);
  list.describe(plan, length, form, builder.count());
  return {};
}

std::optional<Error> Engine::link_transmit(const Plan& plan, std::uint32_t length, bool zeros_follow) {
  List& list = *tx_list_;
  list.length = 0;
  // Sending knows no alignment, with or without burst.
  ListBuilder builder({list.first, list.descriptors}, address_of(list.first), {.chunk = largest_chunk});
  const auto add = [&](const Region& piece, std::uint32_t part, bool) -> std::optional<Error> {
    if (!builder.add_sending(address_of(piece.bytes), part)) return Error::too_few_descriptors;
    return {};
  };
  if (auto error = place_error(list)) return error;
  if (auto error = for_each_part(plan, length, add)) return error;
  builder.finish_sending(zeros_follow ? endless_zeros_address() : 0);
  list.describe(plan, length, zeros_follow, builder.count());
  return {};
}

void Engine::stop() {
  using namespace chip::dma;
  mmio::write(registers_, link_address(InLink::inlink_addr, *rx_list_) | InLink::inlink_auto_ret(1) |
                              InLink::inlink_stop(1));
  mmio::write(registers_, link_address(OutLink::outlink_addr, *tx_list_) | OutLink::outlink_stop(1));
}

std::uint32_t Engine::finish_stop() {
  using namespace chip::dma;
  for (std::uint32_t poll = 0; poll < rest_polls; ++poll) {
    if (mmio::read(registers_, InLink::inlink_park) != 0 &&
        mmio::read(registers_, OutLink::outlink_park) != 0)
      break;
  }
  const std::uint32_t stored = received_length();
  reset_and_clear();
  rx_list_->length = 0;
  tx_list_->length = 0;
  return stored;
}

}  // namespace ferry::dma::detail
