#include "board/debug/monitor.hpp"

#include "board/bus.hpp"
#include "board/cpu/cpu.hpp"
#include "board/devices/gdma/descriptor.hpp"
#include "board/image/text.hpp"
#include "board/image/wire.hpp"
#include "board/memory.hpp"
#include "board/record/time_text.hpp"
#include "chip/esp32c3/registers/dma.hpp"
#include "chip/esp32c3/registers/system.hpp"
#include "chip/esp32c3/signals.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <utility>
#include <vector>

namespace ferry::board::debug {

namespace {

using gdma::Descriptor;

constexpr unsigned channels = chip::dma::InLink::count;
// A ring has no end, and a long list is best looked at in memory.
constexpr unsigned most_descriptors = 16;

template <class Register>
std::uint32_t dma_register(Board& board, unsigned channel) {
  return board.bus().probe_load(chip::dma::base + Register::offset + channel * Register::stride).value_or(0);
}

std::string peripheral_name(std::uint32_t number) {
  switch (static_cast<chip::DmaPeripheral>(number)) {
    case chip::DmaPeripheral::spi2:
      return "SPI2";
    case chip::DmaPeripheral::uhci0:
      return "UHCI0";
    case chip::DmaPeripheral::i2s0:
      return "I2S0";
    case chip::DmaPeripheral::aes:
      return "AES";
    case chip::DmaPeripheral::sha:
      return "SHA";
    case chip::DmaPeripheral::apb_saradc:
      return "APB_SARADC";
    case chip::DmaPeripheral::none:
      return "none";
  }
  return "number " + std::to_string(number);
}

std::string descriptor_text(const Descriptor& descriptor) {
  return hex(descriptor.address) + ": " + (descriptor.owned_by_dma() ? "DMA's" : "CPU's") + ", size " +
         std::to_string(descriptor.size()) + ", length " + std::to_string(descriptor.length()) +
         (descriptor.suc_eof() ? ", suc_eof" : "") + ", buffer " + hex(descriptor.buffer) + ", next " +
         (descriptor.next == 0 ? "none" : hex(descriptor.next)) + '\n';
}

// The list from its first descriptor on; `current` is marked.
std::string list_text(Board& board, std::uint32_t address, std::uint32_t current) {
  std::string text;
  std::vector<std::uint32_t> seen;
  while (address != 0) {
    std::array<std::byte, Descriptor::bytes> bytes{};
    if (!board.memory().read(address, bytes)) return text + "    " + hex(address) + ": outside memory\n";
    if (std::ranges::find(seen, address) != seen.end())
      return text + "    and from " + hex(address) + " on again\n";
    if (seen.size() == most_descriptors) return text + "    and more from " + hex(address) + " on\n";
    seen.push_back(address);
    const Descriptor descriptor = Descriptor::from(address, bytes);
    text += (address == current ? "  > " : "    ") + descriptor_text(descriptor);
    address = descriptor.next;
  }
  return text;
}

std::string half_text(Board& board, const std::string& name, std::uint32_t peripheral, std::uint32_t link,
                      bool parked, std::uint32_t bytes_in_fifo, std::uint32_t current) {
  std::string text = name + ": " + (parked ? "parked" : "working") + ", peripheral " +
                     peripheral_name(peripheral) + ", " + std::to_string(bytes_in_fifo) +
                     " bytes in the FIFO\n";
  // The register keeps 20 bits of the first descriptor's address; the rest is that of SRAM1.
  constexpr std::uint32_t link_bits = 0xF'FFFF;
  if ((link & link_bits) == 0) return text;
  return text +
         list_text(board, (chip::memory_map::dma_memory.start & ~link_bits) | (link & link_bits), current);
}

bool dma_open(Board& board) {
  using namespace chip::system;
  const auto clocks = board.bus().probe_load(base + PeripClkEn1::offset).value_or(0);
  const auto resets = board.bus().probe_load(base + PeripRstEn1::offset).value_or(0);
  return PeripClkEn1::dma_clk_en.get(clocks) != 0 && PeripRstEn1::dma_rst.get(resets) == 0;
}

std::string dma_text(Board& board) {
  using namespace chip::dma;
  if (!dma_open(board)) return "GDMA's clock is off, or SYSTEM holds it in reset\n";
  std::string text;
  for (unsigned channel = 0; channel < channels; ++channel) {
    const auto out_link = dma_register<OutLink>(board, channel),
               in_link = dma_register<InLink>(board, channel);
    const std::string name = "channel " + std::to_string(channel);
    text += half_text(board, name + " out",
                      OutPeriSel::peri_out_sel.get(dma_register<OutPeriSel>(board, channel)), out_link,
                      OutLink::outlink_park.get(out_link) != 0,
                      OutfifoStatus::outfifo_cnt.get(dma_register<OutfifoStatus>(board, channel)),
                      dma_register<OutDscrBf0>(board, channel));
    text +=
        half_text(board, name + " in", InPeriSel::peri_in_sel.get(dma_register<InPeriSel>(board, channel)),
                  in_link, InLink::inlink_park.get(in_link) != 0,
                  InfifoStatus::infifo_cnt.get(dma_register<InfifoStatus>(board, channel)),
                  dma_register<InDscrBf0>(board, channel));
  }
  return text;
}

std::string pins_text(Board& board) {
  std::string text;
  for (unsigned pin = 0; pin < chip::gpio_count; ++pin)
    text += pin_name(pin) + (board.pins().level(pin) ? " high\n" : " low\n");
  return text;
}

std::string time_text(Board& board) {
  const Counters counters = board.counters();
  return seconds_text(board.now()) + " s, " + std::to_string(counters.instructions) + " instructions, " +
         std::to_string(counters.cycles) + " cycles" + (board.cpu().waiting() ? ", asleep in wfi" : "") +
         '\n';
}

std::string reset_text(Board& board) {
  board.reset();
  // The protocol has no way to tell GDB that its registers are of before.
  return "the chip was reset; it is before the first instruction at " + hex(board.cpu().pc()) +
         "\nGDB keeps the registers it knew until: maintenance flush register-cache\n";
}

constexpr std::string_view help =
    "monitor dma    the channels of GDMA and their lists of descriptors\n"
    "monitor pins   the levels of the pins\n"
    "monitor time   simulated time, instructions, cycles\n"
    "monitor reset  resets the chip and loads the image again\n"
    "monitor help   this\n";

}  // namespace

std::string monitor(Board& board, std::string_view command) {
  while (command.ends_with(' ')) command.remove_suffix(1);
  if (command == "dma") return dma_text(board);
  if (command == "pins") return pins_text(board);
  if (command == "time") return time_text(board);
  if (command == "reset") return reset_text(board);
  if (command == "help" || command.empty()) return std::string(help);
  return "there is no command " + in_quotes(command) + "; there are:\n" + std::string(help);
}

}  // namespace ferry::board::debug
