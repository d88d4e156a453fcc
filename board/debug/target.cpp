#include "board/debug/target.hpp"

#include "board/bus.hpp"
#include "board/cpu/cpu.hpp"
#include "board/cpu/csr.hpp"
#include "board/image/text.hpp"
#include "board/memory.hpp"
#include "chip/esp32c3/memory_map.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <string_view>

namespace ferry::board::debug {

namespace {

namespace map = chip::memory_map;

constexpr std::uint32_t pc_number = 32;

struct NamedCsr {
  std::string_view name;
  std::uint32_t number;
};
constexpr std::array described_csrs = std::to_array<NamedCsr>({
    {"mstatus", csr::mstatus},
    {"mtvec", csr::mtvec},
    {"mscratch", csr::mscratch},
    {"mepc", csr::mepc},
    {"mcause", csr::mcause},
    {"mtval", csr::mtval},
});

std::string make_description() {
  constexpr std::array names = std::to_array<std::string_view>(
      {"zero", "ra", "sp", "gp", "tp", "t0", "t1", "t2", "fp", "s1", "a0",  "a1",  "a2", "a3", "a4", "a5",
       "a6",   "a7", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10", "s11", "t3", "t4", "t5", "t6"});
  std::string text =
      "<?xml version=\"1.0\"?><!DOCTYPE target SYSTEM \"gdb-target.dtd\"><target version=\"1.0\">"
      "<architecture>riscv:rv32</architecture><feature name=\"org.gnu.gdb.riscv.cpu\">";
  for (const std::string_view name : names) {
    const std::string_view type = name == "ra"                   ? "code_ptr"
                                  : name == "sp" || name == "fp" ? "data_ptr"
                                                                 : "int";
    text += "<reg name=\"" + std::string(name) + "\" bitsize=\"32\" type=\"" + std::string(type) + "\"/>";
  }
  text += "<reg name=\"pc\" bitsize=\"32\" type=\"code_ptr\"/></feature>";
  text += "<feature name=\"org.gnu.gdb.riscv.csr\">";
  for (const NamedCsr& csr : described_csrs)
    text += "<reg name=\"" + std::string(csr.name) + "\" bitsize=\"32\" type=\"int\" regnum=\"" +
            std::to_string(Target::csr_base + csr.number) + "\"/>";
  return text + "</feature></target>";
}

std::string make_memory_map() {
  std::string text =
      "<?xml version=\"1.0\"?><!DOCTYPE memory-map PUBLIC \"+//IDN gnu.org//DTD GDB Memory Map V1.0//EN\" "
      "\"http://sourceware.org/gdb/gdb-memory-map.dtd\"><memory-map>";
  const auto add = [&text](std::string_view type, const map::Region& region) {
    text += "<memory type=\"" + std::string(type) + "\" start=\"" + hex(region.start) + "\" length=\"" +
            hex(region.size) + "\"/>";
  };
  for (const map::Region& region :
       {map::sram1_data, map::sram0, map::sram1_instruction, map::rtc_fast, map::peripherals})
    add("ram", region);
  // What the map leaves out, GDB takes for inaccessible: no disassembly there, and no step.
  for (const map::Region& region :
       {map::flash_instruction, map::flash_data, map::rom0, map::rom1, map::rom1_data})
    add("rom", region);
  return text + "</memory-map>";
}

bool is_described_csr(std::uint32_t number) {
  return number >= Target::csr_base && std::ranges::any_of(described_csrs, [number](const NamedCsr& csr) {
           return csr.number == number - Target::csr_base;
         });
}

}  // namespace

std::optional<std::uint32_t> Target::read_register(std::uint32_t number) {
  Cpu& cpu = board_.cpu();
  if (number < pc_number) return cpu.register_value(number);
  if (number == pc_number) return cpu.pc();
  if (is_described_csr(number)) return cpu.csr(number - csr_base);
  return std::nullopt;
}

bool Target::write_register(std::uint32_t number, std::uint32_t value) {
  Cpu& cpu = board_.cpu();
  if (number < pc_number) {
    cpu.set_register(number, value);
  } else if (number == pc_number) {
    if (value != cpu.pc()) cpu.set_pc(value);
  } else {
    return is_described_csr(number) && cpu.set_csr(number - csr_base, value);
  }
  return true;
}

std::string Target::read_memory(std::uint32_t address, std::uint32_t length) {
  std::string bytes;
  if (map::peripherals.contains(address)) {
    if (address % 4 != 0 || length % 4 != 0) return bytes;
    for (; bytes.size() < length; address += 4) {
      const auto word = board_.bus().probe_load(address);
      if (!word) break;
      for (unsigned index = 0; index < 4; ++index) bytes += static_cast<char>(*word >> (8 * index));
    }
    return bytes;
  }
  while (bytes.size() < length) {
    const std::byte* byte = board_.memory().readable(address, 1);
    if (byte == nullptr) break;
    bytes += std::to_integer<char>(*byte);
    if (++address == 0) break;
  }
  return bytes;
}

bool Target::write_memory(std::uint32_t address, std::string_view bytes) {
  const auto length = static_cast<std::uint32_t>(bytes.size());
  if (!map::peripherals.contains(address))
    return board_.memory().write(address, std::as_bytes(std::span(bytes)));
  if (address % 4 != 0 || length % 4 != 0) return false;
  for (std::uint32_t place = 0; place < length; place += 4)
    if (board_.bus().device_at(address + place) == nullptr) return false;
  for (std::uint32_t place = 0; place < length; place += 4) {
    std::uint32_t word = 0;
    for (unsigned index = 0; index < 4; ++index)
      word |= std::uint32_t{static_cast<std::uint8_t>(bytes[place + index])} << (8 * index);
    (void)board_.bus().probe_store(address + place, word);
  }
  return true;
}

const std::string* Target::document(std::string_view object, std::string_view annex) {
  static const std::string description = make_description(), memory_map = make_memory_map();
  if (object == "features" && annex == "target.xml") return &description;
  if (object == "memory-map" && annex.empty()) return &memory_map;
  return nullptr;
}

}  // namespace ferry::board::debug
