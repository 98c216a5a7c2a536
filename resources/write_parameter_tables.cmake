# SPDX-License-Identifier: Apache-2.0
# Writes the manual page with the parameter tables of EXPERIMENTS, as `latent describe --markdown` gives them. State and
# cache of the build's own program stay in SCRATCH.
set(page "# Experiments and their parameters\n\nWritten from the schemas when the program was built.\n")
foreach(experiment IN LISTS EXPERIMENTS)
    execute_process(COMMAND ${CMAKE_COMMAND} -E env XDG_STATE_HOME=${SCRATCH} XDG_CACHE_HOME=${SCRATCH} XDG_DATA_HOME=${SCRATCH}
            LATENT_PLUGIN_PATH= ${PROGRAM} describe ${experiment} --markdown
        OUTPUT_VARIABLE table ERROR_VARIABLE sentence RESULT_VARIABLE code)
    if(NOT code EQUAL 0)
        message(FATAL_ERROR "The parameter table of ${experiment} could not be made: ${sentence}")
    endif()
    string(APPEND page "\n${table}")
endforeach()
file(WRITE ${OUTPUT} "${page}")
