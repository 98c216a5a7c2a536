#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What committing costs a run of about a minute: trains networks with all weights published, and prints the seconds that
its worker spent on commits, by its own account, the wall time of the attempt, and their ratio (the limit is .02).

    python3 tests/bench/commit_share.py --latent build/release/bin/latent --set epochs=1600
"""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

parser = argparse.ArgumentParser()
parser.add_argument("--latent", required=True)
parser.add_argument("--experiment", default="sim/train")
parser.add_argument("--set", action="append", default=[], help="NAME=VALUE, as of `latent run`")
options = parser.parse_args()

with tempfile.TemporaryDirectory(prefix="latent-bench-") as folder:
    words = [word for value in options.set for word in ("-s", value)]
    run = subprocess.run([options.latent, "-w", folder, "run", options.experiment, *words], capture_output=True, text=True)
    if run.returncode != 0:
        sys.exit(run.stderr)
    made = next((pathlib.Path(folder) / "runs").iterdir())
    events = [json.loads(line) for line in (made / "events.ndjson").read_text(encoding="utf-8").splitlines()]
    size = sum(file.stat().st_size for file in made.rglob("*") if file.is_file())
begun = next(event["t"] for event in events if event["type"] == "attempt")
cost = next(event for event in reversed(events) if event["type"] == "cost")
wall = cost["t"] - begun
print(json.dumps({"commit_s": round(cost["commit_s"], 3), "wall_s": round(wall, 1), "share": round(cost["commit_s"] / wall, 5),
                  "commits": sum(event["type"] == "commit" for event in events), "megabytes": round(size / 1e6, 1)}))
