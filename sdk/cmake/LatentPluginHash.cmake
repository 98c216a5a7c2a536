# SPDX-License-Identifier: Apache-2.0
# Script: writes the SHA-256 of one bundled plugin into plugins.sha256 beside it (format of sha256sum), which makes it
# one of ours for the engine. Run after each link and, as installing may change the file, after each installation.
#
#     cmake -DLIBRARY=/prefix/lib/latent/plugins/x.so [-DLOCK=/build/plugins.lock] -P LatentPluginHash.cmake
if(LOCK)
    file(LOCK ${LOCK} GUARD PROCESS TIMEOUT 60) # several plugins may be linked at once
endif()
get_filename_component(folder ${LIBRARY} DIRECTORY)
get_filename_component(name ${LIBRARY} NAME)
set(list ${folder}/plugins.sha256)

set(lines "")
if(EXISTS ${list})
    file(STRINGS ${list} known)
    foreach(line IN LISTS known)
        if(line MATCHES "^([0-9a-f]+)  (.+)$" AND NOT CMAKE_MATCH_2 STREQUAL name)
            string(APPEND lines "${line}\n")
        endif()
    endforeach()
endif()
file(SHA256 ${LIBRARY} hash)
file(WRITE ${list}.new "${lines}${hash}  ${name}\n")

# Whatever the umask: what others may change is refused by the engine.
set(readable OWNER_READ OWNER_WRITE GROUP_READ WORLD_READ)
set(usable ${readable} OWNER_EXECUTE GROUP_EXECUTE WORLD_EXECUTE)
file(CHMOD ${list}.new FILE_PERMISSIONS ${readable})
file(CHMOD ${LIBRARY} FILE_PERMISSIONS ${usable})
file(CHMOD ${folder} DIRECTORY_PERMISSIONS ${usable})
file(RENAME ${list}.new ${list})
