// What a debugger sends: the bytes of the input as they are, or its lines as the payloads of packets. The
// board runs whenever it is let.
#include "board/board.hpp"
#include "board/debug/packet.hpp"
#include "board/debug/stub.hpp"
#include "tests/board/board_script.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ferry::board;
  if (size == 0) return 0;
  const bool framed = data[0] % 2 == 0;
  std::string_view text(reinterpret_cast<const char*>(data + 1), size - 1);

  Board board;
  test::BoardScript({}).begin(board);
  std::size_t sent = 0;
  debug::Stub stub(board, [&sent](std::string_view bytes) { sent += bytes.size(); });
  while (!text.empty()) {
    if (!stub.connected()) stub.connect();
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    stub.receive(framed ? debug::frame(line) : std::string(line) + '\n');
    if (stub.killed()) break;
    if (!stub.running()) continue;
    stub.run_until(board.now() + 20 * microsecond);
    stub.receive("\x03");
  }
  stub.finish(0);
  return 0;
}
