// Where in the source an instruction comes from: its function by the file's symbols, its line by its DWARF.
#pragma once

#include "board/image/image.hpp"
#include "board/record/callers.hpp"
#include "board/record/function_names.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace ferry::board {

struct SourcePlace {
  std::string function;  // readable; empty when unknown
  std::string file;      // without folders; empty when unknown
  unsigned line = 0;
  bool library = false;  // a function of the language's own library
};

class SourcePlaces {
 public:
  // `file` is opened when the first line is asked for; one that is no ELF file has no lines.
  SourcePlaces(std::filesystem::path file, std::span<const Symbol> symbols);
  ~SourcePlaces();
  SourcePlaces(const SourcePlaces&) = delete;
  SourcePlaces& operator=(const SourcePlaces&) = delete;

  // The instruction's function with what is inlined there, the innermost first, whichever files that is from.
  // What is inlined of the language's own library is the doing of who calls it, and what its source calls
  // artificial stands for no more than its call: neither is told. At least one place, however little is
  // known.
  std::vector<SourcePlace> places(std::uint32_t pc) const;
  // Who called: see Callers. Only places in functions that are known.
  Calls callers(const CallFrame& frame) const;
  // The function's readable name; empty when nobody knows.
  std::string function(std::uint32_t pc) const { return std::string(functions_.at(pc)); }
  // " in main, main.cpp:12", or as much of it as is known: the function that the symbols name, and where it
  // calls what is inlined there. Fit for one line.
  std::string text(std::uint32_t pc) const;

 private:
  struct Lines;
  std::filesystem::path file_;
  FunctionNames functions_;
  Callers callers_;
  mutable std::unique_ptr<Lines> lines_;
};

}  // namespace ferry::board
