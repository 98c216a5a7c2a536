# SPDX-License-Identifier: Apache-2.0
"""The workload of bench_sim_mlp with the tools people use: a 64-64-64 ReLU perceptron with biases learns to reproduce
its input, plain SGD at 0.1, minibatches of 128 in a fixed order. Prints one JSON line: microseconds per update.

    python sim_mlp.py --engine jax        a whole epoch inside one jitted lax.scan
    python sim_mlp.py --engine torch      eager;  --engine compile: torch.compile
"""
import argparse
import json
import os
import time

DIM, BATCH, COUNT, RATE = 64, 128, 15000, 0.1


def clusters(np):
    rng = np.random.default_rng(0)
    centres = np.zeros((3, DIM))
    centres[0, 0], centres[1, 1] = 1.0, 2.0
    x = centres[rng.permutation(np.repeat(np.arange(3), COUNT // 3))]
    x[:, :2] += rng.normal(0.0, 0.05**0.5, (COUNT, 2))
    rotation, _ = np.linalg.qr(rng.normal(size=(DIM, DIM)))
    return (x @ rotation).astype(np.float32)


def measure(engine, advance, steps):
    """advance(n) does n updates and returns when they are done."""
    advance(max(50, COUNT // BATCH))
    wall, cpu = time.perf_counter(), time.process_time()
    done = advance(steps)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return {"bench": "sim_mlp", "engine": engine, "us_per_step": 1e6 * wall / done, "cpu_us_per_step": 1e6 * cpu / done}


def with_jax(threads, steps):
    os.environ["XLA_FLAGS"] = f"--xla_cpu_multi_thread_eigen={'true' if threads > 1 else 'false'}"
    import jax
    import jax.numpy as jnp
    import numpy as np

    whole = COUNT // BATCH
    batches = jnp.asarray(clusters(np)[: whole * BATCH].reshape(whole, BATCH, DIM))
    draw = lambda key, shape: jax.random.uniform(key, shape, minval=-(DIM**-0.5), maxval=DIM**-0.5)
    keys = jax.random.split(jax.random.PRNGKey(0), 4)
    net = (draw(keys[0], (DIM, DIM)), draw(keys[1], (DIM,)), draw(keys[2], (DIM, DIM)), draw(keys[3], (DIM,)))

    def loss(net, x):
        w1, b1, w2, b2 = net
        return jnp.mean((jnp.maximum(x @ w1 + b1, 0.0) @ w2 + b2 - x) ** 2)

    def update(net, x):
        return jax.tree.map(lambda w, g: w - RATE * g, net, jax.grad(loss)(net, x)), None

    epoch = jax.jit(lambda net: jax.lax.scan(update, net, batches)[0])

    def advance(n):
        nonlocal net
        epochs = max(1, n // whole)
        for _ in range(epochs):
            net = epoch(net)
        jax.block_until_ready(net)
        return epochs * whole

    return measure("jax", advance, steps)


def with_torch(threads, steps, compiled):
    import numpy as np
    import torch

    torch.set_num_threads(threads)
    x = torch.from_numpy(clusters(np))
    batches = [x[i : i + BATCH] for i in range(0, COUNT - BATCH + 1, BATCH)]
    net = torch.nn.Sequential(torch.nn.Linear(DIM, DIM), torch.nn.ReLU(), torch.nn.Linear(DIM, DIM))
    call = torch.compile(net) if compiled else net
    optimiser = torch.optim.SGD(net.parameters(), lr=RATE)

    def advance(n):
        for i in range(n):
            batch = batches[i % len(batches)]
            optimiser.zero_grad()
            torch.nn.functional.mse_loss(call(batch), batch).backward()
            optimiser.step()
        return n

    return measure("compile" if compiled else "torch", advance, steps)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--engine", choices=["jax", "torch", "compile"], default="jax")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--steps", type=int, default=4000)
    options = parser.parse_args()
    os.environ["OMP_NUM_THREADS"] = str(options.threads)
    if options.engine == "jax":
        result = with_jax(options.threads, options.steps)
    else:
        result = with_torch(options.threads, options.steps, options.engine == "compile")
    print(json.dumps({**result, "threads": options.threads}), flush=True)


if __name__ == "__main__":
    main()
