# SPDX-License-Identifier: Apache-2.0
# The two shapes that repeat inside this tree: a part of the engine, and a test.

# Most sources include JSON; compiled once it saves more than half of their compile time.
set(latentPrecompiled <nlohmann/json.hpp> <filesystem> <functional> <map> <optional> <string> <vector>)

# latent_precompile(<target> <kind> [more headers…]): shares the precompiled headers of the first target of that kind.
function(latent_precompile target kind)
    if(NOT LATENT_PRECOMPILE)
        return()
    endif()
    get_property(first GLOBAL PROPERTY latent_precompiled_${kind})
    if(first)
        target_precompile_headers(${target} REUSE_FROM ${first})
    else()
        target_precompile_headers(${target} PRIVATE ${latentPrecompiled} ${ARGN})
        set_property(GLOBAL PROPERTY latent_precompiled_${kind} ${target})
    endif()
endfunction()

# latent_add_engine_part(<part> SOURCES a.cpp … DEPENDS latent_files …)
# One static library `latent_<part>` for the folder it is called in; headers are included as <engine/part/x.hpp>.
function(latent_add_engine_part part)
    cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS" ${ARGN})
    add_library(latent_${part} STATIC ${ARG_SOURCES})
    target_include_directories(latent_${part} PUBLIC ${PROJECT_SOURCE_DIR}/host)
    target_link_libraries(latent_${part} PUBLIC latent_sdk ${ARG_DEPENDS} PRIVATE latent_flags)
    target_link_libraries(latent_engine INTERFACE latent_${part})
    latent_precompile(latent_${part} engine)
endfunction()

# latent_add_test(<name> SOURCES a.cpp … LIBS … LABELS fast [TIMEOUT s] [ENVIRONMENT k=v …])
# A Qt Test executable; silently left out where Qt is (the headless preset).
function(latent_add_test name)
    if(NOT TARGET Qt6::Test)
        return()
    endif()
    cmake_parse_arguments(ARG "" "TIMEOUT" "SOURCES;LIBS;LABELS;ENVIRONMENT" ${ARGN})
    add_executable(${name} ${ARG_SOURCES})
    set_target_properties(${name} PROPERTIES AUTOMOC ON RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
    target_compile_definitions(${name} PRIVATE QT_NO_KEYWORDS LATENT_SOURCE_DIR="${PROJECT_SOURCE_DIR}"
        LATENT_BINARY_DIR="${PROJECT_BINARY_DIR}")
    target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/host ${PROJECT_SOURCE_DIR}/tests)
    target_link_libraries(${name} PRIVATE ${ARG_LIBS} Qt6::Core Qt6::Test latent_flags)
    set(kind test)
    if("gui" IN_LIST ARG_LABELS)
        set(kind gui_test) # Qt Test sees more of Qt there, which a shared precompiled header must not mix
    endif()
    latent_precompile(${name} ${kind} <QtTest/QtTest>)
    add_test(NAME ${name} COMMAND ${name})
    if(NOT ARG_LABELS)
        set(ARG_LABELS fast)
    endif()
    if(NOT ARG_TIMEOUT)
        set(ARG_TIMEOUT 120)
    endif()
    set_tests_properties(${name} PROPERTIES LABELS "${ARG_LABELS}" TIMEOUT ${ARG_TIMEOUT})
    if(ARG_ENVIRONMENT)
        set_tests_properties(${name} PROPERTIES ENVIRONMENT "${ARG_ENVIRONMENT}")
    endif()
endfunction()

# latent_add_fuzzer(<name> SOURCES a.cpp … LIBS … [CORPUS folder])
# A libFuzzer program and its test (label fuzz: 10 s, or LATENT_FUZZ_SECONDS, or LATENT_FUZZ_RUNS inputs). Made in the
# preset asan only. A source defines extern "C" int LLVMFuzzerTestOneInput(const uint8_t*, size_t).
function(latent_add_fuzzer name)
    if(NOT LATENT_FUZZ)
        return()
    endif()
    cmake_parse_arguments(ARG "" "CORPUS" "SOURCES;LIBS" ${ARGN})
    add_executable(${name} ${ARG_SOURCES})
    set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/fuzz)
    target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/host)
    target_link_libraries(${name} PRIVATE ${ARG_LIBS} latent_flags)
    target_link_options(${name} PRIVATE -fsanitize=fuzzer)
    set(corpus)
    if(ARG_CORPUS)
        get_filename_component(corpus ${ARG_CORPUS} ABSOLUTE)
    endif()
    add_test(NAME ${name} COMMAND ${PROJECT_SOURCE_DIR}/tests/fuzz/run_fuzzer $<TARGET_FILE:${name}>
        ${PROJECT_BINARY_DIR}/fuzz/${name}_found ${corpus})
    set_tests_properties(${name} PROPERTIES LABELS fuzz TIMEOUT 7200)
endfunction()
