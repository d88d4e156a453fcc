// The last step of a program. Not for programs: they call ferry::exit.
#pragma once

namespace ferry::detail {

// Tells a debugger, if there is one, and sleeps for ever. Uses no stack after the debugger has been told.
[[noreturn]] void report_exit(int code);

// Whether something was written below the stack.
bool stack_has_overflowed();

}  // namespace ferry::detail
