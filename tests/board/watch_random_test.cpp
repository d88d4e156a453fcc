// Random schedules of transfers, of what the firmware sees, and of its accesses, against a slow reference
// that keeps the owners of every byte in a map. The two have to agree about each access.
#include "board/memory.hpp"
#include "board/watch/ownership.hpp"
#include "chip/esp32c3/registers/dma.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <tuple>
#include <vector>

namespace ferry::board::watch {
namespace {

constexpr std::uint32_t base = 0x3FC9'0000, arena = 512;
using Raw = chip::dma::IntRaw;

// What a byte is to whom: by half, and by how the half uses it.
enum class Use : std::uint8_t { sent, received, list };

// The reference knows transfers as lists of bytes, nothing of pieces that are closed in order but their
// number.
class Reference {
 public:
  struct Owned {
    unsigned half;
    Use use;
    std::size_t piece;
    bool operator<(const Owned& other) const {
      return std::tie(half, use, piece) < std::tie(other.half, other.use, other.piece);
    }
  };

  void start(unsigned half, const std::vector<Piece>& pieces) {
    drop(half, [](std::size_t) { return true; });
    for (std::size_t index = 0; index < pieces.size(); ++index) {
      const Use use = half % 2 == 0 ? Use::received : Use::sent;
      for (std::uint32_t byte = 0; byte < pieces[index].length; ++byte)
        owners_[pieces[index].buffer + byte].insert({half, use, index});
      for (std::uint32_t byte = 0; byte < Ownership::descriptor_bytes; ++byte)
        owners_[pieces[index].descriptor + byte].insert({half, Use::list, index});
    }
  }
  template <class Which>
  void drop(unsigned half, Which which) {
    for (auto& [byte, owned] : owners_)
      std::erase_if(owned, [&](const Owned& each) { return each.half == half && which(each.piece); });
  }
  // The halves that an access of these bytes is a race with.
  std::set<unsigned> races(std::uint32_t address, std::uint32_t width, bool write) const {
    std::set<unsigned> result;
    for (std::uint32_t byte = address; byte < address + width; ++byte) {
      const auto owned = owners_.find(byte);
      if (owned == owners_.end()) continue;
      for (const Owned& each : owned->second)
        if (write || each.use == Use::received) result.insert(each.half);
    }
    return result;
  }

 private:
  std::map<std::uint32_t, std::set<Owned>> owners_;
};

// A transfer, as the schedule goes on with it.
struct Running {
  std::vector<Piece> pieces;
  std::size_t closed = 0, rises = 0;
};

class Schedule {
 public:
  explicit Schedule(unsigned seed) : random_(seed) {}

  void run(unsigned steps) {
    for (unsigned step = 0; step < steps; ++step) {
      const unsigned half = pick(Half::count);
      switch (pick(8)) {
        case 0:
          start(half);
          break;
        case 1:
        case 2:
          close(half);
          break;
        case 3:
          see(half);
          break;
        case 4:
          model_.clear_status(half / 2, half % 2 == 0 ? in_bits : out_bits);
          rose_[half].reset();
          break;
        case 5:
          if (pick(4) == 0) reset(half);
          break;
        default:
          access();
      }
      if (testing::Test::HasFailure()) return;
    }
  }

 private:
  static constexpr std::uint32_t in_bits = Raw::in_done.mask, out_bits = Raw::out_done.mask;
  unsigned pick(unsigned count) { return static_cast<unsigned>(random_() % count); }

  void start(unsigned half) {
    Running& running = running_[half].emplace();
    const unsigned count = 1 + pick(3);
    for (unsigned index = 0; index < count; ++index) {
      Piece piece;
      piece.descriptor = base + arena + 12 * (4 * half + index);
      piece.next = index + 1 == count ? 0 : piece.descriptor + 12;
      piece.length = 1 + pick(20);
      piece.buffer = base + pick(arena - 20);
      piece.word0 = 1u << 31;
      running.pieces.push_back(piece);
    }
    rose_[half].reset();
    Transfer transfer;
    transfer.half = Half::at(half);
    transfer.peripheral = 20 + half;  // no half belongs to another
    transfer.pieces = running.pieces;
    model_.start(std::move(transfer));
    reference_.start(half, running.pieces);
  }

  // The engine is done with the next piece, and says so if the bit is 0.
  void close(unsigned half) {
    auto& running = running_[half];
    if (!running || running->closed == running->pieces.size()) return;
    const Piece& piece = running->pieces[running->closed++];
    model_.load(Half::at(half), piece);
    model_.close(Half::at(half), piece.descriptor, half % 2 == 0);
    if (rose_[half]) return;
    // OUT_DONE tells of one descriptor more each time that it rises, IN_DONE of all that are closed by then.
    rose_[half] = half % 2 == 0 ? running->closed : ++running->rises;
    model_.raise(half / 2, half % 2 == 0 ? in_bits : out_bits, 0);
  }

  void see(unsigned half) {
    model_.see_status(half / 2, half % 2 == 0 ? in_bits : out_bits);
    if (!rose_[half]) return;
    const std::size_t known = *rose_[half];
    reference_.drop(half, [known](std::size_t piece) { return piece < known; });
  }

  void reset(unsigned half) {
    model_.reset(Half::at(half));
    reference_.drop(half, [](std::size_t) { return true; });
    running_[half].reset();
    rose_[half].reset();
  }

  void access() {
    const std::uint32_t width = 1u << pick(3);
    const std::uint32_t address = (base + pick(arena + 12 * 4 * Half::count)) / width * width;
    const bool write = pick(2) == 0;
    const std::set<unsigned> expected = reference_.races(address, width, write);
    // Either bus: the same bytes.
    constexpr std::uint32_t other_bus = 0x70'0000;
    const auto bytes = extent_of(address + (pick(2) == 0 ? other_bus : 0), width);
    ASSERT_TRUE(bytes);
    std::set<unsigned> found;
    for (const Hit& hit : model_.access(*bytes, write)) found.insert(hit.half.index());
    EXPECT_EQ(found, expected) << "at " << address << ", " << width << (write ? " stored" : " loaded");
    if (!write) see_owners(address, width);
  }

  // A load of an owner bit that has come back: of a receiving half, this piece and those before it.
  void see_owners(std::uint32_t address, std::uint32_t width) {
    for (unsigned half = 0; half < Half::count; half += 2) {
      if (!running_[half]) continue;
      for (std::size_t index = 0; index < running_[half]->closed; ++index) {
        const std::uint32_t owner = running_[half]->pieces[index].descriptor + 3;
        if (owner < address || owner >= address + width) continue;
        reference_.drop(half, [index](std::size_t piece) { return piece <= index; });
      }
    }
  }

  std::mt19937 random_;
  Ownership model_;
  Reference reference_;
  std::array<std::optional<Running>, Half::count> running_;
  std::array<std::optional<std::size_t>, Half::count> rose_;  // what the status bit proves, while it is 1
};

TEST(WatchRandom, AgreesWithAMapOfOwners) {
  for (unsigned seed = 1; seed <= 400; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Schedule(seed).run(300);
    if (HasFailure()) return;
  }
}

}  // namespace
}  // namespace ferry::board::watch
