// watch: tx-write
// watch: tx-write
// watch: tx-write
// watch: tx-write
// says: in display::Panel<F>::draw, library_inlined.cpp:
// says: in core::ptr::write_bytes, mod.rs:700 (
// The language's own library is not where a bug is: what is inlined of it is told as the line that calls it,
// and two calls of one of its functions are two bugs. Here it is Rust's, by the paths and the names that its
// compilers give.
#include "rig.hpp"

namespace {

alignas(4) std::array<std::byte, 400> picture;
rig::Descriptor list;

}  // namespace

// Compilers of Rust name its library's files so.
#line 600 "/rustc/59807616e1fa2540724bfbac14d7976d7e4a3860/library/core/src/ptr/mod.rs"
[[gnu::always_inline]] inline void write_volatile(std::byte* byte, std::byte value) {
  *static_cast<volatile std::byte*>(byte) = value;
}
void write_bytes(std::byte* first) asm(
    "_ZN4core3ptr11write_bytes17h0123456789abcdefE.llvm.2171100497948193521");
[[gnu::noinline]] void write_bytes(std::byte* first) {
#line 700 "/rustc/59807616e1fa2540724bfbac14d7976d7e4a3860/library/core/src/ptr/mod.rs"
  *static_cast<volatile std::byte*>(first) = std::byte{2};
}
#line 31 "library_inlined.cpp"
void draw() asm("_ZN7display14Panel$LT$F$GT$4draw17h0123456789abcdefE.llvm.18007034512403837563");
[[gnu::noinline]] void draw() {
  write_volatile(&picture[7], std::byte{2});   // access here in display::Panel<F>::draw
  write_volatile(&picture[11], std::byte{2});  // access here in display::Panel<F>::draw
  write_bytes(&picture[1]);                    // access here in display::Panel<F>::draw
  write_bytes(&picture[2]);                    // access here in display::Panel<F>::draw
  asm volatile("" ::: "memory");
}

int main() {
  rig::connect_spi();
  rig::prepare_spi(picture.size(), true, false);
  list = rig::sending(picture.data(), picture.size());
  rig::start_out(0, list);  // transfer here in main
  rig::wait_for_fifo(0);
  rig::start_spi();
  if (rig::mended) rig::wait_for_spi();
  draw();
  rig::wait_for_spi();
  return 0;
}
