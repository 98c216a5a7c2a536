#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The SIM theory's flow as a NumPy user would write it: one cell after the other, RK4 on U with d x d products, and the
same arrays at the same frames as bench_sim_theory. Prints microseconds per cell, from a few cells.

    python3 sim_theory_numpy.py --cells 10 --dim 4 --steps 2000 --frames 200
"""
import argparse
import json
import os
import time

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
import numpy as np

parser = argparse.ArgumentParser()
parser.add_argument("--cells", type=int, default=10)
parser.add_argument("--dim", type=int, default=4)
parser.add_argument("--steps", type=int, default=2000)
parser.add_argument("--frames", type=int, default=200)
options = parser.parse_args()
d, steps, frames = options.dim, options.steps, options.frames

NODES = ((np.arange(2**d)[:, None] >> np.arange(d)) & 1).astype(float)
KEPT = {round(steps * i / (frames - 1)): i for i in range(frames)}
IDENTITY = np.eye(d)


def solve(mu, sigma, u, t_end):
    a = mu**2 / d + sigma**2
    pair, own = -0.5 * (a[:, None] + a[None, :]), np.diag(a)
    h = t_end / steps
    compositions = (NODES * mu).T
    out = {"weights": np.empty((frames, d, d)), "output": np.empty((frames, d)), "ood_loss": np.empty(frames),
           "train_loss": np.empty(frames), "node_loss": np.empty((frames, 2**d)), "min_eigenvalue": np.empty(frames)}

    def slope(x):
        return (pair * (x @ x.T) + own) @ x

    for n in range(steps + 1):
        if n in KEPT:
            i = KEPT[n]
            w = u @ u.T
            deviation = w - IDENTITY
            residual = deviation @ mu
            out["weights"][i] = w
            out["output"][i] = w @ mu
            out["ood_loss"][i] = 0.5 * (residual @ residual)
            out["train_loss"][i] = 0.5 * (a * deviation**2).sum()
            out["node_loss"][i] = 0.5 * ((deviation @ compositions) ** 2).sum(0)
            out["min_eigenvalue"][i] = np.linalg.eigvalsh(w)[0]
        if n == steps:
            return out
        k1 = slope(u)
        k2 = slope(u + 0.5 * h * k1)
        k3 = slope(u + 0.5 * h * k2)
        k4 = slope(u + h * k3)
        u = u + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)


cells = []
for c in range(options.cells + 1):
    i, j = np.meshgrid(np.arange(d), np.arange(d), indexing="ij")
    cells.append((1 + 0.25 * np.arange(d) + 1e-3 * c, np.full(d, 0.05), 0.1 * (1 + np.sin(1.0 + i * d + j + c))))
first = solve(*cells[0], 20.0)  # warms up; its numbers are compared with ours
wall, cpu = time.perf_counter(), time.process_time()
for cell in cells[1:]:
    solve(*cell, 20.0)
wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
print(json.dumps({"peer": "sim_theory_numpy", "cells": options.cells, "dim": d,
                  "us_per_cell": 1e6 * wall / options.cells, "cpu_us_per_cell": 1e6 * cpu / options.cells,
                  "checksum": first["ood_loss"][-1] + first["train_loss"][frames // 2]}))
