// The bench's host program, for ./bench/run and for CTest; see usage().
#include "bench/attached.hpp"
#include "bench/boards.hpp"
#include "bench/exact.hpp"
#include "bench/exercise.hpp"
#include "bench/measure.hpp"
#include "bench/page.hpp"
#include "bench/waiting.hpp"
#include "bench/watching.hpp"

#include <cstdio>
#include <exception>
#include <filesystem>
#include <iostream>
#include <iterator>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using namespace ferry::bench;

int usage() {
  std::cerr
      << "usage: ferry_bench exact FOLDER             prints the counts; FOLDER holds bench-*.elf\n"
         "       ferry_bench update FOLDER PAGE       writes them into the page\n"
         "       ferry_bench compare FOLDER PAGE      fails when the page says something else\n"
         "       ferry_bench limit FOLDER             fails when a start takes too many accesses\n"
         "       ferry_bench forms FOLDER             fails when a form costs more than the same by hand\n"
         "       ferry_bench exercise DMA SKELETON    simulated against wall time, of two ELF files\n"
         "       ferry_bench attached FERRY DMA FOLDER\n"
         "                                            the same with recorders, of DMA and the programs in "
         "FOLDER\n"
         "       ferry_bench watching CPU WAITING     being ready to look while there is nothing to see\n"
         "       ferry_bench watching CPU WAITING PROGRAM TRIO\n"
         "                                            what that starts: three boards, the seconds of each\n"
         "       ferry_bench boards DMA               making boards, snapshots\n"
         "       ferry_bench waiting WAITING ASLEEP   the same of a CPU that waits in different ways\n"
         "       ferry_bench insert PAGE BLOCK        writes standard input into the page\n";
  return 2;
}

int print_exact(const std::string& folder) {
  for (const Block& block : exact_blocks(Programs::load(folder)))
    std::cout << "## " << block.title << "\n\n" << block.text << '\n';
  return std::cout.flush() ? 0 : 1;
}

int update(const std::string& folder, const std::string& file) {
  Page page(file);
  for (const Block& block : exact_blocks(Programs::load(folder))) page.replace(block.name, block.text);
  page.save();
  return 0;
}

// Prints the lines that differ and returns their number.
int show_differences(const std::string& written, const std::string& measured) {
  std::istringstream written_lines(written), measured_lines(measured);
  int differences = 0;
  for (;;) {
    std::string written_line, measured_line;
    const bool more_written = static_cast<bool>(std::getline(written_lines, written_line));
    const bool more_measured = static_cast<bool>(std::getline(measured_lines, measured_line));
    if (!more_written && !more_measured) return differences;
    if (more_written == more_measured && written_line == measured_line) continue;
    ++differences;
    if (more_written) std::cout << "written:  " << written_line << '\n';
    if (more_measured) std::cout << "measured: " << measured_line << '\n';
  }
}

int compare(const std::string& folder, const std::string& file) {
  const Page page(file);
  int differences = 0;
  for (const Block& block : exact_blocks(Programs::load(folder)))
    differences += show_differences(page.block(block.name), block.text);
  if (differences != 0)
    std::cout << differences << " lines of " << file
              << " are not what is measured; ./bench/run --update --exact writes them anew\n";
  return differences == 0 ? 0 : 1;
}

int check_limit(const std::string& folder) {
  const std::uint64_t accesses = start_accesses(Programs::load(folder));
  std::cout << "a repeated start takes " << accesses << " register accesses; " << most_start_accesses
            << " are allowed\n";
  const Cost prepared = prepared_start(Programs::load(folder));
  std::cout << "a prepared start takes " << prepared.register_stores << " writes and "
            << prepared.register_loads << " reads; " << most_prepared_stores << " and " << most_prepared_loads
            << " are allowed\n";
  const bool passed = accesses <= most_start_accesses && prepared.register_stores <= most_prepared_stores &&
                      prepared.register_loads <= most_prepared_loads;
  return passed ? 0 : 1;
}

int check_forms(const std::string& folder) {
  const Programs programs = Programs::load(folder);
  std::vector<FormCost> forms = form_costs(programs);
  for (FormCost& form : other_form_costs(programs)) forms.push_back(std::move(form));
  bool passed = true;
  for (const FormCost& form : forms) {
    const bool fits = form.ferry.instructions * 100 <= form.by_hand.instructions * most_form_percent &&
                      form.ferry.accesses() <= form.by_hand.accesses();
    std::cout << (fits ? "" : "too much: ") << form.name << ": " << form.ferry.instructions
              << " instructions, by hand " << form.by_hand.instructions << ", of which " << most_form_percent
              << " % are allowed; " << form.ferry.accesses() << " register accesses, by hand "
              << form.by_hand.accesses() << ", which may not be more\n";
    passed = passed && fits;
  }
  return passed ? 0 : 1;
}

int print_exercise(const std::string& dma, const std::string& skeleton) {
  std::cout << exercise_table(dma, skeleton);
  return std::cout.flush() ? 0 : 1;
}

int print_attached(const std::string& ferry, const std::string& dma, const std::string& folder) {
  std::cout << attached_table(ferry, dma, folder);
  return std::cout.flush() ? 0 : 1;
}

int print_watching(const std::string& processor, const std::string& waiting) {
  std::cout << watching_table(std::filesystem::read_symlink("/proc/self/exe"), processor, waiting);
  return std::cout.flush() ? 0 : 1;
}

int print_trio(const std::string& processor, const std::string& waiting, const std::string& program,
               const std::string& trio) {
  const auto number = [](const std::string& text) { return static_cast<unsigned>(std::stoul(text)); };
  std::cout << watching_trio(processor, waiting, number(program), number(trio));
  return std::cout.flush() ? 0 : 1;
}

int print_boards(const std::string& dma) {
  std::cout << boards_table(dma);
  return std::cout.flush() ? 0 : 1;
}

int print_waiting(const std::string& waiting, const std::string& asleep) {
  std::cout << waiting_table(waiting, asleep);
  return std::cout.flush() ? 0 : 1;
}

int insert(const std::string& file, const std::string& block) {
  Page page(file);
  page.replace(block, std::string(std::istreambuf_iterator<char>(std::cin), {}));
  page.save();
  return 0;
}

int run(const std::vector<std::string>& words) {
  const auto is = [&](std::string_view command, std::size_t arguments) {
    return words.size() == arguments + 1 && words[0] == command;
  };
  if (is("exact", 1)) return print_exact(words[1]);
  if (is("update", 2)) return update(words[1], words[2]);
  if (is("compare", 2)) return compare(words[1], words[2]);
  if (is("limit", 1)) return check_limit(words[1]);
  if (is("forms", 1)) return check_forms(words[1]);
  if (is("exercise", 2)) return print_exercise(words[1], words[2]);
  if (is("attached", 3)) return print_attached(words[1], words[2], words[3]);
  if (is("watching", 2)) return print_watching(words[1], words[2]);
  if (is("watching", 4)) return print_trio(words[1], words[2], words[3], words[4]);
  if (is("boards", 1)) return print_boards(words[1]);
  if (is("waiting", 2)) return print_waiting(words[1], words[2]);
  if (is("insert", 2)) return insert(words[1], words[2]);
  return usage();
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run({argv + 1, argv + argc});
  } catch (const std::exception& error) {
    std::cerr << "ferry_bench: " << error.what() << '\n';
    return 1;
  }
}
