#include "board/record/output.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <system_error>
#include <utility>

namespace ferry::board {

std::expected<Output, std::string> Output::create(const std::filesystem::path& path) {
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (descriptor < 0) return std::unexpected(std::generic_category().message(errno));
  Output output(descriptor);
  output.owned_ = true;
  return output;
}

Output::~Output() {
  flush();
  if (owned_) ::close(descriptor_);
}

Output::Output(Output&& other) noexcept
    : descriptor_(other.descriptor_),
      owned_(std::exchange(other.owned_, false)),
      error_(other.error_),
      at_line_start_(other.at_line_start_),
      buffer_(std::exchange(other.buffer_, {})) {}

void Output::write(std::string_view text) {
  if (text.empty()) return;
  at_line_start_ = text.back() == '\n';
  buffer_ += text;
  if (buffer_.size() >= buffer_size) flush();
}

void Output::flush() {
  std::string_view rest = buffer_;
  while (!rest.empty() && error_ == 0) {
    const ssize_t count = ::write(descriptor_, rest.data(), rest.size());
    if (count >= 0) {
      rest.remove_prefix(static_cast<std::size_t>(count));
    } else if (errno != EINTR) {
      error_ = errno;
    }
  }
  buffer_.clear();
}

std::string Output::error_text() const { return std::generic_category().message(error_); }

namespace {

std::expected<void, std::string> write_all(const std::filesystem::path& path,
                                           std::span<const std::byte> content) {
  auto output = Output::create(path);
  if (!output) return std::unexpected(output.error());
  output->write({reinterpret_cast<const char*>(content.data()), content.size()});
  output->flush();
  if (output->error() != 0) return std::unexpected(output->error_text());
  return {};
}

}  // namespace

std::expected<void, std::string> replace_file(const std::filesystem::path& path,
                                              std::span<const std::byte> content) {
  std::error_code error;
  const bool exists = std::filesystem::exists(path, error);
  if (exists && !std::filesystem::is_regular_file(path, error)) return write_all(path, content);
  // A link stays one.
  const std::filesystem::path target = exists ? std::filesystem::canonical(path, error) : path;
  if (error) return std::unexpected(error.message());
  if (exists && ::access(target.c_str(), W_OK) != 0)
    return std::unexpected(std::generic_category().message(errno));
  std::string temporary = target.string() + ".XXXXXX";
  const int descriptor = ::mkostemp(temporary.data(), O_CLOEXEC);
  if (descriptor < 0) return std::unexpected(std::generic_category().message(errno));
  ::close(descriptor);
  auto done = write_all(temporary, content);
  struct stat old = {};
  const mode_t mask = ::umask(0);
  ::umask(mask);
  const mode_t mode = exists && ::stat(target.c_str(), &old) == 0 ? old.st_mode & 07777 : 0666 & ~mask;
  if (done && (::chmod(temporary.c_str(), mode) != 0 || ::rename(temporary.c_str(), target.c_str()) != 0))
    done = std::unexpected(std::generic_category().message(errno));
  if (!done) ::unlink(temporary.c_str());
  return done;
}

}  // namespace ferry::board
