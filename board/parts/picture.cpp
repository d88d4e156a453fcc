#include "board/parts/picture.hpp"

#include <png.h>

#include <cerrno>
#include <system_error>

namespace ferry::board {

static_assert(sizeof(Colour) == 3, "as PNG_FORMAT_RGB has them");

std::expected<void, std::string> Picture::save_png(const std::filesystem::path& file) const {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = width_;
  image.height = height_;
  image.format = PNG_FORMAT_RGB;
  errno = 0;
  if (png_image_write_to_file(&image, file.c_str(), 0, pixels_.data(), 0, nullptr) != 0) return {};
  const int error = errno;
  std::string why = error != 0 ? std::generic_category().message(error) : std::string(image.message);
  png_image_free(&image);
  return std::unexpected(file.string() + ": " + why);
}

}  // namespace ferry::board
