#include "board/record/output.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
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

}  // namespace ferry::board
