// Calls that can be told to be wrong from their arguments alone, where the compiler knows these.
//
// Clang evaluates the condition at every call and refuses those for which it is constant and true. It costs
// nothing, and an argument that is known at run time only is checked there as ever: the operation ends with
// its error.
//
// GCC has nothing of the kind. There the same calls compile, and are errors at run time.
#pragma once

#if defined(__clang__)

/// Behind a function's declaration: a call for which `condition`, of its parameters, is known to be true is
/// an error, with this sentence. The pragmas: it is an extension, which GCC would not understand.
#define FERRY_REFUSES(condition, sentence)                                              \
  _Pragma("clang diagnostic push") _Pragma("clang diagnostic ignored \"-Wgcc-compat\"") \
      __attribute__((diagnose_if((condition), sentence, "error"))) _Pragma("clang diagnostic pop")

#else

#define FERRY_REFUSES(condition, sentence)

#endif
