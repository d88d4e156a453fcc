// What a driver hands to a channel for one direction of a transfer, whatever kind of buffer it was given: the
// pieces of memory that the bytes come from or go to, and the descriptor list that describes them.
//
// For the inside of the HAL. A driver takes any buffer that is a dma::Source or a dma::Target, gets its plan
// from MemoryAccess and passes it on to the engine; a new kind of buffer needs no change there.
#pragma once

#include "ferry/dma/descriptor.hpp"

#include <cstddef>
#include <cstdint>

namespace ferry::dma::detail {

/// Bytes that lie together.
struct Region {
  std::byte* bytes = nullptr;
  std::uint32_t size = 0;      ///< bytes that the user asked for
  std::uint32_t capacity = 0;  ///< bytes that are there; a burst may write up to here
};

/// Static memory that a buffer is, and what the last transfer brought to it. Whoever owns it holds a pointer:
/// so moving the owner, into a transfer and back, moves one word.
struct Owned {
  const Region region;
  std::uint32_t received = 0;  ///< bytes
};

struct List;

/// The pieces are read while the transfer is prepared, and not after that.
struct Plan {
  const Region* pieces;  ///< in the order of the bytes
  std::uint32_t count;   ///< of the pieces; 1 only where the first byte tells which bytes they are
  std::uint32_t size;    ///< bytes of all pieces
  List* list = nullptr;  ///< the list to use; by default the channel's
  bool endless = false;  ///< behind the last byte follows the first; only for sending
};

/// A descriptor list and what it describes at present. In static memory, as its descriptors are: whoever owns
/// it holds a pointer, so moving the owner moves nothing that hardware or engine may be looking at.
struct List {
  Descriptor* const first;
  const std::uint32_t descriptors;  ///< how many there are

  /// The part of the list that is in use. All of the following hold only while `length` is not 0.
  std::span<Descriptor> in_use() const { return {first, count}; }
  std::uint32_t count = 0;
  const std::byte* bytes = nullptr;  ///< the first piece's, if that tells the others; else nullptr
  std::uint32_t length = 0;          ///< bytes described
  std::uint32_t form = 0;            ///< what else it depends on; the engine's own code

  void describe(const std::byte* first_bytes, std::uint32_t whole_length, std::uint32_t its_form,
                std::uint32_t descriptors_in_use) {
    count = descriptors_in_use;
    bytes = first_bytes;
    length = whole_length;
    form = its_form;
  }
  void describe(const Plan& plan, std::uint32_t whole_length, std::uint32_t its_form,
                std::uint32_t descriptors_in_use) {
    // Of several pieces the first one does not tell the others, but in a list that serves nothing else.
    const bool first_tells = plan.count == 1 || plan.list != nullptr;
    describe(first_tells ? plan.pieces->bytes : nullptr, whole_length, its_form, descriptors_in_use);
  }
};

}  // namespace ferry::dma::detail
