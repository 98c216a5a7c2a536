#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes transformer_fixture.safetensors, the reference of test_transformer_fixture: a PyTorch transformer with nanoGPT's names, in several
variants, computed in double from float weights. Each variant holds its weights under the names of its state_dict, and `in.inputs`, `in.targets`
[batch, length]; `out.logits`, `out.losses` (per position); `grad.NAME`; `after.NAME`: the weights after three clipped AdamW steps on that batch.

    python3 tests/learn/make_transformer_fixture.py            needs torch; the result is committed
"""
import json
import math
import pathlib
import struct

import torch
import torch.nn as nn
import torch.nn.functional as F

VARIANTS = {
    "rotary": dict(vocabulary=5, inputs=5, context=12, width=16, heads=2, layers=2, mlp_ratio=4, positions="rotary", bias=True, tied=True, batch=3, length=12),
    "learned": dict(vocabulary=7, inputs=7, context=20, width=24, heads=3, layers=1, mlp_ratio=1, positions="learned", bias=False, tied=False, batch=2, length=17),
    "no_mlp": dict(vocabulary=3, inputs=12, context=50, width=32, heads=1, layers=1, mlp_ratio=0, positions="rotary", bias=True, tied=True, batch=2, length=50),
    "narrow": dict(vocabulary=18, inputs=18, context=40, width=20, heads=2, layers=2, mlp_ratio=0.25, positions="learned", bias=True, tied=True, batch=2, length=37),
}
OPTIMISER = dict(lr=6e-3, betas=(0.9, 0.95), weight_decay=0.1, eps=1e-5)  # a large epsilon: no update is decided by rounding
CLIP = 0.5


class Attention(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.c = c
        self.c_attn = nn.Linear(c["width"], 3 * c["width"], bias=c["bias"])
        self.c_proj = nn.Linear(c["width"], c["width"], bias=c["bias"])

    def forward(self, x):
        b, t, d = x.shape
        heads, wide = self.c["heads"], d // self.c["heads"]
        q, k, v = (y.view(b, t, heads, wide).transpose(1, 2) for y in self.c_attn(x).split(d, dim=2))
        if self.c["positions"] == "rotary":
            angle = torch.outer(torch.arange(t, dtype=x.dtype), 10000.0 ** (-torch.arange(0, wide, 2, dtype=x.dtype) / wide))
            turn = torch.polar(torch.ones_like(angle), angle)
            q, k = (torch.view_as_real(torch.view_as_complex(z.reshape(*z.shape[:-1], -1, 2)) * turn).flatten(-2) for z in (q, k))
        score = q @ k.transpose(-1, -2) / math.sqrt(wide)
        score = score.masked_fill(torch.ones(t, t).triu(1).bool(), -math.inf)
        return self.c_proj((score.softmax(-1) @ v).transpose(1, 2).reshape(b, t, d))


class Block(nn.Module):
    def __init__(self, c):
        super().__init__()
        hidden = round(c["mlp_ratio"] * c["width"])
        self.ln_1 = nn.LayerNorm(c["width"], bias=c["bias"])
        self.attn = Attention(c)
        if hidden:
            self.ln_2 = nn.LayerNorm(c["width"], bias=c["bias"])
            self.mlp = nn.ModuleDict(dict(c_fc=nn.Linear(c["width"], hidden, bias=c["bias"]), c_proj=nn.Linear(hidden, c["width"], bias=c["bias"])))
        self.hidden = hidden

    def forward(self, x):
        x = x + self.attn(self.ln_1(x))
        return x + self.mlp.c_proj(F.gelu(self.mlp.c_fc(self.ln_2(x)))) if self.hidden else x


class Model(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.c = c
        parts = dict(wte=nn.Embedding(c["inputs"], c["width"]))
        if c["positions"] == "learned":
            parts["wpe"] = nn.Embedding(c["context"], c["width"])
        parts.update(h=nn.ModuleList(Block(c) for _ in range(c["layers"])), ln_f=nn.LayerNorm(c["width"], bias=c["bias"]))
        self.transformer = nn.ModuleDict(parts)
        if not c["tied"]:
            self.lm_head = nn.Linear(c["width"], c["vocabulary"], bias=False)

    def forward(self, x):
        y = self.transformer.wte(x)
        if self.c["positions"] == "learned":
            y = y + self.transformer.wpe.weight[: x.shape[1]]
        for block in self.transformer.h:
            y = block(y)
        head = self.transformer.wte.weight[: self.c["vocabulary"]] if self.c["tied"] else self.lm_head.weight
        return self.transformer.ln_f(y) @ head.T


def run(name, c, out):
    torch.manual_seed(len(out))
    model = Model(c).double()
    for parameter in model.parameters():  # large and nowhere zero, so that no part of the gradient is small
        parameter.data = (0.3 * torch.randn(parameter.shape) + (1.0 if parameter.ndim == 1 and parameter.shape[0] == c["width"] else 0.0)).float().double()
    inputs = torch.randint(c["inputs"], (c["batch"], c["length"]))
    targets = torch.randint(c["vocabulary"], (c["batch"], c["length"]))
    targets[0, 3] = -1  # one that is not counted
    out[f"{name}/in.inputs"], out[f"{name}/in.targets"] = inputs.int(), targets.int()
    out.update({f"{name}/{key}": value.float().clone() for key, value in model.state_dict().items()})

    def loss():
        return F.cross_entropy(model(inputs).flatten(0, 1), targets.flatten(), ignore_index=-1)

    out[f"{name}/out.logits"] = model(inputs).detach().float()
    out[f"{name}/out.losses"] = F.cross_entropy(model(inputs).flatten(0, 1), targets.flatten(), ignore_index=-1, reduction="none").detach().float().view(inputs.shape)
    loss().backward()
    out.update({f"{name}/grad.{key}": value.grad.float().clone() for key, value in model.named_parameters()})
    optimiser = torch.optim.AdamW(model.parameters(), **OPTIMISER)
    for _ in range(3):
        optimiser.zero_grad()
        loss().backward()
        nn.utils.clip_grad_norm_(model.parameters(), CLIP)
        optimiser.step()
    out.update({f"{name}/after.{key}": value.detach().float().clone() for key, value in model.named_parameters()})


def write(path, tensors, metadata):
    header, data = {"__metadata__": metadata}, b""
    for name, tensor in tensors.items():
        raw = tensor.contiguous().numpy().tobytes()
        header[name] = {"dtype": {torch.float32: "F32", torch.int32: "I32"}[tensor.dtype], "shape": list(tensor.shape), "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


if __name__ == "__main__":
    tensors = {}
    for name, variant in VARIANTS.items():
        run(name, variant, tensors)
    target = pathlib.Path(__file__).with_name("transformer_fixture.safetensors")
    write(target, tensors, {"variants": json.dumps(VARIANTS), "optimiser": json.dumps(OPTIMISER), "clip": str(CLIP), "torch": torch.__version__})
    print(target, target.stat().st_size, "bytes")
