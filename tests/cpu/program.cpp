#include "tests/cpu/program.hpp"

#include "tests/cpu/encode.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <random>

namespace ferry::cpu_test {

namespace {

using namespace encode;

// Registers with a role of their own. All others belong to the random instructions.
constexpr unsigned stack_pointer = 2;  // the middle of the scratch memory, for sp-relative forms
constexpr unsigned log_pointer = 3, loop_counter = 4;
constexpr unsigned code_base = 8, scratch_base = 9;  // short registers, so that compressed forms can use them
constexpr unsigned trap_length = 23;                 // how far the trap handler moves mepc
constexpr unsigned trap_digest = 24, trap_temporary = 25;
constexpr unsigned rounds_left = 26, log_step = 27;

constexpr std::array<unsigned, 21> free_registers{1,  5,  6,  7,  10, 11, 12, 13, 14, 15, 16,
                                                  17, 18, 19, 20, 21, 22, 28, 29, 30, 31};
constexpr std::array<unsigned, 6> free_short_registers{10, 11, 12, 13, 14, 15};

// The code begins with a jump over the parameters and the trap handler.
constexpr std::uint32_t parameters_offset = 16, trap_handler_offset = 256, blocks_offset = 512;

class Generator {
 public:
  Generator(std::uint64_t seed, std::uint32_t code_bytes, std::uint32_t rounds)
      : random_(seed), code_bytes_(code_bytes) {
    program_.rounds = rounds;
  }

  Program run() {
    program_.scratch.resize(2 * scratch_reach);
    for (auto& byte : program_.scratch) byte = static_cast<std::uint8_t>(random_());
    prologue();
    const std::uint32_t loop = here();
    while (here() < code_bytes_) block();
    epilogue(loop);
    return std::move(program_);
  }

 private:
  // ---- Random choices, the same on every computer

  std::uint32_t below(std::uint32_t limit) { return static_cast<std::uint32_t>(random_() % limit); }
  bool chance(std::uint32_t percent) { return below(100) < percent; }
  unsigned any_free() { return free_registers[below(free_registers.size())]; }
  // Real code works on in a register what it has just computed. So do these: engines have short cuts for
  // that.
  unsigned any_short() {
    if (latest_ >= 10 && latest_ <= 15 && chance(30)) return latest_;
    return free_short_registers[below(free_short_registers.size())];
  }
  unsigned source() {
    if (latest_ != 0 && chance(35)) return latest_;
    if (chance(5)) return 0;
    return chance(3) ? loop_counter : any_free();
  }
  unsigned destination() { return latest_ = chance(4) ? 0 : any_free(); }
  std::int32_t signed_bits(unsigned width) {
    const std::uint32_t value = below(1u << width);
    return static_cast<std::int32_t>(value << (32 - width)) >> (32 - width);
  }
  std::int32_t immediate12() {
    constexpr std::array<std::int32_t, 8> edges{0, 1, -1, 2047, -2048, 31, 255, -256};
    return chance(30) ? edges[below(edges.size())] : signed_bits(12);
  }
  std::uint32_t operand() {
    constexpr std::array<std::uint32_t, 16> edges{
        0,      1,        2,    0xFFFF'FFFF, 0xFFFF'FFFE, 0x8000'0000, 0x7FFF'FFFF, 0x8000'0001,
        0xFFFF, 0x1'0000, 0xFF, 0x80,        0x8000,      0x5555'5555, 0xAAAA'AAAA, 31};
    switch (below(4)) {
      case 0:
        return 1u << below(32);
      case 1:
        return static_cast<std::uint32_t>(random_());
      default:
        return edges[below(edges.size())];
    }
  }

  // ---- Output

  std::uint32_t here() const { return 2 * static_cast<std::uint32_t>(program_.code.size()); }
  void put(Half value) { program_.code.push_back(value); }
  void put(Word value) {
    put(half(value & 0xFFFF));
    put(half(value >> 16));
  }
  void put_at(std::uint32_t offset, Word value) {
    program_.code[offset / 2] = half(value & 0xFFFF);
    program_.code[offset / 2 + 1] = half(value >> 16);
  }
  void put_at(std::uint32_t offset, Half value) { program_.code[offset / 2] = value; }
  std::int32_t distance_from(std::uint32_t offset) const {
    return static_cast<std::int32_t>(here()) - static_cast<std::int32_t>(offset);
  }
  void pad_to(std::uint32_t offset) {
    while (here() < offset) put(Half{0});
  }
  void load_constant(unsigned rd, std::uint32_t value) {
    const std::uint32_t upper = (value + 0x800) >> 12;
    put(lui(rd, upper & 0xF'FFFF));
    put(addi(rd, rd, static_cast<std::int32_t>(value << 20) >> 20));
  }

  // ---- Frame

  void prologue() {
    put(auipc(code_base, 0));
    put(jal(0, static_cast<std::int32_t>(blocks_offset) - 4));
    pad_to(trap_handler_offset);
    // Mixes cause and, for illegal instructions, value into a digest, and goes on behind the instruction.
    put(csr(csrrs, trap_temporary, mcause, 0));
    put(exclusive_or(trap_digest, trap_digest, trap_temporary));
    put(csr(csrrs, trap_temporary, mtval, 0));
    put(add(trap_digest, trap_digest, trap_temporary));
    put(csr(csrrs, trap_temporary, mepc, 0));
    put(add(trap_temporary, trap_temporary, trap_length));
    put(csr(csrrw, 0, mepc, trap_temporary));
    put(addi(trap_temporary, 0, 0));
    put(mret);
    pad_to(blocks_offset);
    const auto parameter = [&](unsigned rd, std::uint32_t index) {
      put(lw(rd, static_cast<std::int32_t>(parameters_offset + 4 * index), code_base));
    };
    parameter(log_pointer, 0);
    parameter(log_step, 1);
    parameter(scratch_base, 2);
    put(addi(stack_pointer, scratch_base, 0));
    put(addi(trap_temporary, code_base, static_cast<std::int32_t>(trap_handler_offset)));
    put(csr(csrrw, 0, mtvec, trap_temporary));
    put(addi(trap_temporary, 0, 0));
    put(addi(trap_digest, 0, 0));
    put(addi(loop_counter, 0, 0));
    put(csr(csrrw, 0, mscratch, 0));
    load_constant(rounds_left, program_.rounds);
    for (const unsigned number : free_registers) load_constant(number, operand());
  }

  void epilogue(std::uint32_t loop) {
    put(addi(rounds_left, rounds_left, -1));
    put(b_type(0, rounds_left, 0, 8));
    put(jal(0, -distance_from(loop)));
    put(lw(5, static_cast<std::int32_t>(parameters_offset + 12), code_base));
    put(jalr(0, 5, 0));
  }

  void block() {
    const std::uint32_t begin = here();
    const std::uint32_t fresh = 2 + below(5);
    for (std::uint32_t count = 0; count < fresh; ++count) load_constant(any_free(), operand());
    const std::uint32_t items = 20 + below(40);
    for (std::uint32_t count = 0; count < items; ++count) item(true);
    program_.blocks.push_back({begin, here()});
    for (unsigned number = 1; number < 32; ++number)
      if (Program::is_logged(number)) put(sw(number, static_cast<std::int32_t>(4 * number), log_pointer));
    put(add(log_pointer, log_pointer, log_step));
  }

  // ---- Instructions

  // Anything. `compound`: also what contains further items.
  void item(bool compound) {
    const std::uint32_t choice = below(100);
    if (choice < 24) return register_register();
    if (choice < 38) return register_immediate();
    if (choice < 62) return compressed();
    if (choice < 74) return memory();
    if (choice < 76) return upper();
    if (choice < 80) return control_register();
    if (choice < 83) return trap();
    if (choice < 84) return put(chance(50) ? Word{0x0FF0'000F} : Word{0x0000'100F});  // fence, fence.i
    if (!compound) return register_immediate();
    if (choice < 92) return branch();
    if (choice < 97) return jump();
    loop();
  }

  void register_register() {
    const unsigned rs1 = source(), rs2 = source(), rd = destination();
    // Operands that are both at an edge would hardly ever meet by themselves.
    if (rs1 != 0 && rs2 != 0 && rs1 != loop_counter && rs2 != loop_counter && chance(15)) {
      const bool overflow = chance(20);  // of the signed division
      load_constant(rs1, overflow ? 0x8000'0000 : operand());
      load_constant(rs2, overflow ? 0xFFFF'FFFF : operand());
    }
    const Word funct3 = below(8);
    const bool alternative = (funct3 == 0 || funct3 == 5) && chance(50);  // sub, sra
    const Word funct7 = chance(50) ? 1 : alternative ? 0x20 : 0;
    put(r_type(0x33, funct3, funct7, rd, rs1, rs2));
  }

  void register_immediate() {
    const unsigned rs1 = source(), rd = destination();
    const Word funct3 = below(8);
    if (funct3 == 1) return put(i_type(0x13, 1, rd, rs1, static_cast<std::int32_t>(below(32))));
    if (funct3 == 5)
      return put(i_type(0x13, 5, rd, rs1, static_cast<std::int32_t>(below(32) | (chance(50) ? 0x400 : 0))));
    put(i_type(0x13, funct3, rd, rs1, immediate12()));
  }

  void upper() {
    const unsigned rd = any_free();
    if (chance(50)) return put(lui(chance(5) ? 0 : rd, below(1 << 20)));
    put(auipc(rd, below(1 << 20)));
    put(sub(rd, rd, code_base));
  }

  // Arithmetic and memory forms of RV32C, hints among them.
  void compressed() {
    const unsigned any = latest_ != 0 && chance(35) ? latest_ : any_free();  // never x0: that means a jump
    const unsigned rs2 = any_short(), rd = latest_ = any_short();
    switch (below(17)) {
      case 0:
        latest_ = chance(5) ? 0 : any;
        return put(ci(0, latest_, signed_bits(6), 1));  // c.addi, c.nop
      case 1:
        return put(ci(2, destination(), signed_bits(6), 1));  // c.li
      case 2: {
        const std::int32_t immediate = signed_bits(6);
        return put(ci(3, destination(), immediate == 0 ? 1 : immediate, 1));  // c.lui
      }
      case 3:
        return put(c_shift_and(0, rd, static_cast<std::int32_t>(below(32))));
      case 4:
        return put(c_shift_and(1, rd, static_cast<std::int32_t>(below(32))));
      case 5:
        return put(c_shift_and(2, rd, signed_bits(6)));
      case 6:
      case 7:
      case 8:
        return put(c_arithmetic(below(4), rd, rs2));
      case 9:
        return put(ci(0, destination(), static_cast<std::int32_t>(below(32)), 2));  // c.slli
      case 10:
        return put(cr(0, destination(), any));  // c.mv
      case 11:
        return put(cr(1, destination(), any));  // c.add
      case 12:
        return put(c_word(2, rd, scratch_base, 4 * below(32)));
      case 13:
        return put(c_word(6, rd, scratch_base, 4 * below(32)));
      case 14:
        latest_ = any;
        return put(c_lwsp(any, 4 * below(64)));
      case 15:
        return put(c_swsp(source(), 4 * below(64)));
      default:
        return stack_arithmetic(rd);
    }
  }

  // c.addi16sp there and back, and an address on the stack in between.
  void stack_arithmetic(unsigned rd) {
    const std::int32_t move = 16 * (1 + static_cast<std::int32_t>(below(31))) * (chance(50) ? 1 : -1);
    put(c_addi16sp(move));
    put(c_addi4spn(rd, 4 * (1 + below(255))));
    put(sub(rd, rd, scratch_base));
    put(c_addi16sp(-move));
  }

  void memory() {
    constexpr std::array<Word, 5> loads{0, 1, 2, 4, 5};
    const bool is_load = chance(60);
    const unsigned value = is_load ? destination() : source();
    const Word funct3 = is_load ? loads[below(loads.size())] : below(3);
    // Half of the accesses are aligned, as in real code.
    const std::int32_t alignment = chance(50) ? ~3 : ~0;
    const std::int32_t offset = immediate12() & alignment;
    const auto access = [&](unsigned base) {
      put(is_load ? i_type(0x03, funct3, value, base, offset) : s_type(0x23, funct3, base, value, offset));
    };
    if (chance(70)) return access(scratch_base);
    // An address that is computed from data.
    const unsigned address = any_free();
    put(andi(address, source(), 0x7FF & alignment));
    put(add(address, address, scratch_base));
    if (is_load || value != address) {
      access(address);
    } else {
      put(s_type(0x23, funct3, address, 0, offset));
    }
    if (!is_load || value != address) put(sub(address, address, scratch_base));
  }

  void control_register() {
    const Word funct3 = std::array<Word, 6>{1, 2, 3, 5, 6, 7}[below(6)];
    put(csr(funct3, destination(), mscratch, funct3 < 4 ? source() : below(32)));
  }

  // ecall, or an encoding that RV32IMC does not define.
  void trap() {
    constexpr std::array<Half, 10> reserved_halves{
        0x0000,  // all zeros
        0x8000,  // reserved in quadrant 0
        0x2000,  // c.fld
        0x6101,  // c.addi16sp 0
        0x6281,  // c.lui x5, 0
        0x4002,  // c.lwsp x0
        0x9C01,  // c.subw
        0x1282,  // c.slli, c.srli and c.srai with a sixth shift bit
        0x9105, 0x9505,
    };
    const std::uint32_t kind = below(4);
    put(addi(trap_length, 0, kind == 1 ? 2 : 4));
    switch (kind) {
      case 0:
        return put(ecall);
      case 1:
        return put(reserved_halves[below(reserved_halves.size())]);
      case 2: {  // funct7 of register-register instructions
        const Word funct7 = 2 + below(0x1E);
        return put(r_type(0x33, below(8), funct7, any_free(), any_free(), any_free()));
      }
      default: {  // funct3 of loads, stores, branches
        constexpr std::array<std::array<Word, 2>, 5> undefined{
            {{0x03, 3}, {0x03, 7}, {0x23, 4}, {0x63, 2}, {0x63, 3}}};
        const auto& [opcode, funct3] = undefined[below(undefined.size())];
        return put(i_type(opcode, funct3, any_free(), any_free(), immediate12()));
      }
    }
  }

  void some_items(std::uint32_t most) {
    const std::uint32_t count = below(most + 1);
    for (std::uint32_t number = 0; number < count; ++number) item(false);
  }

  // A branch over some items.
  void branch() {
    const std::uint32_t place = here();
    if (chance(40)) {
      const unsigned rs1 = any_short();
      const Word funct3 = 6 + below(2);
      put(Half{0});
      some_items(4);
      return put_at(place, c_branch(funct3, rs1, distance_from(place)));
    }
    const Word funct3 = std::array<Word, 6>{0, 1, 4, 5, 6, 7}[below(6)];
    const unsigned rs1 = source(), rs2 = chance(10) ? rs1 : source();
    put(Word{0});
    some_items(6);
    put_at(place, b_type(funct3, rs1, rs2, distance_from(place)));
  }

  void jump() {
    switch (below(4)) {
      case 0: {
        const std::uint32_t place = here();
        const unsigned rd = destination();
        put(Word{0});
        some_items(5);
        put_at(place, jal(rd, distance_from(place)));
        return make_relative(rd);
      }
      case 1: {
        const std::uint32_t place = here();
        const bool links = chance(50);
        put(Half{0});
        some_items(5);
        put_at(place, c_jump(links ? 1 : 5, distance_from(place)));
        return make_relative(links ? 1 : 0);
      }
      case 2:
        return jump_through_register();
      default:
        return compressed_jump_through_register();
    }
  }

  // The target's lowest bit is often set: it does not count.
  void jump_through_register() {
    const unsigned target = any_free(), rd = destination();
    const std::uint32_t place = here();
    put(auipc(target, 0));
    put(Word{0});
    put(Word{0});
    some_items(5);
    // The way there is split between an addition and the jump's own offset.
    const std::int32_t way = distance_from(place) + (chance(30) ? 1 : 0);
    const std::int32_t added = std::clamp(way - immediate12(), -2048, 2047);
    put_at(place + 4, addi(target, target, added));
    put_at(place + 8, jalr(rd, target, way - added));
    if (rd != target) make_relative(target);
    make_relative(rd);
  }

  void compressed_jump_through_register() {
    const unsigned target = any_free();
    const bool links = chance(50);
    const std::uint32_t place = here();
    put(auipc(target, 0));
    put(Word{0});
    put(cr(links ? 1 : 0, target, 0));
    some_items(5);
    put_at(place + 4, addi(target, target, distance_from(place)));
    if (!links || target != 1) make_relative(target);
    make_relative(links ? 1 : 0);
  }

  void make_relative(unsigned rd) {
    if (rd != 0) put(sub(rd, rd, code_base));
  }

  void loop() {
    put(addi(loop_counter, 0, 1 + static_cast<std::int32_t>(below(6))));
    const std::uint32_t start = here();
    const std::uint32_t count = 1 + below(8);
    for (std::uint32_t number = 0; number < count; ++number) item(false);
    put(addi(loop_counter, loop_counter, -1));
    put(bne(loop_counter, 0, -distance_from(start)));
  }

  std::mt19937_64 random_;
  std::uint32_t code_bytes_;
  unsigned latest_ = 0;  // destination of the latest instruction
  Program program_;
};

}  // namespace

bool Program::is_logged(unsigned number) {
  switch (number) {
    case 0:
    case stack_pointer:
    case log_pointer:
    case code_base:
    case scratch_base:
    case log_step:
      return false;
    default:
      return number < 32;
  }
}

void Program::set_parameters(const Parameters& parameters) {
  std::uint32_t offset = parameters_offset;
  for (const std::uint32_t value :
       {parameters.log, parameters.log_step, parameters.scratch, parameters.end}) {
    code[offset / 2] = half(value & 0xFFFF);
    code[offset / 2 + 1] = half(value >> 16);
    offset += 4;
  }
}

Program generate(std::uint64_t seed, std::uint32_t code_bytes, std::uint32_t rounds) {
  return Generator(seed, code_bytes, rounds).run();
}

}  // namespace ferry::cpu_test
