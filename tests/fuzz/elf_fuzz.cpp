// ELF files. What the loader takes is run for a while: its code is as arbitrary as the file.
#include "board/board.hpp"
#include "board/image/firmware.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ferry::board;
  auto image = parse_firmware(std::as_bytes(std::span(data, size)));
  if (!image) {
    // An error is one line of text.
    if (image.error().text.empty() || image.error().text.find('\n') != std::string::npos) std::abort();
    return 0;
  }
  Board board;
  board.load(std::move(*image));
  board.run_for(100 * microsecond);
  return 0;
}
