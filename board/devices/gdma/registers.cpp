// What each address of GDMA does.
#include "board/devices/gdma/gdma.hpp"
#include "chip/esp32c3/memory_map.hpp"
#include "chip/esp32c3/registers/dma.hpp"

#include <algorithm>
#include <string>

namespace ferry::board {

namespace dma = chip::dma;

namespace {

// The upper bits of every descriptor's address: *_LINK holds the lower twenty.
constexpr std::uint32_t link_base = chip::memory_map::dma_memory.start & 0xFFF0'0000;

constexpr std::uint32_t fewer_than(unsigned level) {
  return (level < 1 ? 1u : 0u) | (level < 2 ? 2u : 0u) | (level < 3 ? 4u : 0u) | (level < 4 ? 8u : 0u);
}
constexpr unsigned remain_shift = dma::InfifoStatus::in_remain_under_1b.lsb;
constexpr std::uint32_t no_data = 0x800;  // IN_POP.RDATA when nothing was popped

}  // namespace

std::uint32_t Gdma::read(std::uint32_t offset) {
  if (offset < 0x10 * pairs && offset % 0x10 == dma::IntSt::offset) {
    const unsigned channel = offset / 0x10;
    return registers_.word<dma::IntRaw>(channel) & registers_.word<dma::IntEna>(channel);
  }
  constexpr std::uint32_t first = dma::InConf0::offset, stride = dma::InConf0::stride;
  if (offset < first || !registers_.knows(offset)) return registers_.load(offset);
  const unsigned channel = (offset - first) / stride;
  return read_channel(channel, offset - channel * stride);
}

std::uint32_t Gdma::read_channel(unsigned channel, std::uint32_t offset) const {
  const auto& [in, out] = pairs_[channel];
  switch (offset) {
    case dma::InfifoStatus::offset: {
      const unsigned level = in.fifo().level();
      // After reset FULL and EMPTY are both 1: without a first START there is no buffer to receive into.
      std::uint32_t word = dma::InfifoStatus::infifo_full.put(0, in.fifo().full() || !in.ever_started());
      word = dma::InfifoStatus::infifo_empty.put(word, in.fifo().empty());
      word = dma::InfifoStatus::infifo_cnt.put(word, std::min(level, 63u));
      return word | fewer_than(level) << remain_shift;
    }
    case dma::OutfifoStatus::offset: {
      const unsigned level = out.fifo().level();
      std::uint32_t word = dma::OutfifoStatus::outfifo_full.put(0, out.fifo().full());
      word = dma::OutfifoStatus::outfifo_empty.put(word, out.fifo().empty());
      word = dma::OutfifoStatus::outfifo_cnt.put(word, std::min(level, 63u));
      return word | fewer_than(level) << remain_shift;
    }
    case dma::InLink::offset:
      return dma::InLink::inlink_park.put(registers_.word<dma::InLink>(channel), in.parked());
    case dma::OutLink::offset:
      return dma::OutLink::outlink_park.put(registers_.word<dma::OutLink>(channel), out.parked());
    case dma::InState::offset:
      return in.state_word();
    case dma::OutState::offset:
      return out.state_word();
    case dma::InSucEofDesAddr::offset:
      return in.suc_eof_descriptor();
    case dma::InDscr::offset:
      return in.next_descriptor();
    case dma::InDscrBf0::offset:
      return in.current_descriptor();
    case dma::InDscrBf1::offset:
      return in.previous_descriptor();
    case dma::OutEofDesAddr::offset:
      return out.eof_descriptor();
    case dma::OutEofBfrDesAddr::offset:
      return out.descriptor_before_eof();
    case dma::OutDscr::offset:
      return out.next_descriptor();
    case dma::OutDscrBf0::offset:
      return out.current_descriptor();
    case dma::OutDscrBf1::offset:
      return out.previous_descriptor();
    default:
      return registers_.load(offset + channel * dma::InConf0::stride);
  }
}

void Gdma::write(std::uint32_t offset, std::uint32_t value) {
  registers_.store(offset, value);
  if (offset < 0x10 * pairs) {
    const unsigned channel = offset / 0x10;
    if (offset % 0x10 == dma::IntClr::offset) registers_.word<dma::IntRaw>(channel) &= ~value;
    return update_line(channel);
  }
  if (offset == dma::MiscConf::offset) {
    // The master's reset ends what is on the bus; the halves ask again when it is over.
    if (registers_.get(dma::MiscConf::ahbm_rst_inter) != 0) {
      bus_busy_ = false;
      served_ = nullptr;
      last_served_ = 2 * pairs - 1;
    }
    return wake();
  }
  constexpr std::uint32_t first = dma::InConf0::offset, stride = dma::InConf0::stride;
  if (offset < first || !registers_.knows(offset)) return;
  const unsigned channel = (offset - first) / stride;
  write_channel(channel, offset - channel * stride);
}

void Gdma::write_channel(unsigned channel, std::uint32_t offset) {
  auto& [in, out] = pairs_[channel];
  switch (offset) {
    case dma::InConf0::offset:
      in.hold_in_reset(registers_.get(dma::InConf0::in_rst, channel) != 0);
      return wake();
    case dma::OutConf0::offset:
      out.hold_in_reset(registers_.get(dma::OutConf0::out_rst, channel) != 0);
      return wake();
    case dma::InLink::offset:
      return write_in_link(channel);
    case dma::OutLink::offset:
      return write_out_link(channel);
    case dma::InPeriSel::offset:
    case dma::OutPeriSel::offset:
      warn_of_shared_peripheral(channel);
      if (offset == dma::OutPeriSel::offset && !out.fifo().empty()) data_arrived(channel);
      return wake();
    case dma::InPop::offset:
      if (registers_.get(dma::InPop::infifo_pop, channel) != 0) {
        registers_.set(dma::InPop::infifo_pop, 0, channel);
        const auto byte = in.pop_by_software();
        registers_.set(dma::InPop::infifo_rdata, byte ? std::uint32_t{*byte} : no_data, channel);
      }
      return;
    case dma::OutPush::offset:
      if (registers_.get(dma::OutPush::outfifo_push, channel) != 0) {
        registers_.set(dma::OutPush::outfifo_push, 0, channel);
        out.push_by_software(static_cast<std::uint8_t>(registers_.get(dma::OutPush::outfifo_wdata, channel)));
      }
      return;
    default:
      return;
  }
}

void Gdma::write_in_link(unsigned channel) {
  auto& in = pairs_[channel].in;
  const std::uint32_t word = registers_.word<dma::InLink>(channel);
  for (const auto mask :
       {dma::InLink::inlink_stop.mask, dma::InLink::inlink_start.mask, dma::InLink::inlink_restart.mask})
    registers_.word<dma::InLink>(channel) &= ~mask;
  if (dma::InLink::inlink_stop.get(word) != 0) in.stop();
  if (dma::InLink::inlink_start.get(word) != 0) in.start(link_base | dma::InLink::inlink_addr.get(word));
  if (dma::InLink::inlink_restart.get(word) != 0) in.restart();
}

void Gdma::write_out_link(unsigned channel) {
  auto& out = pairs_[channel].out;
  const std::uint32_t word = registers_.word<dma::OutLink>(channel);
  for (const auto mask : {dma::OutLink::outlink_stop.mask, dma::OutLink::outlink_start.mask,
                          dma::OutLink::outlink_restart.mask})
    registers_.word<dma::OutLink>(channel) &= ~mask;
  if (dma::OutLink::outlink_stop.get(word) != 0) out.stop();
  if (dma::OutLink::outlink_start.get(word) != 0) out.start(link_base | dma::OutLink::outlink_addr.get(word));
  if (dma::OutLink::outlink_restart.get(word) != 0) out.restart();
}

// One peripheral may be selected by at most one channel per direction; what happens otherwise is not
// documented. Here the channel with the lowest number has it.
void Gdma::warn_of_shared_peripheral(unsigned channel) {
  const std::uint32_t none = static_cast<std::uint32_t>(chip::DmaPeripheral::none);
  for (unsigned other = 0; other < pairs; ++other) {
    if (other == channel) continue;
    const std::uint32_t in = registers_.get(dma::InPeriSel::peri_in_sel, channel);
    const std::uint32_t out = registers_.get(dma::OutPeriSel::peri_out_sel, channel);
    const bool shared = (in != none && in == registers_.get(dma::InPeriSel::peri_in_sel, other)) ||
                        (out != none && out == registers_.get(dma::OutPeriSel::peri_out_sel, other));
    if (shared)
      notice_once(Notice::shared_peripheral,
                  "DMA: channels " + std::to_string(std::min(channel, other)) + " and " +
                      std::to_string(std::max(channel, other)) +
                      " select the same peripheral in one direction; it meets the lower one only");
  }
}

}  // namespace ferry::board
