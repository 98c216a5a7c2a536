# SPDX-License-Identifier: Apache-2.0
# The two shapes that repeat inside this tree: a part of the engine, and a test.

# latent_add_engine_part(<part> SOURCES a.cpp … DEPENDS latent_files …)
# One static library `latent_<part>` for the folder it is called in; headers are included as <engine/part/x.hpp>.
function(latent_add_engine_part part)
    cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS" ${ARGN})
    add_library(latent_${part} STATIC ${ARG_SOURCES})
    target_include_directories(latent_${part} PUBLIC ${PROJECT_SOURCE_DIR}/host)
    target_link_libraries(latent_${part} PUBLIC latent_sdk ${ARG_DEPENDS} PRIVATE latent_flags)
    target_link_libraries(latent_engine INTERFACE latent_${part})
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
