# SPDX-License-Identifier: Apache-2.0
# Sourced by the scripts of this folder: how the probe library is built and described. One place, so that the baseline
# and what is compared with it are made alike.

# build_probe OUTPUT -IINCLUDE_FOLDER… [FLAG…]. Without -femit-class-debug-always g++ leaves the tables of virtual functions
# out of the debug information of a library that implements none of the interfaces, and the gate would pass anything.
build_probe() {
    local output=$1
    shift
    "${CXX:-g++}" -std=c++20 -fPIC -shared -g -femit-class-debug-always -O0 -fvisibility=hidden \
        "-ffile-prefix-map=$abi_folder=." "$@" "$abi_folder/probe.cpp" -o "$output"
}

# What goes into the baseline: no path and no line of the machine it was made on.
describe_probe() {
    abidw --no-show-locs --no-comp-dir-path --no-corpus-path --no-elf-needed "$1"
}
