# The C API as libraries: build/PRESET/lib/libgantry.so and libgantry.a, and what installing them means.
# What is exported comes from one table, src/capi/api.def.

set(GANTRY_SONAME "libgantry.so.${PROJECT_VERSION_MAJOR}" CACHE STRING "SONAME of the shared library; empty for none")
option(GANTRY_COMPAT_LINKS "Install libwasmtime.so and the package files under the name wasmtime as well" ON)

set(GANTRY_COMPAT_ABI 48 CACHE STRING "Interface that wasi_config_preopen_dir has: 48, or 46 for programs made for versions before 48")
set_property(CACHE GANTRY_COMPAT_ABI PROPERTY STRINGS 48 46)

# The groups of functions that conf.h reports (include/wasmtime/conf.h.in).
foreach(feature PROFILING WAT CACHE PARALLEL_COMPILATION WASI WASI_HTTP LOGGING COREDUMP ADDR2LINE DEMANGLE THREADS GC GC_DRC
                GC_NULL ASYNC CRANELIFT WINCH DEBUG_BUILTINS POOLING_ALLOCATOR COMPONENT_MODEL COMPONENT_MODEL_ASYNC)
  set(WASMTIME_FEATURE_${feature} ON)
endforeach()
configure_file(${CMAKE_SOURCE_DIR}/include/wasmtime/conf.h.in ${CMAKE_BINARY_DIR}/include/wasmtime/conf.h)
target_include_directories(gantry_capi PUBLIC ${CMAKE_SOURCE_DIR}/include ${CMAKE_BINARY_DIR}/include)

# The small functions cost what fetching them costs: none of up to 64 bytes shall lie in two cache lines. Precompiled
# headers must be made with the same alignment.
target_compile_options(gantry_capi PRIVATE -falign-functions=64)
gantry_precompile(gantry_capi <fmt/core.h>)

# Files from api.def: the linker's version script, and the same names for objcopy.
set(api_def ${CMAKE_SOURCE_DIR}/src/capi/api.def)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${api_def})
file(STRINGS ${api_def} rows REGEX "^GANTRY_API\\(")
set(script "{\n  global:\n")
set(symbols "")
foreach(row ${rows})
  string(REGEX MATCH "^GANTRY_API\\(([a-z0-9_]+)" _ ${row})
  string(APPEND script "    ${CMAKE_MATCH_1};\n")
  string(APPEND symbols "${CMAKE_MATCH_1}\n")
endforeach()
string(APPEND script "  local: *;\n};\n")
set(version_script ${CMAKE_BINARY_DIR}/gantry.map)
set(symbol_list ${CMAKE_BINARY_DIR}/gantry.symbols)
file(CONFIGURE OUTPUT ${version_script} CONTENT "${script}" @ONLY)
file(CONFIGURE OUTPUT ${symbol_list} CONTENT "${symbols}" @ONLY)

# Consumers inside the tree (tests, examples, benches) link this.
add_library(gantry_shared SHARED $<TARGET_OBJECTS:gantry_capi>)
set_target_properties(gantry_shared PROPERTIES OUTPUT_NAME gantry LINKER_LANGUAGE CXX LINK_DEPENDS "${version_script}")
if(GANTRY_SONAME)
  set_target_properties(gantry_shared PROPERTIES VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR})
endif()
target_include_directories(gantry_shared INTERFACE ${CMAKE_SOURCE_DIR}/include ${CMAKE_BINARY_DIR}/include)
target_link_libraries(gantry_shared PRIVATE gantry_capi)
target_link_options(gantry_shared PRIVATE -Wl,--version-script=${version_script} -Wl,-Bsymbolic -Wl,--gc-sections)
# Programs bring the sanitizers' runtime with them; a library leaves it undefined.
if(NOT GANTRY_SANITIZE)
  target_link_options(gantry_shared PRIVATE -static-libstdc++ -static-libgcc -Wl,--no-undefined)
endif()

# The out-of-line part of wasm.hh. It knows the public headers only.
target_include_directories(gantry_cxx PUBLIC ${CMAKE_SOURCE_DIR}/include ${CMAKE_BINARY_DIR}/include)

# One object with everything in it, the C++ runtime too, of which only the public names can be seen: C and cgo link it with
# `-lgantry -lm` (docs/adr/0013-self-contained-static-library.md).
if(NOT GANTRY_SANITIZE)
  set(static_library ${CMAKE_ARCHIVE_OUTPUT_DIRECTORY}/libgantry.a)
  add_custom_command(
    OUTPUT ${static_library}
    COMMAND ${CMAKE_SOURCE_DIR}/tools/link_static.sh ${static_library} ${symbol_list} ${CMAKE_CXX_COMPILER} ${CMAKE_OBJCOPY} ${CMAKE_AR}
            $<TARGET_FILE:gantry_capi> ${GANTRY_ARCHIVES}
    DEPENDS ${symbol_list} ${CMAKE_SOURCE_DIR}/tools/link_static.sh gantry_shared
    COMMENT "Linking libgantry.a"
    VERBATIM)
  add_custom_target(gantry_static ALL DEPENDS ${static_library})
endif()

# --- installing

# Names of the Debian packages.
set(GANTRY_LIBRARY_PACKAGE libgantry${PROJECT_VERSION_MAJOR})
set(GANTRY_DEV_PACKAGE libgantry-dev)
set(GANTRY_COMMAND_PACKAGE gantry)

include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

install(DIRECTORY ${CMAKE_SOURCE_DIR}/include/ ${CMAKE_BINARY_DIR}/include/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT dev
        FILES_MATCHING PATTERN "*.h" PATTERN "*.hh")
install(TARGETS gantry_shared LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT library NAMELINK_COMPONENT dev)
install(TARGETS gantry_cxx ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT dev)
if(static_library)
  install(FILES ${static_library} DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT dev)
endif()
install(TARGETS gantry RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT command)
install(FILES ${CMAKE_SOURCE_DIR}/docs/reference/gantry.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 COMPONENT command)

foreach(component library dev command)
  string(TOUPPER ${component} upper)
  install(FILES ${CMAKE_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/${GANTRY_${upper}_PACKAGE} RENAME copyright
          COMPONENT ${component})
endforeach()

# Installed files find each other wherever the tree is moved.
file(RELATIVE_PATH GANTRY_PREFIX_FROM_PC /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
set(package_names gantry)
if(GANTRY_COMPAT_LINKS)
  list(APPEND package_names wasmtime)
  install(CODE "file(CREATE_LINK libgantry.so \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_LIBDIR}/libwasmtime.so\" SYMBOLIC)"
          COMPONENT dev)
  if(static_library)
    install(CODE "file(CREATE_LINK libgantry.a \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_LIBDIR}/libwasmtime.a\" SYMBOLIC)"
            COMPONENT dev)
  endif()
endif()
foreach(package ${package_names})
  set(version ${PROJECT_VERSION})
  if(package STREQUAL "wasmtime")
    set(version 48.0.0)  # of the interface; programs ask for it
  endif()
  configure_file(${CMAKE_SOURCE_DIR}/cmake/package.pc.in ${CMAKE_BINARY_DIR}/package/${package}.pc @ONLY)
  configure_package_config_file(${CMAKE_SOURCE_DIR}/cmake/package-config.cmake.in ${CMAKE_BINARY_DIR}/package/${package}-config.cmake
                                INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/${package}
                                PATH_VARS CMAKE_INSTALL_INCLUDEDIR CMAKE_INSTALL_LIBDIR)
  write_basic_package_version_file(${CMAKE_BINARY_DIR}/package/${package}-config-version.cmake VERSION ${version}
                                   COMPATIBILITY SameMajorVersion)
  install(FILES ${CMAKE_BINARY_DIR}/package/${package}.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT dev)
  install(FILES ${CMAKE_BINARY_DIR}/package/${package}-config.cmake ${CMAKE_BINARY_DIR}/package/${package}-config-version.cmake
          DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/${package} COMPONENT dev)
endforeach()
configure_file(${CMAKE_SOURCE_DIR}/cmake/gantry-cxx.pc.in ${CMAKE_BINARY_DIR}/package/gantry-cxx.pc @ONLY)
install(FILES ${CMAKE_BINARY_DIR}/package/gantry-cxx.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT dev)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME gantry)
set(CPACK_PACKAGE_VENDOR "The Gantry developers")
set(CPACK_PACKAGE_CONTACT "The Gantry developers <maintainers@gantry.invalid>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "WebAssembly runtime")
set(CPACK_RESOURCE_FILE_LICENSE ${CMAKE_SOURCE_DIR}/LICENSE)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_LIBRARY_PACKAGE_NAME ${GANTRY_LIBRARY_PACKAGE})
set(CPACK_DEBIAN_LIBRARY_PACKAGE_SECTION libs)
set(CPACK_DEBIAN_DEV_PACKAGE_NAME ${GANTRY_DEV_PACKAGE})
set(CPACK_DEBIAN_DEV_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEV_PACKAGE_DEPENDS "${GANTRY_LIBRARY_PACKAGE} (= ${PROJECT_VERSION})")
set(CPACK_DEBIAN_COMMAND_PACKAGE_NAME ${GANTRY_COMMAND_PACKAGE})
set(CPACK_DEBIAN_COMMAND_PACKAGE_SECTION devel)
set(CPACK_COMPONENTS_ALL library dev command)
include(CPack)
