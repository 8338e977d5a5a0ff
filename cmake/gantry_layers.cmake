# One static library per line of layers.txt, linked to exactly the folders that the line names.
# A folder's library holds its *.cc files; *_test.cc go to the unit tests. A folder without sources is an interface library.
find_package(Threads REQUIRED)

add_library(gantry_flags INTERFACE)
target_include_directories(gantry_flags INTERFACE ${CMAKE_SOURCE_DIR}/src)
target_compile_options(gantry_flags INTERFACE -Wall -Wextra -Wno-missing-field-initializers -fno-omit-frame-pointer)
target_compile_definitions(gantry_flags INTERFACE GANTRY_VERSION="${PROJECT_VERSION}")
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 warns falsely where a std::string of a long literal is moved.
  target_compile_options(gantry_flags INTERFACE -Wno-array-bounds -Wno-stringop-overread)
endif()
if(GANTRY_WARNINGS_AS_ERRORS)
  target_compile_options(gantry_flags INTERFACE -Werror)
endif()
if(GANTRY_SANITIZE)
  target_compile_options(gantry_flags INTERFACE -fsanitize=${GANTRY_SANITIZE} -fno-sanitize-recover=all)
  target_link_options(gantry_flags INTERFACE -fsanitize=${GANTRY_SANITIZE})
  if(GANTRY_SANITIZE MATCHES undefined AND CMAKE_CXX_COMPILER_ID MATCHES Clang)
    # It reads a type's mark before each function that is called by its address, which code made at run time does not have.
    target_compile_options(gantry_flags INTERFACE -fno-sanitize=function)
  endif()
endif()
if(GANTRY_BUILD_FUZZERS)
  target_compile_options(gantry_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()

# The interpreter's handlers are too small to pay for a frame pointer each; nothing is unwound through them.
set(dispatch_options -fomit-frame-pointer)
if(GANTRY_SANITIZE MATCHES address)
  # AddressSanitizer's dynamic stack frames cannot be had in functions of the preserve_none convention.
  list(APPEND dispatch_options -mllvm -asan-stack-dynamic-alloca=0)
endif()
foreach(file dispatch pairs_i32 pairs_i64 pairs_memory pairs_control)
  set_source_files_properties(${CMAKE_SOURCE_DIR}/src/runtime/interp/${file}.cc PROPERTIES
                              COMPILE_OPTIONS "${dispatch_options}" SKIP_PRECOMPILE_HEADERS ON)
endforeach()

# Reading the standard library's headers would be half of a build. Sources still include what they use: a build with
# GANTRY_PRECOMPILE_HEADERS=OFF proves it.
set(precompiled_headers <algorithm> <array> <atomic> <cstdint> <cstring> <expected> <functional> <map> <memory> <mutex> <optional>
                        <span> <string> <string_view> <thread> <unordered_map> <vector>)
function(gantry_precompile target)
  if(NOT GANTRY_PRECOMPILE_HEADERS)
    return()
  endif()
  if(ARGC GREATER 1)
    target_precompile_headers(${target} PRIVATE ${precompiled_headers} ${ARGN})
  elseif(TARGET gantry_base AND NOT target STREQUAL "gantry_base")
    target_precompile_headers(${target} REUSE_FROM gantry_base)
  else()
    target_precompile_headers(${target} PRIVATE ${precompiled_headers} <fmt/core.h>)
  endif()
endfunction()

# Programs that only tests run: built by the target `tests`, not by default.
add_custom_target(tests)
function(gantry_test_program target)
  set_target_properties(${target} PROPERTIES EXCLUDE_FROM_ALL ON)
  add_dependencies(tests ${target})
endfunction()

function(gantry_target_of folder out)
  string(REPLACE "/" "_" name ${folder})
  set(${out} gantry_${name} PARENT_SCOPE)
endfunction()

# No folder uses C++ exceptions or RTTI (docs/dependencies.md).
function(gantry_language_flags target scope)
  target_compile_options(${target} ${scope} $<$<COMPILE_LANGUAGE:CXX>:-fno-exceptions> $<$<COMPILE_LANGUAGE:CXX>:-fno-rtti>)
endfunction()

macro(gantry_add_layers file)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
  file(STRINGS ${file} lines REGEX "^[a-z]")
  set(GANTRY_TEST_SOURCES "")
  foreach(line ${lines})
    string(REGEX MATCH "^([^:]+):(.*)$" _ "${line}")
    set(folder ${CMAKE_MATCH_1})
    separate_arguments(deps UNIX_COMMAND "${CMAKE_MATCH_2}")
    gantry_target_of(${folder} target)
    file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/${folder}/*.cc)
    set(tests ${sources})
    list(FILTER sources EXCLUDE REGEX "(_test|/main)\\.cc$")
    list(FILTER tests INCLUDE REGEX "_test\\.cc$")
    list(APPEND GANTRY_TEST_SOURCES ${tests})
    if(sources)
      add_library(${target} STATIC ${sources})
      list(APPEND GANTRY_ARCHIVES $<TARGET_FILE:${target}>)
      set(scope PUBLIC)
      gantry_language_flags(${target} PRIVATE)
      gantry_apply_profile(${target} ${folder} "${sources}")
      if(NOT folder MATCHES "^(cxx|capi)$")  # capi: cmake/gantry_capi.cmake
        gantry_precompile(${target})
      endif()
    else()
      add_library(${target} INTERFACE)
      set(scope INTERFACE)
    endif()
    target_link_libraries(${target} ${scope} gantry_flags)
    foreach(dep ${deps})
      gantry_target_of(${dep} dep_target)
      target_link_libraries(${target} ${scope} ${dep_target})
    endforeach()
    if(folder STREQUAL "base")
      target_link_libraries(${target} ${scope} Threads::Threads)
    endif()
  endforeach()
endmacro()

# Tables of pointers make 22,000 relocations: 24 bytes each that every process reads when it starts, or 2 bits each. The C library
# that is linked must know the packed form, so a program tries it.
function(gantry_check_packed_relocations)
  include(CheckCXXSourceRuns)
  set(CMAKE_REQUIRED_LINK_OPTIONS -static-pie LINKER:-z,pack-relative-relocs)
  check_cxx_source_runs("
    int target;
    int *const volatile table[] = {&target, &target};
    int main() { return table[0] != &target || table[1] != &target; }" GANTRY_HAS_PACKED_RELOCATIONS)
endfunction()

function(gantry_add_command)
  if(EXISTS ${CMAKE_SOURCE_DIR}/src/cli/main.cc)
    add_executable(gantry ${CMAKE_SOURCE_DIR}/src/cli/main.cc)
    gantry_language_flags(gantry PRIVATE)
    target_link_libraries(gantry PRIVATE gantry_cli)
    # Without the dynamic loader a process starts 0.2 ms sooner (docs/adr/0008-own-argument-parser.md). Sanitizers need it.
    if(GANTRY_SANITIZE)
      target_link_options(gantry PRIVATE -static-libstdc++ -static-libgcc)
    else()
      target_link_options(gantry PRIVATE -static-pie LINKER:--gc-sections)
      gantry_check_packed_relocations()
      if(GANTRY_HAS_PACKED_RELOCATIONS)
        target_link_options(gantry PRIVATE LINKER:-z,pack-relative-relocs)
      endif()
    endif()
  endif()
endfunction()

# All unit tests in one binary: one link instead of a hundred, and one place that counts them.
function(gantry_add_unit_tests)
  find_package(GTest REQUIRED)
  if(GANTRY_TEST_SOURCES)
    add_executable(gantry_unit_tests ${GANTRY_TEST_SOURCES})
    gantry_test_program(gantry_unit_tests)
    gantry_language_flags(gantry_unit_tests PRIVATE)
    # Their own speed does not matter, and optimizing them would take a quarter of the build.
    target_compile_options(gantry_unit_tests PRIVATE $<$<CONFIG:Release>:-O0>)
    gantry_precompile(gantry_unit_tests <gtest/gtest.h>)
    target_compile_definitions(gantry_unit_tests PRIVATE GANTRY_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
    get_property(layers DIRECTORY ${CMAKE_SOURCE_DIR} PROPERTY BUILDSYSTEM_TARGETS)
    list(FILTER layers INCLUDE REGEX "^gantry_(base|platform|wasm|link|abi|runtime|compiler|engine|wasi|wast|cli)")
    target_link_libraries(gantry_unit_tests PRIVATE ${layers} GTest::gtest GTest::gtest_main)
    add_test(NAME unit COMMAND gantry_unit_tests)
  endif()
endfunction()
