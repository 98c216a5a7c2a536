#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A recording of the size of a large language model, written piece by piece: half precision, a walk on a 4 by 4 grid, states that are random but for the
word and the word before. For the memory of `latent run icl/analysis` and the latency of icl/look.

    make_recording.py OUT.safetensors [--layers 33] [--tokens 5000] [--dim 4096]
"""
import argparse
import json
import struct

import numpy

parser = argparse.ArgumentParser()
parser.add_argument("out")
parser.add_argument("--layers", type=int, default=33)
parser.add_argument("--tokens", type=int, default=5000)
parser.add_argument("--dim", type=int, default=4096)
o = parser.parse_args()
random = numpy.random.default_rng(0)
near = [[j for j in range(16) if abs(i % 4 - j % 4) + abs(i // 4 - j // 4) == 1] for i in range(16)]
walk = [0]
while len(walk) < o.tokens:
    walk.append(int(random.choice(near[walk[-1]])))
size = o.layers * o.tokens * o.dim * 2
words = "apple bird car egg house milk plane opera box sand sun mango rock math code phone".split()
header = json.dumps({"hidden": {"dtype": "F16", "shape": [o.layers, o.tokens, o.dim], "data_offsets": [0, size]},
                     "node_ids": {"dtype": "I32", "shape": [o.tokens], "data_offsets": [size, size + 4 * o.tokens]}, "__metadata__": {"words": json.dumps(words)}}).encode()
header += b" " * (-len(header) % 8)
with open(o.out, "wb") as file:
    file.write(struct.pack("<Q", len(header)) + header)
    noise = random.standard_normal((o.tokens, o.dim), dtype=numpy.float32)
    before = [walk[0]] + walk[:-1]
    for layer in range(o.layers):
        own = random.standard_normal((16, o.dim), dtype=numpy.float32)
        file.write((numpy.roll(noise, 131 * layer, axis=1) + own[walk] + layer / o.layers * own[before]).astype(numpy.float16).tobytes())
    file.write(numpy.array(walk, dtype=numpy.int32).tobytes())
