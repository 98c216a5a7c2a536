#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The peer of bench_unet_step: the same conditional U-Net in PyTorch, eager or compiled, batch 64, one JSON line.

    python3 tests/bench/peers/unet_step.py --threads 2 --preset laptop --engine compile

Presets as bench_unet_step: laptop (16×16, widths 16, 32, one block a level), paper (32×32, widths 64, 128, 256, two blocks a level, attention).
Milliseconds of wall and process CPU time: a training step (forward, backward, clip, fused AdamW) and a sampling step (forward). The batch is made
before the clock starts. Channels-last, as a user who reads the tuning guide would have it.
"""
import argparse
import json
import time

import torch
import torch.nn as nn
import torch.nn.functional as F

TIME, CONDITIONS, BATCH = 256, 4, 64
PRESETS = {"laptop": (16, (16, 32), 1, False), "paper": (32, (64, 128, 256), 2, True)}


class Block(nn.Module):
    def __init__(self, i, o):
        super().__init__()
        self.n1, self.c1, self.n2, self.c2 = nn.GroupNorm(8, i), nn.Conv2d(i, o, 3, padding=1), nn.GroupNorm(8, o), nn.Conv2d(o, o, 3, padding=1)
        mlp = lambda n: nn.Sequential(nn.Linear(n, o), nn.GELU(), nn.Linear(o, o), nn.GELU())
        self.t, self.c = mlp(TIME), mlp(CONDITIONS)
        self.skip = nn.Conv2d(i, o, 1) if i != o else nn.Identity()
        nn.init.zeros_(self.c2.weight)
        nn.init.zeros_(self.c2.bias)

    def forward(self, x, t, c):
        h = self.c1(F.gelu(self.n1(x))) + (self.t(t) + self.c(c))[:, :, None, None]
        return self.skip(x) + self.c2(F.gelu(self.n2(h)))


class Attention(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.n, self.qkv, self.o = nn.GroupNorm(8, c), nn.Conv2d(c, 3 * c, 1), nn.Conv2d(c, c, 1)

    def forward(self, x):
        b, c, h, w = x.shape
        q, k, v = self.qkv(self.n(x)).view(b, 3, 4, c // 4, h * w).permute(1, 0, 2, 4, 3)
        return x + self.o(F.scaled_dot_product_attention(q, k, v).transpose(2, 3).reshape(b, c, h, w))


class UNet(nn.Module):
    def __init__(self, widths, blocks, attention):
        super().__init__()
        self.inp = nn.Conv2d(3, widths[0], 3, padding=1)
        self.emb = nn.Sequential(nn.Linear(64, TIME), nn.GELU(), nn.Linear(TIME, TIME), nn.GELU())
        self.down, self.pool, self.up, self.grow = nn.ModuleList(), nn.ModuleList(), nn.ModuleList(), nn.ModuleList()
        c = widths[0]
        for i, w in enumerate(widths):
            self.down.append(nn.ModuleList(Block(c if j == 0 else w, w) for j in range(blocks)))
            self.pool.append(nn.Conv2d(w, w, 2, 2) if i + 1 < len(widths) else nn.Identity())
            c = w
        self.mid = nn.ModuleList([Block(c, c), Attention(c) if attention else nn.Identity(), Block(c, c)])
        for i, w in reversed(list(enumerate(widths))):
            self.up.append(nn.ModuleList(Block(c + w if j == 0 else w, w) for j in range(blocks)))
            self.grow.append(nn.ConvTranspose2d(w, w, 2, 2) if i > 0 else nn.Identity())
            c = w
        self.out = nn.Sequential(nn.GroupNorm(8, c), nn.GELU(), nn.Conv2d(c, 3, 3, padding=1))
        nn.init.zeros_(self.out[2].weight)
        nn.init.zeros_(self.out[2].bias)

    def forward(self, x, t, c):
        f = 1000 * 1e4 ** (-torch.arange(32, device=x.device) / 31) * t[:, None]
        e = self.emb(torch.cat((f.sin(), f.cos()), 1))
        h, kept = self.inp(x), []
        for blocks, pool in zip(self.down, self.pool):
            for b in blocks:
                h = b(h, e, c)
            kept.append(h)
            h = pool(h)
        h = self.mid[2](self.mid[1](self.mid[0](h, e, c)), e, c)
        for blocks, grow in zip(self.up, self.grow):
            h = torch.cat((h, kept.pop()), 1)
            for b in blocks:
                h = b(h, e, c)
            h = grow(h)
        return x + self.out(h)


def measure(call, steps):
    wall, cpu = time.perf_counter(), time.process_time()
    for _ in range(steps):
        call()
    return 1e3 * (time.perf_counter() - wall) / steps, 1e3 * (time.process_time() - cpu) / steps


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--preset", choices=PRESETS, default="laptop")
    parser.add_argument("--engine", choices=("torch", "compile"), default="torch")
    parser.add_argument("--steps", type=int, default=0)
    o = parser.parse_args()
    torch.set_num_threads(o.threads)
    torch.manual_seed(0)
    side, widths, blocks, attention = PRESETS[o.preset]
    steps = o.steps or (30 if o.preset == "laptop" else 1)
    model = UNet(widths, blocks, attention).to(memory_format=torch.channels_last)
    run = torch.compile(model) if o.engine == "compile" else model
    optimiser = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=0.01, fused=True)
    z, eps = (torch.randn(BATCH, 3, side, side).contiguous(memory_format=torch.channels_last) for _ in range(2))
    t, c = torch.rand(BATCH), torch.rand(BATCH, CONDITIONS)

    def train():
        loss = F.mse_loss(run(z, t, c), eps)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 0.01, foreach=True)
        optimiser.step()

    for _ in range(min(3, steps)):
        train()
    train_ms, cpu_train = measure(train, steps)
    with torch.inference_mode():
        half = torch.full((BATCH,), 0.5)
        for _ in range(2):
            run(z, half, c)
        sample_ms, cpu_sample = measure(lambda: run(z, half, c), steps)
    print(json.dumps({"bench": "unet_step", "engine": o.engine, "preset": o.preset, "threads": o.threads, "parameters": sum(p.numel() for p in model.parameters()),
                      "train_ms_per_step": round(train_ms, 3), "sample_ms_per_step": round(sample_ms, 3), "cpu_train_ms_per_step": round(cpu_train, 3),
                      "cpu_sample_ms_per_step": round(cpu_sample, 3)}), flush=True)


if __name__ == "__main__":
    main()
