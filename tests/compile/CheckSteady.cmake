# cmake -DDATABASE=compile_commands.json -DROOT=folder -P CheckSteady.cmake
# Compiles every source below ROOT that moves something, as DATABASE says, under the condition that makes a
# defect of Clang 19's analysis show always instead of one time in 64 (CheckCompile.cmake has the details).
# A function that fails here and compiles otherwise is to be changed, as by moving a part of it into another
# function.

cmake_minimum_required(VERSION 3.25)
file(READ "${DATABASE}" database)
# One entry at a time: string(JSON) parses all that it is given each time.
string(REGEX MATCHALL "{[^{}]*}" entries "${database}")
set(ENV{MALLOC_PERTURB_} 165)
set(count 0)
set(failed "")
foreach(entry IN LISTS entries)
  string(JSON file GET "${entry}" file)
  string(FIND "${file}" "${ROOT}/" position)
  if(NOT position EQUAL 0 OR NOT file MATCHES "\\.cpp$")
    continue()
  endif()
  file(STRINGS "${file}" moves REGEX "std::move\\(" LIMIT_COUNT 1)
  if(NOT moves)
    continue()
  endif()
  string(JSON directory GET "${entry}" directory)
  string(JSON command GET "${entry}" command)
  separate_arguments(command UNIX_COMMAND "${command}")
  list(FIND command -o output)
  math(EXPR output_file "${output} + 1")
  list(REMOVE_AT command ${output} ${output_file})
  execute_process(COMMAND ${command} -fsyntax-only WORKING_DIRECTORY "${directory}"
                  OUTPUT_VARIABLE text ERROR_VARIABLE text RESULT_VARIABLE result)
  math(EXPR count "${count} + 1")
  if(NOT result EQUAL 0)
    list(APPEND failed "${file}")
    message("${text}")
  endif()
endforeach()
if(failed)
  message(FATAL_ERROR "the analysis is not steady in: ${failed}")
endif()
message("${count} sources")
