# A profile of what compiles modules, by which clang lays out that part of release builds (docs/adr/0015-compiler-profile.md).
# tools/profile.py renews it; functions that have changed since are compiled as if there were none.
option(GANTRY_COLLECT_PROFILE "Count how often each branch of the compiler and the validator is taken" OFF)
set(gantry_profile ${CMAKE_SOURCE_DIR}/cmake/compiler.profdata)

# `sources`: the target's.
function(gantry_apply_profile target folder sources)
  if(NOT folder MATCHES "^(compiler/.*|wasm|wasm/valid|wasm/binary)$")
    return()
  endif()
  if(GANTRY_COLLECT_PROFILE)
    target_compile_options(${target} PRIVATE -fprofile-instr-generate)
    target_link_options(${target} PUBLIC -fprofile-instr-generate)
  elseif(CMAKE_CXX_COMPILER_ID STREQUAL "Clang" AND CMAKE_CXX_COMPILER_VERSION VERSION_GREATER_EQUAL 19 AND CMAKE_BUILD_TYPE STREQUAL "Release")
    target_compile_options(${target} PRIVATE -fprofile-instr-use=${gantry_profile} -Wno-profile-instr-unprofiled
                                             -Wno-profile-instr-out-of-date)
    set_source_files_properties(${sources} PROPERTIES OBJECT_DEPENDS ${gantry_profile})
  endif()
endfunction()
