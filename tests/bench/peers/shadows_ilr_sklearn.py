#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Iterative logistic regression as a user of scikit-learn writes it: seconds for some rounds of fit and deflate on a synthetic float32
matrix, and the objective of each round. Needs numpy and scikit-learn.

    python shadows_ilr_sklearn.py --pixels 20000 --channels 256 --rounds 4 --threads 1
"""
import argparse
import json
import os
import sys

parser = argparse.ArgumentParser()
parser.add_argument("--pixels", type=int, default=20000)
parser.add_argument("--channels", type=int, default=256)
parser.add_argument("--rounds", type=int, default=4)
parser.add_argument("--threads", type=int, default=1)
parser.add_argument("--solver", default="newton-cholesky", help="the fastest here; lbfgs is what most people run")
parser.add_argument("--tol", type=float, default=1e-6)
parser.add_argument("--save", help="write the matrix and labels to x.npy and y.npy of this folder")
options = parser.parse_args()
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = str(options.threads)

import time  # noqa: E402

import numpy as np  # noqa: E402
from sklearn.linear_model import LogisticRegression  # noqa: E402

rng = np.random.default_rng(0)
n, channels = options.pixels, options.channels
grid = np.linspace(0, 1, channels, dtype=np.float32)
smooth = np.stack([np.cos(np.pi * k * grid) / (1 + k) for k in range(12)]).astype(np.float32)
y = (rng.random(n) < .3).astype(int)
x = (rng.normal(size=(n, 12)).astype(np.float32) + y[:, None] * np.linspace(1.5, 0, 12, dtype=np.float32)) @ smooth
x = (x + .05 * rng.normal(size=(n, channels)).astype(np.float32)).astype(np.float32)
if options.save:
    np.save(os.path.join(options.save, "x.npy"), x[None])
    np.save(os.path.join(options.save, "y.npy"), y.astype("u1")[None, :, None])
    sys.exit(0)
start, cpu = time.perf_counter(), time.process_time()
z, basis, objectives = x - x.mean(0), [], []
for _ in range(options.rounds):
    model = LogisticRegression(C=1.0, solver=options.solver, tol=options.tol, max_iter=2000).fit(z, y)
    w = model.coef_[0]
    p = z @ w + model.intercept_[0]
    objectives.append(float(np.logaddexp(0, np.where(y > 0, -p, p).astype(np.float64)).sum() + .5 * w @ w))
    u = w / np.linalg.norm(w)
    for b in basis:
        u = u - (u @ b) * b
    u = (u / np.linalg.norm(u)).astype(np.float32)
    basis.append(u)
    z = z - np.outer(z @ u, u)
print(json.dumps({"peer": "sklearn", "solver": options.solver, "pixels": n, "channels": channels, "rounds": options.rounds, "threads": options.threads,
                  "seconds": time.perf_counter() - start, "cpu_seconds": time.process_time() - cpu, "objective": objectives}))
