// The last step of a program. Not for programs: they call ferry::exit.
#pragma once

namespace ferry::detail {

// Tells a debugger, if there is one, and sleeps for ever. Uses no stack after the debugger has been told.
[[noreturn]] void report_exit(int code);

// ferry::fatal for checks that users' code calls without seeing it: `return_address` is that of the check, so
// what is printed is the user's place. The check is a function of its own (not inlined), called by code that
// is. `subject` stands in front of the message.
[[noreturn]] void fatal_at(const char* message, const void* return_address, const char* subject = "");

// Whether something was written below the stack.
bool stack_has_overflowed();

}  // namespace ferry::detail
