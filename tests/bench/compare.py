#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs a workload of ours and its peer in alternation on the same cores and prints the ratio of medians (peer / ours:
above 1 means that ours is faster), its spread over the pairs, and what machine and load it was measured under.

    python3 tests/bench/compare.py sim_mlp --build build/release --python .peers/bin/python
    python3 tests/bench/compare.py sim_mlp_seeds --build build/release       64 seeds on two threads against one on one
    python3 tests/bench/compare.py transformer_laptop_compile --build build/release --python .peers/bin/python       two threads each
    python3 tests/bench/compare.py unet_laptop_compile_train --build build/release --python .peers/bin/python        two threads each
    python3 tests/bench/compare.py transformer_cells --build build/release       16 models on two threads against one on one
    python3 tests/bench/compare.py unet_vector_cells --build build/release       the same of 16 U-Nets
    python3 tests/bench/compare.py sim_theory --build build/release --python .peers/bin/python       the kernels alone
    python3 tests/bench/compare.py shadows_ilr --build build/release --python .peers/bin/python      20,000 × 256, four rounds, one thread
    python3 tests/bench/compare.py shadows_ilr_granule --build build/release --python .peers/bin/python   53,400 × 1,024, six rounds
    python3 tests/bench/compare.py icl_forward --build build/release --python .peers/bin/python --model FILE   two threads each; FILE: `latent samples get smollm2`
    python3 tests/bench/compare.py sim_theory_sweep --build build/release --python .peers/bin/python   all of `latent sweep`
    python3 tests/bench/compare.py sim_theory_batch --build build/release --python .peers/bin/python   its batch: computing and committing

Both commands print one JSON line that holds the compared number. Ratios are what counts: absolute times on a shared
machine are not comparable between runs.
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent


def workloads(options):
    """name → (our command, peer's command, compared key, cores of ours, cores of the peer)."""
    program = lambda name: str(pathlib.Path(options.build) / "tests" / name)
    peer = lambda name: [options.python, str(HERE / "peers" / name)]
    steps = ["--steps", str(options.steps)]
    table = {}
    for engine in ("jax", "torch", "compile"):
        table["sim_mlp" if engine == "jax" else f"sim_mlp_{engine}"] = (
            [program("bench_sim_mlp"), *steps],
            [*peer("sim_mlp.py"), "--engine", engine, *steps],
            "us_per_step", 1, 1)
    table["sim_mlp_seeds"] = (
        [program("bench_sim_mlp"), "--threads", "2", "--seeds", "64", "--steps", str(max(1, options.steps // 8))],
        [program("bench_sim_mlp"), *steps],
        "us_per_step", 2, 1)
    for preset in ("laptop", "medium", "paper"):
        for engine in ("torch", "compile"):
            table[f"transformer_{preset}_{engine}"] = (
                [program("bench_transformer_step"), "--preset", preset, "--threads", "2"],
                [*peer("transformer_step.py"), "--preset", preset, "--threads", "2", "--engine", engine],
                "ms_per_step", 2, 2)
    for preset in ("laptop", "paper"):
        for engine in ("torch", "compile"):
            for kind in ("train", "sample"):
                table[f"unet_{preset}_{engine}_{kind}"] = (
                    [program("bench_unet_step"), "--preset", preset, "--threads", "2"],
                    [*peer("unet_step.py"), "--preset", preset, "--threads", "2", "--engine", engine],
                    f"{kind}_ms_per_step", 2, 2)
    cells = [program("bench_transformer_step"), "--preset", "laptop", "--cells", "16", "--steps", "20"]
    table["transformer_cells"] = ([*cells, "--threads", "2"], [*cells, "--threads", "1"], "ms_per_step", 2, 1)
    for preset in ("laptop", "vector"):
        cells = [program("bench_unet_step"), "--preset", preset, "--cells", "16", "--steps", "10" if preset == "laptop" else "100"]
        table[f"unet_{preset}_cells"] = ([*cells, "--threads", "2"], [*cells, "--threads", "1"], "train_ms_per_step", 2, 1)
    table["sim_theory"] = ([program("bench_sim_theory")], peer("sim_theory_numpy.py"), "us_per_cell", 1, 1)
    table["sim_theory_sweep"] = (
        [sys.executable, str(HERE / "sim_theory_sweep.py"), "--latent", str(pathlib.Path(options.build) / "bin" / "latent")],
        peer("sim_theory_numpy.py"), "us_per_cell", 1, 1)
    table["sim_theory_batch"] = ([*table["sim_theory_sweep"][0], "--batch"], *table["sim_theory_sweep"][1:])
    for name, size in (("shadows_ilr", ("20000", "256", "4")), ("shadows_ilr_granule", ("53400", "1024", "6"))):
        shape = [word for pair in zip(("--pixels", "--channels", "--rounds"), size) for word in pair] + ["--threads", "1"]
        for solver in ("newton-cholesky", "lbfgs"):
            table[name if solver != "lbfgs" else f"{name}_lbfgs"] = (
                [program("bench_shadows_ilr"), *shape], [*peer("shadows_ilr_sklearn.py"), *shape, "--solver", solver], "seconds", 1, 1)
    model = ["--model", options.model, "--tokens", "1400", "--threads", "2"]
    table["icl_forward"] = ([program("bench_icl_forward"), *model], [*peer("icl_forward_transformers.py"), *model], "seconds", 2, 2)
    return table


def pinned(command, cores):
    available = sorted(os.sched_getaffinity(0))
    if cores > len(available):
        sys.exit(f"This workload needs {cores} cores; this process may use {len(available)}.")
    chosen = set(available[-cores:])
    run = subprocess.run(command, capture_output=True, text=True, preexec_fn=lambda: os.sched_setaffinity(0, chosen))
    if run.returncode != 0:
        sys.exit(f"{' '.join(command)} ended with {run.returncode}:\n{run.stderr[-2000:]}")
    return json.loads([line for line in run.stdout.splitlines() if line.startswith("{")][-1])


def machine():
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        model = next((line.split(":", 1)[1].strip() for line in file if line.startswith("model name")), "unknown")
    return {"cpu": model, "cores": os.cpu_count(), "load": [round(v, 2) for v in os.getloadavg()]}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("workload")
    parser.add_argument("--build", default="build/release")
    parser.add_argument("--python", default=sys.executable, help="a Python that has the peer's packages")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--steps", type=int, default=8000)
    parser.add_argument("--model", default="", help="of icl_forward: a GGUF file")
    options = parser.parse_args()
    table = workloads(options)
    if options.workload not in table:
        sys.exit(f"No workload is called '{options.workload}'; there are {', '.join(table)}.")
    ours_command, peer_command, key, ours_cores, peer_cores = table[options.workload]

    before, ours, peer = machine(), [], []
    for _ in range(options.repeats):
        ours.append(pinned(ours_command, ours_cores))
        peer.append(pinned(peer_command, peer_cores))
    ratios = lambda name: [p[name] / o[name] for o, p in zip(ours, peer)]
    result = {
        "workload": options.workload,
        "key": key,
        "ours": round(statistics.median(o[key] for o in ours), 2),
        "peer": round(statistics.median(p[key] for p in peer), 2),
        "ratio": round(statistics.median(p[key] for p in peer) / statistics.median(o[key] for o in ours), 3),
        "ratio_min": round(min(ratios(key)), 3),
        "ratio_max": round(max(ratios(key)), 3),
        "repeats": options.repeats,
        "machine": before,
        "load_after": machine()["load"],
    }
    if all("cpu_" + key in r for r in ours + peer):
        # Processor time per core used: what the wall ratio would be if nobody else wanted the cores.
        cpu = [p["cpu_" + key] / peer_cores / (o["cpu_" + key] / ours_cores) for o, p in zip(ours, peer)]
        result["cpu_ratio"] = round(statistics.median(cpu), 3)
        result["cpu_ratio_spread"] = [round(min(cpu), 3), round(max(cpu), 3)]
    if all("memory_mb" in r for r in ours + peer):
        result["memory_mb"] = {"ours": statistics.median(o["memory_mb"] for o in ours), "peer": statistics.median(p["memory_mb"] for p in peer)}
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
