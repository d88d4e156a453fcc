#include "board/rom/call.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace ferry::board {

std::uint32_t RomCall::argument(unsigned index) {
  if (index < abi::argument_registers) return cpu_.register_value(abi::a0 + index);
  return load(cpu_.register_value(abi::sp) + 4 * (index - abi::argument_registers));
}

std::uint32_t RomCall::load(std::uint32_t address, std::uint32_t width) {
  if (faulted_) return 0;
  const BusResult result = cpu_.access_as_rom(address, width, std::nullopt);
  faulted_ = result.fault;
  return result.value;
}

void RomCall::store(std::uint32_t address, std::uint32_t value, std::uint32_t width) {
  if (faulted_) return;
  faulted_ = cpu_.access_as_rom(address, width, value).fault;
}

void RomCall::read(std::uint32_t address, std::span<std::byte> bytes) {
  const auto length = static_cast<std::uint32_t>(bytes.size());
  const std::byte* source = memory_.readable(address, length);
  if (source == nullptr) {
    for (std::uint32_t index = 0; index < length && !faulted_; ++index)
      bytes[index] = static_cast<std::byte>(load(address + index, 1));
    return;
  }
  if (cpu_.watched(address, length, false))
    for (std::uint32_t index = 0; index < length; ++index) cpu_.tell_watches(address + index);
  std::memcpy(bytes.data(), source, length);
  cpu_.spend((length + 3) / 4);
}

void RomCall::write(std::uint32_t address, std::span<const std::byte> bytes) {
  const auto length = static_cast<std::uint32_t>(bytes.size());
  if (memory_.at(address, length) == nullptr) {
    for (std::uint32_t index = 0; index < length && !faulted_; ++index)
      store(address + index, std::to_integer<std::uint32_t>(bytes[index]), 1);
    return;
  }
  if (cpu_.watched(address, length, true)) {
    // Who looks finds the bytes before this one stored, and the others not yet.
    for (std::uint32_t index = 0; index < length; ++index) {
      cpu_.tell_watches(address + index, std::to_integer<std::uint8_t>(bytes[index]));
      memory_.write(address + index, bytes.subspan(index, 1));
    }
  } else {
    memory_.write(address, bytes);
  }
  cpu_.spend((length + 3) / 4);
}

std::string RomCall::text(std::uint32_t address, std::uint32_t limit, unsigned cycles) {
  std::string text;
  while (text.size() < limit) {
    const std::byte* byte = memory_.readable(address, 1);
    if (byte != nullptr) cpu_.tell_watches(address);
    const auto character =
        byte != nullptr ? std::to_integer<char>(*byte) : static_cast<char>(load(address, 1));
    if (character == '\0' || faulted_) break;
    text += character;
    ++address;
  }
  cpu_.spend(cycles * text.size());
  return text;
}

void RomCall::wait() {
  constexpr std::uint64_t longest = 1 << 20;  // where nothing is scheduled at all
  cpu_.spend(std::clamp<std::uint64_t>(cpu_.free_cycles(), 1, longest));
  next_ = cpu_.pc();
}

bool RomCall::open_frame(unsigned words, std::span<const std::uint32_t> values) {
  const std::uint32_t frame = cpu_.register_value(abi::sp) - 4 * words;
  store(frame, cpu_.register_value(abi::ra));
  std::uint32_t place = frame;
  for (const std::uint32_t value : values) store(place += 4, value);
  if (faulted_) return false;
  cpu_.set_register(abi::sp, frame);
  return true;
}

void RomCall::close_frame(unsigned words) {
  next_ = frame_word(0);
  cpu_.set_register(abi::sp, place_in_frame(words));
}

bool RomCall::pass(Time time) {
  cpu_.spend((time + cpu_.period() - 1) / cpu_.period());
  return cpu_.settle();
}

}  // namespace ferry::board
