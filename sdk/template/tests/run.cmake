# SPDX-License-Identifier: Apache-2.0
# Uses the plugin as its users do: it is listed, trusted, described and run, with nothing of your own settings touched.
file(REMOVE_RECURSE ${FOLDER})
file(MAKE_DIRECTORY ${FOLDER})
get_filename_component(folder_of_plugin ${PLUGIN} DIRECTORY)
set(ENV{LATENT_PLUGIN_PATH} ${folder_of_plugin})
foreach(kind CONFIG STATE CACHE DATA)
    set(ENV{XDG_${kind}_HOME} ${FOLDER}/${kind})
endforeach()

# latent(<words the output must have> <argument> …)
function(latent expected)
    execute_process(COMMAND ${LATENT} ${ARGN} WORKING_DIRECTORY ${FOLDER}
        RESULT_VARIABLE code OUTPUT_VARIABLE output ERROR_VARIABLE output)
    if(NOT code EQUAL 0 OR NOT output MATCHES "${expected}")
        message(FATAL_ERROR "latent ${ARGN} ended with ${code}; '${expected}' was expected in:\n${output}")
    endif()
endfunction()

latent("bowl" plugins)
latent("" plugins trust bowl)
latent("bowl" plugins)
latent("bowl/descent" experiments)
latent("curvature" describe bowl/descent)
latent("" run bowl/descent --preset smoke)
latent("bowl" runs)
