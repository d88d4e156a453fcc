# Firmware images and their tests on the board.

set(FERRY_PROGRAM "" CACHE FILEPATH "The `ferry` program that runs firmware tests (from a host build)")

if(FERRY_FIRMWARE AND NOT FERRY_PROGRAM)
  message(STATUS "FERRY_PROGRAM is empty: firmware is built, tests on the board are not registered")
endif()

# What every program includes, parsed once and not once a program.
if(FERRY_FIRMWARE)
  file(CONFIGURE OUTPUT firmware_headers.cpp CONTENT "")
  add_library(ferry_firmware_headers OBJECT "${CMAKE_CURRENT_BINARY_DIR}/firmware_headers.cpp")
  target_link_libraries(ferry_firmware_headers PRIVATE ferry_hal ferry_warnings)
  target_precompile_headers(ferry_firmware_headers PRIVATE "${PROJECT_SOURCE_DIR}/hal/include/ferry/ferry.hpp")
endif()

# ferry_add_firmware(NAME SOURCES file...)
# Builds NAME.elf in the current binary directory, for the chip and start code that ferry::hal brings along.
function(ferry_add_firmware name)
  cmake_parse_arguments(PARSE_ARGV 1 firmware "" "" "SOURCES")
  if(NOT firmware_SOURCES OR firmware_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "ferry_add_firmware(${name} SOURCES file...) is the form of this call.")
  endif()
  add_executable(${name} ${firmware_SOURCES})
  set_target_properties(${name} PROPERTIES SUFFIX .elf)
  target_link_libraries(${name} PRIVATE ferry_hal ferry_warnings)
  target_precompile_headers(${name} REUSE_FROM ferry_firmware_headers)
  target_link_options(${name} PRIVATE "-Wl,-Map=$<TARGET_FILE:${name}>.map")
endfunction()

# ferry_add_firmware_test(NAME SOURCES file... [PREFIX prefix] [ARGS option...]
#                         [PASS_REGEX regex [PLACE source:line]] [EXIT_CODE code])
# Builds NAME.elf and registers the CTest PREFIX.NAME (firmware.NAME unless given), which runs it on the board. It passes when the firmware exits with EXIT_CODE
# (0 unless given) and, if PASS_REGEX is given, the output matches it as well; with PLACE, a fatal error has to come
# from that line. Other ways to end well, such as a
# length of time, are options for `ferry run` in ARGS. DMA watch may not find anything, unless ARGS say --watch=off.
function(ferry_add_firmware_test name)
  cmake_parse_arguments(PARSE_ARGV 1 test "" "PREFIX;PASS_REGEX;PLACE;EXIT_CODE" "SOURCES;ARGS")
  if(test_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "ferry_add_firmware_test(${name} ...) does not know: ${test_UNPARSED_ARGUMENTS}.")
  endif()
  ferry_add_firmware(${name} SOURCES ${test_SOURCES})
  if(NOT FERRY_PROGRAM)
    return()
  endif()
  set(command "${FERRY_PROGRAM}" run --quiet --watch=stop --timeout 60s ${test_ARGS} "$<TARGET_FILE:${name}>")
  if(DEFINED test_EXIT_CODE)
    list(APPEND command --expect-exit "${test_EXIT_CODE}")
  endif()
  if(DEFINED test_PASS_REGEX)
    # CTest's own PASS_REGULAR_EXPRESSION would replace the check of the exit code, not add to it.
    list(PREPEND command "${CMAKE_COMMAND}" "-DPASS_REGEX=${test_PASS_REGEX}" "-DPLACE=${test_PLACE}"
         "-DELF=$<TARGET_FILE:${name}>" -DADDR2LINE=llvm-addr2line-19
         -P "${CMAKE_CURRENT_FUNCTION_LIST_DIR}/RunAndMatch.cmake" --)
  endif()
  if(NOT test_PREFIX)
    set(test_PREFIX firmware)
  endif()
  add_test(NAME ${test_PREFIX}.${name} COMMAND ${command})
  set_tests_properties(${test_PREFIX}.${name} PROPERTIES TIMEOUT 300 SKIP_RETURN_CODE 77 LABELS ${test_PREFIX})
endfunction()

# ferry_add_firmware_tests(PREFIX source... [ONCE])
# One firmware and one test for each source file, and a second test, without ONCE, that skipping idle loops makes no
# difference. Its first lines may say how to run it:
#   // run: OPTION...          more options for `ferry run`; {here} is this folder, {build} that of the images
#   // expect-exit: CODE       the exit code that means success, if it is not 0
#   // expect-text: REGEX      what the output has to match (CMake's regular expressions); several such lines are
#                              found one behind the other
#   // unwatched: REASON       it breaks a rule of DMA watch on purpose
# With expect-text, a line that ends in `// fatal here` is where the fatal error has to say that it came from. Only
# Clang is held to that: GCC makes one of several calls that end the program, and keeps the line of any of them.
function(ferry_add_firmware_tests prefix)
  cmake_parse_arguments(PARSE_ARGV 1 tests "ONCE" "" "")
  foreach(source IN LISTS tests_UNPARSED_ARGUMENTS)
    # The lines are read when CMake runs, so a change of the file has to make it run.
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${source}")
    get_filename_component(name "${source}" NAME_WE)
    set(arguments "")
    set(options "")
    set(texts "")
    file(STRINGS "${source}" directives REGEX "^// (run|expect-exit|expect-text|unwatched): ")
    foreach(directive IN LISTS directives)
      string(REGEX MATCH "^// ([a-z-]+): (.*)$" unused "${directive}")
      if(CMAKE_MATCH_1 STREQUAL "run")
        separate_arguments(more UNIX_COMMAND "${CMAKE_MATCH_2}")
        string(REPLACE "{here}" "${CMAKE_CURRENT_SOURCE_DIR}" more "${more}")
        string(REPLACE "{build}" "${CMAKE_CURRENT_BINARY_DIR}" more "${more}")
        list(APPEND options ${more})
      elseif(CMAKE_MATCH_1 STREQUAL "expect-exit")
        list(APPEND options --expect-exit "${CMAKE_MATCH_2}")
      elseif(CMAKE_MATCH_1 STREQUAL "unwatched")
        list(APPEND options --watch=off)
      else()
        list(APPEND texts "${CMAKE_MATCH_2}")
      endif()
    endforeach()
    if(texts)
      list(JOIN texts ".*" pattern)
      list(APPEND arguments PASS_REGEX "${pattern}")
    endif()
    file(READ "${source}" text)
    string(FIND "${text}" "// fatal here\n" position)
    if(NOT position EQUAL -1 AND CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
      string(SUBSTRING "${text}" 0 ${position} text)
      string(REGEX REPLACE "[^\n]" "" lines "${text}")
      string(LENGTH "${lines}" line)
      math(EXPR line "${line} + 1")
      list(APPEND arguments PLACE "${name}.cpp:${line}")
    endif()
    ferry_add_firmware_test(${name} SOURCES "${source}" PREFIX ${prefix} ARGS ${options} ${arguments})
    if(FERRY_PROGRAM AND NOT tests_ONCE AND CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
      add_test(NAME skipping.${name}
        COMMAND "${PROJECT_SOURCE_DIR}/tests/firmware/same_without_skipping.sh" "${FERRY_PROGRAM}" --for 100ms
                ${options} "$<TARGET_FILE:${name}>")
      set_tests_properties(skipping.${name} PROPERTIES TIMEOUT 300 LABELS ${prefix})
    endif()
  endforeach()
endfunction()
