# SPDX-License-Identifier: Apache-2.0
"""The workload of bench_transformer_step with PyTorch: a two-layer decoder with rotary positions learns to predict random tokens, AdamW (fused),
gradients clipped at 0.01. Prints one JSON line: milliseconds per step (forward, backward, clip, update); data are made before.

    python transformer_step.py --preset laptop --threads 2 --engine torch       eager;  --engine compile: torch.compile
"""
import argparse
import json
import time

import torch
import torch.nn as nn
import torch.nn.functional as F

# states, length, width, heads, batch, steps
PRESETS = {"laptop": (3, 48, 32, 1, 64, 60), "medium": (10, 128, 64, 4, 64, 20), "paper": (10, 512, 64, 4, 128, 2)}


class Block(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.ln_1, self.ln_2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.c_attn, self.c_proj = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.c_fc, self.mlp_proj = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x, cosine, sine):
        batch, length, width = x.shape
        q, k, v = self.c_attn(self.ln_1(x)).view(batch, length, 3, self.heads, width // self.heads).permute(2, 0, 3, 1, 4)

        def turned(z):
            a, b = z[..., 0::2], z[..., 1::2]
            return torch.stack((a * cosine - b * sine, a * sine + b * cosine), -1).flatten(-2)

        y = F.scaled_dot_product_attention(turned(q), turned(k), v, is_causal=True)
        x = x + self.c_proj(y.transpose(1, 2).reshape(batch, length, width))
        return x + self.mlp_proj(F.gelu(self.c_fc(self.ln_2(x))))


class Model(nn.Module):
    def __init__(self, states, length, width, heads):
        super().__init__()
        self.wte, self.ln_f = nn.Embedding(states, width), nn.LayerNorm(width)
        self.h = nn.ModuleList(Block(width, heads) for _ in range(2))
        wide = width // heads
        angle = torch.outer(torch.arange(length).float(), 10000.0 ** (-torch.arange(0, wide, 2) / wide))
        self.register_buffer("cosine", angle.cos())
        self.register_buffer("sine", angle.sin())

    def forward(self, tokens):
        x = self.wte(tokens)
        for block in self.h:
            x = block(x, self.cosine, self.sine)
        return self.ln_f(x) @ self.wte.weight.t()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--preset", default="laptop", choices=PRESETS)
    parser.add_argument("--engine", default="torch", choices=["torch", "compile"])
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--steps", type=int, default=0)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(0)
    states, length, width, heads, batch, steps = PRESETS[options.preset]
    steps = options.steps or steps
    model = Model(states, length, width, heads)
    forward = torch.compile(model) if options.engine == "compile" else model
    optimiser = torch.optim.AdamW(model.parameters(), lr=6e-4, betas=(0.9, 0.95), weight_decay=0.1, fused=True)
    tokens = torch.randint(states, (batch, length + 1))

    def step():
        loss = F.cross_entropy(forward(tokens[:, :-1]).reshape(-1, states), tokens[:, 1:].reshape(-1))
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 0.01, foreach=True)
        optimiser.step()

    for _ in range(5):
        step()
    wall, cpu = time.perf_counter(), time.process_time()
    for _ in range(steps):
        step()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    print(json.dumps({"bench": "transformer_step", "engine": options.engine, "preset": options.preset, "threads": options.threads,
                      "ms_per_step": round(1e3 * wall / steps, 3), "cpu_ms_per_step": round(1e3 * cpu / steps, 3)}))


if __name__ == "__main__":
    main()
