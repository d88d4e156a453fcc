// Where text goes: a file or a standard stream, buffered, with errors kept until somebody asks.
#pragma once

#include <cstddef>
#include <expected>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace ferry::board {

class Output {
 public:
  // A new or emptied file, or why it cannot be written.
  static std::expected<Output, std::string> create(const std::filesystem::path& path);
  // An open descriptor, which stays open afterwards.
  explicit Output(int descriptor) : descriptor_(descriptor) {}
  ~Output();
  Output(Output&& other) noexcept;
  Output& operator=(Output&&) = delete;

  void write(std::string_view text);
  // Hands over what is buffered. After an error everything is dropped.
  void flush();

  int descriptor() const { return descriptor_; }
  // errno of the first write that failed, or 0.
  int error() const { return error_; }
  std::string error_text() const;
  // The last character written ended a line, or nothing was written yet.
  bool at_line_start() const { return at_line_start_; }

 private:
  static constexpr std::size_t buffer_size = 64 * 1024;

  int descriptor_;
  bool owned_ = false;
  int error_ = 0;
  bool at_line_start_ = true;
  std::string buffer_;
};

// Gives a file new content at one stroke: whoever looks, also after an error, finds the old content or the
// new one. A device or a pipe is written to as it is. An error is one line without the file's name.
std::expected<void, std::string> replace_file(const std::filesystem::path& path,
                                              std::span<const std::byte> content);

}  // namespace ferry::board
