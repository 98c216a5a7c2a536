#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A whole `latent sweep` of theory cells, as a user waits for it: planning, worker, commit, collation, end of the
process. Prints microseconds per cell, wall and processor time of all its processes.

    python3 sim_theory_sweep.py --latent build/release/bin/latent --cells 1000
    python3 sim_theory_sweep.py --latent build/release/bin/latent --batch    computing and committing the batch, as its events say
"""
import argparse
import json
import os
import pathlib
import resource
import subprocess
import sys
import tempfile
import time

SWEEP = """experiment = "sim/theory"
seeds = {cells}
cores = 1
[set]
dim = {dim}
mu = [1.0, 1.5, 2.0, 2.5]
steps = {steps}
frames = {frames}
w0 = "uniform:0.2"
"""

parser = argparse.ArgumentParser()
parser.add_argument("--latent", required=True)
parser.add_argument("--cells", type=int, default=1000)
parser.add_argument("--steps", type=int, default=2000)
parser.add_argument("--frames", type=int, default=200)
parser.add_argument("--batch", action="store_true", help="only from the start of the batch's attempt to its commit")
options = parser.parse_args()


def batch_seconds(workspace):
    """Of the one run that computed all cells: from the beginning of its attempt to the seal of its results."""
    runs = [run for run in (workspace / "runs").iterdir() if "cells" in json.loads((run / "request.json").read_text(encoding="utf-8"))]
    if len(runs) != 1:
        sys.exit(f"One batch was expected, there are {len(runs)}.")
    events = [json.loads(line) for line in (runs[0] / "events.ndjson").read_text(encoding="utf-8").splitlines()]
    begun = next(event["t"] for event in events if event["type"] == "attempt")
    return next(event["t"] for event in reversed(events) if event["type"] == "compacted") - begun

with tempfile.TemporaryDirectory(prefix="latent-bench-") as folder:
    spec = pathlib.Path(folder) / "sweep.toml"
    spec.write_text(SWEEP.format(cells=options.cells, dim=4, steps=options.steps, frames=options.frames), encoding="utf-8")
    os.sync()  # what earlier programs wrote is not this one's cost
    begun = time.perf_counter()
    run = subprocess.run([options.latent, "-w", folder, "sweep", str(spec)], capture_output=True, text=True)
    wall = time.perf_counter() - begun
    if run.returncode != 0:
        sys.exit(run.stderr)
    if options.batch:
        print(json.dumps({"us_per_cell": batch_seconds(pathlib.Path(folder)) / options.cells * 1e6}))
        sys.exit()
usage = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps({"us_per_cell": wall / options.cells * 1e6,
                  "cpu_us_per_cell": (usage.ru_utime + usage.ru_stime) / options.cells * 1e6}))
