#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The long tests: hours, before an issue is closed. Each step prints its result; all steps run, whatever the others do.
#   tests/long.sh            every step
#   tests/long.sh STEP …     these only: setup release slow dev headless asan cmake325 cmake4 torch211 peers fuzz kill bench
# Folders lie under build/long. JOBS=n sets how many compilers run at once, LATENT_FUZZ_RUNS how many inputs a fuzzer
# gets (100000), LATENT_KILL_ROUNDS how often the slowed run is killed (200).
set -uo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."
readonly jobs=${JOBS:-$(nproc)}
readonly folder=$PWD/build/long
readonly all_steps=(setup release slow dev headless asan cmake325 cmake4 torch211 peers fuzz kill bench)
mkdir -p "$folder"
results=() failures=0

# environment NAME PACKAGE…: a Python environment under build/long, made once; prints its python.
environment() {
    local place=$folder/python-$1
    shift
    if [[ ! -f $place/complete ]]; then
        rm -rf "$place"
        python3 -m venv "$place" && "$place/bin/python" -m pip install --quiet --disable-pip-version-check "$@" >&2 &&
            touch "$place/complete" || return 1
    fi
    printf '%s' "$place/bin/python"
}

# built_and_tested NAME CMAKE PRESET [OPTION…]: configures, builds and tests one variant in a folder of its own.
built_and_tested() {
    local name=$1 cmake=$2 preset=$3
    shift 3
    "$cmake" --preset "$preset" -B "$folder/$name" "$@" && "$cmake" --build "$folder/$name" --parallel "$jobs" &&
        tested "$name" '^(fast|gui|faults)$' "$(dirname "$cmake")/ctest"
}

# tested NAME LABELS [CTEST]
tested() {
    QT_QPA_PLATFORM=offscreen "${3:-ctest}" --test-dir "$folder/$1" --output-on-failure --no-tests=error \
        --parallel "$jobs" --label-regex "$2"
}

# The Python environment of bootstrap, for LibTorch and for the tests of what notebooks read.
python_options() {
    [[ -x .venv/bin/python ]] && printf '%s\n' "-DLATENT_PYTHON=$PWD/.venv/bin/python" "-DLATENT_TEST_PYTHON=$PWD/.venv/bin/python"
}

step_setup() { ./bootstrap setup; }
step_release() { ./bootstrap test; }
step_slow() { ./bootstrap build && ctest --preset slow --parallel "$jobs"; }
step_dev() { built_and_tested dev "$(command -v cmake)" dev "${options[@]}"; }
step_headless() {
    built_and_tested headless "$(command -v cmake)" headless "${options[@]}" || return 1
    ! grep -rl 'libQt6' "$folder/headless/build.ninja" || { echo "The headless build names Qt."; return 1; }
}
step_asan() {
    [[ ! -x build/release/bin/latent ]] || export LATENT_FUZZ_CHILD=$PWD/build/release/bin/latent
    cmake --preset asan -B "$folder/asan" && cmake --build "$folder/asan" --parallel "$jobs" &&
        ASAN_OPTIONS=detect_container_overflow=0:detect_odr_violation=1:allocator_may_return_null=1 \
            tested asan '^(fast|gui|faults|slow)$'
}
step_cmake325() {
    [[ $(/usr/bin/cmake --version) == *" 3.25."* ]] || { echo "/usr/bin/cmake is not CMake 3.25."; return 1; }
    built_and_tested cmake325 /usr/bin/cmake release "${options[@]}"
}
step_cmake4() {
    local python
    python=$(environment cmake4 'cmake>=4,<5') || return 1
    built_and_tested cmake4 "$(dirname "$python")/cmake" release "${options[@]}"
}
step_torch211() {
    local python
    python=$(environment torch211 torch==2.11.0 numpy h5py xarray h5netcdf) || return 1
    built_and_tested torch211 "$(command -v cmake)" release "-DLATENT_PYTHON=$python" "-DLATENT_TEST_PYTHON=$python"
}
# What compares language models with transformers, four tests; without its packages and the model they would be skipped.
step_peers() {
    local python bin=$PWD/build/release failed=0 name output
    local tests=(icl_gguf_test icl_decoder_test icl_torch_decoder_test)
    python=$(environment peers torch==2.13.0 numpy h5py xarray h5netcdf transformers accelerate gguf) || return 1
    cmake --build "$bin" --parallel "$jobs" --target latent "${tests[@]}" && "$bin/bin/latent" samples get smollm2 || return 1
    for name in "${tests[@]}"; do
        output=$(QT_QPA_PLATFORM=offscreen LATENT_TEST_PYTHON=$python "$bin/tests/$name" 2>&1) || failed=1
        printf '%s\n' "$output"
        [[ $output != *"SKIP   :"* ]] || { echo "$name has skipped something."; failed=1; }
    done
    "$python" plugins/icl_graphs/tests/experiments/test_record.py || { echo "test_record.py has failed, or was skipped."; failed=1; }
    return $failed
}
step_fuzz() {
    export LATENT_FUZZ_RUNS=${LATENT_FUZZ_RUNS:-100000} LATENT_FUZZ_SECONDS=${LATENT_FUZZ_SECONDS:-30}
    cmake --preset asan -B "$folder/asan" && cmake --build "$folder/asan" --parallel "$jobs" && tested asan '^fuzz$'
}
step_kill() {
    export LATENT_LONG=1 LATENT_KILL_ROUNDS=${LATENT_KILL_ROUNDS:-200}
    ./bootstrap build && ctest --test-dir build/release --output-on-failure --no-tests=error --label-regex '^faults$'
}
step_bench() { ctest --test-dir build/release --output-on-failure --label-regex '^bench$'; }

[[ $# -gt 0 ]] && steps=("$@") || steps=("${all_steps[@]}")
for step in "${steps[@]}"; do
    declare -F "step_$step" >/dev/null || { echo "There is no step '$step'. Steps: ${all_steps[*]}" >&2; exit 2; }
done
for step in "${steps[@]}"; do
    printf -- '-- %s\n' "$step"
    mapfile -t options < <(python_options)
    started=$SECONDS result=passed
    "step_$step" >"$folder/$step.log" 2>&1 || { result="FAILED, see $folder/$step.log"; failures=$((failures + 1)); }
    results+=("$(printf '%-10s %6d s  %s' "$step" $((SECONDS - started)) "$result")")
    printf '%s\n' "${results[-1]}"
done
printf '\n%s\n' "${results[@]}"
[[ $failures -eq 0 ]]
