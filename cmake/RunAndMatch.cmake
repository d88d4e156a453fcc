# cmake -DPASS_REGEX=regex [-DELF=file -DPLACE=source:line -DADDR2LINE=program] -P RunAndMatch.cmake
#       -- program argument...
# Runs the program, shows its output, and fails unless the program succeeded and printed a match of PASS_REGEX.
# With PLACE, the address that the output says a fatal error was called from has to be there, in ELF.

set(command "")
set(after_dashes FALSE)
math(EXPR last "${CMAKE_ARGC} - 1")
foreach(index RANGE ${last})
  if(after_dashes)
    list(APPEND command "${CMAKE_ARGV${index}}")
  elseif(CMAKE_ARGV${index} STREQUAL "--")
    set(after_dashes TRUE)
  endif()
endforeach()

execute_process(COMMAND ${command} OUTPUT_VARIABLE output ERROR_VARIABLE output RESULT_VARIABLE result)
message("${output}")
if(NOT result EQUAL 0)
  message(FATAL_ERROR "the program failed: ${result}")
endif()
if(NOT output MATCHES "${PASS_REGEX}")
  message(FATAL_ERROR "the output does not match: ${PASS_REGEX}")
endif()
if(PLACE)
  if(NOT output MATCHES "called from (0x[0-9a-f]+)")
    message(FATAL_ERROR "the output names no place")
  endif()
  execute_process(COMMAND "${ADDR2LINE}" --inlines -e "${ELF}" "${CMAKE_MATCH_1}"
                  OUTPUT_VARIABLE places ERROR_QUIET COMMAND_ERROR_IS_FATAL ANY)
  if(NOT places MATCHES "/${PLACE}[ \n]")
    message(FATAL_ERROR "${CMAKE_MATCH_1} is not at ${PLACE} but at\n${places}")
  endif()
endif()
