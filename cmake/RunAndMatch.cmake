# cmake -DPASS_REGEX=regex -P RunAndMatch.cmake -- program argument...
# Runs the program, shows its output, and fails unless the program succeeded and printed a match of PASS_REGEX.

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
