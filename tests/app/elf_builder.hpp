// ELF files made from scratch, right ones and wrong ones.
#pragma once

#include <elf.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

namespace ferry::tests {

using Bytes = std::vector<std::byte>;

inline Bytes bytes_of(const std::vector<std::uint32_t>& words) {
  Bytes bytes(words.size() * 4);
  std::memcpy(bytes.data(), words.data(), bytes.size());
  return bytes;
}

struct ElfSegment {
  std::uint32_t address = 0;
  Bytes content = {};
  std::uint32_t memory_size = 0;  // at least the content
  std::uint32_t flags = PF_R | PF_W | PF_X;
};

struct ElfSymbol {
  std::string name;
  std::uint32_t address = 0;
  std::uint32_t size = 0;
  unsigned char type = STT_FUNC;
};

// A section that takes a place in memory and has no content.
struct ElfEmptySection {
  std::uint32_t address = 0, size = 0;
};

// Layout: header, program headers, contents, and with symbols: symbol table, names, three section headers; or
// the headers of the empty sections alone. The tests change single fields afterwards with `patch`.
class ElfBuilder {
 public:
  std::uint32_t entry = 0;
  std::vector<ElfSegment> segments;
  std::vector<ElfSymbol> symbols;
  std::vector<ElfEmptySection> empty_sections;  // not together with symbols

  Bytes build() const {
    Bytes file(sizeof(Elf32_Ehdr) + segments.size() * sizeof(Elf32_Phdr));
    Elf32_Ehdr header = {};
    std::memcpy(header.e_ident, ELFMAG, SELFMAG);
    header.e_ident[EI_CLASS] = ELFCLASS32;
    header.e_ident[EI_DATA] = ELFDATA2LSB;
    header.e_ident[EI_VERSION] = EV_CURRENT;
    header.e_type = ET_EXEC;
    header.e_machine = EM_RISCV;
    header.e_version = EV_CURRENT;
    header.e_entry = entry;
    header.e_phoff = sizeof(Elf32_Ehdr);
    header.e_flags = 1;  // compressed instructions
    header.e_ehsize = sizeof(Elf32_Ehdr);
    header.e_phentsize = sizeof(Elf32_Phdr);
    header.e_phnum = static_cast<Elf32_Half>(segments.size());
    header.e_shentsize = sizeof(Elf32_Shdr);

    for (std::size_t index = 0; index < segments.size(); ++index) {
      const ElfSegment& segment = segments[index];
      const auto size = static_cast<std::uint32_t>(segment.content.size());
      const Elf32_Phdr entry_of_segment = {.p_type = PT_LOAD,
                                           .p_offset = append(file, segment.content),
                                           .p_vaddr = segment.address,
                                           .p_paddr = segment.address,
                                           .p_filesz = size,
                                           .p_memsz = std::max(size, segment.memory_size),
                                           .p_flags = segment.flags,
                                           .p_align = 4};
      put(file, sizeof(Elf32_Ehdr) + index * sizeof(Elf32_Phdr), entry_of_segment);
    }
    if (!symbols.empty()) add_symbols(file, header);
    if (!empty_sections.empty()) add_empty_sections(file, header);
    put(file, 0, header);
    return file;
  }

 private:
  template <class T>
  static void put(Bytes& file, std::size_t offset, const T& value) {
    std::memcpy(file.data() + offset, &value, sizeof(T));
  }
  static std::uint32_t append(Bytes& file, const Bytes& content) {
    const auto offset = static_cast<std::uint32_t>(file.size());
    file.insert(file.end(), content.begin(), content.end());
    return offset;
  }
  template <class T>
  static Bytes as_bytes(const T* values, std::size_t count) {
    Bytes bytes(count * sizeof(T));
    std::memcpy(bytes.data(), values, bytes.size());
    return bytes;
  }

  void add_empty_sections(Bytes& file, Elf32_Ehdr& header) const {
    std::vector<Elf32_Shdr> sections(1);
    for (const ElfEmptySection& section : empty_sections)
      sections.push_back({.sh_type = SHT_NOBITS,
                          .sh_flags = SHF_ALLOC,
                          .sh_addr = section.address,
                          .sh_size = section.size});
    header.e_shoff = append(file, as_bytes(sections.data(), sections.size()));
    header.e_shnum = static_cast<Elf32_Half>(sections.size());
  }

  void add_symbols(Bytes& file, Elf32_Ehdr& header) const {
    std::string names(1, '\0');
    std::vector<Elf32_Sym> table(1);
    for (const ElfSymbol& symbol : symbols) {
      table.push_back({.st_name = static_cast<Elf32_Word>(names.size()),
                       .st_value = symbol.address,
                       .st_size = symbol.size,
                       .st_info = static_cast<unsigned char>(STB_GLOBAL << 4 | symbol.type),
                       .st_other = 0,
                       .st_shndx = SHN_ABS});
      names += symbol.name + '\0';
    }
    std::vector<Elf32_Shdr> sections(3);
    sections[1].sh_type = SHT_SYMTAB;
    sections[1].sh_offset = append(file, as_bytes(table.data(), table.size()));
    sections[1].sh_size = static_cast<Elf32_Word>(table.size() * sizeof(Elf32_Sym));
    sections[1].sh_entsize = sizeof(Elf32_Sym);
    sections[1].sh_link = 2;
    sections[2].sh_type = SHT_STRTAB;
    sections[2].sh_offset = append(file, as_bytes(names.data(), names.size()));
    sections[2].sh_size = static_cast<Elf32_Word>(names.size());
    header.e_shoff = append(file, as_bytes(sections.data(), sections.size()));
    header.e_shnum = 3;
  }
};

// The file with one field of its header, or of one of its program headers, changed.
template <class Field, class Value>
Bytes patch(Bytes file, Field Elf32_Ehdr::* field, Value value) {
  Elf32_Ehdr header;
  std::memcpy(&header, file.data(), sizeof(header));
  header.*field = static_cast<Field>(value);
  std::memcpy(file.data(), &header, sizeof(header));
  return file;
}
template <class Field, class Value>
Bytes patch(Bytes file, std::size_t segment, Field Elf32_Phdr::* field, Value value) {
  const std::size_t offset = sizeof(Elf32_Ehdr) + segment * sizeof(Elf32_Phdr);
  Elf32_Phdr header;
  std::memcpy(&header, file.data() + offset, sizeof(header));
  header.*field = static_cast<Field>(value);
  std::memcpy(file.data() + offset, &header, sizeof(header));
  return file;
}
inline Bytes patch_byte(Bytes file, std::size_t offset, unsigned value) {
  file[offset] = static_cast<std::byte>(value);
  return file;
}

}  // namespace ferry::tests
