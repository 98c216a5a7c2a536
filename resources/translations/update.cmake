# SPDX-License-Identifier: Apache-2.0
# Brings latent_*.ts up to date with the words in the sources; with COPY it writes them there and says which have changed.
#
#     cmake -DLUPDATE=/usr/lib/qt6/bin/lupdate -DSOURCES=<repository> [-DCOPY=<folder>] -P update.cmake
set(folder ${SOURCES}/resources/translations)
if(COPY)
    file(GLOB files ${folder}/latent_*.ts)
    file(REMOVE_RECURSE ${COPY})
    file(COPY ${files} DESTINATION ${COPY})
    set(folder ${COPY})
endif()
file(GLOB files ${folder}/latent_*.ts)
if(DEFINED ENV{LATENT_LANGUAGE})
    list(APPEND files ${folder}/latent_$ENV{LATENT_LANGUAGE}.ts)
    list(REMOVE_DUPLICATES files)
endif()
file(GLOB panels ${SOURCES}/plugins/*/panel)
set(headers -I ${SOURCES}/host -I ${SOURCES}/sdk/panel/include)
foreach(panel IN LISTS panels)
    get_filename_component(plugin ${panel} DIRECTORY)
    list(APPEND headers -I ${plugin})
endforeach()
foreach(file IN LISTS files)
    get_filename_component(name ${file} NAME_WE)
    string(REPLACE "latent_" "" language ${name})
    set(only)
    if(language STREQUAL "en")
        set(only -pluralonly) # English is the language of the sources; what it lacks is "1 entry" beside "2 entries"
    endif()
    # Without line numbers: a change elsewhere in a source is no change of a translation.
    execute_process(COMMAND ${LUPDATE} -recursive ${SOURCES}/host/desktop ${panels} ${headers}
            -extensions cpp,hpp -locations none -no-obsolete -source-language en -target-language ${language} ${only} -ts ${file}
        WORKING_DIRECTORY ${SOURCES} COMMAND_ERROR_IS_FATAL ANY)
    file(READ ${file} now)
    if(COPY AND now MATCHES "type=\"unfinished\"" AND language STREQUAL "en")
        message(SEND_ERROR "resources/translations/latent_en.ts lacks the singular of a word: build update_translations, and write it.")
    endif()
endforeach()
