// A word at the lowest address of the stack. Included by start.S, hence not C++.
#pragma once

// An unlikely value: odd, so no pointer to code or aligned data; no small number; not text.
#define FERRY_STACK_GUARD 0x5AFEC0D5
