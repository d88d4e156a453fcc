#include "board/image/rom_file.hpp"

#include "board/image/elf_reader.hpp"
#include "board/image/file.hpp"
#include "board/memory.hpp"

#include <algorithm>
#include <cstring>

namespace ferry::board {

namespace {

constexpr std::size_t largest_file = 64 * 1024 * 1024;

std::expected<std::vector<std::byte>, std::string> from_elf(const ElfReader& file) {
  const auto header = file.read<Elf32_Ehdr>(0);
  if (!header || header->e_ident[EI_CLASS] != ELFCLASS32 || header->e_machine != EM_RISCV ||
      header->e_phentsize != sizeof(Elf32_Phdr))
    return std::unexpected("not an ELF file of the ESP32-C3's ROM");
  std::vector<std::byte> rom(Memory::rom_size);
  bool found = false;
  for (std::uint32_t index = 0; index < header->e_phnum; ++index) {
    const auto segment =
        file.read<Elf32_Phdr>(std::uint64_t{header->e_phoff} + std::uint64_t{index} * sizeof(Elf32_Phdr));
    if (!segment) return std::unexpected("truncated: the program headers lie beyond the end of the file");
    if (segment->p_type != PT_LOAD || segment->p_filesz == 0) continue;
    // What the ROM copies to SRAM is stored in the ROM.
    const auto place = Memory::read_only_offset(segment->p_paddr, segment->p_filesz);
    if (!place || *place < Memory::rom_offset) continue;
    const auto bytes = file.bytes(segment->p_offset, segment->p_filesz);
    if (!bytes) return std::unexpected("truncated: a segment lies beyond the end of the file");
    std::ranges::copy(*bytes, rom.begin() + (*place - Memory::rom_offset));
    found = true;
  }
  if (!found) return std::unexpected("the ELF file has nothing at the ROM's addresses");
  return rom;
}

}  // namespace

std::expected<std::vector<std::byte>, std::string> parse_rom(std::span<const std::byte> file) {
  if (file.size() >= SELFMAG && std::memcmp(file.data(), ELFMAG, SELFMAG) == 0)
    return from_elf(ElfReader(file));
  if (file.size() != Memory::rom_size) {
    return std::unexpected("neither an ELF file nor the " + std::to_string(Memory::rom_size / 1024) +
                           " KiB of an ESP32-C3's ROM");
  }
  return std::vector<std::byte>(file.begin(), file.end());
}

std::expected<std::vector<std::byte>, std::string> load_rom(const std::filesystem::path& path) {
  const auto bytes = read_file(path, largest_file);
  if (!bytes) return std::unexpected(bytes.error());
  return parse_rom(*bytes);
}

}  // namespace ferry::board
