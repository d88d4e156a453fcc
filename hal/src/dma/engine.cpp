#include "ferry/dma/engine.hpp"

#include "chip/esp32c3/memory_map.hpp"

#include <array>

namespace ferry::dma::detail {

namespace {

// Far more than any bus access takes: a half that does not rest after this is reset all the same.
constexpr std::uint32_t rest_polls = 10'000;

std::uint32_t address_of(const void* object) {
  return static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(object));
}

bool in_dma_memory(std::uint32_t address, std::uint32_t length) {
  return chip::memory_map::dma_memory.contains(address, length);
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

void Engine::configure(bool burst, std::uint32_t priority, std::span<Descriptor> rx_list,
                       std::span<Descriptor> tx_list) {
  using namespace chip::dma;
  burst_ = burst;
  rx_list_ = rx_list;
  tx_list_ = tx_list;
  rx_length_ = 0;
  tx_length_ = 0;
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

std::optional<Error> Engine::prepare_receive(const Region& region, std::uint32_t length) {
  const std::uint32_t address = address_of(region.bytes);
  if (address == rx_address_ && length == rx_length_) {
    rearm_receive_list(rx_list_.first(rx_count_));
    return {};
  }
  rx_length_ = 0;
  if (length > region.size) return Error::length_beyond_buffer;

  const ListPlan plan{address_of(rx_list_.data()), address, length,
                      burst_ ? largest_aligned_chunk : largest_chunk};
  const std::uint32_t count = list_length(plan);
  if (count > rx_list_.size()) return Error::too_few_descriptors;
  std::uint32_t last_size = length - (count - 1) * plan.chunk;
  if (burst_) {
    // A burst writes whole words: GDMA wants address and size to say so.
    last_size = (last_size + 3) / 4 * 4;
    if (address % 4 != 0 || (count - 1) * plan.chunk + last_size > region.capacity) return Error::misaligned;
  }
  if (!in_dma_memory(address, length) || !in_dma_memory(plan.list_address, count * sizeof(Descriptor))) {
    return Error::outside_dma_memory;
  }
  fill_receive_list(rx_list_, plan, last_size);
  rx_address_ = address;
  rx_length_ = length;
  rx_count_ = count;
  return {};
}

std::optional<Error> Engine::prepare_transmit(const Region& region, std::uint32_t length, bool zeros_follow) {
  const std::uint32_t address = address_of(region.bytes);
  if (address == tx_address_ && length == tx_length_ && zeros_follow == tx_zeros_follow_) return {};
  tx_length_ = 0;
  if (length > region.size) return Error::length_beyond_buffer;

  // Sending knows no alignment, with or without burst.
  const ListPlan plan{address_of(tx_list_.data()), address, length, largest_chunk};
  const std::uint32_t count = list_length(plan);
  if (count > tx_list_.size()) return Error::too_few_descriptors;
  if (!in_dma_memory(address, length) || !in_dma_memory(plan.list_address, count * sizeof(Descriptor))) {
    return Error::outside_dma_memory;
  }
  fill_transmit_list(tx_list_, plan, zeros_follow ? endless_zeros_address() : 0);
  tx_address_ = address;
  tx_length_ = length;
  tx_zeros_follow_ = zeros_follow;
  return {};
}

void Engine::stop() {
  using namespace chip::dma;
  mmio::write(registers_, link_address(InLink::inlink_addr, rx_list_) | InLink::inlink_auto_ret(1) |
                              InLink::inlink_stop(1));
  mmio::write(registers_, link_address(OutLink::outlink_addr, tx_list_) | OutLink::outlink_stop(1));
}

std::uint32_t Engine::finish_stop() {
  using namespace chip::dma;
  for (std::uint32_t poll = 0; poll < rest_polls; ++poll) {
    if (mmio::read(registers_, InLink::inlink_park) != 0 &&
        mmio::read(registers_, OutLink::outlink_park) != 0)
      break;
  }
  reset_and_clear();
  const std::uint32_t received = rx_length_ == 0 ? 0 : received_length();
  rx_length_ = 0;
  tx_length_ = 0;
  return received;
}

std::span<Descriptor> Engine::take_rx_list() {
  rx_length_ = 0;
  return std::exchange(rx_list_, {});
}

std::span<Descriptor> Engine::take_tx_list() {
  tx_length_ = 0;
  return std::exchange(tx_list_, {});
}

}  // namespace ferry::dma::detail
