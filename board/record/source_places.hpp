// Where in the source an instruction comes from: its function by the file's symbols, its line by its DWARF.
#pragma once

#include "board/image/image.hpp"
#include "board/record/function_names.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>

namespace ferry::board {

class SourcePlaces {
 public:
  // `file` is opened when the first line is asked for; one that is no ELF file has no lines.
  SourcePlaces(std::filesystem::path file, std::span<const Symbol> symbols);
  ~SourcePlaces();
  SourcePlaces(const SourcePlaces&) = delete;
  SourcePlaces& operator=(const SourcePlaces&) = delete;

  // "main.cpp:12", without folders; empty when nobody knows.
  std::string line(std::uint32_t pc) const;
  // " in main, main.cpp:12", or as much of it as is known. Fit for one line.
  std::string text(std::uint32_t pc) const;

 private:
  struct Lines;
  std::filesystem::path file_;
  FunctionNames functions_;
  mutable std::unique_ptr<Lines> lines_;
};

}  // namespace ferry::board
