# SPDX-License-Identifier: Apache-2.0
# latent_add_plugin(<id> MANIFEST plugin.json SOURCES a.cpp … [LIBS …] [DESTINATION dir] [NO_INSTALL])
#
# Makes the module <id>.so with hidden symbols, puts its manifest beside it as <id>.json, and tells the code its own
# name and version (read from the manifest, so that they are written once). Inside the workbench's own build
# (LATENT_BUNDLED_PLUGINS) its hash is listed as one of ours; all others are trusted with `latent plugins trust <id>`.
#
# latent_add_panel(<id> MANIFEST plugin.json SOURCES a.cpp … [LIBS …] [DESTINATION dir] [NO_INSTALL])
#
# The same for the widgets of that plugin: the target and module <id>_panel, beside <id>.so. Needs
# find_package(Latent COMPONENTS panel), which finds Qt 6 Widgets; classes with Q_OBJECT are moc'ed.
#
# latent_add_torch_part(<id> MANIFEST plugin.json SOURCES a.cpp … [LIBS …] [DESTINATION dir] [NO_INSTALL])
#
# The same for what that plugin computes with LibTorch: the target and module <id>_torch, beside <id>.so, which opens it by
# <latent/torch_part.hpp>. Needs find_package(Latent COMPONENTS learn_torch); test for the target Latent::learn_torch.

# Sets latentManifest (its path), latentManifestText and latentManifestVersion for the caller.
function(latent_read_manifest id file)
    if(NOT file)
        message(FATAL_ERROR "The plugin ${id}: MANIFEST is missing.")
    endif()
    if(id MATCHES "_panel$")
        message(FATAL_ERROR "The plugin ${id}: an id cannot end in _panel, which names the panel library of another plugin.")
    endif()
    get_filename_component(manifest ${file} ABSOLUTE)
    file(READ ${manifest} text)
    string(JSON manifestId GET "${text}" id)
    string(JSON manifestVersion GET "${text}" version)
    if(NOT manifestId STREQUAL id)
        message(FATAL_ERROR "The plugin ${id}: the manifest ${manifest} says its id is '${manifestId}'.")
    endif()
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${manifest})
    set(latentManifest ${manifest} PARENT_SCOPE)
    set(latentManifestText "${text}" PARENT_SCOPE)
    set(latentManifestVersion ${manifestVersion} PARENT_SCOPE)
endfunction()

# Where modules lie in the build folder.
function(latent_plugin_output variable)
    set(${variable} ${CMAKE_CURRENT_BINARY_DIR} PARENT_SCOPE)
    if(LATENT_PLUGIN_OUTPUT)
        set(${variable} ${LATENT_PLUGIN_OUTPUT} PARENT_SCOPE)
    endif()
endfunction()

# Of the arguments of a function that makes a module: where it is installed; nowhere with NO_INSTALL.
macro(latent_choose_destination)
    if(NOT ARG_DESTINATION)
        set(ARG_DESTINATION lib/latent/plugins)
    endif()
    if(ARG_NO_INSTALL)
        set(ARG_DESTINATION "")
    endif()
endmacro()

# What compute libraries, panel libraries and LibTorch parts have in common. `destination` is empty for those that are not installed.
function(latent_finish_module target id version destination)
    latent_plugin_output(output)
    # The empty expression: several configurations would otherwise each have a folder, away from the manifest.
    set_target_properties(${target} PROPERTIES PREFIX "" OUTPUT_NAME ${target} LIBRARY_OUTPUT_DIRECTORY "${output}$<0:>"
        CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
    target_compile_features(${target} PRIVATE cxx_std_20)
    target_compile_definitions(${target} PRIVATE LATENT_PLUGIN_ID="${id}" LATENT_PLUGIN_VERSION="${version}")
    if(LATENT_BUNDLED_PLUGINS)
        set(hash ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/LatentPluginHash.cmake)
        add_custom_command(TARGET ${target} POST_BUILD VERBATIM
            COMMAND ${CMAKE_COMMAND} -DLIBRARY=$<TARGET_FILE:${target}> -DLOCK=${PROJECT_BINARY_DIR}/plugins.lock -P ${hash})
    else()
        # Whatever the umask: what others may change is refused by the engine.
        add_custom_command(TARGET ${target} POST_BUILD VERBATIM
            COMMAND chmod go-w $<TARGET_FILE:${target}> $<TARGET_FILE_DIR:${target}>)
    endif()
    if(NOT destination)
        return()
    endif()
    set(place "\${CMAKE_INSTALL_PREFIX}/${destination}")
    if(IS_ABSOLUTE "${destination}")
        set(place "${destination}")
    endif()
    install(TARGETS ${target} LIBRARY DESTINATION ${destination} COMPONENT plugins)
    if(LATENT_BUNDLED_PLUGINS)
        install(CODE "set(LIBRARY \"\$ENV{DESTDIR}${place}/${target}.so\")
include(\"${hash}\")" COMPONENT plugins)
    else()
        install(CODE "file(CHMOD \"\$ENV{DESTDIR}${place}\" DIRECTORY_PERMISSIONS
    OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)" COMPONENT plugins)
    endif()
endfunction()

function(latent_add_plugin id)
    cmake_parse_arguments(ARG "NO_INSTALL" "MANIFEST;DESTINATION" "SOURCES;LIBS" ${ARGN})
    latent_read_manifest(${id} "${ARG_MANIFEST}")
    latent_plugin_output(output)
    latent_choose_destination()
    add_library(${id} MODULE ${ARG_SOURCES})
    target_link_libraries(${id} PRIVATE Latent::sdk ${ARG_LIBS})
    configure_file(${latentManifest} ${output}/${id}.json COPYONLY)
    latent_finish_module(${id} ${id} ${latentManifestVersion} "${ARG_DESTINATION}")
    if(ARG_DESTINATION)
        install(FILES ${latentManifest} DESTINATION ${ARG_DESTINATION} RENAME ${id}.json COMPONENT plugins)
    endif()
endfunction()

function(latent_add_panel id)
    cmake_parse_arguments(ARG "NO_INSTALL" "MANIFEST;DESTINATION" "SOURCES;LIBS" ${ARGN})
    latent_read_manifest(${id} "${ARG_MANIFEST}")
    string(JSON count ERROR_VARIABLE none LENGTH "${latentManifestText}" contributions panels)
    if(none OR count EQUAL 0)
        message(FATAL_ERROR "latent_add_panel(${id}): the manifest ${latentManifest} names no panels.")
    endif()
    if(NOT TARGET Latent::panel)
        message(FATAL_ERROR "latent_add_panel(${id}) needs find_package(Latent COMPONENTS panel) and Qt 6 Widgets.")
    endif()
    latent_choose_destination()
    add_library(${id}_panel MODULE ${ARG_SOURCES})
    set_target_properties(${id}_panel PROPERTIES AUTOMOC ON)
    target_link_libraries(${id}_panel PRIVATE Latent::panel ${ARG_LIBS})
    latent_finish_module(${id}_panel ${id} ${latentManifestVersion} "${ARG_DESTINATION}")
endfunction()

function(latent_add_torch_part id)
    cmake_parse_arguments(ARG "NO_INSTALL" "MANIFEST;DESTINATION" "SOURCES;LIBS" ${ARGN})
    latent_read_manifest(${id} "${ARG_MANIFEST}")
    if(NOT TARGET Latent::learn_torch)
        message(FATAL_ERROR "latent_add_torch_part(${id}) needs find_package(Latent COMPONENTS learn_torch) and LibTorch.")
    endif()
    latent_choose_destination()
    add_library(${id}_torch MODULE ${ARG_SOURCES})
    # Installed, it finds LibTorch where the build found it.
    set_target_properties(${id}_torch PROPERTIES INSTALL_RPATH_USE_LINK_PATH ON)
    target_link_libraries(${id}_torch PRIVATE Latent::learn_torch ${ARG_LIBS})
    latent_finish_module(${id}_torch ${id} ${latentManifestVersion} "${ARG_DESTINATION}")
    # The two share classes: whoever builds the one by its name gets the other of the same sources.
    if(TARGET ${id})
        add_dependencies(${id} ${id}_torch)
    endif()
endfunction()
