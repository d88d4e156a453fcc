// watch: dead-stack
// A future that holds the bytes it sends is dropped because another one was ready first: its memory is gone,
// and the transfer goes on (embassy #1045). Mended, dropping it ends the transfer.
#include "rig.hpp"

namespace {

rig::Descriptor list;

class Sending {
 public:
  explicit Sending(std::byte value) { bytes_.fill(value); }
  ~Sending() {
    if (!rig::mended) return;
    rig::stop_out(0);
    rig::wait_for_rest(0);
    rig::reset_channel(0);
  }
  Sending(const Sending&) = delete;
  Sending& operator=(const Sending&) = delete;

  /// True: ready.
  bool poll() {
    if (!started_) {
      started_ = true;
      list = rig::sending(bytes_.data(), bytes_.size());
      rig::start_out(0, list);  // transfer here in Sending::poll
      rig::wait_for_fifo(0);
      rig::start_spi();
    }
    return rig::spi_is_done();
  }

 private:
  alignas(4) std::array<std::byte, 200> bytes_;
  bool started_ = false;
};

struct Timeout {
  std::uint32_t polls;
  bool poll() { return polls-- == 0; }
};

/// Polls both until one is ready. True: the first one.
template <class First, class Second>
bool select(First& first, Second& second) {
  for (;;) {
    if (first.poll()) return true;
    if (second.poll()) return false;
  }
}

[[gnu::noinline]] bool send_unless_late(std::byte value) {
  Sending sending{value};
  Timeout timeout{10};
  return select(sending, timeout);
}  // access here in send_unless_late

}  // namespace

int main() {
  rig::connect_spi();
  rig::prepare_spi(200, true, false);
  const bool sent = send_unless_late(std::byte{6});
  rig::wait_for_spi();
  return sent ? 1 : 0;
}
