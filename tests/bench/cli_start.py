#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How long `latent plugins` takes with a warm cache (the limit is 150 ms), as a user's shell sees it, and whether any of
its processes loaded LibTorch. Prints one JSON line.

    python3 tests/bench/cli_start.py --latent build/release/bin/latent
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import tempfile
import time

parser = argparse.ArgumentParser()
parser.add_argument("--latent", required=True)
parser.add_argument("--repeats", type=int, default=21)
options = parser.parse_args()


def milliseconds(environment):
    begun = time.perf_counter()
    subprocess.run([options.latent, "plugins"], env=environment, check=True, capture_output=True)
    return (time.perf_counter() - begun) * 1e3


with tempfile.TemporaryDirectory(prefix="latent-bench-") as folder:
    home = {**os.environ, **{f"XDG_{kind}_HOME": f"{folder}/{kind.lower()}" for kind in ("CONFIG", "STATE", "CACHE", "DATA")}}
    cold = milliseconds(home)
    warm = [milliseconds(home) for _ in range(options.repeats)]
    milliseconds({**home, "LD_DEBUG": "libs", "LD_DEBUG_OUTPUT": f"{folder}/loaded"})
    torch = any(b"libtorch" in file.read_bytes() for file in pathlib.Path(folder).glob("loaded.*"))
print(json.dumps({"cold_ms": round(cold, 1), "warm_ms": round(statistics.median(warm), 1), "warm_max_ms": round(max(warm), 1),
                  "loads_libtorch": torch}))
