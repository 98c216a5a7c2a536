#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes ilr_x.npy, ilr_y.npy and ilr_expected.npy, the reference of ilr_test: three rounds of scikit-learn's LogisticRegression
(newton-cholesky, tol 1e-10, C = 1), each on the matrix that the rounds before deflated, in double from float32 spectra.
ilr_expected [1, round, channels + 2]: coefficients, intercept, objective.

    python3 make_ilr_fixture.py            needs scikit-learn; the result is committed
"""
import pathlib

import numpy as np
from sklearn.linear_model import LogisticRegression

HERE = pathlib.Path(__file__).resolve().parent
N, C, ROUNDS = 600, 24, 3
rng = np.random.default_rng(7)
grid = np.linspace(0, 1, C)
smooth = np.stack([np.cos(np.pi * k * grid) / (1 + k) for k in range(6)])
y = (rng.random(N) < .3).astype(np.uint8)
x = ((rng.normal(size=(N, 6)) + y[:, None] * np.linspace(1.4, 0, 6)) @ smooth + .1 * rng.normal(size=(N, C))).astype(np.float32)
z = x.astype(np.float64)
z -= z.mean(0)
x = z.astype(np.float32)
z = x.astype(np.float64)
rows, basis = [], []
for _ in range(ROUNDS):
    m = LogisticRegression(C=1.0, solver="newton-cholesky", tol=1e-10, max_iter=2000).fit(z, y)
    w, b = m.coef_[0], m.intercept_[0]
    p = z @ w + b
    objective = np.logaddexp(0, np.where(y > 0, -p, p)).sum() + .5 * w @ w
    rows.append(np.concatenate([w, [b, objective]]))
    u = w / np.linalg.norm(w)
    for v in basis:
        u -= (u @ v) * v
    u /= np.linalg.norm(u)
    basis.append(u)
    z = z - np.outer(z @ u, u)
np.save(HERE / "ilr_x.npy", x[None])
np.save(HERE / "ilr_y.npy", y[None, :, None])
np.save(HERE / "ilr_expected.npy", np.stack(rows)[None])
