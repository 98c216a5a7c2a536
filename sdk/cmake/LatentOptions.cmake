# SPDX-License-Identifier: Apache-2.0
# Switches of the build and the flags that every target of ours gets (target latent_flags).

option(LATENT_TESTS "Build the tests" ON)
option(LATENT_PRECOMPILE "Precompile the JSON headers (saves about half of the build)" ON)
option(LATENT_WERROR "Treat warnings as errors" OFF)
option(LATENT_SANITIZE "Build with AddressSanitizer and UndefinedBehaviorSanitizer" OFF)
option(LATENT_FUZZ "Build the fuzzers; needs clang" OFF)
set(LATENT_QT AUTO CACHE STRING "Qt 6 for the desktop and the unit tests: AUTO, ON or OFF")
set(LATENT_TORCH AUTO CACHE STRING "LibTorch for sdk/learn: AUTO, ON or OFF")
set(LATENT_PYTHON "" CACHE FILEPATH "Python whose torch package brings LibTorch, when Torch_DIR is not given")
set(LATENT_TEST_PYTHON "" CACHE FILEPATH "Python with numpy, h5py and xarray, for the tests of what notebooks read")

if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
    set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_C_VISIBILITY_PRESET hidden)
set(CMAKE_VISIBILITY_INLINES_HIDDEN ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

# Programs and plugins lie in the build folder as they will lie in the installed prefix.
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)
set(LATENT_PLUGIN_SUBDIR lib/latent/plugins)
set(LATENT_PLUGIN_OUTPUT ${PROJECT_BINARY_DIR}/${LATENT_PLUGIN_SUBDIR})
set(LATENT_BUNDLED_PLUGINS ON)

find_program(LATENT_CCACHE ccache)
if(LATENT_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
    set(CMAKE_C_COMPILER_LAUNCHER ${LATENT_CCACHE})
    # Sloppiness: a precompiled header is otherwise never a hit.
    set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${LATENT_CCACHE})
endif()
find_program(LATENT_MOLD mold)
if(LATENT_MOLD)
    add_link_options(-fuse-ld=mold)
endif()

add_library(latent_flags INTERFACE)
target_compile_options(latent_flags INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion
    # GCC 12 warns of "literal" + std::string itself (its bugs 105651 and 105329)
    $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict -Wno-array-bounds -Wno-stringop-overflow>
    # and, at -O1 of the preset dev, of a std::string compared with a literal
    $<$<BOOL:${LATENT_WERROR}>:-Werror>
    $<$<AND:$<CXX_COMPILER_ID:GNU>,$<BOOL:${LATENT_WERROR}>>:-Wno-stringop-overread>)
if(LATENT_SANITIZE)
    # vptr is off: type information is not shared across plugins that hide their symbols.
    add_compile_options(-fsanitize=address,undefined -fno-sanitize=vptr -fno-omit-frame-pointer -fno-sanitize-recover=undefined)
    add_link_options(-fsanitize=address,undefined)
endif()
if(LATENT_FUZZ)
    if(NOT CMAKE_CXX_COMPILER_ID MATCHES Clang)
        message(FATAL_ERROR "The fuzzers need clang. Use the preset asan, or configure with CC=clang-19 CXX=clang++-19.")
    endif()
    add_compile_options(-fsanitize=fuzzer-no-link) # the code under test reports its coverage to the fuzzer
endif()
