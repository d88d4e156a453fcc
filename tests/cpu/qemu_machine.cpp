#include "tests/cpu/encode.hpp"
#include "tests/cpu/machines.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <fstream>
#include <span>

namespace ferry::cpu_test {

namespace {

using namespace encode;

constexpr std::uint32_t code = 0x8000'0000, end_stub = 0x8010'0000, scratch = 0x8020'0000, log = 0x8030'0000;
constexpr const char* result_name = "result.bin";

// Semihosting (the specification of Arm's, as RISC-V uses it).
constexpr std::int32_t sys_open = 0x01, sys_write = 0x05, sys_exit_extended = 0x20;
constexpr std::uint32_t open_for_writing = 6, application_exit = 0x2'0026;

// Code that writes memory from the scratch area to the end of the log into a file and ends QEMU: x3 is the
// log's end. Its data follow at fixed places.
std::vector<std::uint32_t> make_end_stub() {
  constexpr unsigned zero = 0, log_end = 3, base = 5, temporary = 6, a0 = 10, a1 = 11;
  constexpr std::int32_t arguments = 0x100, exit_arguments = 0x120, name = 0x140;
  std::vector<std::uint32_t> words;
  const auto call = [&](std::int32_t operation, std::int32_t parameter) {
    words.push_back(addi(a0, zero, operation));
    words.push_back(addi(a1, base, parameter));
    words.insert(words.end(), {0x01F0'1013, 0x0010'0073, 0x4070'5013});
  };
  words.push_back(auipc(base, 0));
  // open: {name, mode, length of name}
  words.push_back(addi(temporary, base, name));
  words.push_back(sw(temporary, arguments, base));
  call(sys_open, arguments);
  // write: {handle, address, length}
  words.push_back(sw(a0, arguments, base));
  words.push_back(lui(temporary, (scratch - scratch_reach) >> 12));
  words.push_back(sw(temporary, arguments + 4, base));
  words.push_back(sub(temporary, log_end, temporary));
  words.push_back(sw(temporary, arguments + 8, base));
  call(sys_write, arguments);
  call(sys_exit_extended, exit_arguments);
  words.push_back(jal(zero, 0));

  words.resize(name / 4 + 4);
  words[arguments / 4 + 1] = open_for_writing;
  words[arguments / 4 + 2] = static_cast<std::uint32_t>(std::strlen(result_name));
  words[exit_arguments / 4] = application_exit;
  std::memcpy(&words[name / 4], result_name, std::strlen(result_name) + 1);
  return words;
}

template <class T>
void write_file(const std::filesystem::path& path, const std::vector<T>& values) {
  std::ofstream file(path, std::ios::binary);
  file.write(reinterpret_cast<const char*>(values.data()),
             static_cast<std::streamsize>(values.size() * sizeof(T)));
}

std::string load(const char* name, std::uint32_t address) {
  return "loader,force-raw=on,file=" + std::string(name) + ",addr=" + std::to_string(address);
}

// 0 when QEMU ended as the program wanted.
int run(const std::string& qemu, const std::filesystem::path& folder) {
  // The extensions that the C3 lacks are off: their encodings must be illegal.
  const std::string cpu = "rv32,a=false,f=false,d=false,zba=false,zbb=false,zbc=false,zbs=false";
  std::vector<std::string> arguments{qemu,
                                     "-M",
                                     "virt",
                                     "-bios",
                                     "none",
                                     "-cpu",
                                     cpu,
                                     "-display",
                                     "none",
                                     "-monitor",
                                     "none",
                                     "-serial",
                                     "none",
                                     "-semihosting-config",
                                     "enable=on,target=native",
                                     "-device",
                                     load("code.bin", code),
                                     "-device",
                                     load("end.bin", end_stub),
                                     "-device",
                                     load("scratch.bin", scratch - scratch_reach)};
  std::vector<char*> pointers;
  for (std::string& argument : arguments) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  const pid_t child = fork();
  if (child < 0) return -1;
  if (child == 0) {
    if (chdir(folder.c_str()) != 0) _exit(126);
    execvp(pointers[0], pointers.data());
    _exit(127);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace

std::expected<Outcome, std::string> run_on_qemu(Program program, const std::string& qemu,
                                                const std::filesystem::path& folder) {
  program.set_parameters({.log = log, .log_step = log_entry_size, .scratch = scratch, .end = end_stub});
  write_file(folder / "code.bin", program.code);
  write_file(folder / "end.bin", make_end_stub());
  write_file(folder / "scratch.bin", program.scratch);
  std::filesystem::remove(folder / result_name);
  if (const int code_of_exit = run(qemu, folder); code_of_exit != 0)
    return std::unexpected(qemu + " ended with " + std::to_string(code_of_exit));

  Outcome outcome;
  outcome.scratch.resize(program.scratch.size());
  const std::uint64_t log_offset = log - (scratch - scratch_reach);
  std::error_code error;
  const std::uint64_t size = std::filesystem::file_size(folder / result_name, error);
  if (error || size < log_offset) return std::unexpected("QEMU wrote no result");
  outcome.log.resize((size - log_offset) / 4);
  std::ifstream file(folder / result_name, std::ios::binary);
  file.read(reinterpret_cast<char*>(outcome.scratch.data()),
            static_cast<std::streamsize>(outcome.scratch.size()));
  file.seekg(static_cast<std::streamoff>(log_offset));
  file.read(reinterpret_cast<char*>(outcome.log.data()),
            static_cast<std::streamsize>(outcome.log.size() * 4));
  return outcome;
}

}  // namespace ferry::cpu_test
