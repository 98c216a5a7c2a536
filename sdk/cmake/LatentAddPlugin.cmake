# SPDX-License-Identifier: Apache-2.0
# latent_add_plugin(<id> MANIFEST plugin.json SOURCES a.cpp … [LIBS …] [DESTINATION dir])
#
# Makes the module <id>.so with hidden symbols, puts its manifest beside it as <id>.json, and tells the code its own
# name and version (read from the manifest, so that they are written once).
function(latent_add_plugin id)
    cmake_parse_arguments(ARG "" "MANIFEST;DESTINATION" "SOURCES;LIBS" ${ARGN})
    if(NOT ARG_MANIFEST)
        message(FATAL_ERROR "latent_add_plugin(${id}): MANIFEST is missing.")
    endif()
    get_filename_component(manifest ${ARG_MANIFEST} ABSOLUTE)
    file(READ ${manifest} text)
    string(JSON manifestId GET "${text}" id)
    string(JSON manifestVersion GET "${text}" version)
    if(NOT manifestId STREQUAL id)
        message(FATAL_ERROR "latent_add_plugin(${id}): the manifest ${manifest} says its id is '${manifestId}'.")
    endif()
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${manifest})

    add_library(${id} MODULE ${ARG_SOURCES})
    set(output ${CMAKE_CURRENT_BINARY_DIR})
    if(LATENT_PLUGIN_OUTPUT)
        set(output ${LATENT_PLUGIN_OUTPUT})
    endif()
    set_target_properties(${id} PROPERTIES PREFIX "" OUTPUT_NAME ${id} LIBRARY_OUTPUT_DIRECTORY ${output}
        CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
    target_compile_features(${id} PRIVATE cxx_std_20)
    target_compile_definitions(${id} PRIVATE LATENT_PLUGIN_ID="${id}" LATENT_PLUGIN_VERSION="${manifestVersion}")
    target_link_libraries(${id} PRIVATE Latent::sdk ${ARG_LIBS})
    configure_file(${manifest} ${output}/${id}.json COPYONLY)

    if(NOT ARG_DESTINATION)
        set(ARG_DESTINATION lib/latent/plugins)
    endif()
    install(TARGETS ${id} LIBRARY DESTINATION ${ARG_DESTINATION} COMPONENT plugins)
    install(FILES ${manifest} DESTINATION ${ARG_DESTINATION} RENAME ${id}.json COMPONENT plugins)
endfunction()
