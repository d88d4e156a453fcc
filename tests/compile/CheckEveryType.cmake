# cmake -DHEADERS=folder -DTYPES=folder -P CheckEveryType.cmake
# Every class below HEADERS that can be used up has a file in TYPES, named like it, that uses objects of it after
# they were moved away, leaves them behind where that loses something, and uses what they own meanwhile.

cmake_minimum_required(VERSION 3.25)

file(GLOB_RECURSE headers "${HEADERS}/*.hpp")
set(count 0)
set(missing "")
foreach(header IN LISTS headers)
  file(STRINGS "${header}" classes REGEX "^ *class .*FERRY_CONSUMABLE ")
  foreach(class IN LISTS classes)
    string(REGEX REPLACE ".*FERRY_CONSUMABLE ([A-Za-z]+).*" "\\1" class "${class}")
    string(REGEX REPLACE "([a-z])([A-Z])" "\\1_\\2" file "${class}")
    string(TOLOWER "${file}" file)
    math(EXPR count "${count} + 1")
    if(NOT EXISTS "${TYPES}/${file}.cpp")
      list(APPEND missing "${class}")
    endif()
  endforeach()
endforeach()
if(missing OR count EQUAL 0)
  message(FATAL_ERROR "of ${count} classes these have no file in ${TYPES}: ${missing}")
endif()
message("${count} classes")
