// Two ways to end a program: on purpose, and because it cannot go on.
#pragma once

namespace ferry {

/// Exit codes that Ferry itself uses; a program's own are what main returns.
inline constexpr int exit_code_trap = 70;   // the CPU raised an exception; the trap handler has printed it
inline constexpr int exit_code_fatal = 71;  // ferry::fatal: a rule of this library was broken

/// Ends the program with `code`; what main returns comes here too. Waits a bounded time until UART0 has sent
/// what was printed (11 ms if its FIFO is full), then reports the code to a debugger by RISC-V semihosting
/// (SYS_EXIT_EXTENDED). Where no debugger listens, the CPU sleeps with interrupts off until the next reset.
/// May be called from a handler.
[[noreturn]] void exit(int code);

/// Prints "fatal: `message`" and the place it was called from on one line, then exits with exit_code_fatal.
/// For broken preconditions: an error that a program can handle is a value, not this. Runs no destructors.
///
/// The place is an address inside the calling instruction, for `llvm-addr2line --inlines`. When the library
/// finds an object misused, it is where the program uses it, or the library's function that the program
/// called.
[[noreturn]] void fatal(const char* message);

}  // namespace ferry
