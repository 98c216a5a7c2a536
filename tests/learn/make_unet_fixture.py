#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes unet_fixture.safetensors, the reference of test_unet_fixture: a PyTorch conditional U-Net in several variants, computed in double from
float weights. Each variant holds its weights under the names of its state_dict, and `in.z`, `in.times`, `in.conditions`, `in.targets`,
`in.weights`; `out.prediction` [n, y, x, channel]; `grad.NAME`, `grad.in.z`, `grad.in.times` of the weighted loss; for one variant `after.NAME`:
the weights after three clipped AdamW steps on that batch.

    python3 tests/learn/make_unet_fixture.py            needs torch; the result is committed
"""
import json
import math
import pathlib

import torch
import torch.nn as nn
import torch.nn.functional as F

from make_transformer_fixture import write

VARIANTS = {
    "plain": dict(height=8, width=8, channels=3, widths=[16, 32], blocks=1, attention=False, heads=4, groups=8, conditions=4, sinusoids=10,
                  time_width=24, embedding_width=12, conditioning="sep_mlp", padding="zero", batch=3, after=False),
    "circular": dict(height=8, width=8, channels=1, widths=[16, 16], blocks=2, attention=True, heads=1, groups=4, conditions=11, sinusoids=8,
                     time_width=20, embedding_width=10, conditioning="common_linear", padding="circular", batch=10, after=True),
    "unconditional": dict(height=8, width=12, channels=2, widths=[16, 16, 16], blocks=1, attention=True, heads=1, groups=8, conditions=0, sinusoids=6,
                          time_width=16, embedding_width=10, conditioning="sep_mlp", padding="zero", batch=2, after=False),
    "heads": dict(height=4, width=5, channels=1, widths=[32], blocks=1, attention=True, heads=2, groups=8, conditions=2, sinusoids=6,
                  time_width=16, embedding_width=10, conditioning="common_linear", padding="zero", batch=3, after=False),
}
OPTIMISER = dict(lr=2e-3, betas=(0.9, 0.999), weight_decay=0.01, eps=1e-5)  # a large epsilon: no update is decided by rounding
CLIP = 0.5
EPSILON = 1e-6


def conv3(c, i, o):
    return nn.Conv2d(i, o, 3, padding=1, padding_mode="circular" if c["padding"] == "circular" else "zeros")


class Block(nn.Module):
    def __init__(self, c, i, o):
        super().__init__()
        self.sep = c["conditioning"] == "sep_mlp"
        self.norm1, self.conv1 = nn.GroupNorm(c["groups"], i, eps=EPSILON), conv3(c, i, o)
        self.norm2, self.conv2 = nn.GroupNorm(c["groups"], o, eps=EPSILON), conv3(c, o, o)
        mlp = lambda n: nn.Sequential(nn.Linear(n, o), nn.GELU(), nn.Linear(o, o), nn.GELU())
        self.time = mlp(c["time_width"]) if self.sep else nn.Linear(c["time_width"], o)
        if c["conditions"]:
            self.condition = mlp(c["conditions"]) if self.sep else nn.Linear(c["embedding_width"], o)
        self.skip = nn.Conv2d(i, o, 1) if i != o else nn.Identity()

    def forward(self, x, e, latent):
        v = self.time(e) if latent is None else self.time(e) + self.condition(latent)
        h = self.conv1(F.gelu(self.norm1(x))) + v[:, :, None, None]
        return self.skip(x) + self.conv2(F.gelu(self.norm2(h)))


class Attention(nn.Module):
    def __init__(self, c, width):
        super().__init__()
        self.heads = c["heads"]
        self.norm, self.qkv, self.out = nn.GroupNorm(c["groups"], width, eps=EPSILON), nn.Conv2d(width, 3 * width, 1), nn.Conv2d(width, width, 1)

    def forward(self, x):
        b, w, y, x_ = x.shape
        q, k, v = self.qkv(self.norm(x)).view(b, 3, self.heads, w // self.heads, y * x_).permute(1, 0, 2, 4, 3)
        mixed = (q @ k.transpose(-1, -2) / math.sqrt(w // self.heads)).softmax(-1) @ v
        return x + self.out(mixed.transpose(2, 3).reshape(b, w, y, x_))


class UNet(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.c, widths, n = c, c["widths"], c["blocks"]
        self.input = conv3(c, c["channels"], widths[0])
        self.time = nn.Sequential(nn.Linear(c["sinusoids"], c["time_width"]), nn.GELU(), nn.Linear(c["time_width"], c["time_width"]), nn.GELU())
        if c["conditioning"] == "common_linear" and c["conditions"]:
            self.embed = nn.Sequential(nn.Linear(c["conditions"], c["embedding_width"]), nn.GELU(), nn.Linear(c["embedding_width"], c["embedding_width"]))
        self.down, self.up = nn.ModuleList(), nn.ModuleList([None] * len(widths))
        self.pool, self.grow = nn.ModuleDict(), nn.ModuleDict()
        w = widths[0]
        for l, o in enumerate(widths):
            self.down.append(nn.ModuleList(Block(c, w if j == 0 else o, o) for j in range(n)))
            if l + 1 < len(widths):
                self.pool[str(l)] = nn.Conv2d(o, o, 2, 2)
            w = o
        self.middle = nn.ModuleList([Block(c, w, w), Block(c, w, w)])
        if c["attention"]:
            self.attention = Attention(c, w)
        for l, o in reversed(list(enumerate(widths))):
            self.up[l] = nn.ModuleList(Block(c, w + o if j == 0 else o, o) for j in range(n))
            if l > 0:
                self.grow[str(l)] = nn.ConvTranspose2d(o, o, 2, 2)
            w = o
        self.output = nn.ModuleDict(dict(norm=nn.GroupNorm(c["groups"], w, eps=EPSILON), conv=conv3(c, w, c["channels"])))

    def forward(self, x, t, cond):
        half = self.c["sinusoids"] // 2
        f = 1000.0 * 1e4 ** (-torch.arange(half, dtype=x.dtype) / (half - 1))
        e = self.time(torch.cat(((t[:, None] * f).sin(), (t[:, None] * f).cos()), 1))
        latent = None if not self.c["conditions"] else self.embed(cond) if self.c["conditioning"] == "common_linear" else cond
        h, kept = self.input(x), []
        for l, blocks in enumerate(self.down):
            for b in blocks:
                h = b(h, e, latent)
            kept.append(h)
            h = self.pool[str(l)](h) if str(l) in self.pool else h
        h = self.middle[0](h, e, latent)
        h = self.middle[1](self.attention(h) if self.c["attention"] else h, e, latent)
        for l in reversed(range(len(self.up))):
            h = torch.cat((h, kept.pop()), 1)
            for b in self.up[l]:
                h = b(h, e, latent)
            h = self.grow[str(l)](h) if str(l) in self.grow else h
        return x + self.output.conv(F.gelu(self.output.norm(h)))


def run(name, c, out):
    torch.manual_seed(len(out))
    model = UNet(c).double()
    for key, p in model.named_parameters():  # nowhere zero, so that every part of the gradient is tested
        if "norm" in key:
            p.data = (0.3 * torch.randn(p.shape) + (1.0 if key.endswith("weight") else 0.0)).float().double()
        else:
            p.data = (torch.randn(p.shape) * (0.2 if p.ndim == 1 else 1.0 / math.sqrt(p[0].numel()))).float().double()
    n = c["batch"]
    channels_first = lambda v: v.permute(0, 3, 1, 2)
    z, targets = (torch.randn(n, c["height"], c["width"], c["channels"]).float().double() for _ in range(2))
    t, cond, weights = torch.rand(n).float().double(), torch.randn(n, c["conditions"]).float().double(), (torch.rand(n) + 0.5).float().double()
    z.requires_grad_(), t.requires_grad_()
    for key, value in dict(z=z, times=t, conditions=cond, targets=targets, weights=weights).items():
        out[f"{name}/in.{key}"] = value.detach().float()
    out.update({f"{name}/{key}": value.float().clone() for key, value in model.state_dict().items()})

    def loss():
        error = (model(channels_first(z), t, cond) - channels_first(targets)) ** 2
        return (weights * error.mean((1, 2, 3))).mean()

    out[f"{name}/out.prediction"] = model(channels_first(z), t, cond).detach().permute(0, 2, 3, 1).contiguous().float()
    value = loss()
    value.backward()
    out[f"{name}/out.loss"] = value.detach().float().reshape(1)
    out.update({f"{name}/grad.{key}": p.grad.float().clone() for key, p in model.named_parameters()})
    out[f"{name}/grad.in.z"], out[f"{name}/grad.in.times"] = z.grad.float().clone(), t.grad.float().clone()
    if not c["after"]:
        return
    optimiser = torch.optim.AdamW(model.parameters(), **OPTIMISER)
    for _ in range(3):
        optimiser.zero_grad()
        loss().backward()
        nn.utils.clip_grad_norm_(model.parameters(), CLIP)
        optimiser.step()
    out.update({f"{name}/after.{key}": p.detach().float().clone() for key, p in model.named_parameters()})


if __name__ == "__main__":
    tensors = {}
    for name, variant in VARIANTS.items():
        run(name, variant, tensors)
    target = pathlib.Path(__file__).with_name("unet_fixture.safetensors")
    write(target, tensors, {"variants": json.dumps(VARIANTS), "optimiser": json.dumps(OPTIMISER), "clip": str(CLIP), "torch": torch.__version__})
    print(target, target.stat().st_size, "bytes")
