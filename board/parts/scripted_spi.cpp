#include "board/parts/scripted_spi.hpp"

#include "board/image/text.hpp"

namespace ferry::board {

namespace {

SpiScript load(const std::filesystem::path& file) {
  if (file.empty()) throw BadPart("needs the attribute \"script\", the name of a file");
  auto script = load_spi_script(file);
  if (!script) throw BadPart(one_line(file.string()) + ": " + script.error());
  return std::move(*script);
}

std::string byte_text(std::uint8_t byte) { return "0x" + hex(byte).substr(8); }

}  // namespace

ScriptedSpi::ScriptedSpi(Placement& placement) : Part(placement), script_(load(attributes().file("script"))) {
  unused_terminals({"VCC", "GND"});
  port_.set_mode(script_.mode);
  port_.set_select_active_high(script_.select_active_high);
}

std::vector<PartFile> ScriptedSpi::files() const { return {{attributes().file("script")}}; }

void ScriptedSpi::power_on() { port_.power_on(); }

void ScriptedSpi::differ(const std::string& line) {
  if (!failed_) fail(line);
  failed_ = true;
}

SpiWord ScriptedSpi::selected() {
  bytes_ = 0;
  return script_.registers ? SpiWord::send(0) : answer();
}

SpiWord ScriptedSpi::exchanged(std::uint32_t received) {
  const auto byte = static_cast<std::uint8_t>(received);
  if (script_.registers) return access(byte);
  check(byte);
  ++bytes_;
  return answer();
}

// A selection without a bit is none: pins move when they are set up.
void ScriptedSpi::deselected(unsigned bits) {
  if (bytes_ == 0 && bits == 0) return;
  ++exchanges_;
  const SpiScript::Exchange* const present = exchange();
  if (present == nullptr) return;
  if (bits != 0) {
    differ(present->name + ": ends after " + std::to_string(bits) + " bits of byte " +
           std::to_string(bytes_ + 1));
  } else if (bytes_ < present->expected.size()) {
    differ(present->name + ": ended after " + std::to_string(bytes_) + " of " +
           std::to_string(present->expected.size()) + " bytes");
  }
  ++next_;
  if (script_.repeat) next_ %= script_.exchanges.size();
}

// ---- Exchanges ----

const SpiScript::Exchange* ScriptedSpi::exchange() const {
  return next_ < script_.exchanges.size() ? &script_.exchanges[next_] : nullptr;
}

SpiWord ScriptedSpi::answer() const {
  const SpiScript::Exchange* const present = exchange();
  const bool answers = present != nullptr && bytes_ < present->answer.size();
  return SpiWord::send(answers ? present->answer[bytes_] : 0);
}

void ScriptedSpi::check(std::uint8_t received) {
  const SpiScript::Exchange* const present = exchange();
  if (present == nullptr) {
    return differ("byte " + byte_text(received) + " after the last of " +
                  std::to_string(script_.exchanges.size()) + " exchanges");
  }
  const std::string place = present->name + ", byte " + std::to_string(bytes_ + 1) + ": ";
  if (bytes_ >= present->expected.size())
    return differ(place + byte_text(received) + " came, the end was expected");
  const SpiScript::Expected& expected = present->expected[bytes_];
  if (!expected.any && expected.value != received)
    differ(place + byte_text(received) + " came, " + byte_text(expected.value) + " was expected");
}

// ---- Registers ----

SpiWord ScriptedSpi::access(std::uint8_t received) {
  SpiScript::Registers& registers = *script_.registers;
  if (bytes_++ == 0) {
    first_ = received;
    address_ = static_cast<std::uint8_t>(received & ~registers.read_bit);
    return register_word();
  }
  const auto found = registers.values.find(address_);
  const bool reads = (first_ & registers.read_bit) != 0;
  if (found == registers.values.end()) {
    differ("register " + byte_text(address_) + " is " + (reads ? "read" : "written") + ", and there is none");
  } else if (!reads && registers.read_only.contains(address_)) {
    differ("register " + byte_text(address_) + " is written, and can only be read");
  } else if (!reads) {
    found->second = received;
  }
  if (registers.auto_increment) ++address_;
  return register_word();
}

SpiWord ScriptedSpi::register_word() {
  const SpiScript::Registers& registers = *script_.registers;
  if ((first_ & registers.read_bit) == 0) return SpiWord::send(0);
  const auto found = registers.values.find(address_);
  return SpiWord::send(found != registers.values.end() ? found->second : 0);
}

// ---- The end ----

void ScriptedSpi::end_of_run() {
  const SpiScript::Exchange* const present = exchange();
  if (present == nullptr || script_.repeat) return;
  differ(std::to_string(script_.exchanges.size() - next_) + " of " +
         std::to_string(script_.exchanges.size()) + " exchanges have not happened; the next is " +
         present->name);
}

std::string ScriptedSpi::summary() const { return "exchanges: " + std::to_string(exchanges_); }

void ScriptedSpi::archive_state(StateArchive& archive) {
  archive(port_, next_, bytes_, first_, address_, failed_, exchanges_);
  if (script_.registers) archive(script_.registers->values);
}

}  // namespace ferry::board
