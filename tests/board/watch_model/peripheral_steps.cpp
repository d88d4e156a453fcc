// What a program does with SHA, with SPI2's segments, and with parts of status registers.
#include "tests/board/watch_model/program.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace ferry::board::watch::random {

// One block to a request, before anybody says otherwise.
void Assembler::begin_sha() {
  constexpr std::uint32_t sha256 = 2;
  store(sha + chip::sha::Mode::offset, sha256);
  store(sha + chip::sha::DmaBlockNum::offset, 1);
}

void Assembler::ask_sha(bool anew) {
  store(sha + (anew ? chip::sha::DmaStart::offset : chip::sha::DmaContinue::offset), 1);
}

// Where there is none, another has to do.
unsigned Assembler::channel_of_sha(unsigned other) const {
  const auto role = std::ranges::find(schedule_->roles, role_of_sha);
  return role == schedule_->roles.end() ? other : static_cast<unsigned>(role - schedule_->roles.begin());
}

// A list of whole blocks, mostly, as many as SHA is asked for, mostly.
void Assembler::hash(const Step& step) {
  constexpr unsigned block = 64;
  const auto& numbers = step.numbers;
  const unsigned out = 2 * channel_of_sha(step.half / 2) + 1, blocks = 1 + numbers[0] % longest_list;
  if (numbers[2] % 16 != 4) fill(out);
  compose_exactly(out, blocks, numbers[1] % 8 == 1 ? longest_piece : block, numbers[3]);
  store(sha + chip::sha::DmaBlockNum::offset, numbers[1] % 8 == 2 ? 1 + blocks % longest_list : blocks);
  const bool asks_first = numbers[2] % 4 == 3;
  if (asks_first) ask_sha(numbers[3] % 2 == 0);
  start(out);
  if (numbers[2] % 2 == 0)
    wait_for(sha + chip::sha::Busy::offset, chip::sha::Busy::state.mask, false, 1 + numbers[0] % 64);
  if (!asks_first) ask_sha(numbers[3] % 2 == 0);
  if (numbers[3] % 4 != 2) return;
  // Cleared while no interrupt is taken, and by edge it comes all the same.
  store(sha + chip::sha::IrqEna::offset, 1);
  clear(sha + chip::sha::ClearIrq::offset, 1, 3 * (numbers[0] % 64));
}

// A configuration, what belongs to it, and the same again. The configurations lie among what is sent.
void Assembler::segments(const Step& step) {
  using namespace chip::spi2;
  constexpr std::uint32_t magic = 0xA, owner = 1u << 31, suc_eof = 1u << 30,
                          user_and_length = 1u << 3 | 1u << 6;
  constexpr unsigned words = 3, parts = 2;
  const auto& numbers = step.numbers;
  const unsigned in = step.half & ~1u, out = step.half | 1u, length = 1 + numbers[1] % longest_piece;
  fill(out);
  for (unsigned part = 0; part < parts; ++part) {
    const bool last = part + 1 == parts, sends = (numbers[2] >> part & 1) == 0 || !last,
               takes = (numbers[2] >> (2 + part) & 1) == 0;
    const std::uint32_t user = (sends ? User::usr_mosi.mask : 0) | (takes ? User::usr_miso.mask : 0) |
                               (sends && takes ? User::doutdin.mask : 0) |
                               (last ? 0 : User::usr_conf_nxt.mask);
    const std::uint32_t there = area_of(out) + 128 * part;
    store(there, (numbers[3] % 16 == part ? 0 : magic << 28) | user_and_length);
    store(there + 4, user);
    store(there + 8, 8 * length - 1);
    put_descriptor(descriptor_of(out, 2 * part), owner | 4 * words << 12 | 4 * words, there,
                   descriptor_of(out, 2 * part + 1));
    put_descriptor(descriptor_of(out, 2 * part + 1), owner | (last ? suc_eof : 0) | length << 12 | length,
                   there + 64, last ? 0 : descriptor_of(out, 2 * part + 2));
  }
  compose_exactly(in, parts, length, numbers[3] >> 4);
  set_up_spi(length, true, true);
  store(spi + Slave::offset, Slave::usr_conf.mask | magic << 22);
  store(spi + User::offset, User::usr_mosi.mask | User::usr_conf_nxt.mask);
  store(spi + Cmd::offset, Cmd::update.mask);
  wait(4);
  start(in);
  start(out);
  wait(20);
  store(spi + Cmd::offset, Cmd::usr.mask);
}

void Assembler::read_narrow(const Step& step) {
  using namespace chip::dma;
  const unsigned channel = step.half / 2, bytes = 1 + step.numbers[1] % 2;
  const std::array registers{
      dma + place<IntRaw>(channel),        dma + place<IntSt>(channel),   dma + place<InLink>(channel),
      dma + place<InState>(channel),       dma + place<OutLink>(channel), dma + place<OutState>(channel),
      spi + chip::spi2::DmaIntRaw::offset, spi + chip::spi2::Cmd::offset, sha + chip::sha::Busy::offset};
  constant(t0, registers[step.numbers[0] % registers.size()] + bytes * (step.numbers[2] % (4 / bytes)));
  put(bytes == 1 ? test::assemble::lbu(t1, 0, t0) : test::assemble::lhu(t1, 0, t0));
}

}  // namespace ferry::board::watch::random
