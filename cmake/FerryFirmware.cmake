# Firmware images and their tests on the board.

set(FERRY_PROGRAM "" CACHE FILEPATH "The `ferry` program that runs firmware tests (from a host build)")

if(FERRY_FIRMWARE AND NOT FERRY_PROGRAM)
  message(STATUS "FERRY_PROGRAM is empty: firmware is built, tests on the board are not registered")
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
  target_link_options(${name} PRIVATE "-Wl,-Map=$<TARGET_FILE:${name}>.map")
endfunction()

# ferry_add_firmware_test(NAME SOURCES file... [ARGS option...] [PASS_REGEX regex [PLACE source:line]]
#                         [EXIT_CODE code])
# Builds NAME.elf and registers a CTest that runs it on the board. It passes when the firmware exits with EXIT_CODE
# (0 unless given) and, if PASS_REGEX is given, the output matches it as well; with PLACE, a fatal error has to come
# from that line. Other ways to end well, such as a
# length of time, are options for `ferry run` in ARGS.
function(ferry_add_firmware_test name)
  cmake_parse_arguments(PARSE_ARGV 1 test "" "PASS_REGEX;PLACE;EXIT_CODE" "SOURCES;ARGS")
  if(test_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "ferry_add_firmware_test(${name} ...) does not know: ${test_UNPARSED_ARGUMENTS}.")
  endif()
  ferry_add_firmware(${name} SOURCES ${test_SOURCES})
  if(NOT FERRY_PROGRAM)
    return()
  endif()
  set(command "${FERRY_PROGRAM}" run --quiet --timeout 60s ${test_ARGS} "$<TARGET_FILE:${name}>")
  if(DEFINED test_EXIT_CODE)
    list(APPEND command --expect-exit "${test_EXIT_CODE}")
  endif()
  if(DEFINED test_PASS_REGEX)
    # CTest's own PASS_REGULAR_EXPRESSION would replace the check of the exit code, not add to it.
    list(PREPEND command "${CMAKE_COMMAND}" "-DPASS_REGEX=${test_PASS_REGEX}" "-DPLACE=${test_PLACE}"
         "-DELF=$<TARGET_FILE:${name}>" -DADDR2LINE=llvm-addr2line-19
         -P "${CMAKE_CURRENT_FUNCTION_LIST_DIR}/RunAndMatch.cmake" --)
  endif()
  add_test(NAME firmware.${name} COMMAND ${command})
  set_tests_properties(firmware.${name} PROPERTIES TIMEOUT 300 SKIP_RETURN_CODE 77 LABELS firmware)
endfunction()
