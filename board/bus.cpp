#include "board/bus.hpp"

#include "board/block_names.hpp"
#include "chip/esp32c3/registers/dma.hpp"
#include "chip/esp32c3/registers/interrupt_core0.hpp"
#include "chip/esp32c3/registers/sha.hpp"
#include "chip/esp32c3/registers/spi2.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>
#include <span>
#include <stdexcept>
#include <string>

namespace ferry::board {

namespace map = chip::memory_map;

namespace {

std::uint32_t little_endian(std::span<const std::byte> bytes) {
  std::uint32_t value = 0;
  for (std::size_t index = 0; index < bytes.size(); ++index)
    value |= std::to_integer<std::uint32_t>(bytes[index]) << (8 * index);
  return value;
}

bool is_register(const BusAccess& access) {
  return map::peripherals.contains(access.address, access.width) && access.address % access.width == 0;
}

// The bits an access of so many bytes moves.
std::uint32_t mask_of(std::uint32_t width) { return width == 1 ? 0xFF : width == 2 ? 0xFFFF : ~0u; }

// How many registers of a block that are not modelled get a notice each.
constexpr std::size_t listed_unmodelled = 8;

bool on_instruction_bus(std::uint32_t address) {
  constexpr map::Region sram{map::sram0.start, Memory::sram_size};
  return sram.contains(address) || map::flash_instruction.contains(address);
}

// Notes who is at the bus, for as long as it lives.
class Accessing {
 public:
  Accessing(std::optional<std::uint32_t>& place, std::uint32_t pc) : place_(place) { place_ = pc; }
  ~Accessing() { place_.reset(); }
  Accessing(const Accessing&) = delete;
  Accessing& operator=(const Accessing&) = delete;

 private:
  std::optional<std::uint32_t>& place_;
};

std::string hex(std::uint32_t value, int digits) {
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "0x%0*X", digits, value);
  return text.data();
}

// "DMA+0x080", or "0x60050000" between the blocks.
std::string place_in(const NamedBase& block, std::uint32_t address) {
  if (block.name.empty()) return hex(address, 8);
  return std::string(block.name) + "+" + hex(address - block.base, 3);
}

// "write to DMA+0x080"
std::string describe(const BusAccess& access, const NamedBase& block, bool write) {
  return (write ? "write to " : "read of ") + place_in(block, access.address);
}

// Beside what there is to say of any register.
unsigned topics_of(std::uint32_t address, bool write) {
  constexpr std::uint32_t block = 0x1000;
  if (address - chip::dma::base < block || address - chip::spi2::base < block ||
      address - chip::sha::base < block)
    return Observers::only(Topic::dma_registers);
  if (write && address - chip::interrupt_core0::base < block) return Observers::only(Topic::matrix_stores);
  return 0;
}

}  // namespace

Bus::Bus(Memory& memory, Observers& observers)
    : memory_(memory), observers_(observers), by_granule_(map::peripherals.size / granule) {}

void Bus::attach(Device& device, std::uint32_t base, std::uint32_t size, const Gate* gate, GateNames names) {
  if (!map::peripherals.contains(base, size) || size == 0 || base % granule != 0 || size % granule != 0)
    throw std::invalid_argument(std::string(device.name()) + " cannot be attached at " + hex(base, 8));
  auto attachment = std::make_unique<Attachment>(
      Attachment{&device,
                 base,
                 size,
                 gate,
                 names,
                 {},
                 std::make_unique<LimitWatch>(device.registers(), device.limits())});
  if (!device.registers().empty()) attachment->known.resize(size / 4);
  for (const auto& info : device.registers())
    for (std::uint32_t index = 0; index < info.count; ++index) {
      const std::uint32_t offset = info.offset + index * info.stride;
      if (offset < size) attachment->known[offset / 4] = true;
    }
  for (std::uint32_t address = base; address < base + size; address += granule) {
    const Attachment*& place = by_granule_[(address - map::peripherals.start) / granule];
    if (place != nullptr)
      throw std::invalid_argument(std::string(device.name()) + " overlaps " +
                                  std::string(place->device->name()));
    place = attachment.get();
  }
  attachments_.push_back(std::move(attachment));
}

const Bus::Attachment* Bus::attachment_at(std::uint32_t address) const {
  if (!map::peripherals.contains(address)) return nullptr;
  return by_granule_[(address - map::peripherals.start) / granule];
}

Device* Bus::device_at(std::uint32_t address) const {
  const Attachment* attachment = attachment_at(address);
  return attachment == nullptr ? nullptr : attachment->device;
}

std::vector<AttachedDevice> Bus::devices() const {
  std::vector<AttachedDevice> result;
  for (const auto& attachment : attachments_)
    result.push_back({attachment->device, attachment->base, attachment->gate});
  std::ranges::sort(result, {}, &AttachedDevice::base);
  return result;
}

std::optional<Bus::RegisterPlace> Bus::register_place(std::uint32_t address, std::uint32_t width) const {
  if (!map::peripherals.contains(address, width) || address % width != 0) return std::nullopt;
  const Attachment* attachment = attachment_at(address);
  const bool open = attachment != nullptr && (attachment->gate == nullptr || attachment->gate->open());
  if (!open) return RegisterPlace{.device = nullptr, .offset = 0};
  const std::uint32_t offset = (address - attachment->base) & ~3u;
  const bool known = attachment->known.empty() || attachment->known[offset / 4];
  return RegisterPlace{.device = known ? attachment->device : nullptr, .offset = offset};
}

BusResult Bus::load(BusAccess access) {
  const Accessing scope(accessing_, access.pc);
  if (is_register(access)) return load_register(access);
  if (memory_.at(access.address, access.width) != nullptr) {
    if (!aligned_for_data(access)) return {.fault = true};
    std::array<std::byte, 4> bytes{};
    const std::span<std::byte> part(bytes.data(), access.width);
    memory_.read(access.address, part);
    const bool aligned = access.address % access.width == 0;
    return {.value = little_endian(part), .extra_cycles = aligned ? 0 : misaligned_extra_cycles};
  }
  if (const auto offset = Memory::read_only_offset(access.address, access.width))
    return load_read_only(access, *offset);
  return {.fault = true};
}

BusResult Bus::load_register(const BusAccess& access) {
  ++register_loads_;
  check_peripheral_width(access, false);
  const Attachment* attachment = reach_register(access, false);
  std::uint32_t word = 0;
  if (attachment != nullptr) {
    const std::uint32_t offset = (access.address - attachment->base) & ~3u;
    word = attachment->device->read(offset);
    if (tamper_ != nullptr) word = tamper_->loaded(attachment->base + offset, word);
    notice_absent(*attachment, attachment->limits->loaded(offset));
  }
  const std::uint32_t lane = 8 * (access.address % 4);
  const std::uint32_t mask = mask_of(access.width);
  const std::uint32_t value = (word >> lane) & mask;
  report(access, value, false);
  return {.value = value, .extra_cycles = peripheral_extra_cycles};
}

// Hits only: how long the cache takes to fetch a line from flash is documented nowhere.
BusResult Bus::load_read_only(const BusAccess& access, std::uint32_t offset) {
  if (!aligned_for_data(access)) return {.fault = true};
  if (offset >= Memory::rom_offset && known_rom_ &&
      std::ranges::none_of(*known_rom_, [&](std::uint32_t known) {
        return Memory::read_only_offset(known, 4) == (offset & ~3u);
      }))
    notice_once("boot ROM", "read of " + hex(access.address, 8) +
                                " gives 0: the board has no data of the boot ROM there (a real one: --rom)");
  const std::byte* bytes = memory_.readable(access.address, access.width);
  if (bytes == nullptr) {
    if (read_only_watcher_ != nullptr) read_only_watcher_->window_missed(access, false);
    return {};
  }
  const bool aligned = access.address % access.width == 0;
  return {.value = little_endian({bytes, access.width}),
          .extra_cycles = aligned ? 0 : misaligned_extra_cycles};
}

BusResult Bus::store(BusAccess access, std::uint32_t value) {
  const Accessing scope(accessing_, access.pc);
  if (is_register(access)) return store_register(access, value);
  if (memory_.at(access.address, access.width) != nullptr) {
    if (!aligned_for_data(access)) return {.fault = true};
    std::array<std::byte, 4> bytes;
    for (std::size_t index = 0; index < bytes.size(); ++index)
      bytes[index] = static_cast<std::byte>(value >> (8 * index));
    memory_.write(access.address, std::span(bytes.data(), access.width));
    const bool aligned = access.address % access.width == 0;
    return {.extra_cycles = aligned ? 0 : misaligned_extra_cycles};
  }
  const auto offset = Memory::read_only_offset(access.address, access.width);
  if (offset && *offset < Memory::rom_offset && read_only_watcher_ != nullptr)
    read_only_watcher_->window_missed(access, true);
  return {.fault = true};
}

BusResult Bus::store_register(const BusAccess& access, std::uint32_t value) {
  ++register_stores_;
  check_peripheral_width(access, true);
  const std::uint32_t mask = mask_of(access.width);
  report(access, value & mask, true);
  if (const Attachment* attachment = reach_register(access, true)) {
    const std::uint32_t lane = 8 * (access.address % 4);
    const std::uint32_t offset = (access.address - attachment->base) & ~3u;
    std::uint32_t word = (value & mask) << lane;
    notice_absent(*attachment, attachment->limits->stored(offset, word));
    if (tamper_ != nullptr) word = tamper_->stored(attachment->base + offset, word);
    attachment->device->write(offset, word);
  }
  return {.extra_cycles = peripheral_extra_cycles};
}

// The instruction bus carries what is aligned; the data bus, RTC memory and the ROM, whose own start code
// counts on it, take what comes. The manual has the former carry words only, but esp-hal 1.0 reads bytes
// through it whenever it takes an interrupt.
bool Bus::aligned_for_data(const BusAccess& access) {
  const bool aligned = access.address % access.width == 0;
  if (on_instruction_bus(access.address)) return aligned;
  if (!aligned && strict_alignment_)
    notice_once("misaligned " + hex(access.pc, 8), "misaligned access of " + std::to_string(access.width) +
                                                       " bytes at " + hex(access.address, 8) +
                                                       " by the instruction at " + hex(access.pc, 8));
  return true;
}

// The attachment whose device is to be asked, or null after a notice about why nobody is.
const Bus::Attachment* Bus::reach_register(const BusAccess& access, bool write) {
  const Attachment* attachment = attachment_at(access.address);
  if (attachment == nullptr) {
    notice_unmodelled(nullptr, access, write);
    return nullptr;
  }
  if (attachment->gate != nullptr && !attachment->gate->open()) {
    notice_closed(*attachment, access, write);
    return nullptr;
  }
  const std::uint32_t word = (access.address - attachment->base) / 4;
  if (!attachment->known.empty() && !attachment->known[word]) {
    notice_unmodelled(attachment, access, write);
    return nullptr;
  }
  return attachment;
}

void Bus::check_peripheral_width(const BusAccess& access, bool write) {
  if (access.width == 4) return;
  const NamedBase block = block_of(access.address);
  std::string text = describe(access, block, write) + " takes " + std::to_string(8 * access.width) +
                     " bits: registers are defined for words only";
  if (write) text += "; the other bits are written as 0";
  notice_once((write ? "narrow write " : "narrow read ") + std::string(block.name), text);
}

void Bus::report(const BusAccess& access, std::uint32_t value, bool write) {
  const unsigned topics = Observers::only(Topic::registers) | Observers::only(Topic::register_counts) |
                          topics_of(access.address, write);
  if (!observers_.any(topics)) return;
  const RegisterAccess told{.address = access.address,
                            .width = access.width,
                            .value = value,
                            .write = write,
                            .pc = access.pc,
                            .closed = closed(access.address)};
  observers_.tell_about(topics, &Observer::register_accessed, told);
}

// What bars the way to the device at an address; empty when nothing does.
std::string_view Bus::closed(std::uint32_t address) const {
  const Attachment* attachment = attachment_at(address);
  if (attachment == nullptr || attachment->gate == nullptr || attachment->gate->open()) return {};
  return attachment->gate->clock ? "in reset" : "no clock";
}

void Bus::notice_once(std::string key, std::string_view text) {
  if (said_.insert(std::move(key)).second) observers_.tell(&Observer::notice, text);
}

void Bus::notice_absent(const Attachment& attachment, const std::vector<std::string_view>& features) {
  for (const std::string_view feature : features)
    observers_.tell(&Observer::notice,
                    std::string_view(std::string(attachment.device->name()) + ": " + std::string(feature) +
                                     ": the board does not do this"));
}

void Bus::notice_closed(const Attachment& attachment, const BusAccess& access, bool write) {
  const bool clock_missing = !attachment.gate->clock;
  const std::string name(clock_missing ? attachment.names.clock : attachment.names.reset);
  std::string text = describe(access, {attachment.base, attachment.device->name()}, write);
  text += write ? " ignored: " : " gives 0: ";
  text += clock_missing ? "its clock is off" : "it is held in reset";
  if (!name.empty()) text += " (SYSTEM." + name + ")";
  notice_once((clock_missing ? "clock " : "reset ") + std::string(attachment.device->name()), text);
}

void Bus::notice_unmodelled(const Attachment* attachment, const BusAccess& access, bool write) {
  const NamedBase block = attachment == nullptr ? block_of(access.address)
                                                : NamedBase{attachment->base, attachment->device->name()};
  // Each register once; of a block that a program fills or reads as a whole, the first few.
  const std::string every = "unmodelled " + std::string(block.name) + ' ';
  std::string key = every + hex(access.address & ~3u, 8);
  if (said_.contains(key)) return;
  const auto first = said_.lower_bound(every);
  const auto last =
      std::find_if(first, said_.end(), [&](const std::string& said) { return !said.starts_with(every); });
  if (static_cast<std::size_t>(std::distance(first, last)) >= listed_unmodelled)
    return notice_once(
        "more unmodelled " + std::string(block.name),
        "unmodelled: " + describe(access, block, write) + ", and further registers " +
            (block.name.empty() ? std::string("between the blocks") : "of " + std::string(block.name)) +
            " that are not listed, read 0 and ignore writes");
  std::string text = "unmodelled: " + describe(access, block, write);
  if (!block.name.empty()) text += " (" + hex(access.address, 8) + ')';
  notice_once(std::move(key), text + (write ? " ignored" : " gives 0"));
}

void Bus::archive_state(StateArchive& archive) {
  archive(said_, register_loads_, register_stores_);
  archive.derived(accessing_);
  for (const auto& attachment : attachments_) archive(*attachment->limits);
}

}  // namespace ferry::board
