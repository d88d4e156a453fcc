#include "board/rom/rom.hpp"

#include "board/image/byte_order.hpp"
#include "board/rom/answers.hpp"
#include "chip/esp32c3/rom_functions.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <span>
#include <vector>

namespace ferry::board {

namespace {

constexpr std::uint32_t functions_start = chip::rom_functions.front().address;
constexpr std::uint32_t function_count = (chip::rom_functions.back().address - functions_start) / 4 + 1;

void put_word(std::span<std::byte> bytes, std::size_t offset, std::uint32_t value) {
  for (unsigned index = 0; index < 4; ++index)
    bytes[offset + index] = static_cast<std::byte>(value >> (8 * index));
}

}  // namespace

Rom::Rom(Memory& memory, FlashChip& flash)
    : memory_(memory), flash_(flash), functions_(function_count), steps_(rom_step_count) {
  for (const auto& subject :
       {memory_answers(), library_answers(), arithmetic_answers(), float_answers(), print_answers(),
        system_answers(), interrupt_answers(), pad_answers(), cache_answers(), flash_answers(),
        hash_answers(), fuse_answers(), syscall_answers(), radio_answers(), analog_answers()})
    for (const RomAnswer& answer : subject) functions_[(answer.name.address - functions_start) / 4] = &answer;
  for (const auto& subject : {print_steps(), library_steps(), system_steps(), syscall_steps()})
    for (const RomStepAnswer& step : subject) steps_[static_cast<std::size_t>(step.step)] = step.function;
}

std::string_view Rom::name_of(std::uint32_t address) {
  const auto function =
      std::ranges::lower_bound(chip::rom_functions, address, {}, &chip::RomFunction::address);
  return function != chip::rom_functions.end() && function->address == address ? function->name
                                                                               : std::string_view();
}

std::span<const std::uint32_t> Rom::constants() {
  static constexpr std::array addresses{
      rom_data::chip_id,    rom_data::eco_version,   rom_data::layout_pointer,   rom_data::layout,
      rom_data::layout + 4, rom_data::radio_version, rom_data::radio_version + 4};
  return addresses;
}

void Rom::reset(std::uint32_t ticks_per_us) {
  std::vector<std::byte> constants(Memory::rom_size);
  const auto constant = [&](std::uint32_t address, std::uint32_t value) {
    put_word(constants, *Memory::read_only_offset(address, 4) - Memory::rom_offset, value);
  };
  constant(rom_data::chip_id, 5);
  constant(rom_data::eco_version, 1);
  // ESP-IDF's rom_layout.h: the first four words say where the ROM's memory begins that must be left alone.
  constant(rom_data::layout_pointer, rom_data::layout);
  constant(rom_data::layout, rom_data::start);
  constant(rom_data::layout + 4, rom_data::start);
  constant(rom_data::radio_version, 0x3738'3339);  // "9387209", as chips of revision v0.3 and v0.4 print it
  constant(rom_data::radio_version + 4, 0x0039'3032);
  memory_.set_rom(real() ? std::span<const std::byte>(image_) : std::span<const std::byte>(constants));

  std::vector<std::byte> variables(rom_data::end - rom_data::start);
  const auto variable = [&](std::uint32_t address, std::uint32_t value) {
    put_word(variables, address - rom_data::start, value);
  };
  constexpr std::uint32_t uart_output = 0x4000'0068;  // uart_tx_one_char
  variable(rom_data::ticks_per_us, ticks_per_us);
  variable(rom_data::putc1, uart_output);
  variable(rom_data::random_low, 1);
  variables[rom_data::uart_print - rom_data::start] = std::byte{1};
  // Identity, size, block, sector, page, status mask of the flash chip.
  const std::array<std::uint32_t, 6> geometry{flash_.identity(),      flash_.size(),           64 * 1024,
                                              FlashChip::sector_size, FlashChip::program_page, 0xFFFF};
  for (std::uint32_t index = 0; index < geometry.size(); ++index)
    variable(rom_data::flash_legacy + 4 * index, geometry[index]);
  variable(rom_data::flash_legacy_pointer, rom_data::flash_legacy);
  memory_.write(rom_data::start, variables);
}

std::optional<std::uint32_t> Rom::call(Cpu& cpu) {
  RomCall call(cpu, memory_, flash_);
  const std::uint32_t pc = cpu.pc();
  if (const std::uint32_t offset = pc - functions_start; offset / 4 < function_count && offset % 4 == 0) {
    const RomAnswer* answer = functions_[offset / 4];
    if (answer == nullptr) return std::nullopt;
    cpu.retire(1);
    call.spend(answer->cycles);
    answer->function(call);
  } else if (const std::uint32_t place = pc - rom_steps_start; place / 4 < rom_step_count && place % 4 == 0) {
    steps_[place / 4](call);
  } else {
    return std::nullopt;
  }
  return call.next();
}

}  // namespace ferry::board
