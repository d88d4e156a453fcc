#include "board/parts/spi_flash.hpp"

#include "board/image/text.hpp"
#include "board/parts/flash_parameters.hpp"

#include <algorithm>
#include <bit>

namespace ferry::board {

using flash::Action;
using flash::Command;

namespace {

constexpr std::uint32_t smallest = 64 * 1024, usual = 4 * 1024 * 1024, largest = 16 * 1024 * 1024;
constexpr std::uint32_t sector = 4 * 1024, block32 = 32 * 1024, block64 = 64 * 1024;

// Status registers. 1: BUSY, WEL, BP0–2, TB, SEC, SRP. 2: SRL, QE, …, CMP. 3: WPS, DRV.
constexpr std::uint8_t busy_bit = 1 << 0, write_enabled_bit = 1 << 1, bottom_bit = 1 << 5, small_bit = 1 << 6,
                       pin_lock_bit = 1 << 7;
constexpr std::uint8_t supply_lock_bit = 1 << 0, quad_bit = 1 << 1, complement_bit = 1 << 6;
constexpr std::array<std::uint8_t, 3> writable{0xFC, supply_lock_bit | quad_bit | complement_bit, 0x64};
constexpr std::uint8_t delivered_status3 = 0x60;  // the weakest drivers

// Typical times.
constexpr Time status_time = 10 * millisecond, page_time = 400 * microsecond, sector_time = 45 * millisecond,
               block32_time = 120 * millisecond, block64_time = 150 * millisecond,
               chip_time = 40 * second;  // of 16 MiB
constexpr Time wake_time = 3 * microsecond, reset_time = 30 * microsecond;

constexpr std::array<std::uint8_t, 8> unique_id{0xF0, 0x55, 0x1A, 0x5E, 0x00, 0x00, 0x00, 0x01};

std::uint32_t checked_size(const Attributes& attributes) {
  const std::uint64_t size = attributes.size("size", usual, smallest, largest);
  if (!std::has_single_bit(size)) throw BadPart("attribute \"size\" is not a power of two");
  return static_cast<std::uint32_t>(size);
}

// Winbond, W25Q, and the capacity as a power of two.
std::uint32_t usual_id(std::uint32_t size) {
  return 0xEF4000 | static_cast<std::uint32_t>(std::countr_zero(size));
}

std::string command_name(std::uint32_t code) { return "command 0x" + hex(code).substr(8); }

}  // namespace

SpiFlash::SpiFlash(Placement& placement)
    : Part(placement),
      memory_(checked_size(attributes())),
      id_(static_cast<std::uint32_t>(
          attributes().number("jedec_id", usual_id(memory_.size()), 0, 0xFF'FFFF))),
      file_(attributes().file("file")),
      write_back_(attributes().flag("write_back")),
      takes_time_(attributes().choice("busy", {"typical", "none"}) == 0),
      done_(timeline(), [this] { write_enabled_ = false; }) {
  unused_terminals({"VCC", "GND"});
  // Boards have these resistors.
  for (Terminal* terminal : {&select_, &io2_, &io3_}) terminal->pull(Pull::up);
  io3_.on_change([this](bool) { look_at_hold(); });
  clock_.on_falling([this] { look_at_hold(); });
  kept_ = {0, attributes().flag("quad") ? quad_bit : std::uint8_t{0}, delivered_status3};
  if (write_back_ && file_.empty()) throw BadPart("attribute \"write_back\" is of no use without \"file\"");
  std::error_code ignored;
  const bool fresh = write_back_ && !std::filesystem::exists(file_, ignored);
  if (file_.empty() || fresh) return;
  if (const auto loaded = memory_.load(file_); !loaded)
    throw BadPart("attribute \"file\": " + one_line(loaded.error()));
  if (write_back_ && (!std::filesystem::is_regular_file(file_, ignored) ||
                      std::filesystem::file_size(file_, ignored) != memory_.size()))
    throw BadPart("attribute \"file\": " + one_line(file_.string()) + " is not as large as the chip, " +
                  std::to_string(memory_.size()) + " bytes; it is not overwritten");
}

void SpiFlash::power_on() {
  kept_[1] = static_cast<std::uint8_t>(kept_[1] & ~supply_lock_bit);
  done_.cancel();
  powered_down_ = false;
  continued_ = 0;
  reset();
  awake_at_ = 0;
  port_.power_on();
  look_at_hold();
}

void SpiFlash::reset() {
  status_ = kept_;
  write_enabled_ = volatile_write_enabled_ = reset_enabled_ = false;
  continued_ = 0;
}

std::uint8_t SpiFlash::status(unsigned number) const {
  if (number != 1) return status_[number - 1];
  return static_cast<std::uint8_t>(status_[0] | (busy() ? busy_bit : 0) |
                                   (write_enabled_ ? write_enabled_bit : 0));
}

bool SpiFlash::quad() const { return (status_[1] & quad_bit) != 0; }

// ---- From command to data ----

SpiWord SpiFlash::selected() {
  received_.clear();
  count_ = 0;
  if (continued_ != 0) {
    code_ = continued_;
    return begin_address(*flash::find_command(code_));
  }
  phase_ = Phase::command;
  return SpiWord::receive();
}

SpiWord SpiFlash::exchanged(std::uint32_t received) {
  switch (phase_) {
    case Phase::command:
      return begin_command(received);
    case Phase::address:
      address_ = received & (memory_.size() - 1);
      return after_address();
    case Phase::mode:
      continued_ = (received & 0x30) == 0x20 ? code_ : std::uint8_t{0};
      [[fallthrough]];
    case Phase::dummy:
      return begin_data();
    case Phase::data:
      return data(received);
    case Phase::ignored:
      break;
  }
  return SpiWord::receive();
}

SpiWord SpiFlash::begin_command(std::uint32_t code) {
  const Command* const command = flash::find_command(code);
  if (command == nullptr) return ignore(code, "is not known");
  if (powered_down_ && command->action != Action::read_device)
    return ignore(code, "in deep power-down is ignored");
  if (now() < awake_at_) return ignore(code, "comes before it has woken up, and is ignored");
  const bool asks_status = command->action == Action::read_status1 ||
                           command->action == Action::read_status2 || command->action == Action::read_status3;
  const bool resets = command->action == Action::enable_reset || command->action == Action::reset;
  if (busy() && !asks_status && !resets) return ignore(code, "while it is busy is ignored");
  if (command->needs_quad && !quad()) return ignore(code, "needs the QE bit of status register 2; ignored");
  code_ = static_cast<std::uint8_t>(code);
  if (command->action != Action::reset) reset_enabled_ = false;
  if (command->address_lines != 0) return begin_address(*command);
  return after_address();
}

SpiWord SpiFlash::ignore(std::uint32_t code, std::string_view why) {
  note(command_name(code) + ' ' + std::string(why));
  phase_ = Phase::ignored;
  return SpiWord::receive();
}

SpiWord SpiFlash::begin_address(const Command& command) {
  phase_ = Phase::address;
  return SpiWord::receive(24, command.address_lines);
}

SpiWord SpiFlash::after_address() {
  const Command& command = *flash::find_command(code_);
  if (command.has_mode) {
    phase_ = Phase::mode;
    return SpiWord::receive(8, command.address_lines);
  }
  phase_ = Phase::dummy;
  if (command.dummy_clocks != 0) return SpiWord::skip(command.dummy_clocks);
  return begin_data();
}

SpiWord SpiFlash::begin_data() {
  const Command& command = *flash::find_command(code_);
  if (phase_ == Phase::mode && command.dummy_clocks != 0) {
    phase_ = Phase::dummy;
    return SpiWord::skip(command.dummy_clocks);
  }
  phase_ = Phase::data;
  if (flash::sends(command.action)) return SpiWord::send(next_byte(), 8, command.data_lines);
  return SpiWord::receive(8, command.data_lines);
}

SpiWord SpiFlash::data(std::uint32_t received) {
  const Command& command = *flash::find_command(code_);
  ++count_;
  if (flash::sends(command.action)) return SpiWord::send(next_byte(), 8, command.data_lines);
  // Of more than a page the last bytes stay: the address goes round.
  if (received_.size() < FlashMemory::page_size) {
    received_.push_back(static_cast<std::uint8_t>(received));
  } else {
    received_[(count_ - 1) % FlashMemory::page_size] = static_cast<std::uint8_t>(received);
  }
  return SpiWord::receive(8, command.data_lines);
}

std::uint8_t SpiFlash::next_byte() {
  const auto byte_of = [](std::uint32_t value, unsigned place) {
    return static_cast<std::uint8_t>(value >> (8 * place));
  };
  const std::uint8_t maker = byte_of(id_, 2);
  // The device's own number is one less than the capacity's: 0x15 for 4 MiB.
  const auto device = static_cast<std::uint8_t>(byte_of(id_, 0) - 1);
  switch (flash::find_command(code_)->action) {
    case Action::read:
      ++bytes_read_;
      return memory_.read(address_++);
    case Action::read_status1:
      return status(1);
    case Action::read_status2:
      return status(2);
    case Action::read_status3:
      return status(3);
    case Action::read_id:
      return byte_of(id_, 2 - count_ % 3);
    case Action::read_maker:
      return (address_ + count_) % 2 == 0 ? maker : device;
    case Action::read_device:
      return device;
    case Action::read_unique_id:
      return unique_id[count_ % unique_id.size()];
    case Action::read_parameters:
      return flash::parameter_byte(memory_.size(), address_++);
    default:
      return 0;
  }
}

// ---- What chip select's end brings about ----

void SpiFlash::deselected(unsigned bits) {
  const Phase phase = phase_;
  phase_ = Phase::ignored;
  if (phase == Phase::ignored || phase == Phase::command) return;
  const Action action = flash::find_command(code_)->action;
  if (action == Action::read_device) {
    if (powered_down_) awake_at_ = now() + wake_time;
    powered_down_ = false;
    return;
  }
  // The data sheet: what changes something is carried out only when the last byte is complete.
  if (phase == Phase::data && bits == 0) execute();
}

void SpiFlash::execute() {
  const Action action = flash::find_command(code_)->action;
  switch (action) {
    case Action::program:
      return program();
    case Action::write_status1:
    case Action::write_status2:
    case Action::write_status3:
      return write_status();
    default:
      break;
  }
  if (count_ != 0) return;  // more than the command
  switch (action) {
    case Action::erase_sector:
      return erase(sector, sector_time);
    case Action::erase_block32:
      return erase(block32, block32_time);
    case Action::erase_block64:
      return erase(block64, block64_time);
    case Action::erase_chip:
      return erase(memory_.size(), chip_time / (largest / memory_.size()));
    case Action::write_enable:
      write_enabled_ = true;
      return;
    case Action::write_enable_volatile:
      volatile_write_enabled_ = true;
      return;
    case Action::write_disable:
      write_enabled_ = false;
      return;
    case Action::power_down:
      powered_down_ = true;
      return;
    case Action::enable_reset:
      reset_enabled_ = true;
      return;
    case Action::reset:
      if (!reset_enabled_) return note("command 0x99 without 0x66 before it is ignored");
      // What was being erased or programmed is not: the board has done it at once, so nothing is half done.
      done_.cancel();
      reset();
      awake_at_ = now() + reset_time;
      return;
    default:
      return;
  }
}

bool SpiFlash::may_write(std::string_view what) {
  if (!write_enabled_) note(std::string(what) + " without write enable is ignored");
  return write_enabled_;
}

void SpiFlash::refuse(std::string_view line) {
  write_enabled_ = false;
  note(line);
}

void SpiFlash::program() {
  if (received_.empty() || !may_write("a page program")) return;
  const std::uint32_t page = address_ & ~(FlashMemory::page_size - 1);
  if (is_protected(page, FlashMemory::page_size))
    return refuse("a page program of a protected block is ignored");
  memory_.program(address_, received_);
  ++pages_programmed_;
  become_busy(page_time);
}

void SpiFlash::erase(std::uint32_t block_size, Time duration) {
  if (!may_write("an erase")) return;
  const std::uint32_t size = std::min(block_size, memory_.size());
  const std::uint32_t start = block_size == memory_.size() ? 0 : address_ & ~(size - 1);
  if (is_protected(start, size)) return refuse("an erase of a protected block is ignored");
  memory_.erase(start, size);
  ++erased_;
  become_busy(duration);
}

// A status register that was written for good keeps the chip busy, a volatile one does not. Register 1 takes
// the second register's byte along, if it comes.
void SpiFlash::write_status() {
  const bool for_good = write_enabled_;
  if (received_.empty()) return;
  if (!for_good && !volatile_write_enabled_) return note("a status write without write enable is ignored");
  volatile_write_enabled_ = false;
  if (status_is_locked()) return refuse("a status write to locked registers is ignored");
  const Action action = flash::find_command(code_)->action;
  std::size_t number = action == Action::write_status1 ? 0 : action == Action::write_status2 ? 1 : 2;
  const std::size_t end = std::min(number + received_.size(), number == 0 ? std::size_t{2} : number + 1);
  for (std::size_t byte = 0; number < end; ++number, ++byte) {
    status_[number] = static_cast<std::uint8_t>(received_[byte] & writable[number]);
    if (for_good) kept_[number] = status_[number];
  }
  if (for_good) become_busy(status_time);
}

bool SpiFlash::status_is_locked() const {
  const bool by_pin = (status_[0] & pin_lock_bit) != 0 && !quad() && !io2_.level();
  return by_pin || (status_[1] & supply_lock_bit) != 0;
}

// BP0–2 protect a share of the chip that doubles with each step (with SEC a few sectors), from the top or
// with TB from the bottom; CMP protects the rest instead.
bool SpiFlash::is_protected(std::uint32_t address, std::uint32_t count) const {
  const unsigned level = status_[0] >> 2 & 7;
  const std::uint32_t size = memory_.size();
  std::uint32_t length = 0;
  if (level == 7) {
    length = size;
  } else if (level != 0) {
    const bool small = (status_[0] & small_bit) != 0;
    const std::uint32_t step = small ? sector : std::max(size / 64, block64);
    length = std::min(small ? block32 : size, step << (level - 1));
  }
  const bool from_bottom = (status_[0] & bottom_bit) != 0;
  std::uint32_t start = from_bottom ? 0 : size - length;
  if ((status_[1] & complement_bit) != 0) {
    start = from_bottom ? length : 0;
    length = size - length;
  }
  return length != 0 && address < start + length && start < address + count;
}

// Write enable lasts until what it was for is done.
void SpiFlash::become_busy(Time duration) {
  if (takes_time_) {
    done_.after(duration);
  } else {
    write_enabled_ = false;
  }
}

// With QE = 0, HOLD stops everything while it is low; it takes effect while the clock is low.
void SpiFlash::look_at_hold() {
  if (!clock_.level()) port_.pause(!quad() && !io3_.level());
}

// ---- The rest ----

void SpiFlash::archive_state(StateArchive& archive) {
  archive(port_, memory_, status_, kept_, write_enabled_, volatile_write_enabled_, powered_down_,
          reset_enabled_, awake_at_, done_, phase_, code_, continued_, address_, count_, received_,
          bytes_read_, pages_programmed_, erased_);
}

std::string SpiFlash::summary() const {
  return "bytes read: " + std::to_string(bytes_read_) +
         ", pages programmed: " + std::to_string(pages_programmed_) +
         ", blocks erased: " + std::to_string(erased_);
}

std::vector<PartFile> SpiFlash::files() const {
  if (file_.empty()) return {};
  return {{file_, write_back_}};
}

std::expected<void, std::string> SpiFlash::save() {
  if (!write_back_) return {};
  return memory_.save(file_);
}

}  // namespace ferry::board
