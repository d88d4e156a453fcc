#include "board/image/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace ferry::board {

namespace {

std::string error_text(int error) { return std::generic_category().message(error); }

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int number() const { return number_; }

 private:
  int number_;
};

}  // namespace

std::expected<std::vector<std::byte>, std::string> read_file(const std::filesystem::path& path,
                                                             std::size_t limit,
                                                             std::span<const std::byte> first_bytes) {
  const auto too_large = [limit] {
    return std::unexpected("it is larger than " + std::to_string(limit / 1024 / 1024) + " MiB");
  };
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat status = {};
  if (file.number() < 0 || ::fstat(file.number(), &status) != 0) return std::unexpected(error_text(errno));
  if (S_ISDIR(status.st_mode)) return std::unexpected("it is a directory");
  if (S_ISREG(status.st_mode) && static_cast<std::uintmax_t>(status.st_size) > limit) return too_large();

  std::vector<std::byte> bytes;
  std::vector<std::byte> chunk(64 * 1024);
  for (;;) {
    const ssize_t count = ::read(file.number(), chunk.data(), chunk.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return std::unexpected(error_text(errno));
    if (count == 0) return bytes;
    bytes.insert(bytes.end(), chunk.begin(), chunk.begin() + count);
    if (!first_bytes.empty() && std::ranges::find(first_bytes, bytes.front()) == first_bytes.end())
      return bytes;
    if (bytes.size() > limit) return too_large();
  }
}

}  // namespace ferry::board
