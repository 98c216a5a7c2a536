#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What `transformers` computes with a GGUF model, dequantised to float32; and how long it takes.

    gguf_reference.py MODEL.gguf OUT.safetensors [TOKENS] [--time]

OUT holds tokens [T], logits [T, vocabulary], hidden [layers + 1, T, width], and both with the suffix _double as computed in float64 (rotary angles stay in float32). With --time nothing is written: five passes over TOKENS tokens with all
hidden states are timed on OMP_NUM_THREADS threads; prints the median in seconds, processor seconds and the largest memory in MB.
Exit code 77 without transformers or gguf.
"""
import os
import pathlib
import resource
import sys
import time

try:
    import gguf  # noqa: F401
    import torch
    import transformers
    from safetensors.torch import save_file
except ImportError as missing:
    print(f"This Python has no transformers, gguf, torch or safetensors ({missing}).")
    sys.exit(77)

model_path, out = pathlib.Path(sys.argv[1]), sys.argv[2]
count = int(sys.argv[3]) if len(sys.argv) > 3 else 96
torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "2")))
model = transformers.AutoModelForCausalLM.from_pretrained(str(model_path.parent), gguf_file=model_path.name, dtype=torch.float32).eval()
# Words in and out of order, from all of the vocabulary.
ids = torch.tensor([[(i * 7919 + i * i * 31) % model.config.vocab_size for i in range(count)]])
ids[0, 0] = 1
with torch.inference_mode():
    if "--time" in sys.argv:
        walls, cpus = [], []
        for _ in range(5):
            wall, cpu = time.perf_counter(), time.process_time()
            result = model(ids, output_hidden_states=True)
            torch.logsumexp(result.logits, -1)
            walls.append(time.perf_counter() - wall)
            cpus.append(time.process_time() - cpu)
        print(f"{sorted(walls)[2]:.3f} s, {sorted(cpus)[2]:.3f} s of processor, {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
        sys.exit(0)
    single = model(ids, output_hidden_states=True)
    double = model.double()(ids, output_hidden_states=True)
arrays = {"tokens": ids[0]}
for name, result in (("", single), ("_double", double)):
    arrays["logits" + name] = result.logits[0].float().contiguous()
    arrays["hidden" + name] = torch.stack(result.hidden_states)[:, 0].float().contiguous()
save_file(arrays, out)
