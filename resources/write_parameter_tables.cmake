# SPDX-License-Identifier: Apache-2.0
# Writes the manual page with the parameter tables of all experiments, probes and data sources that the program has, as
# `latent describe --markdown` gives them. State and cache of the build's own program stay in SCRATCH.
function(ask result)
    execute_process(COMMAND ${CMAKE_COMMAND} -E env XDG_STATE_HOME=${SCRATCH} XDG_CACHE_HOME=${SCRATCH} XDG_DATA_HOME=${SCRATCH}
            LATENT_PLUGIN_PATH= ${PROGRAM} ${ARGN}
        OUTPUT_VARIABLE words ERROR_VARIABLE sentence RESULT_VARIABLE code)
    if(NOT code EQUAL 0)
        list(JOIN ARGN " " asked)
        message(FATAL_ERROR "The parameter tables could not be made: `latent ${asked}` says: ${sentence}")
    endif()
    set(${result} "${words}" PARENT_SCOPE)
endfunction()

ask(all experiments --json)
string(JSON count LENGTH "${all}")
if(count EQUAL 0)
    message(FATAL_ERROR "The parameter tables could not be made: the program finds no experiments.")
endif()
math(EXPR last "${count} - 1")
set(page "# Experiments and their parameters\n\nWritten from the schemas when the program was built: first the experiments, then the probes, which are asked about a run, and the data sources.\n")
foreach(kind experiment probe data_source)
    foreach(i RANGE ${last})
        string(JSON itsKind GET "${all}" ${i} kind)
        string(JSON id GET "${all}" ${i} id)
        if(itsKind STREQUAL kind)
            ask(table describe ${id} --markdown)
            string(APPEND page "\n${table}")
        endif()
    endforeach()
endforeach()
file(WRITE ${OUTPUT} "${page}")
