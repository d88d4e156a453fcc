// Typestate: how an object says that it can be used up, so that Clang refuses to use it afterwards.
//
// A buffer that was moved into a running transfer is an ordinary moved-from C++ object: naming it compiles.
// The macros below turn that into an error under Clang's consumed analysis, which follows every local
// variable and parameter through branches and loops. An object is *live* or *spent*; a class says which of
// its functions need which, and what they make of it.
//
// The analysis runs only with -Wconsumed on the command line (a pragma does not start it); Ferry's CMake
// target passes `-Wconsumed -Werror=consumed` on to whoever links it. Other compilers see none of this.
// There, and for what the analysis does not follow (members, elements of arrays, structured bindings,
// references, captures), the objects check themselves: a spent one is empty, and using it ends the program
// (ferry::fatal).
//
// What a program meets of it, beside the mistakes it is there to find:
//  * A function that takes such an object by reference says so, `RxBuffer& rx FERRY_BORROWS`: live before
//    and after the call. Without it the analysis knows nothing of rx in there, nor after the call (its
//    message: 'unknown' state).
//  * A polling loop has its condition at its head, `while (!transfer.is_done())`. An endless one that a
//    `break` leaves, with the wait behind it, is refused although it is correct ("state of variable must
//    match at the entry and exit of loop"): Clang takes what follows the break for a part of the loop.
//  * In a function with more than some fifty expressions of such types, Clang 19 and its relatives may, about
//    one time in 64 compilations, lose track of one std::move and report what is correct: a defect. Compiling
//    again helps; for good, moving a part of the function into another one does.
//    tests/compile/CheckSteady.cmake finds such functions without luck.
//  * Templates that come out of a precompiled header are not looked at in full: what they do wrong shows
//    where they are included. A program's own functions are not concerned.
//
// What the analysis lets pass although it is a local variable or a parameter; no warning and no clang-tidy
// check says anything of it either:
//  * `auto&& transfer = …`, a name for a temporary. Its end is a run-time matter, as a member's: what must
//    not be dropped ends itself at the end of the scope, and recover_into() has its parts. Say `auto`.
//  * A parameter by value that the function drops: for the caller the transfer has been moved away, which is
//    the end of it. Declared `Transfer transfer FERRY_EMPTIES`, it has to be ended in the function, or the
//    function is refused; without that it is a run-time matter, too.
//  * `static auto transfer = …`. It has no end at all, as nothing destroys it: the transfer comes to its own,
//    and its parts are lost. Nobody finds that out; nothing is written to memory that has another use, as
//    the parts are not anybody's.
//
// Rules for a class that uses these macros. What they prevent has its cases in tests/compile.
//  1. Constructors other than moves are FERRY_MADE_LIVE. Move constructors are not: marked so, moving from a
//     spent object would bring it back to life.
//  2. Every by-value and `&&` parameter of such a type is FERRY_TAKES_LIVE, also in moves, and again on a
//     definition outside the class: the last declaration counts.
//  3. A parameter by reference says what comes in and what goes out (FERRY_BORROWS, FERRY_REFILLS), or its
//     state is unknown from there on. For the same reason each class brings its own swap.
//  4. An assignment needs its target spent: what is assigned over would be lost.
//  5. What must not be dropped has a destructor that needs the object spent. This makes a type linear: to
//     leave its scope alive, on any path, is an error.
//  6. Moves are inlined by attribute. They are two or three instructions; optimizing for size, a compiler
//     makes functions of them, and calling those takes more time and more room.
//  7. No copies, no address-of, and no function that returns a view of what is owned: an alias made before
//     the move would outlive it unseen.
#pragma once

#include <memory>
#include <utility>

#if defined(__clang__)

/// A class whose objects are live or spent.
#define FERRY_CONSUMABLE [[clang::consumable(unconsumed)]]

/// On a constructor or function: what it makes is live, or still empty.
#define FERRY_MADE_LIVE [[clang::return_typestate(unconsumed)]]
#define FERRY_MADE_SPENT [[clang::return_typestate(consumed)]]

/// On a member function: may be called on a live object, or only on a spent one.
#define FERRY_NEEDS_LIVE [[clang::callable_when("unconsumed")]]
#define FERRY_NEEDS_SPENT [[clang::callable_when("consumed")]]
/// The same for what is usually moved out of a member, of which the analysis knows nothing: live or unknown.
#define FERRY_NEEDS_UNSPENT [[clang::callable_when("unconsumed", "unknown")]]

/// On a member function: what the object is afterwards. A live one is as good as new, clang-tidy is told.
#define FERRY_BECOMES_LIVE [[clang::set_typestate(unconsumed), clang::reinitializes]]
#define FERRY_BECOMES_SPENT [[clang::set_typestate(consumed)]]

/// Behind a parameter's name: the argument has to be live.
#define FERRY_TAKES_LIVE [[clang::param_typestate(unconsumed)]]
/// Behind a reference parameter's name: live before and after the call.
#define FERRY_BORROWS [[clang::param_typestate(unconsumed)]] [[clang::return_typestate(unconsumed)]]
/// Behind a reference parameter's name: live before the call, spent after it. Behind the name of a parameter
/// by value: live before the call, and the function must not drop it.
#define FERRY_EMPTIES [[clang::param_typestate(unconsumed)]] [[clang::return_typestate(consumed)]]
/// Behind a reference parameter's name: spent before the call, live after it.
#define FERRY_REFILLS [[clang::param_typestate(consumed)]] [[clang::return_typestate(unconsumed)]]

/// On a function that ends the program: two calls of it stay two, each with a line of its own.
#define FERRY_KEPT_APART [[clang::nomerge]]
/// On an inline function with several ways to one thing: what a debugger and DMA watch name is the line that
/// calls it. (Clang forgets that a member is gnu::artificial.) Heeded only where the function says `inline`.
#define FERRY_UNTOLD [[gnu::nodebug]]

#else

#define FERRY_CONSUMABLE
#define FERRY_MADE_LIVE
#define FERRY_MADE_SPENT
#define FERRY_NEEDS_LIVE
#define FERRY_NEEDS_SPENT
#define FERRY_NEEDS_UNSPENT
#define FERRY_BECOMES_LIVE
#define FERRY_BECOMES_SPENT
#define FERRY_TAKES_LIVE
#define FERRY_BORROWS
#define FERRY_EMPTIES
#define FERRY_REFILLS
#define FERRY_KEPT_APART
#define FERRY_UNTOLD [[gnu::artificial]]

#endif

namespace ferry {
namespace detail {

/// Ends the program: a spent object was used, or a live one would have been overwritten. Which one, the
/// address that ferry::fatal prints tells.
[[noreturn]] FERRY_KEPT_APART void used_after_move();
[[noreturn]] FERRY_KEPT_APART void overwritten_while_live();

}  // namespace detail

/// Moves an object out of a place that the compiler does not follow, a member or an element, into a variable
/// that it does:
///
///   auto rx = ferry::take_out(device.rx);
///
/// Taking from an empty place is fatal. To put it back, assign, `device.rx = std::move(rx);`, or use
/// put_back.
template <class Object>
FERRY_MADE_LIVE Object take_out(Object& place FERRY_EMPTIES) {
  return Object{std::move(place)};
}

/// The reverse: moves an object into a place that is empty; one that is not is fatal. An assignment does the
/// same where the place is a member. An element, `buffers[i]`, the analysis takes for a live object, so that
/// assigning to it would be refused.
template <class Object>
void put_back(Object& place, Object object FERRY_TAKES_LIVE) {
  *std::addressof(place) = std::move(object);  // what a pointer leads to is not followed
}

}  // namespace ferry
