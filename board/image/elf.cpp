#include "board/image/elf.hpp"

#include "board/image/description.hpp"
#include "board/image/elf_reader.hpp"
#include "board/image/elf_symbols.hpp"
#include "board/image/flash_layout.hpp"
#include "board/image/text.hpp"
#include "board/memory.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

namespace ferry::board {

namespace {

namespace map = chip::memory_map;

constexpr std::array magic{std::byte{0x7F}, std::byte{'E'}, std::byte{'L'}, std::byte{'F'}};
// The RISC-V ELF specification's e_flags; older <elf.h> lack some of them.
constexpr std::uint32_t float_abi_flags = 0x6, embedded_abi_flag = 0x8;

using Problem = std::optional<std::string>;

Problem check_identity(const ElfReader& file) {
  if (file.size() == 0) return "the file is empty";
  const auto start = file.bytes(0, std::min(file.size(), magic.size()));
  if (!std::ranges::equal(*start, std::span(magic).first(start->size()))) return "not an ELF file";
  const auto identity = file.read<std::array<unsigned char, EI_NIDENT>>(0);
  if (!identity) return "truncated: the ELF header is incomplete";
  if ((*identity)[EI_CLASS] != ELFCLASS32) return "not a 32-bit ELF file";
  if ((*identity)[EI_DATA] != ELFDATA2LSB) return "not a little-endian ELF file";
  if ((*identity)[EI_VERSION] != EV_CURRENT) return "not version 1 of the ELF format";
  if (file.size() < sizeof(Elf32_Ehdr)) return "truncated: the ELF header is incomplete";
  return std::nullopt;
}

Problem check_header(const ElfReader& file, const Elf32_Ehdr& header) {
  if (header.e_machine != EM_RISCV) {
    return "made for another processor (ELF machine " + std::to_string(header.e_machine) +
           "), not for RISC-V";
  }
  if (header.e_type == ET_REL) return "an object file, not a linked executable";
  if (header.e_type == ET_DYN)
    return "position-independent; the chip needs an executable with fixed addresses";
  if (header.e_type != ET_EXEC) return "not an executable (ELF type " + std::to_string(header.e_type) + ")";
  if (header.e_version != EV_CURRENT) return "not version 1 of the ELF format";
  if ((header.e_flags & embedded_abi_flag) != 0) return "built for RV32E; the ESP32-C3 is RV32I";
  if ((header.e_flags & float_abi_flags) != 0)
    return "built for a floating-point ABI; the ESP32-C3 has no FPU";
  if (header.e_phnum == 0) return "nothing to load: there are no program headers";
  if (header.e_phnum == PN_XNUM) return "too many program headers";
  if (header.e_phentsize != sizeof(Elf32_Phdr)) return "program headers of an unknown size";
  if (!file.holds(header.e_phoff, std::uint64_t{header.e_phnum} * sizeof(Elf32_Phdr))) {
    return "truncated: the program headers lie beyond the end of the file";
  }
  // Not needed to run, but a file that ends before its sections was cut off, and who knows where.
  if (header.e_shnum != 0 &&
      !file.holds(header.e_shoff, std::uint64_t{header.e_shnum} * header.e_shentsize)) {
    return "truncated: the section headers lie beyond the end of the file";
  }
  return std::nullopt;
}

struct Range {
  std::uint32_t start;
  std::uint32_t size;
  std::uint64_t end() const { return std::uint64_t{start} + size; }
};

std::string text(const Elf32_Phdr& segment) {
  return "the segment at " + hex(segment.p_vaddr) + " (" + std::to_string(segment.p_memsz) + " bytes)";
}

bool in_flash(std::uint32_t address, std::uint32_t size) {
  return map::flash_instruction.contains(address, size) || map::flash_data.contains(address, size);
}

// What the file gives for [address, address + bytes.size()).
struct Piece {
  std::uint32_t address;
  std::span<const std::byte> bytes;
  // Where it lies, the same for both buses.
  std::uint32_t place() const { return *Memory::offset(address, static_cast<std::uint32_t>(bytes.size())); }
  std::uint64_t end() const { return std::uint64_t{place()} + bytes.size(); }
};

std::string text(const Piece& piece) {
  return "the segment at " + hex(piece.address) + " (" + std::to_string(piece.bytes.size()) + " bytes)";
}

Problem check_segment(const ElfReader& file, const Elf32_Phdr& segment) {
  if (segment.p_filesz > segment.p_memsz) return text(segment) + " has more bytes in the file than in memory";
  if (!file.holds(segment.p_offset, segment.p_filesz)) {
    return "truncated: " + text(segment) + " lies beyond the end of the file";
  }
  if (std::uint64_t{segment.p_vaddr} + segment.p_memsz > std::uint64_t{1} << 32) {
    return text(segment) + " reaches beyond the address space";
  }
  if (Memory::offset(segment.p_vaddr, segment.p_memsz) || in_flash(segment.p_vaddr, segment.p_memsz))
    return std::nullopt;
  return text(segment) + " is not inside SRAM, RTC memory or a flash window";
}

// A segment may contain sections that hold a place and have no content: where the other bus shows the bytes
// of another segment, ESP-IDF's and esp-hal's linker scripts put one. Loading goes by sections there, as
// esptool does.
std::vector<Piece> pieces_of(const ElfReader& file, const Elf32_Ehdr& header, const Elf32_Phdr& segment) {
  std::vector<Range> gaps;
  for (std::uint32_t index = 0; index < header.e_shnum; ++index) {
    const auto section =
        file.read<Elf32_Shdr>(std::uint64_t{header.e_shoff} + std::uint64_t{index} * header.e_shentsize);
    if (!section || section->sh_type != SHT_NOBITS || (section->sh_flags & SHF_ALLOC) == 0) continue;
    if (section->sh_addr < segment.p_vaddr) continue;
    const std::uint32_t start = section->sh_addr - segment.p_vaddr;
    if (start < segment.p_filesz && section->sh_size != 0)
      gaps.push_back({start, std::min(section->sh_size, segment.p_filesz - start)});
  }
  std::ranges::sort(gaps, {}, &Range::start);
  gaps.push_back({segment.p_filesz, 0});
  std::vector<Piece> pieces;
  std::uint64_t done = 0;
  for (const Range& gap : gaps) {
    if (gap.start > done) {
      const auto start = static_cast<std::uint32_t>(done);
      pieces.push_back(
          {segment.p_vaddr + start, *file.bytes(std::uint64_t{segment.p_offset} + start, gap.start - start)});
    }
    done = std::max(done, gap.end());
  }
  return pieces;
}

Problem check_overlap(std::vector<Piece> pieces) {
  std::ranges::sort(pieces, {}, [](const Piece& piece) { return std::pair(piece.place(), piece.address); });
  for (std::size_t i = 1; i < pieces.size(); ++i) {
    const Piece &one = pieces[i - 1], &other = pieces[i];
    if (one.end() <= other.place()) continue;
    const bool same_bus = one.address <= other.address && other.address - one.address < one.bytes.size();
    return text(one) + " and " + text(other) + " overlap" +
           (same_bus ? "" : ": instruction and data bus reach the same SRAM");
  }
  return std::nullopt;
}

Problem check_entry(std::uint32_t entry, const std::vector<Elf32_Phdr>& segments) {
  const auto holds_entry = [entry](const Elf32_Phdr& segment) {
    return (segment.p_flags & PF_X) != 0 && entry >= segment.p_vaddr &&
           entry - segment.p_vaddr < segment.p_filesz;
  };
  if (!std::ranges::any_of(segments, holds_entry)) {
    return "the entry point " + hex(entry) + " is not in an executable segment";
  }
  if (map::sram1_data.contains(entry)) {
    return "the entry point " + hex(entry) +
           " is on the data bus; code is fetched through the instruction bus, at " +
           hex(entry + map::instruction_bus_offset);
  }
  if (entry % 2 != 0) return "the entry point " + hex(entry) + " is odd";
  return std::nullopt;
}

Problem collect_segments(const ElfReader& file, const Elf32_Ehdr& header, std::vector<Elf32_Phdr>& segments) {
  for (std::uint32_t index = 0; index < header.e_phnum; ++index) {
    const auto segment =
        *file.read<Elf32_Phdr>(std::uint64_t{header.e_phoff} + std::uint64_t{index} * sizeof(Elf32_Phdr));
    if (segment.p_type == PT_INTERP || segment.p_type == PT_DYNAMIC) return "dynamically linked";
    if (segment.p_type != PT_LOAD || (segment.p_memsz == 0 && segment.p_filesz == 0)) continue;
    if (auto problem = check_segment(file, segment)) return problem;
    segments.push_back(segment);
  }
  if (segments.empty()) return "nothing to load: every segment is empty";
  return std::nullopt;
}

// Adds what the segment puts into RAM and into flash. The bytes of a segment in RAM that is stored in flash
// go to both places: a program that copies them finds them, and one that counts on a loader has them.
Problem add_segment(const ElfReader& file, const Elf32_Ehdr& header, const Elf32_Phdr& segment,
                    std::vector<Piece>& pieces, FlashLayout& flash) {
  for (const Piece& piece : pieces_of(file, header, segment)) {
    const auto size = static_cast<std::uint32_t>(piece.bytes.size());
    if (in_flash(piece.address, size)) {
      if (auto problem = flash.add(piece.address, piece.bytes)) return problem;
      continue;
    }
    const std::uint32_t stored = segment.p_paddr + (piece.address - segment.p_vaddr);
    if (stored != piece.address && in_flash(stored, size))
      if (auto problem = flash.add(stored, piece.bytes)) return problem;
    pieces.push_back(piece);
  }
  return std::nullopt;
}

}  // namespace

std::expected<Image, ImageError> parse_elf(std::span<const std::byte> bytes) {
  const auto failed = [](Problem& problem) { return std::unexpected(ImageError{std::move(*problem)}); };
  const ElfReader file(bytes);
  if (auto problem = check_identity(file)) return failed(problem);
  const auto header = *file.read<Elf32_Ehdr>(0);
  if (auto problem = check_header(file, header)) return failed(problem);
  std::vector<Elf32_Phdr> segments;
  if (auto problem = collect_segments(file, header, segments)) return failed(problem);
  if (auto problem = check_entry(header.e_entry, segments)) return failed(problem);

  std::ranges::sort(segments, {}, &Elf32_Phdr::p_vaddr);
  Image image;
  image.entry = header.e_entry;
  image.symbols = read_symbols(file, header);
  std::vector<Piece> all;
  FlashLayout flash;
  for (const Elf32_Phdr& segment : segments) {
    const std::size_t first = all.size();
    if (auto problem = add_segment(file, header, segment, all, flash)) return failed(problem);
    for (std::size_t index = first; index < all.size(); ++index) {
      const Piece& piece = all[index];
      // Room without content stands behind the last bytes of its segment.
      const bool last = index + 1 == all.size();
      const std::uint32_t end = segment.p_vaddr + segment.p_memsz;
      image.segments.push_back(
          {.address = piece.address,
           .bytes = {piece.bytes.begin(), piece.bytes.end()},
           .memory_size = last ? end - piece.address : static_cast<std::uint32_t>(piece.bytes.size()),
           .executable = (segment.p_flags & PF_X) != 0});
    }
  }
  if (auto problem = check_overlap(all)) return failed(problem);
  flash.finish(image);
  const auto data = std::ranges::find_if(segments, [](const Elf32_Phdr& segment) {
    return segment.p_filesz != 0 && map::flash_data.contains(segment.p_vaddr);
  });
  if (data != segments.end())
    image.description = read_description(*file.bytes(data->p_offset, data->p_filesz));
  return image;
}

}  // namespace ferry::board
