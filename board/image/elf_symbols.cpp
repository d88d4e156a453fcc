#include "board/image/elf_symbols.hpp"

#include <algorithm>
#include <string_view>
#include <tuple>

namespace ferry::board {

namespace {

std::optional<Elf32_Shdr> section(const ElfReader& file, const Elf32_Ehdr& header, std::uint32_t index) {
  if (index >= header.e_shnum || header.e_shentsize != sizeof(Elf32_Shdr)) return std::nullopt;
  return file.read<Elf32_Shdr>(std::uint64_t{header.e_shoff} + std::uint64_t{index} * sizeof(Elf32_Shdr));
}

std::optional<std::string_view> name_at(std::span<const std::byte> names, std::uint32_t offset) {
  if (offset >= names.size()) return std::nullopt;
  const std::string_view rest(reinterpret_cast<const char*>(names.data()) + offset, names.size() - offset);
  const std::size_t length = rest.find('\0');
  if (length == 0 || length == std::string_view::npos) return std::nullopt;
  return rest.substr(0, length);
}

void add_table(const ElfReader& file, const Elf32_Shdr& table, const Elf32_Shdr& strings,
               std::vector<Symbol>& symbols) {
  const auto names = file.bytes(strings.sh_offset, strings.sh_size);
  if (!names || !file.holds(table.sh_offset, table.sh_size) || table.sh_entsize != sizeof(Elf32_Sym)) return;
  for (std::uint32_t offset = 0; table.sh_size - offset >= sizeof(Elf32_Sym); offset += sizeof(Elf32_Sym)) {
    const auto entry = file.read<Elf32_Sym>(std::uint64_t{table.sh_offset} + offset);
    const unsigned type = entry->st_info & 0xF;
    if (entry->st_shndx == SHN_UNDEF || (type != STT_FUNC && type != STT_OBJECT)) continue;
    if (const auto name = name_at(*names, entry->st_name)) {
      symbols.push_back({entry->st_value, entry->st_size, std::string(*name), type == STT_FUNC});
    }
  }
}

}  // namespace

std::vector<Symbol> read_symbols(const ElfReader& file, const Elf32_Ehdr& header) {
  std::vector<Symbol> symbols;
  for (std::uint32_t index = 0; index < header.e_shnum; ++index) {
    const auto table = section(file, header, index);
    if (!table || table->sh_type != SHT_SYMTAB) continue;
    if (const auto strings = section(file, header, table->sh_link);
        strings && strings->sh_type == SHT_STRTAB) {
      add_table(file, *table, *strings, symbols);
      break;  // the format allows one table of this kind
    }
  }
  std::ranges::sort(symbols, {}, [](const Symbol& symbol) {
    return std::tie(symbol.address, symbol.name, symbol.size, symbol.function);
  });
  return symbols;
}

}  // namespace ferry::board
